"""Who is put together at a decision, and who waits on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.ticket import Camera, Level, Style, Ticket
from bot.matching.assignment import solve_assignment
from bot.matching.engine import INTERVAL_S, LAST_CALL_S, Engine, Pair
from bot.matching.fit import History, Weights, fit
from bot.matching.hall import BLOCK
from bot.matching.line import place_in_line
from bot.matching.may_meet import may_meet
from tests.clocks import START
from tests.matching.sample_tickets import NOBODY, days, markets, ticket

WEIGHTS = Weights()
LATER = START.timestamp() + 840 - LAST_CALL_S  # when the patience of those who came first is about to end


def engine(line: Sequence[Ticket] = (), history: History = NOBODY) -> Engine:
    """An engine that knows these."""
    made = Engine(weights=WEIGHTS)
    made.add_history(history)
    for each in line:
        made.add_ticket(each)
    return made


def suits(a: Ticket, b: Ticket, history: History = NOBODY, now: datetime = START) -> float:
    """What the specification says of the two."""
    return fit(a, b, history=history, weights=WEIGHTS, now=now)


def members(pairs: Sequence[Pair]) -> set[frozenset[int]]:
    """Who is put together with whom."""
    return {frozenset((pair.a.member_id, pair.b.member_id)) for pair in pairs}


def most(line: Sequence[Ticket], history: History) -> tuple[float, int]:
    """The most pairs of people who cannot wait, of those the best, by trying everything: fits and how many."""
    if len(line) < 2:
        return 0.0, 0
    first, *rest = line
    choices = [most(rest, history)]
    for other in rest:
        value = suits(first, other, history)
        if value > 0:
            fits, count = most([each for each in rest if each is not other], history)
            choices.append((value + fits, count + 1))
    return max(choices, key=lambda choice: choice[0] + 2 * choice[1])


@settings(deadline=None)
@given(markets(), st.randoms(use_true_random=False))
def test_who_cannot_wait_is_paired_as_well_as_can_be(market: tuple[list[Ticket], History], chance: object) -> None:
    """Nobody sits twice, no hard rule is broken, no better total exists, and the order of arrival is irrelevant."""
    line = [replace(each, expires_at=START + timedelta(seconds=INTERVAL_S)) for each in market[0]]
    history = market[1]
    pairs = engine(line, history).decide(START.timestamp())
    seated = [each.id for pair in pairs for each in (pair.a, pair.b)]
    assert len(seated) == len(set(seated))
    assert all(may_meet(pair.a, pair.b, history.blocks) for pair in pairs)
    assert all(pair.fit == pytest.approx(suits(pair.a, pair.b, history), abs=1e-12) for pair in pairs)
    fits, count = most(line, history)
    assert len(pairs) == count
    assert sum(pair.fit for pair in pairs) == pytest.approx(fits, abs=1e-3)
    shuffled = list(line)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a Random
    assert members(engine(shuffled, history).decide(START.timestamp())) == members(pairs)


@settings(deadline=None)
@given(days(), st.randoms(use_true_random=False))
def test_a_day_is_fair_and_keeps_the_rules(day: tuple[list[Ticket], History], chance: object) -> None:
    """At no decision is somebody in their last interval passed over for a later one who suits the partner no better.

    Nobody is paired twice, before they came or after their patience, nor against a hard rule; and what was told within
    a moment may be told in any order.
    """
    line, history = day
    ours, again = engine(history=history), engine(history=history)
    waiting: dict[str, Ticket] = {}
    coming = sorted(line, key=lambda each: each.waiting_since)
    now = START.timestamp()
    while coming or waiting:
        now = max(now, min([ours.next_decision_at(), *(each.waiting_since.timestamp() for each in coming[:1])]))
        come = [each for each in coming if each.waiting_since.timestamp() <= now]
        coming = coming[len(come) :]
        waiting |= {each.id: each for each in come}
        waiting = {each.id: each for each in waiting.values() if each.expires_at.timestamp() > now}
        for each in come:
            ours.add_ticket(each)
        chance.shuffle(come)  # type: ignore[attr-defined]  # hypothesis gives a Random
        for each in come:
            again.add_ticket(each)
        pairs = ours.decide(now)
        assert members(pairs) == members(again.decide(now))
        _check(pairs, waiting, history, now)
        for pair in pairs:
            del waiting[pair.a.id], waiting[pair.b.id]


def _check(pairs: Sequence[Pair], waiting: dict[str, Ticket], history: History, now: float) -> None:
    seated = {each.id for pair in pairs for each in (pair.a, pair.b)}
    assert len(seated) == 2 * len(pairs)
    assert seated <= waiting.keys()
    moment = datetime.fromtimestamp(now, UTC)
    left_over = [each for each in waiting.values() if each.id not in seated]
    last = [each for each in left_over if each.expires_at.timestamp() - now <= INTERVAL_S]
    for pair in pairs:
        assert may_meet(pair.a, pair.b, history.blocks)
        for partner, taken in ((pair.a, pair.b), (pair.b, pair.a)):
            for passed in last:
                if place_in_line(passed) < place_in_line(taken) and may_meet(passed, partner, history.blocks):
                    assert suits(passed, partner, history, moment) < suits(taken, partner, history, moment) + 1e-9
    for one, other in combinations(last, 2):
        assert suits(one, other, history, moment) == 0  # else they would have each other


def test_the_better_of_two_partners() -> None:
    """Who suits both best is taken; the third waits on."""
    line = [ticket(1, subject="Maths"), ticket(2, subject="Art", after=1), ticket(3, subject="Maths", after=2)]
    assert members(engine(line).decide(LATER)) == {frozenset((1, 3))}


def test_before_patience_runs_out_any_allowed_partner_is_better_than_none() -> None:
    """Two who have nothing in common but time and language are put together at last."""
    line = [ticket(1, subject="Maths"), ticket(2, subject="Art")]
    assert members(engine(line).decide(LATER)) == {frozenset((1, 2))}


def test_choosy_when_busy() -> None:
    """Where many came lately two who hardly suit each other wait on; at the last call they do not."""
    crowd = [ticket(member, after=-member) for member in range(100, 200)]
    ours = engine(crowd)
    ours.decide(START.timestamp())
    odd = [ticket(1, subject="Maths", style=Style.QUIET), ticket(2, subject="Art", style=Style.TALK)]
    for each in odd:
        ours.add_ticket(each)
    assert ours.decide(START.timestamp() + 1) == []
    assert members(ours.decide(LATER)) == {frozenset((1, 2))}


def test_quick_when_quiet() -> None:
    """Where somebody comes every two hours, two are put together though something better might come."""
    ours = engine()
    ours.record_past_arrivals([ticket(100 + number, after=-7200 * number) for number in range(6, 0, -1)])
    for each in (ticket(1, subject="Maths"), ticket(2, subject="Art")):
        ours.add_ticket(each)
    assert len(ours.decide(START.timestamp())) == 1


def test_quick_where_nobody_came_before() -> None:
    """The first two of a new server are put together: two at the same moment do not mean that many will come."""
    assert len(engine([ticket(1, subject="Maths"), ticket(2, subject="Art")]).decide(START.timestamp())) == 1


def test_two_who_suit_each_other_perfectly_never_wait() -> None:
    """However busy it is, nobody better can come."""
    ours = engine()
    ours.record_past_arrivals([ticket(member, after=-member / 10) for member in range(300, 100, -1)])
    for member in (1, 2):
        ours.add_ticket(ticket(member, subject="Maths"))
    assert len(ours.decide(START.timestamp())) == 1


def test_the_front_comes_first() -> None:
    """Who was let down is seated before a better pair of others."""
    line = [
        ticket(1, subject="Maths"),
        ticket(2, subject="Maths", after=1),
        ticket(3, subject="Art", after=2, front=True),
    ]
    assert any(3 in pair for pair in members(engine(line).decide(START.timestamp() + 2)))


def test_of_equals_who_waited_longer_comes_first() -> None:
    """Two who are about to go and suit the same partner equally: the earlier gets them."""
    both = ticket(1, languages=("en", "de"))
    line = [both, ticket(2, after=1, languages=("en",)), ticket(3, after=2, languages=("de",))]
    going = [replace(each, expires_at=START + timedelta(seconds=14)) for each in line]
    assert members(engine(going).decide(START.timestamp() + 10)) == {frozenset((1, 2))}


def test_the_one_who_waited_longer_is_named_first() -> None:
    """The earlier ticket decides about the language."""
    (pair,) = engine([ticket(2, after=5), ticket(1, after=9)]).decide(LATER)
    assert (pair.a.member_id, pair.b.member_id) == (2, 1)


def test_in_a_full_hall_nobody_is_left_over() -> None:
    """Two hundred in one pool, of whom only the best candidates are looked at: everybody has a partner who fits."""
    line = [ticket(member, subject=("Maths", "Art")[member % 2], after=member) for member in range(200)]
    pairs = engine(line).decide(START.timestamp() + 200)
    assert len(pairs) == 100
    assert all(pair.fit == 1 for pair in pairs)


def test_other_wishes_in_the_same_place() -> None:
    """Whoever changes their wishes is paired by the new ones, and has not gone back in the line."""
    ours = engine([ticket(1, languages=("de",)), ticket(2, after=1)])
    assert ours.decide(START.timestamp() + 1) == []
    ours.add_ticket(ticket(1))
    (pair,) = ours.decide(START.timestamp() + 2)
    assert pair.a.member_id == 1


def test_who_left_is_not_paired() -> None:
    """Neither before nor after the engine has first looked at them; leaving again changes nothing."""
    ours = engine([ticket(1), ticket(2), ticket(3, pool="2"), ticket(4, pool="2", languages=("de",))])
    ours.remove_ticket("t1")
    assert ours.decide(START.timestamp()) == []
    ours.remove_ticket("t3")
    ours.remove_ticket("t3")
    ours.add_ticket(ticket(4, pool="2"))
    assert ours.decide(START.timestamp() + INTERVAL_S) == []


def test_a_block_holds_at_once_and_can_be_taken_back() -> None:
    """Two who wait and then block each other are not paired, until the block is gone."""
    apart = [ticket(1, languages=("de",)), ticket(2)]
    ours = engine(apart)
    ours.decide(START.timestamp())
    ours.add_ticket(ticket(1))
    ours.relate(1, 2, History(blocks={(2, 1)}))
    assert ours.decide(LATER) == []
    ours.relate(1, 2, NOBODY)
    assert members(ours.decide(LATER)) == {frozenset((1, 2))}


@pytest.mark.parametrize("meanwhile", ["leave", "change", "block"])
def test_what_happens_while_a_problem_is_solved_counts(meanwhile: str) -> None:
    """Whoever has left, changed or blocked since the problem was set is not paired by its solution; others are."""
    ours = engine([ticket(1), ticket(2), ticket(3, pool="2"), ticket(4, pool="2")])
    posed = ours.prepare_assignment(LATER)
    assert posed
    chosen = solve_assignment(posed)
    if meanwhile == "leave":
        ours.remove_ticket("t1")
    elif meanwhile == "change":
        ours.add_ticket(ticket(1, languages=("de",)))
    else:
        ours.relate(1, 2, History(blocks={(1, 2)}))
    assert members(ours.commit_assignment(posed, chosen)) == {frozenset((3, 4))}


def test_when_to_decide_next() -> None:
    """Every five seconds, and a second before a patience ends, for those who have somebody to be put together with."""
    ours = engine([ticket(1), ticket(2, languages=("de",))])
    assert ours.next_decision_at() <= START.timestamp()
    ours.decide(START.timestamp())
    assert ours.next_decision_at() == START.timestamp() + INTERVAL_S
    ours.record_past_arrivals([ticket(member, after=-member / 10, pool="busy") for member in range(100, 10, -1)])
    one = ticket(3, pool="busy", style=Style.QUIET, subject="Art", level=Level.BEGINNER, camera=Camera.ON)
    other = ticket(4, pool="busy", style=Style.TALK, subject="Maths", level=Level.ADVANCED, camera=Camera.OFF)
    ours.add_ticket(replace(one, expires_at=START + timedelta(seconds=2 * INTERVAL_S + LAST_CALL_S / 2)))
    ours.add_ticket(other)
    assert ours.decide(START.timestamp() + INTERVAL_S) == []
    assert ours.next_decision_at() == START.timestamp() + 2 * INTERVAL_S - LAST_CALL_S / 2
    assert members(ours.decide(ours.next_decision_at())) == {frozenset((3, 4))}


def test_it_pauses_after_each_who_comes_and_each_block_of_fits() -> None:
    """Whoever runs it beside something else can let that go first."""
    pauses: list[None] = []
    ours = Engine(weights=Weights(), pause=lambda: pauses.append(None))
    ours.record_past_arrivals([ticket(member) for member in range(1, 41)])
    assert len(pauses) == 40
    for member in range(100, 100 + BLOCK + 1):
        ours.add_ticket(ticket(member))
    ours.prepare_assignment(START.timestamp() + 1)
    assert len(pauses) == 40 + (BLOCK + 1) + 2
