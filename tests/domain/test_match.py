"""A match's life as a table."""

import pytest

from bot.domain.match import TRANSITIONS, EndReason, MatchState, Signal, states_before_meeting, states_ending_with
from bot.domain.message import DELIVERIES, MessageKind, Route, next_route

ALIVE = (MatchState.INVITING, MatchState.MEETING)


def test_a_signal_is_missing_from_no_state_by_oversight() -> None:
    """The signals that end only an inviting match, or only a meeting, are listed here explicitly."""
    either = {signal for signal in Signal if all((state, signal) in TRANSITIONS for state in ALIVE)}
    assert either == set()
    assert {signal for _, signal in TRANSITIONS} == set(Signal)


def test_nothing_leads_out_of_the_end() -> None:
    """An ended match ignores all signals, and only an end has a reason."""
    assert {state for state, _ in TRANSITIONS} == set(ALIVE)
    assert all((state is MatchState.ENDED) == (reason is not None) for state, reason in TRANSITIONS.values())


@pytest.mark.parametrize(
    ("reason", "states"),
    [
        (EndReason.DONE, {MatchState.MEETING}),
        (EndReason.DECLINED, {MatchState.INVITING}),
        (EndReason.NO_SHOW, {MatchState.INVITING}),
        (EndReason.REPLACED, {MatchState.INVITING}),
    ],
)
def test_where_each_end_is_possible(reason: EndReason, states: set[MatchState]) -> None:
    """The states from which a reason ends a match follow from the table."""
    assert states_ending_with(reason) == states


def test_where_a_meeting_begins() -> None:
    """A meeting can begin only in the state inviting."""
    assert states_before_meeting() == {MatchState.INVITING}


def test_every_message_has_routes_and_a_last_one() -> None:
    """Each kind is tried by its routes in order, each once; requested links are never sent by a mention."""
    for kind in MessageKind:
        routes = DELIVERIES[kind].routes
        walked = [routes[0]]
        while (following := next_route(kind, walked[-1])) is not None:
            walked.append(following)
        assert tuple(walked) == routes
    assert Route.MENTION not in DELIVERIES[MessageKind.NEW_LINK].routes
