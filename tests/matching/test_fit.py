"""How well two tickets suit each other."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ticket import Camera, Level, Style, Ticket
from bot.matching.fit import History, Weights, fit, one
from bot.matching.may_meet import may_meet
from tests.clocks import START
from tests.matching.sample_tickets import markets, ticket

NOBODY = History()
WEIGHTS = Weights()


def seen(a: Ticket, b: Ticket, history: History = NOBODY) -> float:
    """What a makes of b now."""
    return one(a, b, history=history, weights=WEIGHTS, now=START)


def suits(a: Ticket, b: Ticket, history: History = NOBODY) -> float:
    """The fit of the two now."""
    return fit(a, b, history=history, weights=WEIGHTS, now=START)


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        ({}, {}, 1.0),
        ({"subject": "Maths"}, {"subject": "Maths"}, 1.0),
        ({"subject": "Maths"}, {}, 0.8),
        ({"subject": "Maths"}, {"subject": "Art"}, 0.6),
        ({"subject": "Maths", "subject_group": "S"}, {"subject": "Physics", "subject_group": "S"}, 0.8),
        ({"subject": "Maths", "subject_group": "any"}, {"subject": "Art", "subject_group": "any"}, 0.6),
        ({"style": Style.QUIET}, {"style": Style.TALK}, 0.8),
        ({"style": Style.QUIET}, {"style": Style.ANY}, 0.9),
        ({"camera": Camera.OFF}, {"camera": Camera.ON}, 0.9),
        ({"level": Level.BEGINNER}, {"level": Level.ADVANCED}, 0.85),
        ({"level": Level.BEGINNER}, {"level": Level.INTERMEDIATE}, 0.925),
        ({"level": Level.BEGINNER}, {"level": None}, 0.925),
        ({"level": None}, {"level": Level.ADVANCED}, 1.0),
    ],
)
def test_one_side(mine: dict[str, Any], theirs: dict[str, Any], expected: float) -> None:
    """Each wish counts as much as its weight, and half where the other leaves it open."""
    assert seen(ticket(1, **mine), ticket(2, **theirs)) == pytest.approx(expected)


@pytest.mark.parametrize(("days", "expected"), [(0, 0.85), (14, 0.925), (28, 0.9625)])
def test_a_recent_partner_is_less_new(days: float, expected: float) -> None:
    """Half of the novelty is back after a fortnight."""
    history = History(last_meetings={(1, 2): START - timedelta(days=days)})
    assert seen(ticket(2), ticket(1), history) == pytest.approx(expected)


def test_a_favourite_counts_more_and_is_never_old() -> None:
    """A favourite is worth a quarter more, up to 1, however recently they met; the other side does not gain."""
    history = History(last_meetings={(1, 2): START}, favourites={(1, 2)})
    assert seen(ticket(1, subject="Maths"), ticket(2, subject="Art"), history) == pytest.approx(0.85)
    assert seen(ticket(1), ticket(2), history) == 1.0
    assert seen(ticket(2), ticket(1), history) == pytest.approx(0.85)


def test_a_match_must_please_both() -> None:
    """The fit is the harmonic mean of the two sides."""
    a, b = ticket(1, subject="Maths"), ticket(2)
    assert suits(a, b) == pytest.approx(2 * 0.8 * 1.0 / 1.8)


@pytest.mark.parametrize(
    ("mine", "theirs", "history"),
    [
        ({"pool": "1"}, {"pool": "2"}, NOBODY),
        ({"lengths": (25,)}, {"lengths": (50, 75)}, NOBODY),
        ({"languages": ("en",)}, {"languages": ("de",)}, NOBODY),
        ({}, {}, History(blocks={(1, 2)})),
        ({}, {}, History(blocks={(2, 1)})),
    ],
)
def test_hard_rules(mine: dict[str, Any], theirs: dict[str, Any], history: History) -> None:
    """Where a hard rule forbids it the fit is nothing, however well all else suits."""
    assert suits(ticket(1, **mine), ticket(2, **theirs), history) == 0.0


def test_nobody_meets_themselves() -> None:
    """A member with two tickets is still one member."""
    assert suits(ticket(1), ticket(1)) == 0.0


@given(markets(), st.integers(0, 10_000))
def test_between_nothing_and_one_and_the_same_from_both_sides(market: tuple[list[Ticket], History], hours: int) -> None:
    """In any market the fit lies in [0, 1], is symmetric, and positive only where the hard rules allow it."""
    line, history = market
    now = START + timedelta(hours=hours)
    for a in line:
        for b in line:
            value = fit(a, b, history=history, weights=WEIGHTS, now=now)
            assert 0 <= value <= 1
            assert value == pytest.approx(fit(b, a, history=history, weights=WEIGHTS, now=now))
            assert value == 0 or may_meet(a, b, history.blocks)
