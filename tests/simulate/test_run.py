"""A day in virtual time, with the engine and with the rules it is compared with."""

import itertools
from collections.abc import Callable, Sequence
from functools import partial

import pytest

from bot.matching.engine import Engine
from bot.matching.may_meet import may_meet
from bot.simulate.baselines import BASELINES, Baseline
from bot.simulate.figures import figures
from bot.simulate.hindsight import hindsight
from bot.simulate.make import Plan, Shape
from bot.simulate.market import WAIT_COST, Arrival, Market, value
from bot.simulate.record import Record
from bot.simulate.run import Decider, run
from tests.simulate.made import made, market, opened, ticket

DECIDERS: dict[str, Callable[[Market], Decider]] = {
    "engine": lambda market: Engine(weights=market.weights),
    **{name: partial(Baseline, choose=choose) for name, choose in BASELINES.items()},
}


def day(market: Market, arrivals: Sequence[Arrival], name: str = "engine") -> Record:
    """The record of a day."""
    return run(market, iter(arrivals), DECIDERS[name](market), partial(next, itertools.count()))


@pytest.mark.parametrize("name", DECIDERS)
@pytest.mark.parametrize("shape", Shape)
def test_no_rule_of_the_judge_is_broken(name: str, shape: Shape) -> None:
    """Nobody is paired twice, while they are not there, or against a hard rule; the value is that of the pairs."""
    market, arrivals = made(Plan(shape=shape, rate=2, people=150, seed=3, pools=2))
    record = day(market, arrivals, name)
    by_name = {arrival.ticket.name: arrival for arrival in arrivals}
    assert len({*record.first, *record.second}) == 2 * len(record.fits) > 100
    total = 0.0
    for a_name, b_name, at, fits in zip(record.first, record.second, record.paired_at, record.fits, strict=True):
        a, b = by_name[a_name], by_name[b_name]
        assert may_meet(a.ticket, b.ticket, market.history(a.ticket.member_id, {b.ticket.member_id}).blocks)
        assert fits == market.fit(a.ticket, b.ticket)
        assert all(each.comes <= at <= each.ends for each in (a, b))
        total += value(fits, 2 * at - a.comes - b.comes)
    assert record.value == pytest.approx(total)
    assert record.value < hindsight(market, arrivals).value


def test_the_engine_is_better_than_any_simpler_rule() -> None:
    """On a busy day."""
    market, arrivals = made(Plan(shape=Shape.STEADY, rate=6, people=300, seed=5))
    values = {name: day(market, arrivals, name).value for name in DECIDERS}
    assert max(values, key=lambda name: values[name]) == "engine"


def test_who_goes_silently_is_gone() -> None:
    """The simulator knows; whoever comes later does not meet them."""
    stays = opened([market(), ticket("m1", 0), ticket("m2", 60)])
    goes = opened([market(), ticket("m1", 0, leaves_s=59), ticket("m2", 60)])
    assert [len(day(*stays).fits), len(day(*goes).fits)] == [1, 0]


def test_a_pair_is_made_when_the_second_comes() -> None:
    """On a quiet day nobody is left waiting for something better."""
    record = day(*opened([market(), ticket("m1", 0), ticket("m2", 60.25)]))
    assert [*record.paired_at] == [60.25]
    assert [*record.waited] == [60.25, 0.0]


def test_a_day_again_is_the_same_day() -> None:
    """Nothing is left to chance."""
    market, arrivals = made(Plan(shape=Shape.DAY, rate=4, people=200, seed=8))
    one, other = day(market, arrivals), day(market, arrivals)
    assert (one.first, one.second, one.paired_at) == (other.first, other.second, other.paired_at)


def test_a_past_is_told_as_it_was_at_the_start() -> None:
    """Two who met suit each other better as the day goes on; what is recorded is the fit that the market names."""
    those = [ticket("m1", 86_400), ticket("m2", 86_400)]
    known, arrivals = opened([market(met=[["m1", "m2", 1]]), *those])
    record = day(known, arrivals)
    assert [*record.fits] == [known.fit(*(arrival.ticket for arrival in arrivals))]
    assert record.fits[0] < day(*opened([market(), *those])).fits[0]


def test_languages_are_one_kind_in_any_order() -> None:
    """Whichever of two is dearer."""
    both = [ticket("m1", 0, languages=["es", "en"]), ticket("m2", 60, languages=["en", "es"])]
    record = day(*opened([market(), *both, ticket("m3", 120, languages=["es"])]))
    assert {name: fared.tickets for name, fared in figures(record, None).by_language.items()} == {"en es": 2, "es": 1}


def test_what_a_day_was_worth_to_one_of_them() -> None:
    """The fit less what the wait cost, over all, also those who found nobody."""
    known, arrivals = opened([market(), ticket("m1", 0), ticket("m2", 60), ticket("m3", 120, languages=["eo"])])
    record = day(known, arrivals)
    fared = figures(record, None).waits
    assert (fared.tickets, fared.matched) == (3, 2)
    assert fared.value == pytest.approx((2 * record.fits[0] - WAIT_COST) / 3)
