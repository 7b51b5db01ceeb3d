"""A day in virtual time: tickets come, members go, and whoever decides is asked when they want to be."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from typing import Final, Protocol

from bot.domain.ticket import Ticket
from bot.matching.engine import Pair
from bot.matching.fit import History
from bot.matching.wait_estimate import WaitEstimate
from bot.simulate.market import Arrival, Market
from bot.simulate.record import Record

NEVER: Final = float("inf")
PROMISED: Final = 10_000  # so many of the first are told what to expect


class Decider(Protocol):
    """The engine, or a rule to compare it with; see `bot.matching.engine.Engine`."""

    def add_history(self, history: History) -> None: ...

    def add_ticket(self, ticket: Ticket) -> None: ...

    def remove_ticket(self, ticket_id: str) -> None: ...

    def decide(self, now: float) -> Sequence[Pair]: ...

    def next_decision_at(self) -> float: ...

    def estimate_wait(self, ticket_id: str, now: float) -> WaitEstimate | None: ...


def run(market: Market, arrivals: Iterator[Arrival], decider: Decider, timer: Callable[[], float]) -> Record:
    """The record of a whole day. `timer` counts the seconds that decisions really take."""
    return _Day(market, arrivals, decider, timer).run()


class _Day:
    def __init__(
        self, market: Market, arrivals: Iterator[Arrival], decider: Decider, timer: Callable[[], float]
    ) -> None:
        self._new: list[str] = []
        self._market = market
        self._arrivals = arrivals
        self._decider = decider
        self._timer = timer
        self._record = Record(market)
        self._waiting: dict[str, int] = {}  # member by ticket
        self._members: set[int] = set()
        self._ends: list[tuple[float, str]] = []

    def run(self) -> Record:
        coming = next(self._arrivals, None)
        while coming or self._waiting:
            now = min(coming.comes if coming else NEVER, self._next_event())
            self._go(now)
            while coming and coming.comes <= now:
                self._come(coming)
                coming = next(self._arrivals, None)
            if self._decider.next_decision_at() <= now:
                self._decide(now)
        return self._record

    def _next_event(self) -> float:
        """When something happens unless somebody comes; nothing does while nobody waits."""
        if not self._waiting:
            return NEVER
        while self._ends[0][1] not in self._waiting:
            heapq.heappop(self._ends)
        return min(self._decider.next_decision_at(), self._ends[0][0])

    def _come(self, arrival: Arrival) -> None:
        ticket = arrival.ticket
        self._record.arrival(arrival)
        self._waiting[ticket.id] = ticket.member_id
        heapq.heappush(self._ends, (arrival.ends, ticket.id))
        partners = self._market.partners(ticket.member_id)
        if partners and (here := partners & self._members):
            self._decider.add_history(self._market.history(ticket.member_id, here))
        self._members.add(ticket.member_id)
        self._decider.add_ticket(ticket)
        if len(self._record) <= PROMISED:
            self._new.append(ticket.id)

    def _go(self, now: float) -> None:
        """Whoever has no more patience, or goes away silently."""
        while self._ends and self._ends[0][0] <= now:
            _, ticket_id = heapq.heappop(self._ends)
            if ticket_id in self._waiting:
                self._decider.remove_ticket(ticket_id)
                self._end(ticket_id)

    def _decide(self, now: float) -> None:
        began = self._timer()
        pairs = self._decider.decide(now)
        self._record.decision(self._timer() - began)
        for pair in pairs:
            self._record.pair(pair, now)
            self._end(pair.a.id)
            self._end(pair.b.id)
        if self._new:
            self._promise(now)
        self._record.sample(now, len(self._waiting))

    def _promise(self, now: float) -> None:
        """Whoever has just come and waits on is told what to expect."""
        new, self._new = self._new, []
        for ticket_id in new:
            estimate = self._decider.estimate_wait(ticket_id, now)
            if estimate is not None:
                self._record.promise(ticket_id, estimate)

    def _end(self, ticket_id: str) -> None:
        self._members.discard(self._waiting.pop(ticket_id))
        self._record.end(ticket_id)
