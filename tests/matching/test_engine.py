"""Which tickets a decision pairs, and which wait on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ticket import Camera, Level, Style, Ticket
from bot.matching.assignment import solve_assignment
from bot.matching.engine import IMMEDIATELY, INTERVAL_S, LAST_CALL_S, Engine, Pair
from bot.matching.fit import Weights, fit
from bot.matching.history import History
from bot.matching.may_meet import OPPOSITE_STYLES_WAIT_S, may_meet
from bot.matching.queue import BLOCK
from bot.matching.queue_columns import queue_position
from tests.clocks import START
from tests.matching.sample_tickets import NO_HISTORY, days, markets, must_wait, ticket

WEIGHTS = Weights()
LATER = START.timestamp() + 840 - LAST_CALL_S  # when the tickets that arrived first are about to expire


def engine_with(tickets: Sequence[Ticket] = (), history: History = NO_HISTORY) -> Engine:
    """An engine that knows these."""
    engine = Engine(weights=WEIGHTS)
    engine.add_history(history)
    for each in tickets:
        engine.add_ticket(each)
    return engine


def fit_of(a: Ticket, b: Ticket, history: History = NO_HISTORY, now: datetime = START) -> float:
    """The fit of the two by its definition."""
    return fit(a, b, history=history, weights=WEIGHTS, now=now)


def members(pairs: Sequence[Pair]) -> set[frozenset[int]]:
    """The pairs as sets of member ids."""
    return {frozenset((pair.a.member_id, pair.b.member_id)) for pair in pairs}


def best_pairing(tickets: Sequence[Ticket], history: History) -> tuple[float, int]:
    """The total fit and the number of pairs of the best of the largest pairings, found by exhaustive search."""
    if len(tickets) < 2:
        return 0.0, 0
    first, *rest = tickets
    choices = [best_pairing(rest, history)]
    for other in rest:
        value = fit_of(first, other, history)
        if value > 0:
            fits, count = best_pairing([each for each in rest if each is not other], history)
            choices.append((value + fits, count + 1))
    return max(choices, key=lambda choice: choice[0] + 2 * choice[1])


@given(markets(), st.randoms(use_true_random=False))
def test_tickets_that_cannot_wait_are_paired_as_well_as_possible(
    market: tuple[list[Ticket], History], chance: object
) -> None:
    """Nobody is in two pairs, no hard rule is broken, no total is better, and the order of arrival is irrelevant."""
    tickets = [replace(each, expires_at=START + timedelta(seconds=INTERVAL_S)) for each in market[0]]
    history = market[1]
    pairs = engine_with(tickets, history).decide(START.timestamp())
    paired = [each.id for pair in pairs for each in (pair.a, pair.b)]
    assert len(paired) == len(set(paired))
    assert all(may_meet(pair.a, pair.b, history, START) for pair in pairs)
    assert all(pair.fit == pytest.approx(fit_of(pair.a, pair.b, history), abs=1e-12) for pair in pairs)
    fits, count = best_pairing(tickets, history)
    assert len(pairs) == count
    assert sum(pair.fit for pair in pairs) == pytest.approx(fits, abs=1e-3)
    shuffled = list(tickets)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a Random
    assert members(engine_with(shuffled, history).decide(START.timestamp())) == members(pairs)


@given(days(most=30), st.randoms(use_true_random=False))
def test_a_day_is_fair_and_keeps_the_rules(day: tuple[list[Ticket], History], chance: object) -> None:
    """No ticket in its last interval is passed over for a later one that suits the partner no better.

    Nobody is paired twice, before they arrived, after their patience, or against a hard rule, which those about blocks,
    about being kept apart and about opposite styles are; and what is added at one time may be added in any order.
    """
    tickets, history = day
    engine, shuffled = engine_with(history=history), engine_with(history=history)
    waiting: dict[str, Ticket] = {}
    to_come = sorted(tickets, key=lambda each: each.waiting_since)
    now = START.timestamp()
    while to_come or waiting:
        now = max(now, min([engine.next_decision_at(), *(each.waiting_since.timestamp() for each in to_come[:1])]))
        arriving = [each for each in to_come if each.waiting_since.timestamp() <= now]
        to_come = to_come[len(arriving) :]
        waiting |= {each.id: each for each in arriving}
        waiting = {each.id: each for each in waiting.values() if each.expires_at.timestamp() > now}
        for each in arriving:
            engine.add_ticket(each)
        chance.shuffle(arriving)  # type: ignore[attr-defined]  # hypothesis gives a Random
        for each in arriving:
            shuffled.add_ticket(each)
        pairs = engine.decide(now)
        assert members(pairs) == members(shuffled.decide(now))
        _check(pairs, waiting, history, now)
        for pair in pairs:
            del waiting[pair.a.id], waiting[pair.b.id]


def _check(pairs: Sequence[Pair], waiting: dict[str, Ticket], history: History, now: float) -> None:
    paired = {each.id for pair in pairs for each in (pair.a, pair.b)}
    assert len(paired) == 2 * len(pairs)
    assert paired <= waiting.keys()
    at = datetime.fromtimestamp(now, UTC)
    left_over = [each for each in waiting.values() if each.id not in paired]
    last = [each for each in left_over if each.expires_at.timestamp() - now <= INTERVAL_S]
    for pair in pairs:
        assert may_meet(pair.a, pair.b, history, at)
        assert not must_wait(pair.a, pair.b, now)
        for partner, taken in ((pair.a, pair.b), (pair.b, pair.a)):
            for passed in last:
                if queue_position(passed) < queue_position(taken) and may_meet(passed, partner, history, at):
                    assert fit_of(passed, partner, history, at) < fit_of(taken, partner, history, at) + 1e-9
    for one, other in combinations(last, 2):
        assert fit_of(one, other, history, at) == 0  # otherwise they would have been paired


def test_the_better_of_two_partners() -> None:
    """The pair with the better fit is made; the third ticket waits on."""
    tickets = [ticket(1, subject="Maths"), ticket(2, subject="Art", after=1), ticket(3, subject="Maths", after=2)]
    assert members(engine_with(tickets).decide(LATER)) == {frozenset((1, 3))}


def test_before_expiry_any_allowed_partner_will_do() -> None:
    """Two tickets with nothing in common but length and language are paired in the end."""
    tickets = [ticket(1, subject="Maths"), ticket(2, subject="Art")]
    assert members(engine_with(tickets).decide(LATER)) == {frozenset((1, 2))}


def test_choosy_when_busy() -> None:
    """After many arrivals two who hardly suit each other wait on; at the last call they are paired."""
    engine = engine_with([ticket(member, after=-member) for member in range(100, 200)])
    engine.decide(START.timestamp())
    for each in (ticket(1, subject="Maths", style=Style.QUIET), ticket(2, subject="Art", style=Style.TALK)):
        engine.add_ticket(each)
    assert engine.decide(START.timestamp() + 1) == []
    assert members(engine.decide(LATER)) == {frozenset((1, 2))}


def test_quick_when_quiet() -> None:
    """With an arrival every two hours, two are paired although somebody better might come."""
    engine = engine_with()
    engine.record_past_arrivals([ticket(100 + number, after=-7200 * number) for number in range(6, 0, -1)])
    for each in (ticket(1, subject="Maths"), ticket(2, subject="Art")):
        engine.add_ticket(each)
    assert len(engine.decide(START.timestamp())) == 1


def test_quick_in_a_new_pool() -> None:
    """The first two of a new server are paired: two simultaneous arrivals do not mean that many will come."""
    tickets = [ticket(1, subject="Maths"), ticket(2, subject="Art")]
    assert len(engine_with(tickets).decide(START.timestamp())) == 1


def test_two_who_suit_each_other_perfectly_never_wait() -> None:
    """However busy it is, nobody better can come."""
    engine = engine_with()
    engine.record_past_arrivals([ticket(member, after=-member / 10) for member in range(300, 100, -1)])
    for member in (1, 2):
        engine.add_ticket(ticket(member, subject="Maths"))
    assert len(engine.decide(START.timestamp())) == 1


def test_the_front_comes_first() -> None:
    """A ticket at the front is paired before a better pair of others."""
    tickets = [
        ticket(1, subject="Maths"),
        ticket(2, subject="Maths", after=1),
        ticket(3, subject="Art", after=2, front=True),
    ]
    assert any(3 in pair for pair in members(engine_with(tickets).decide(START.timestamp() + 2)))


def test_between_equals_the_longer_wait_comes_first() -> None:
    """Of two who are about to expire and suit the same partner equally, the earlier is paired."""
    both = ticket(1, languages=("en", "de"))
    tickets = [both, ticket(2, after=1, languages=("en",)), ticket(3, after=2, languages=("de",))]
    expiring = [replace(each, expires_at=START + timedelta(seconds=14)) for each in tickets]
    assert members(engine_with(expiring).decide(START.timestamp() + 10)) == {frozenset((1, 2))}


def test_the_longer_wait_is_named_first() -> None:
    """The earlier ticket is `a`, which decides about the language."""
    (pair,) = engine_with([ticket(2, after=5), ticket(1, after=9)]).decide(LATER)
    assert (pair.a.member_id, pair.b.member_id) == (2, 1)


def test_in_a_full_pool_nobody_is_left_over() -> None:
    """Two hundred in one pool, each with the best candidates only: everybody gets a partner that fits."""
    tickets = [ticket(member, subject=("Maths", "Art")[member % 2], after=member) for member in range(200)]
    pairs = engine_with(tickets).decide(START.timestamp() + 200)
    assert len(pairs) == 100
    assert all(pair.fit == 1 for pair in pairs)


def test_changed_wishes_keep_the_place_in_the_queue() -> None:
    """A changed ticket is paired by its new wishes, and has not moved back."""
    engine = engine_with([ticket(1, languages=("de",)), ticket(2, after=1)])
    assert engine.decide(START.timestamp() + 1) == []
    engine.add_ticket(ticket(1))
    (pair,) = engine.decide(START.timestamp() + 2)
    assert pair.a.member_id == 1


def test_a_removed_ticket_is_not_paired() -> None:
    """It may be removed before or after its first decision; removing it again changes nothing."""
    engine = engine_with([ticket(1), ticket(2), ticket(3, pool="2"), ticket(4, pool="2", languages=("de",))])
    engine.remove_ticket("t1")
    assert engine.decide(START.timestamp()) == []
    engine.remove_ticket("t3")
    engine.remove_ticket("t3")
    engine.add_ticket(ticket(4, pool="2"))
    assert engine.decide(START.timestamp() + INTERVAL_S) == []


def test_a_block_between_two_who_wait_counts_at_once() -> None:
    """Two who could be paired and then block each other are not, once either is added again."""
    engine = engine_with([ticket(1, languages=("de",)), ticket(2)])
    engine.decide(START.timestamp())
    engine.add_history(History(blocks={(2, 1)}))
    engine.add_ticket(ticket(1))
    assert engine.decide(LATER) == []


@pytest.mark.parametrize("meanwhile", ["removed", "changed", "blocked"])
def test_changes_while_a_problem_is_solved_count(meanwhile: str) -> None:
    """Tickets removed, changed or blocked since the problem was posed are not paired by its solution; others are."""
    engine = engine_with([ticket(1), ticket(2), ticket(3, pool="2"), ticket(4, pool="2")])
    problem = engine.prepare_assignment(LATER)
    assert problem
    chosen = solve_assignment(problem)
    if meanwhile == "removed":
        engine.remove_ticket("t1")
    elif meanwhile == "changed":
        engine.add_ticket(ticket(1, languages=("de",)))
    else:
        engine.add_history(History(blocks={(1, 2)}))
        engine.add_ticket(ticket(1))
    assert members(engine.commit_assignment(problem, chosen)) == {frozenset((3, 4))}


def test_when_to_decide_next() -> None:
    """At once after an arrival, every five seconds, and a second before a ticket with a candidate expires."""
    engine = engine_with([ticket(1), ticket(2, languages=("de",))])
    assert engine.next_decision_at() == IMMEDIATELY
    engine.decide(START.timestamp())
    assert engine.next_decision_at() == START.timestamp() + INTERVAL_S
    engine.record_past_arrivals([ticket(member, after=-member / 10, pool="busy") for member in range(100, 10, -1)])
    one = ticket(3, pool="busy", style=Style.QUIET, subject="Art", level=Level.BEGINNER, camera=Camera.ON)
    other = ticket(4, pool="busy", style=Style.TALK, subject="Maths", level=Level.ADVANCED, camera=Camera.OFF)
    engine.add_ticket(replace(one, expires_at=START + timedelta(seconds=2 * INTERVAL_S + LAST_CALL_S / 2)))
    engine.add_ticket(other)
    assert engine.decide(START.timestamp() + INTERVAL_S) == []
    assert engine.next_decision_at() == START.timestamp() + 2 * INTERVAL_S - LAST_CALL_S / 2
    assert members(engine.decide(engine.next_decision_at())) == {frozenset((3, 4))}


def test_removing_a_ticket_cancels_its_last_call() -> None:
    """The next decision is then at the next full look."""
    crowd = [ticket(member, after=-member / 10, pool="busy") for member in range(100, 10, -1)]
    engine = engine_with()
    engine.record_past_arrivals(crowd)
    one = ticket(3, pool="busy", style=Style.QUIET, subject="Art", level=Level.BEGINNER, camera=Camera.ON)
    other = ticket(4, pool="busy", style=Style.TALK, subject="Maths", level=Level.ADVANCED, camera=Camera.OFF)
    engine.add_ticket(replace(one, expires_at=START + timedelta(seconds=INTERVAL_S + LAST_CALL_S / 2)))
    engine.add_ticket(other)
    assert engine.decide(START.timestamp()) == []
    assert engine.next_decision_at() == START.timestamp() + INTERVAL_S - LAST_CALL_S / 2
    engine.remove_ticket("t3")
    assert engine.next_decision_at() == START.timestamp() + INTERVAL_S


def test_it_pauses_after_each_arrival_and_each_block_of_fits() -> None:
    """This lets a caller run something else in between."""
    pauses: list[None] = []
    engine = Engine(weights=Weights(), pause=lambda: pauses.append(None))
    engine.record_past_arrivals([ticket(member) for member in range(1, 41)])
    assert len(pauses) == 40
    for member in range(100, 100 + BLOCK + 1):
        engine.add_ticket(ticket(member))
    engine.prepare_assignment(START.timestamp() + 1)
    assert len(pauses) == 40 + (BLOCK + 1) + 2


def two_kept_apart(until_s: float, **second: Any) -> Engine:
    """An engine in which two wait who suit each other and are kept apart until `until_s` seconds after the start."""
    history = History(apart_until={(1, 2): START + timedelta(seconds=until_s)})
    engine = engine_with([ticket(1), ticket(2, **second)], history)
    assert engine.decide(START.timestamp() + 1) == []
    return engine


def test_two_kept_apart_are_paired_as_soon_as_they_may_be() -> None:
    """The next decision is due then, between two full looks, and pairs them."""
    engine = two_kept_apart(7.3)
    assert engine.decide(START.timestamp() + 6) == []
    until = START.timestamp() + 7.3
    assert engine.next_decision_at() == until
    assert engine.decide(until - 0.001) == []
    assert members(engine.decide(until)) == {frozenset((1, 2))}


def test_two_kept_apart_are_not_paired_in_the_last_interval_either() -> None:
    """However their patience ends, the rule is never relaxed; somebody else may still be paired with either."""
    engine = two_kept_apart(3600)
    assert engine.decide(LATER) == []
    engine.add_ticket(replace(ticket(3), expires_at=START + timedelta(hours=1)))
    assert len(engine.decide(LATER)) == 1


def test_a_change_of_wishes_does_not_end_being_kept_apart() -> None:
    """Whoever changes wishes, or leaves and comes back, is paired at the same moment; who leaves is not."""
    for change in ("wishes", "leaving", "leaving and waiting again"):
        engine = two_kept_apart(7.3)
        if change != "wishes":
            engine.remove_ticket("t2")
        if change != "leaving":
            engine.add_history(History(apart_until={(1, 2): START + timedelta(seconds=7.3)}))
            engine.add_ticket(ticket(2, camera=Camera.ON))
        assert engine.decide(START.timestamp() + 6) == []
        assert engine.next_decision_at() == START.timestamp() + 7.3
        assert len(engine.decide(START.timestamp() + 7.3)) == (change != "leaving")


def test_a_block_that_was_removed_is_forgotten() -> None:
    """Once the history of both is added anew without it, the two can be paired."""
    engine = engine_with([ticket(1), ticket(2)], History(blocks={(1, 2)}))
    assert engine.decide(START.timestamp()) == []
    engine.forget_history([2])
    engine.add_ticket(ticket(2))
    assert members(engine.decide(START.timestamp() + 1)) == {frozenset((1, 2))}


def test_opposite_styles_are_paired_when_the_longer_waiting_has_waited_a_minute() -> None:
    """Not at once, and not when the other has waited a minute, but to the moment, between two full looks."""
    engine = engine_with([ticket(1, style=Style.QUIET)])
    engine.decide(START.timestamp())
    engine.add_ticket(ticket(2, after=57.5, style=Style.TALK))
    assert engine.decide(START.timestamp() + 57.5) == []
    assert engine.next_decision_at() == START.timestamp() + OPPOSITE_STYLES_WAIT_S
    assert engine.decide(START.timestamp() + OPPOSITE_STYLES_WAIT_S - 0.001) == []
    assert members(engine.decide(START.timestamp() + OPPOSITE_STYLES_WAIT_S)) == {frozenset((1, 2))}


def test_a_requeued_ticket_has_waited_since_its_first_search() -> None:
    """Somebody with the opposite style is paired with it at once, wherever the two stand in the queue."""
    tickets = [ticket(1, style=Style.QUIET, front=True), ticket(2, after=90, style=Style.TALK)]
    assert len(engine_with(tickets).decide(START.timestamp() + 90)) == 1


@pytest.mark.parametrize("impatient", [1, 2])
def test_opposite_styles_are_paired_before_a_patience_ends(impatient: int) -> None:
    """Whoever of the two is about to leave, in the last interval they are paired, not before."""
    tickets = [ticket(1, style=Style.TALK), ticket(2, style=Style.QUIET)]
    tickets[impatient - 1] = replace(tickets[impatient - 1], expires_at=START + timedelta(seconds=30))
    engine = engine_with(tickets)
    assert [len(engine.decide(START.timestamp() + seconds)) for seconds in range(0, 30, 5)] == [0, 0, 0, 0, 0, 1]


def test_opposite_styles_do_not_keep_others_waiting() -> None:
    """Whoever likes either style, or the same one, is paired at once."""
    styles = [Style.QUIET, Style.TALK, Style.ANY, Style.QUIET]
    tickets = [ticket(member, style=style) for member, style in enumerate(styles)]
    assert members(engine_with(tickets).decide(START.timestamp())) == {frozenset((0, 3)), frozenset((1, 2))}
