"""How many arrivals are expected, given past ones."""

import numpy as np
import pytest

from bot.matching.arrival_rate import HOUR_S, ArrivalRate
from bot.matching.parameters import RESERVATION_PARAMS
from tests.clocks import START

NINE = START.timestamp() // HOUR_S * HOUR_S  # a full hour
MINUTE = 60.0


def expected(rate: ArrivalRate, *, start: float, seconds: float) -> float:
    """How many arrivals are expected within `seconds` from `start`."""
    return float(rate.expected_arrivals(start + seconds, np.array([seconds]))[0])


def rate_of(*times: float) -> ArrivalRate:
    """The rate of a pool with arrivals at these times."""
    first, *others = times
    rate = ArrivalRate(first, RESERVATION_PARAMS)
    for time in others:
        rate.record_arrival(time)
    return rate


@pytest.mark.parametrize("minutes", [0.5, 2.0, 7.0])
def test_a_steady_pool_goes_on_as_it_was(minutes: float) -> None:
    """After a day of evenly spaced arrivals the same number is expected, within a tenth."""
    rate = rate_of(*np.arange(NINE, NINE + 24 * HOUR_S, minutes * MINUTE))
    assert expected(rate, start=NINE + 24 * HOUR_S, seconds=HOUR_S) == pytest.approx(60 / minutes, rel=0.1)


@pytest.mark.parametrize("minutes", [0.5, 2.0, 7.0])
def test_random_arrivals_show_no_pattern(minutes: float) -> None:
    """After random arrivals the same number is expected, within a tenth, on average over forty days."""
    gaps = np.random.default_rng(3).exponential(minutes * MINUTE, (40, int(24 * 60 / minutes)))
    days = NINE + gaps.cumsum(axis=1)
    found = [expected(rate_of(*day), start=day[-1], seconds=HOUR_S) for day in days]
    assert np.mean(found) == pytest.approx(60 / minutes, rel=0.1)


def test_old_arrivals_count_little() -> None:
    """After a busy morning and an empty night, few arrivals are expected on the next day."""
    morning = np.arange(NINE, NINE + HOUR_S, 30.0)
    assert expected(rate_of(*morning), start=NINE + HOUR_S, seconds=600) > 15
    next_day = rate_of(*morning, NINE + 24 * HOUR_S)
    assert expected(next_day, start=NINE + 24 * HOUR_S, seconds=600) < 1


def test_arrivals_at_the_full_hour_are_learned() -> None:
    """Arrivals in the first five minutes of every hour are expected then and not half an hour later."""
    rate = rate_of(*(NINE + hour * HOUR_S + 20.0 * number for hour in range(24) for number in range(15)))
    later = NINE + 24 * HOUR_S
    at_the_hour = expected(rate, start=later, seconds=300)
    assert at_the_hour > 5 * expected(rate, start=later + HOUR_S / 2, seconds=300)


def test_a_regular_burst_does_not_raise_the_rest_of_the_hour() -> None:
    """If half of forty arrivals come in ten minutes of each hour, the hour after these still expects forty."""
    bursts = [NINE + hour * HOUR_S + 30.0 * number for hour in range(24) for number in range(20)]
    lulls = [NINE + hour * HOUR_S + 600 + 150.0 * number for hour in range(23) for number in range(20)]
    rate = rate_of(*sorted([*bursts, *lulls]))
    assert expected(rate, start=NINE + 23 * HOUR_S + 600, seconds=HOUR_S) == pytest.approx(40, rel=0.06)


def test_empty_parts_of_the_hour_do_not_lower_the_full_ones() -> None:
    """If twelve come in the first five minutes of every hour and nobody later, nearly twelve are expected there."""
    rate = rate_of(*(NINE + hour * HOUR_S + 25.0 * number for hour in range(24) for number in range(12)))
    assert expected(rate, start=NINE + 24 * HOUR_S, seconds=300) == pytest.approx(12, rel=0.15)
    assert expected(rate, start=NINE + 24 * HOUR_S + 300, seconds=3300) < 3


def test_two_at_once_do_not_make_a_busy_pool() -> None:
    """The fewer arrivals there are, the less a short interval between them counts."""
    assert expected(rate_of(NINE, NINE + 1), start=NINE, seconds=600) < 4
    assert expected(rate_of(*(NINE + number for number in range(60))), start=NINE, seconds=600) > 200


def test_a_burst_counts_while_it_lasts() -> None:
    """After a day of one arrival every thirteen minutes, ten within five minutes raise it, but only briefly."""
    day = np.arange(NINE, NINE + 24 * HOUR_S, 13 * MINUTE)
    burst = day[-1] + np.arange(30, 330, 30.0)
    before = expected(rate_of(*day), start=day[-1], seconds=300)
    assert before == pytest.approx(5 / 13, rel=0.25)
    assert expected(rate_of(*day, *burst), start=burst[-1], seconds=300) > 4 * before
    later = burst[-1] + HOUR_S
    assert expected(rate_of(*day, *burst, later), start=later, seconds=300) < 2.5 * before


def test_a_clock_that_was_set_back_does_no_harm() -> None:
    """An arrival before the last one counts as arriving with it."""
    rate = rate_of(NINE + 100, NINE)
    assert expected(rate, start=NINE, seconds=600) == expected(rate_of(NINE + 100, NINE + 100), start=NINE, seconds=600)
