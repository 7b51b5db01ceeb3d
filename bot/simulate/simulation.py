"""Simulates a day in virtual time: tickets arrive, members leave, and a policy decides whenever it wants to."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from typing import Final, Protocol

from bot.domain.ticket import Ticket
from bot.matching.engine import Pair
from bot.matching.history import History
from bot.matching.wait_estimate import WaitEstimate
from bot.simulate.day_record import DayRecord
from bot.simulate.market import Arrival, Market

NEVER: Final = float("inf")
MAX_ESTIMATES: Final = 10_000  # only the first tickets get a wait estimate, to keep large days fast


class MatchingPolicy(Protocol):
    """The engine, or a baseline to compare it with; see `bot.matching.engine.Engine`."""

    def add_history(self, history: History) -> None: ...

    def add_ticket(self, ticket: Ticket) -> None: ...

    def remove_ticket(self, ticket_id: str) -> None: ...

    def decide(self, now: float) -> Sequence[Pair]: ...

    def next_decision_at(self) -> float: ...

    def estimate_wait(self, ticket_id: str, now: float) -> WaitEstimate | None: ...


def simulate_day(
    market: Market, arrivals: Iterator[Arrival], policy: MatchingPolicy, timer: Callable[[], float]
) -> DayRecord:
    """Run `policy` over all `arrivals`, which are in the order of their times, and return what happened.

    `timer` returns real seconds; it measures how long decisions take. Consumes `arrivals` and changes `policy`.
    """
    return _Simulation(market, arrivals, policy, timer).run()


class _Simulation:
    def __init__(
        self, market: Market, arrivals: Iterator[Arrival], policy: MatchingPolicy, timer: Callable[[], float]
    ) -> None:
        self._without_estimate: list[str] = []
        self._market = market
        self._arrivals = arrivals
        self._policy = policy
        self._timer = timer
        self._record = DayRecord(market)
        self._waiting: dict[str, int] = {}  # member by ticket
        self._members: set[int] = set()
        self._departures: list[tuple[float, str]] = []  # a heap

    def run(self) -> DayRecord:
        arrival = next(self._arrivals, None)
        while arrival or self._waiting:
            now = min(arrival.arrives_at if arrival else NEVER, self._next_event_at())
            self._process_departures(now)
            while arrival and arrival.arrives_at <= now:
                self._process_arrival(arrival)
                arrival = next(self._arrivals, None)
            if self._policy.next_decision_at() <= now:
                self._process_decision(now)
        return self._record

    def _next_event_at(self) -> float:
        """When the next departure or decision is due. While nobody waits, there is none."""
        if not self._waiting:
            return NEVER
        while self._departures[0][1] not in self._waiting:
            heapq.heappop(self._departures)
        return min(self._policy.next_decision_at(), self._departures[0][0])

    def _process_arrival(self, arrival: Arrival) -> None:
        ticket = arrival.ticket
        self._record.add_arrival(arrival)
        self._waiting[ticket.id] = ticket.member_id
        heapq.heappush(self._departures, (arrival.leaves_at, ticket.id))
        related = self._market.related_members(ticket.member_id)
        if related and (present := related & self._members):
            self._policy.add_history(self._market.history_with(ticket.member_id, present))
        self._members.add(ticket.member_id)
        self._policy.add_ticket(ticket)
        if len(self._record) <= MAX_ESTIMATES:
            self._without_estimate.append(ticket.id)

    def _process_departures(self, now: float) -> None:
        """Remove the members whose tickets expire or who leave silently."""
        while self._departures and self._departures[0][0] <= now:
            _, ticket_id = heapq.heappop(self._departures)
            if ticket_id in self._waiting:
                self._policy.remove_ticket(ticket_id)
                self._end_ticket(ticket_id)

    def _process_decision(self, now: float) -> None:
        started = self._timer()
        pairs = self._policy.decide(now)
        self._record.add_decision(self._timer() - started)
        for pair in pairs:
            self._record.add_pair(pair, now)
            self._end_ticket(pair.a.id)
            self._end_ticket(pair.b.id)
        if self._without_estimate:
            self._record_estimates(now)
        self._record.sample_waiting(now, len(self._waiting))

    def _record_estimates(self, now: float) -> None:
        """Record the wait estimate of everybody who has just arrived and was not paired at once."""
        new, self._without_estimate = self._without_estimate, []
        for ticket_id in new:
            estimate = self._policy.estimate_wait(ticket_id, now)
            if estimate is not None:
                self._record.add_estimate(ticket_id, estimate)

    def _end_ticket(self, ticket_id: str) -> None:
        self._members.discard(self._waiting.pop(ticket_id))
        self._record.end_ticket(ticket_id)
