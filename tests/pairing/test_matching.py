"""Which of those waiting are put together now."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pairing.fit import History, Weights, fit
from bot.pairing.matching import Pair, best_pairs
from bot.pairing.safety import may_meet
from bot.pairing.ticket import Ticket
from tests.clocks import START
from tests.pairing.made import markets, ticket

NOBODY = History()
WEIGHTS = Weights()


def paired(line: Sequence[Ticket], history: History = NOBODY) -> Sequence[Pair]:
    """The pairs of this line now."""
    return best_pairs(line, history=history, weights=WEIGHTS, now=START)


def members(pairs: Sequence[Pair]) -> set[frozenset[int]]:
    """Who is put together with whom."""
    return {frozenset((pair.a.member_id, pair.b.member_id)) for pair in pairs}


def best_total(line: Sequence[Ticket], history: History) -> float:
    """The greatest total fit there is, by trying everything."""
    if len(line) < 2:
        return 0.0
    first, *rest = line
    alone = best_total(rest, history)
    together = (
        fit(first, other, history=history, weights=WEIGHTS, now=START)
        + best_total([each for each in rest if each is not other], history)
        for other in rest
        if may_meet(first, other, history.blocks)
    )
    return max(alone, *together, 0.0)


@given(markets(), st.randoms(use_true_random=False))
def test_the_best_pairs(market: tuple[list[Ticket], History], chance: object) -> None:
    """Nobody sits twice, no hard rule is broken, no better total exists, and the order of the tickets is irrelevant."""
    line, history = market
    pairs = paired(line, history)
    seated = [ticket.id for pair in pairs for ticket in (pair.a, pair.b)]
    assert len(seated) == len(set(seated))
    assert all(may_meet(pair.a, pair.b, history.blocks) for pair in pairs)
    assert sum(pair.fit for pair in pairs) == pytest.approx(best_total(line, history), abs=1e-4)
    shuffled = list(line)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a Random
    assert members(paired(shuffled, history)) == members(pairs)


def test_the_better_of_two_partners() -> None:
    """Who suits both best is taken; the third waits on."""
    line = [ticket(1, subject="Maths"), ticket(2, subject="Art", after=1), ticket(3, subject="Maths", after=2)]
    assert members(paired(line)) == {frozenset((1, 3))}


def test_any_allowed_partner_is_better_than_none() -> None:
    """Two who have nothing in common but time and language are still put together."""
    assert members(paired([ticket(1, subject="Maths"), ticket(2, subject="Art")])) == {frozenset((1, 2))}


def test_the_front_comes_first() -> None:
    """Who was let down is seated before a better pair of others."""
    line = [
        ticket(1, subject="Maths"),
        ticket(2, subject="Maths", after=1),
        ticket(3, subject="Art", after=2, front=True),
    ]
    assert any(3 in pair for pair in members(paired(line)))


def test_the_one_who_waited_longer_is_named_first() -> None:
    """The earlier ticket decides about the language."""
    (pair,) = paired([ticket(2, after=5), ticket(1, after=9)])
    assert (pair.a.member_id, pair.b.member_id) == (2, 1)


def test_in_a_full_hall_nobody_is_left_over() -> None:
    """Two hundred in one pool, of whom only the best candidates are looked at: everybody has a partner who fits."""
    line = [ticket(member, subject=("Maths", "Art")[member % 2], after=member) for member in range(200)]
    pairs = paired(line)
    assert len(pairs) == 100
    assert all(pair.fit == 1 for pair in pairs)
