"""Synthetic traces: reproducible, with the rates, shares and relations of their plan."""

import json
from collections import Counter

import pytest

from bot.simulate.synthetic_trace import ArrivalShape, TracePlan, generate_trace
from tests.simulate.trace_lines import read_synthetic


def test_the_same_plan_makes_the_same_day() -> None:
    """The same plan gives the same lines, another seed gives others."""
    plan = TracePlan(shape=ArrivalShape.BURSTY, members=50, seed=4)
    assert [*generate_trace(plan)] == [*generate_trace(plan)]
    assert [*generate_trace(plan)] != [*generate_trace(TracePlan(shape=ArrivalShape.BURSTY, members=50, seed=5))]


@pytest.mark.parametrize("shape", ArrivalShape)
def test_the_mean_rate_is_as_planned(shape: ArrivalShape) -> None:
    """Over whole days each shape has the planned mean rate."""
    _, arrivals = read_synthetic(TracePlan(shape=shape, rate_per_minute=2, members=6000, seed=1))
    assert len(arrivals) == 6000
    assert arrivals[-1].arrives_at / 60 == pytest.approx(3000, rel=0.12)


def test_bursts_are_at_the_full_hour() -> None:
    """Half of all members arrive in the first ten minutes of an hour."""
    _, arrivals = read_synthetic(TracePlan(shape=ArrivalShape.BURSTY, rate_per_minute=5, members=4000, seed=1))
    assert sum(arrival.arrives_at % 3600 < 600 for arrival in arrivals) / 4000 == pytest.approx(0.5, abs=0.03)


def test_all_members_can_arrive_in_bursts() -> None:
    """With the greatest burst factor nobody arrives later in the hour, and the mean rate stays."""
    _, arrivals = read_synthetic(
        TracePlan(shape=ArrivalShape.BURSTY, rate_per_minute=2, members=3000, burst_factor=6.0)
    )
    assert max(arrival.arrives_at % 3600 for arrival in arrivals) < 600
    assert arrivals[-1].arrives_at / 60 == pytest.approx(1500, rel=0.05)


def test_a_daily_wave_is_lowest_at_its_start() -> None:
    """A day's wave peaks at noon."""
    _, arrivals = read_synthetic(TracePlan(shape=ArrivalShape.DAY, rate_per_minute=5, members=7200, seed=1))
    hours = Counter(int(arrival.arrives_at // 3600) for arrival in arrivals)
    assert hours[12] > 4 * hours[1]


def test_a_plan_sets_the_numbers_of_kinds() -> None:
    """Subjects, languages, pools and the median patience are as planned."""
    plan = TracePlan(shape=ArrivalShape.STEADY, members=2000, subjects=3, languages=20, pools=7, median_patience_s=60.0)
    _, *tickets = map(json.loads, generate_trace(plan))
    assert {ticket["subject"] for ticket in tickets} == {"any", "s0", "s1", "s2"}
    assert len({language for ticket in tickets for language in ticket["languages"]}) == 20
    assert {ticket["pool"] for ticket in tickets} == {f"g{number}" for number in range(7)}
    assert sum(ticket["patience_s"] < 60 for ticket in tickets) / 2000 == pytest.approx(0.5, abs=0.05)


def test_pool_sizes_can_follow_a_power_law() -> None:
    """With exponent 1 the second largest pool is half as large as the largest."""
    _, *tickets = map(
        json.loads, generate_trace(TracePlan(shape=ArrivalShape.STEADY, members=4000, pools=20, size_exponent=1.0))
    )
    sizes = [count for _, count in Counter(ticket["pool"] for ticket in tickets).most_common(2)]
    assert sizes[0] / sizes[1] == pytest.approx(2, rel=0.2)


@pytest.mark.parametrize(("factor", "blocks"), [(0.0, 0), (1.0, 4), (20.0, 80)])
def test_the_number_of_relations_can_be_scaled(factor: float, blocks: int) -> None:
    """The number of blocks grows with the factor."""
    market, *_ = map(
        json.loads, generate_trace(TracePlan(shape=ArrivalShape.STEADY, members=100, relations_factor=factor))
    )
    assert len(market["blocks"]) == blocks
