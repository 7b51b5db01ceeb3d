"""Made-up days."""

import json
from collections import Counter

import pytest

from bot.simulate.make import Plan, Shape, make
from tests.simulate.made import made


def test_the_same_plan_makes_the_same_day() -> None:
    """And another seed another."""
    plan = Plan(shape=Shape.BURSTY, people=50, seed=4)
    assert [*make(plan)] == [*make(plan)]
    assert [*make(plan)] != [*make(Plan(shape=Shape.BURSTY, people=50, seed=5))]


@pytest.mark.parametrize("shape", Shape)
def test_as_many_come_as_was_asked(shape: Shape) -> None:
    """Over whole days each shape has the rate that was asked for."""
    _, arrivals = made(Plan(shape=shape, rate=2, people=6000, seed=1))
    assert len(arrivals) == 6000
    assert arrivals[-1].comes / 60 == pytest.approx(3000, rel=0.12)


def test_bursts_come_at_the_full_hour() -> None:
    """Half of all come within its first ten minutes."""
    _, arrivals = made(Plan(shape=Shape.BURSTY, rate=5, people=4000, seed=1))
    assert sum(arrival.comes % 3600 < 600 for arrival in arrivals) / 4000 == pytest.approx(0.5, abs=0.03)


def test_all_may_come_at_the_full_hour() -> None:
    """A server with fixed times: nobody comes later in the hour, and as many a day as elsewhere."""
    _, arrivals = made(Plan(shape=Shape.BURSTY, rate=2, people=3000, burst=6.0))
    assert max(arrival.comes % 3600 for arrival in arrivals) < 600
    assert arrivals[-1].comes / 60 == pytest.approx(1500, rel=0.05)


def test_nights_are_quiet() -> None:
    """A day's wave has its top in the middle."""
    _, arrivals = made(Plan(shape=Shape.DAY, rate=5, people=7200, seed=1))
    hours = Counter(int(arrival.comes // 3600) for arrival in arrivals)
    assert hours[12] > 4 * hours[1]


def test_what_can_be_asked_for() -> None:
    """Subjects, languages, pools and patience."""
    plan = Plan(shape=Shape.STEADY, people=2000, subjects=3, languages=20, pools=7, patience=60.0)
    _, *tickets = map(json.loads, make(plan))
    assert {ticket["subject"] for ticket in tickets} == {"any", "s0", "s1", "s2"}
    assert len({language for ticket in tickets for language in ticket["languages"]}) == 20
    assert {ticket["pool"] for ticket in tickets} == {f"g{number}" for number in range(7)}
    assert sum(ticket["patience_s"] < 60 for ticket in tickets) / 2000 == pytest.approx(0.5, abs=0.05)


def test_servers_may_differ_in_size() -> None:
    """The second largest is half as large as the largest, then."""
    _, *tickets = map(json.loads, make(Plan(shape=Shape.STEADY, people=4000, pools=20, uneven=1.0)))
    sizes = [count for _, count in Counter(ticket["pool"] for ticket in tickets).most_common(2)]
    assert sizes[0] / sizes[1] == pytest.approx(2, rel=0.2)


@pytest.mark.parametrize(("bonds", "blocks"), [(0.0, 0), (1.0, 4), (20.0, 80)])
def test_members_may_have_much_to_do_with_each_other(bonds: float, blocks: int) -> None:
    """Blocks and favourites, so many times as many as usual."""
    market, *_ = map(json.loads, make(Plan(shape=Shape.STEADY, people=100, bonds=bonds)))
    assert len(market["blocks"]) == blocks
