"""Fits of many at once are those of the specification; candidates are the best, however they came to be."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.ticket import Ticket, Wishes
from bot.matching.fit import History, Weights, fit
from bot.matching.hall import Hall
from bot.matching.line import CANDIDATES
from bot.matching.parameters import RESERVATION_PARAMS
from tests.clocks import START
from tests.matching.sample_tickets import NOBODY, markets, ticket, wishes

NOW = START.timestamp() + 900
WEIGHTS = Weights()


def hall(line: Sequence[Ticket], *, at_once: bool, history: History = NOBODY, weights: Weights = WEIGHTS) -> Hall:
    """A hall in which these have arrived, all at once or one by one."""
    made = Hall(weights, RESERVATION_PARAMS, lambda: None)
    made.bonds.learn(history)
    for pool in sorted({each.pool for each in line}):
        here = sorted((each for each in line if each.pool == pool), key=lambda each: (each.waiting_since, each.id))
        for some in [here] if at_once else [[each] for each in here]:
            made.welcome(some, NOW)
    return made


def candidates(made: Hall) -> dict[str, dict[str, float]]:
    """Each ticket's candidates with their fits."""
    line = made.line
    return {
        ticket_id: {
            line.ticket(other).id: fits
            for other, fits in zip(line.candidates[slot].tolist(), line.fits[slot].tolist(), strict=True)
            if line.waits[other]
        }
        for ticket_id, slot in line.slots.items()
    }


@settings(deadline=None)
@given(
    markets(most=12),
    st.booleans(),
    st.lists(st.floats(0, 0.2), min_size=6, max_size=6).map(
        lambda six: Weights(subject=six[0], style=six[1], level=six[2], camera=six[3], novelty=six[4], favourite=six[5])
    ),
)
def test_the_fits_of_many_are_those_of_the_specification(
    market: tuple[list[Ticket], History], at_once: bool, weights: Weights
) -> None:
    """Whoever fits at all is a candidate, with the very fit of the two alone, to the twelfth digit."""
    line, history = market
    now = datetime.fromtimestamp(NOW, UTC)
    found = candidates(hall(line, at_once=at_once, history=history, weights=weights))
    for a in line:
        expected = {b.id: fit(a, b, history=history, weights=weights, now=now) for b in line if b is not a}
        assert found[a.id] == pytest.approx({each: value for each, value in expected.items() if value > 0}, abs=1e-12)


@settings(deadline=None)
@given(st.lists(wishes, min_size=30, max_size=60))
def test_one_by_one_or_all_at_once(wished: list[Wishes]) -> None:
    """The candidates are the same best twelve."""
    line = [replace(ticket(member, after=member), wishes=wish) for member, wish in enumerate(wished)]
    one_by_one, at_once = (candidates(hall(line, at_once=way)) for way in (False, True))
    assert one_by_one == at_once
    for a in line:
        fits = sorted((fit(a, b, history=NOBODY, weights=WEIGHTS, now=START) for b in line), reverse=True)
        best = [value for value in fits if value > 0][:CANDIDATES]
        assert sorted(at_once[a.id].values(), reverse=True) == pytest.approx(best)


def test_more_languages_than_bits_in_a_word() -> None:
    """A pool may speak any number of languages, and want any number of lengths."""
    line = [ticket(n, after=n, languages=(f"l{n % 100}",), lengths=(n % 150, 200 + n % 130)) for n in range(250)]
    for a_id, found in candidates(hall(line, at_once=False)).items():
        a = int(a_id[1:])
        alike = (b for b in range(250) if b % 100 == a % 100 and (b % 150 == a % 150 or b % 130 == a % 130) and b != a)
        assert sorted(found) == sorted(f"t{b}" for b in alike)


def test_candidates_who_left_are_made_good() -> None:
    """Who had more partners than candidates, and has too few left, gets others."""
    made = hall([ticket(n, after=n) for n in range(40)], at_once=True)
    slot = made.line.slots["t0"]
    for other in [*candidates(made)["t0"]][:10]:
        made.unseat(made.line.slots[other])
    made.refill(np.array([slot]), NOW)
    assert len(candidates(made)["t0"]) == CANDIDATES


def test_slots_and_pools_are_used_again() -> None:
    """A thousand who come and go need no more room than a few, and a pool without anybody is forgotten."""
    made = hall([], at_once=True)
    for number in range(1000):
        made.welcome([ticket(number, after=number)], START.timestamp() + number)
        made.unseat(made.line.slots[f"t{number}"])
    assert len(made.line.since) < 100
    made.sweep(START.timestamp() + 1000)
    assert len(made._pools) == 1
    made.sweep(START.timestamp() + 8 * 86_400)
    assert len(made._pools) == 0


def test_who_is_in_a_hurry_makes_nobody_dear() -> None:
    """A partner who keeps nothing any more costs no more than the fit of the two."""
    made = hall([], at_once=True)
    made.welcome([ticket(1)], NOW)
    made.line.keep[made.line.slots["t1"]] = -2.0
    made.welcome([ticket(2)], NOW)
    pool = made._pools[ticket(2).pool]
    assert pool.prices[made.line.place[made.line.slots["t2"]]] == pytest.approx(
        2 * RESERVATION_PARAMS.competition_weight
    )
