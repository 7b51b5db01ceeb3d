"""Simulated days, with the engine and with the baselines."""

import itertools
from collections.abc import Callable, Sequence
from functools import partial

import pytest

from bot.matching.engine import Engine
from bot.matching.may_meet import may_meet
from bot.simulate.baselines import BASELINES, BatchingPolicy
from bot.simulate.day_record import DayRecord
from bot.simulate.day_statistics import compute_statistics
from bot.simulate.market import EPOCH, WAIT_COST_PER_MINUTE, Arrival, Market, match_value
from bot.simulate.offline_optimum import offline_optimum
from bot.simulate.simulation import MatchingPolicy, simulate_day
from bot.simulate.synthetic_trace import ArrivalShape, TracePlan
from tests.simulate.trace_lines import market_line, read_lines, read_synthetic, ticket_line

POLICIES: dict[str, Callable[[Market], MatchingPolicy]] = {
    "engine": lambda market: Engine(weights=market.weights),
    **{name: partial(BatchingPolicy, choose=choose) for name, choose in BASELINES.items()},
}


def record_of(market: Market, arrivals: Sequence[Arrival], name: str = "engine") -> DayRecord:
    """Simulate the day with this policy."""
    return simulate_day(market, iter(arrivals), POLICIES[name](market), partial(next, itertools.count()))


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("shape", ArrivalShape)
def test_every_policy_makes_valid_pairs(name: str, shape: ArrivalShape) -> None:
    """Nobody is paired twice, while absent or against a hard rule; the value is the sum over the pairs."""
    market, arrivals = read_synthetic(TracePlan(shape=shape, rate_per_minute=2, members=150, seed=3, pools=2))
    record = record_of(market, arrivals, name)
    by_name = {arrival.ticket.name: arrival for arrival in arrivals}
    assert len({*record.first, *record.second}) == 2 * len(record.pair_fits) > 100
    total = 0.0
    for a_name, b_name, at, fits in zip(record.first, record.second, record.paired_at, record.pair_fits, strict=True):
        a, b = by_name[a_name], by_name[b_name]
        assert may_meet(a.ticket, b.ticket, market.history_with(a.ticket.member_id, {b.ticket.member_id}), EPOCH)
        assert fits == market.fit(a.ticket, b.ticket)
        assert all(each.arrives_at <= at <= each.leaves_at for each in (a, b))
        total += match_value(fits, 2 * at - a.arrives_at - b.arrives_at)
    assert record.value == pytest.approx(total)
    assert record.value < offline_optimum(market, arrivals).value


def test_the_engine_beats_every_baseline() -> None:
    """On a busy day the engine has the greatest value."""
    market, arrivals = read_synthetic(TracePlan(shape=ArrivalShape.STEADY, rate_per_minute=6, members=300, seed=5))
    values = {name: record_of(market, arrivals, name).value for name in POLICIES}
    assert max(values, key=lambda name: values[name]) == "engine"


def test_a_member_who_leaves_silently_is_gone() -> None:
    """A member who arrives after a silent departure finds nobody."""
    stays = read_lines([market_line(), ticket_line("m1", 0), ticket_line("m2", 60)])
    goes = read_lines([market_line(), ticket_line("m1", 0, leaves_s=59), ticket_line("m2", 60)])
    assert [len(record_of(*stays).pair_fits), len(record_of(*goes).pair_fits)] == [1, 0]


def test_two_are_paired_when_the_second_arrives() -> None:
    """On a quiet day the engine does not wait for a better partner."""
    record = record_of(*read_lines([market_line(), ticket_line("m1", 0), ticket_line("m2", 60.25)]))
    assert [*record.paired_at] == [60.25]
    assert [*record.waited_s] == [60.25, 0.0]


def test_a_simulation_is_deterministic() -> None:
    """The same trace gives the same pairs at the same times."""
    market, arrivals = read_synthetic(TracePlan(shape=ArrivalShape.DAY, rate_per_minute=4, members=200, seed=8))
    one, other = record_of(market, arrivals), record_of(market, arrivals)
    assert (one.first, one.second, one.paired_at) == (other.first, other.second, other.paired_at)


def test_fits_are_measured_at_the_start_of_the_day() -> None:
    """For two who have met, the record has the fit at the start of the trace, not that of the moment of pairing."""
    tickets = [ticket_line("m1", 86_400), ticket_line("m2", 86_400)]
    known, arrivals = read_lines([market_line(met=[["m1", "m2", 1]]), *tickets])
    record = record_of(known, arrivals)
    assert [*record.pair_fits] == [known.fit(*(arrival.ticket for arrival in arrivals))]
    assert record.pair_fits[0] < record_of(*read_lines([market_line(), *tickets])).pair_fits[0]


def test_languages_are_one_group_in_any_order() -> None:
    """Tickets with the same languages are one group, in any order."""
    both = [ticket_line("m1", 0, languages=["es", "en"]), ticket_line("m2", 60, languages=["en", "es"])]
    record = record_of(*read_lines([market_line(), *both, ticket_line("m3", 120, languages=["es"])]))
    assert {name: group.tickets for name, group in compute_statistics(record, None).by_language.items()} == {
        "en es": 2,
        "es": 1,
    }


def test_the_mean_value_counts_everybody() -> None:
    """The mean value is the fit less the cost of the wait, with 0 for unmatched tickets."""
    known, arrivals = read_lines(
        [market_line(), ticket_line("m1", 0), ticket_line("m2", 60), ticket_line("m3", 120, languages=["eo"])]
    )
    record = record_of(known, arrivals)
    waits = compute_statistics(record, None).waits
    assert (waits.tickets, waits.matched) == (3, 2)
    assert waits.mean_value == pytest.approx((2 * record.pair_fits[0] - WAIT_COST_PER_MINUTE) / 3)
