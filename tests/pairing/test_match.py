"""A match's life as a table."""

from itertools import product

from bot.pairing.delivery import ROUTES, Kind, Route, next_route
from bot.pairing.match import TRANSITIONS, EndReason, MatchState, Signal, after


def test_a_signal_that_means_nothing_changes_nothing() -> None:
    """Every pair of state and signal that is not in the table is a harmless repeat."""
    for state, signal in product(MatchState, Signal):
        assert after(state, signal) == TRANSITIONS.get((state, signal))


def test_nothing_leads_out_of_the_end() -> None:
    """An ended match hears no signal, and only an end has a reason."""
    assert all(after(MatchState.ENDED, signal) is None for signal in Signal)
    assert all((state is MatchState.ENDED) == (reason is not None) for state, reason in TRANSITIONS.values())
    assert {reason for _, reason in TRANSITIONS.values() if reason} == set(EndReason)


def test_every_message_has_a_way_and_a_last_one() -> None:
    """Each kind is tried by its routes in order and by none twice; links asked for are never sent by a mention."""
    for kind in Kind:
        routes = ROUTES[kind]
        walked = [routes[0]]
        while (following := next_route(kind, walked[-1])) is not None:
            walked.append(following)
        assert tuple(walked) == routes
    assert Route.MENTION not in ROUTES[Kind.NEW_LINK]
