"""A match's life as a table."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.match import TRANSITIONS, EndReason, MatchState, Signal, states_before_meeting, states_ending_with
from bot.domain.membership import Bar, Barred
from bot.domain.message import DELIVERIES, MessageKind, Route, SearchDetails, next_route, search_details
from bot.domain.ticket import Ticket, Wishes
from tests.clocks import START

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
        while (following := next_route(kind, None, walked[-1])) is not None:
            walked.append(following)
        assert tuple(walked) == routes
    assert Route.MENTION not in DELIVERIES[MessageKind.NEW_LINK].routes


@pytest.mark.parametrize("reason", Barred)
def test_who_was_barred_is_not_mentioned(reason: Barred) -> None:
    """Others would read the name of somebody who was banned, and who is timed out cannot press the button."""
    details = SearchDetails(minutes=3, subject="Maths", bar=Bar(reason=reason, until=START))
    assert next_route(MessageKind.UNMATCHED, details, Route.DIRECT) is Route.FOLLOW_UP
    assert next_route(MessageKind.UNMATCHED, details, Route.FOLLOW_UP) is None
    assert next_route(MessageKind.UNMATCHED, replace(details, bar=None), Route.FOLLOW_UP) is Route.MENTION


@pytest.mark.parametrize(("seconds", "minutes"), [(14 * 60, 14), (14 * 60 + 59, 14), (15 * 60, 15), (59, 0)])
def test_minutes_of_a_search_are_cut_off(seconds: int, minutes: int) -> None:
    """A search that was changed after 40 seconds took 14 minutes, not 15."""
    ticket = Ticket(
        id="t", member_id=1, server_id=1, pool="1", name="", wishes=Wishes(),
        waiting_since=START, expires_at=START + timedelta(seconds=seconds),
    )  # fmt: skip
    assert search_details(ticket).minutes == minutes
