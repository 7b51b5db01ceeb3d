"""How well two tickets suit each other."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ticket import Camera, Level, Style, Ticket
from bot.matching.fit import Weights, fit, one_sided_fit
from bot.matching.history import History
from bot.matching.may_meet import may_meet
from tests.clocks import START
from tests.matching.sample_tickets import NO_HISTORY, markets, ticket

WEIGHTS = Weights()


def fit_for(a: Ticket, b: Ticket, history: History = NO_HISTORY) -> float:
    """How well b suits a at the start."""
    return one_sided_fit(a, b, history=history, weights=WEIGHTS, now=START)


def fit_of(a: Ticket, b: Ticket, history: History = NO_HISTORY) -> float:
    """The fit of the two at the start."""
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
    """Each wish counts with its weight, or half of that if the other leaves it open."""
    assert fit_for(ticket(1, **mine), ticket(2, **theirs)) == pytest.approx(expected)


@pytest.mark.parametrize(("days", "expected"), [(0, 0.85), (14, 0.925), (28, 0.9625)])
def test_a_recent_partner_is_less_new(days: float, expected: float) -> None:
    """Half of the novelty is back after two weeks."""
    history = History(last_meetings={(1, 2): START - timedelta(days=days)})
    assert fit_for(ticket(2), ticket(1), history) == pytest.approx(expected)


def test_a_favourite_counts_more_and_is_always_new() -> None:
    """A favourite adds a quarter, up to 1, however recently they met; only to the side whose favourite it is."""
    history = History(last_meetings={(1, 2): START}, favourites={(1, 2)})
    assert fit_for(ticket(1, subject="Maths"), ticket(2, subject="Art"), history) == pytest.approx(0.85)
    assert fit_for(ticket(1), ticket(2), history) == 1.0
    assert fit_for(ticket(2), ticket(1), history) == pytest.approx(0.85)


def test_both_sides_count() -> None:
    """The fit is the harmonic mean of the two sides."""
    a, b = ticket(1, subject="Maths"), ticket(2)
    assert fit_of(a, b) == pytest.approx(2 * 0.8 * 1.0 / 1.8)


@pytest.mark.parametrize(
    ("mine", "theirs", "history"),
    [
        ({"pool": "1"}, {"pool": "2"}, NO_HISTORY),
        ({"lengths": (25,)}, {"lengths": (50, 75)}, NO_HISTORY),
        ({"languages": ("en",)}, {"languages": ("de",)}, NO_HISTORY),
        ({}, {}, History(blocks={(1, 2)})),
        ({}, {}, History(blocks={(2, 1)})),
    ],
)
def test_hard_rules(mine: dict[str, Any], theirs: dict[str, Any], history: History) -> None:
    """If a hard rule forbids the pair, the fit is 0, however well everything else suits."""
    assert fit_of(ticket(1, **mine), ticket(2, **theirs), history) == 0.0


def test_nobody_meets_themselves() -> None:
    """A member with two tickets is still one member."""
    assert fit_of(ticket(1), ticket(1)) == 0.0


@given(markets(), st.integers(0, 10_000))
def test_fits_are_symmetric_and_between_0_and_1(market: tuple[list[Ticket], History], hours: int) -> None:
    """In any market the fit lies in [0, 1], is symmetric, and positive only where the hard rules allow it."""
    tickets, history = market
    now = START + timedelta(hours=hours)
    for a in tickets:
        for b in tickets:
            value = fit(a, b, history=history, weights=WEIGHTS, now=now)
            assert 0 <= value <= 1
            assert value == pytest.approx(fit(b, a, history=history, weights=WEIGHTS, now=now))
            assert value == 0 or may_meet(a, b, history, now)
