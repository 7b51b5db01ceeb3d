"""How many are expected, by those who came."""

import numpy as np
import pytest

from bot.matching.arrival_rate import HOUR_S, ArrivalRate
from bot.matching.parameters import RESERVATION_PARAMS
from tests.clocks import START

NINE = START.timestamp() // HOUR_S * HOUR_S  # a full hour
MINUTE = 60.0


def expected(rhythm: ArrivalRate, *, start: float, seconds: float) -> float:
    """How many are expected to come between two moments."""
    return float(rhythm.coming(start + seconds, np.array([seconds]))[0])


def of(*times: float) -> ArrivalRate:
    """The rhythm of a pool to which somebody came at these times."""
    first, *others = times
    rhythm = ArrivalRate(first, RESERVATION_PARAMS)
    for time in others:
        rhythm.record_arrival(time)
    return rhythm


@pytest.mark.parametrize("minutes", [0.5, 2.0, 7.0])
def test_a_steady_pool_goes_on_as_it_was(minutes: float) -> None:
    """After a day of arrivals at even distances as many are expected as came, within a tenth."""
    rhythm = of(*np.arange(NINE, NINE + 24 * HOUR_S, minutes * MINUTE))
    assert expected(rhythm, start=NINE + 24 * HOUR_S, seconds=HOUR_S) == pytest.approx(60 / minutes, rel=0.1)


@pytest.mark.parametrize("minutes", [0.5, 2.0, 7.0])
def test_chance_makes_no_rhythm(minutes: float) -> None:
    """Where people come at random as many are expected as came, within a tenth, on the average of forty days."""
    gaps = np.random.default_rng(3).exponential(minutes * MINUTE, (40, int(24 * 60 / minutes)))
    days = NINE + gaps.cumsum(axis=1)
    found = [expected(of(*day), start=day[-1], seconds=HOUR_S) for day in days]
    assert np.mean(found) == pytest.approx(60 / minutes, rel=0.1)


def test_what_is_long_past_counts_little() -> None:
    """After a busy morning and an empty night, the first of the next day expect few."""
    morning = np.arange(NINE, NINE + HOUR_S, 30.0)
    assert expected(of(*morning), start=NINE + HOUR_S, seconds=600) > 15
    next_day = of(*morning, NINE + 24 * HOUR_S)
    assert expected(next_day, start=NINE + 24 * HOUR_S, seconds=600) < 1


def test_the_full_hour_is_learned() -> None:
    """Where people come in the first five minutes of every hour, they are expected there and not half an hour later."""
    rhythm = of(*(NINE + hour * HOUR_S + 20.0 * number for hour in range(24) for number in range(15)))
    later = NINE + 24 * HOUR_S
    at_the_hour = expected(rhythm, start=later, seconds=300)
    assert at_the_hour > 5 * expected(rhythm, start=later + HOUR_S / 2, seconds=300)


def test_a_burst_says_little_of_the_rest_of_the_hour() -> None:
    """Where half of forty come in the first ten minutes, forty are expected right after those, too."""
    bursts = [NINE + hour * HOUR_S + 30.0 * number for hour in range(24) for number in range(20)]
    lulls = [NINE + hour * HOUR_S + 600 + 150.0 * number for hour in range(23) for number in range(20)]
    rhythm = of(*sorted([*bursts, *lulls]))
    assert expected(rhythm, start=NINE + 23 * HOUR_S + 600, seconds=HOUR_S) == pytest.approx(40, rel=0.06)


def test_empty_parts_of_the_hour_do_not_make_the_full_one_less() -> None:
    """Where twelve come in the first five minutes of every hour and nobody later, nearly twelve are expected there."""
    rhythm = of(*(NINE + hour * HOUR_S + 25.0 * number for hour in range(24) for number in range(12)))
    assert expected(rhythm, start=NINE + 24 * HOUR_S, seconds=300) == pytest.approx(12, rel=0.15)
    assert expected(rhythm, start=NINE + 24 * HOUR_S + 300, seconds=3300) < 3


def test_two_at_once_make_no_busy_pool() -> None:
    """The fewer have come, the less their haste counts."""
    assert expected(of(NINE, NINE + 1), start=NINE, seconds=600) < 4
    assert expected(of(*(NINE + number for number in range(60))), start=NINE, seconds=600) > 200


def test_a_rush_is_seen_while_it_lasts() -> None:
    """After a day of one every thirteen minutes, ten within five tell of more at once; an hour later they do not."""
    day = np.arange(NINE, NINE + 24 * HOUR_S, 13 * MINUTE)
    rush = day[-1] + np.arange(30, 330, 30.0)
    before = expected(of(*day), start=day[-1], seconds=300)
    assert before == pytest.approx(5 / 13, rel=0.25)
    assert expected(of(*day, *rush), start=rush[-1], seconds=300) > 4 * before
    later = rush[-1] + HOUR_S
    assert expected(of(*day, *rush, later), start=later, seconds=300) < 2.5 * before


def test_a_clock_that_was_put_back_is_no_reason_to_stop() -> None:
    """Whoever comes before the last one counts as coming with them."""
    rhythm = of(NINE + 100, NINE + 100)
    assert expected(rhythm, start=NINE, seconds=600) > 0
