"""The queue: fits of many tickets at once, candidates, tickets that come and go."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ticket import Ticket, Wishes
from bot.matching.fit import Weights, fit
from bot.matching.history import History
from bot.matching.parameters import RESERVATION_PARAMS
from bot.matching.queue import Queue
from bot.matching.queue_columns import CANDIDATES, TOO_FEW
from bot.matching.valuation import ACCEPT_ANYBODY
from tests.clocks import START
from tests.matching.sample_tickets import NO_HISTORY, markets, ticket, wishes

NOW = START.timestamp() + 900
WEIGHTS = Weights()


def queue_of(
    tickets: Sequence[Ticket], *, at_once: bool, history: History = NO_HISTORY, weights: Weights = WEIGHTS
) -> Queue:
    """A queue that has admitted these, all at once or one by one."""
    queue = Queue(weights, RESERVATION_PARAMS, lambda: None)
    queue.relations.add(history)
    for pool in sorted({each.pool for each in tickets}):
        here = sorted((each for each in tickets if each.pool == pool), key=lambda each: (each.waiting_since, each.id))
        for some in [here] if at_once else [[each] for each in here]:
            queue.admit(some, NOW)
    return queue


def candidates_in(queue: Queue) -> dict[str, dict[str, float]]:
    """Each ticket's candidates that still wait, with their fits."""
    slots, candidates = queue.slots, queue.candidates
    return {
        ticket_id: {
            slots.ticket(other).id: value
            for other, value in zip(candidates.lists[slot].tolist(), candidates.fits[slot].tolist(), strict=True)
            if slots.waits[other]
        }
        for ticket_id, slot in slots.of_ticket.items()
    }


@given(
    markets(most=12),
    st.booleans(),
    st.lists(st.floats(0, 0.2), min_size=6, max_size=6).map(
        lambda six: Weights(subject=six[0], style=six[1], level=six[2], camera=six[3], novelty=six[4], favourite=six[5])
    ),
)
def test_fits_of_many_equal_the_fit_of_two(
    market: tuple[list[Ticket], History], at_once: bool, weights: Weights
) -> None:
    """Everybody who fits at all is a candidate, with exactly the fit that `fit` gives, to the twelfth digit."""
    tickets, history = market
    now = datetime.fromtimestamp(NOW, UTC)
    found = candidates_in(queue_of(tickets, at_once=at_once, history=history, weights=weights))
    for a in tickets:
        expected = {b.id: fit(a, b, history=history, weights=weights, now=now) for b in tickets if b is not a}
        assert found[a.id] == pytest.approx({each: value for each, value in expected.items() if value > 0}, abs=1e-12)


@given(st.lists(wishes, min_size=CANDIDATES + 4, max_size=2 * CANDIDATES))
def test_admitting_one_by_one_or_all_at_once(wished: list[Wishes]) -> None:
    """The candidates are the same best twelve either way."""
    tickets = [replace(ticket(member, after=member), wishes=wish) for member, wish in enumerate(wished)]
    one_by_one, at_once = (candidates_in(queue_of(tickets, at_once=way)) for way in (False, True))
    assert one_by_one == at_once
    for a in tickets:
        fits = sorted((fit(a, b, history=NO_HISTORY, weights=WEIGHTS, now=START) for b in tickets), reverse=True)
        best = [value for value in fits if value > 0][:CANDIDATES]
        assert sorted(at_once[a.id].values(), reverse=True) == pytest.approx(best)


def test_more_languages_than_bits_in_a_word() -> None:
    """A pool may have any number of languages and lengths."""
    tickets = [ticket(n, after=n, languages=(f"l{n % 100}",), lengths=(n % 150, 200 + n % 130)) for n in range(250)]
    for a_id, found in candidates_in(queue_of(tickets, at_once=False)).items():
        a = int(a_id[1:])
        alike = (b for b in range(250) if b % 100 == a % 100 and (b % 150 == a % 150 or b % 130 == a % 130) and b != a)
        assert sorted(found) == sorted(f"t{b}" for b in alike)


def test_lost_candidates_are_replaced() -> None:
    """A ticket that had more partners than candidates, and has too few left, gets new ones."""
    queue = queue_of([ticket(n, after=n) for n in range(40)], at_once=True)
    slot = queue.slots.of_ticket["t0"]
    for other in [*candidates_in(queue)["t0"]][: CANDIDATES - TOO_FEW + 1]:
        queue.remove(queue.slots.of_ticket[other])
    queue.refill_candidates(np.array([slot]), NOW)
    assert len(candidates_in(queue)["t0"]) == CANDIDATES


def test_slots_are_reused_and_idle_pools_forgotten() -> None:
    """A thousand tickets that come and go need no more room than a few; an empty pool is forgotten after a week."""
    queue = queue_of([], at_once=True)
    for number in range(1000):
        queue.admit([ticket(number, after=number)], START.timestamp() + number)
        queue.remove(queue.slots.of_ticket[f"t{number}"])
    assert len(queue.slots) < 100
    queue.forget_idle_pools(START.timestamp() + 1000)
    assert len(queue._pools) == 1
    queue.forget_idle_pools(START.timestamp() + 8 * 86_400)
    assert len(queue._pools) == 0


def test_a_partner_who_accepts_anybody_raises_no_price() -> None:
    """A negative reservation value does not make a partner worth more than the fit of the two."""
    queue = queue_of([], at_once=True)
    (slot,) = queue.admit([ticket(1)], NOW)
    queue.valuation.update_values(np.array([slot]), np.array([1.0]), np.array([True]))
    assert queue.valuation.values[slot] == ACCEPT_ANYBODY
    (other,) = queue.admit([ticket(2)], NOW)
    pool = queue._pools[ticket(2).pool]
    assert pool.prices[queue.slots.place[other]] == pytest.approx(2 * RESERVATION_PARAMS.competition_weight)
