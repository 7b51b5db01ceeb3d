"""Traces: one JSON object a line, first the market, then its tickets as they come. Every malformed line is refused."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Final

from bot.domain.ticket import ANY, Level, Ticket, Wishes
from bot.matching.fit import History, Weights
from bot.simulate.line import MARKETS, TICKETS, MarketLine, TicketLine, Wrong, shown
from bot.simulate.market import EPOCH, Arrival, Market

TOLD: Final = 50  # problems that are told one by one
SERVER: Final = 0
AHEAD: Final = 500  # tickets read at a time
LEVELS: Final = tuple(Level)


class Malformed(Exception):
    """The trace cannot be used; the message says which lines, and what is wrong with each."""

    def __init__(self, problems: Sequence[str], more: int) -> None:
        super().__init__(problems, more)

    def __str__(self) -> str:
        problems, more = self.args
        return "\n".join([*problems, *([f"and {more} more of this kind"] if more else [])])


@dataclass(frozen=True, kw_only=True, slots=True)
class Trace:
    """An open trace: its market, and its arrivals as they are read."""

    market: Market
    arrivals: Iterator[Arrival]


def read(lines: Iterable[bytes], weights: Weights) -> Trace:
    """A trace from its lines. Raises Malformed, also from the arrivals, once all lines have been looked at."""
    return _Reader(lines, weights).trace()


@dataclass(kw_only=True, slots=True)
class _Problems:
    told: list[str] = field(default_factory=list)
    more: int = 0

    def add(self, number: int, wrong: Exception) -> None:
        if len(self.told) < TOLD:
            self.told.append(f"line {number}: {wrong}")
        else:
            self.more += 1

    def raise_if_any(self) -> None:
        if self.told:
            raise Malformed(self.told, self.more)


class _Reader:
    """What has to be remembered from line to line."""

    def __init__(self, lines: Iterable[bytes], weights: Weights) -> None:
        self._lines = enumerate(lines, start=1)
        self._weights = weights
        self._problems = _Problems()
        self._ids: dict[str, int] = {}
        self._busy: dict[str, float] = {}
        self._busy_most = 1024
        self._now = 0.0
        self._count = 0

    def trace(self) -> Trace:
        market = Market(History(), self._weights)
        _, line = next(self._lines, (1, b""))
        try:
            market = self._market(MARKETS.read(line))
        except Wrong as wrong:
            self._problems.add(1, wrong)
            # No simulation can begin, but every line is still looked at.
            for _ in self._arrivals():
                pass
        return Trace(market=market, arrivals=_ahead(self._arrivals()))

    def _arrivals(self) -> Iterator[Arrival]:
        read = TICKETS.read
        for number, line in self._lines:
            try:
                arrival = self._arrival(read(line))
            except Wrong as wrong:
                self._problems.add(number, wrong)
            else:
                if not self._problems.told:
                    yield arrival
        self._problems.raise_if_any()

    def _market(self, line: MarketLine) -> Market:
        return Market(
            History(
                blocks=frozenset((self._id(a), self._id(b)) for a, b in line.blocks),
                favourites=frozenset((self._id(a), self._id(b)) for a, b in line.favourites),
                last_meetings={
                    _sorted(self._id(a), self._id(b)): EPOCH - timedelta(days=days) for a, b, days in line.met
                },
            ),
            self._weights,
        )

    def _arrival(self, line: TicketLine) -> Arrival:
        if line.subject == ANY != line.subject_group:
            raise Wrong('subject "any" must have subject_group "any"')
        stays = line.patience_s if line.leaves_s is None else min(line.patience_s, line.leaves_s)
        self._in_order(line.t, line.member, line.t + stays)
        return Arrival(ticket=self._ticket(line), comes=line.t, ends=line.t + stays)

    def _in_order(self, comes: float, member: str, ends: float) -> None:
        if comes < self._now:
            raise Wrong(f"t is {comes:.12g} after {self._now:.12g}; tickets stand in the order they come")
        self._now = comes
        if self._busy.get(member, -1.0) > comes:
            raise Wrong(f"member {shown(member)} still waits with an earlier ticket")
        if len(self._busy) > self._busy_most:
            self._busy = {each: end for each, end in self._busy.items() if end > comes}
            self._busy_most = 2 * len(self._busy) + 1024
        self._busy[member] = ends

    def _ticket(self, line: TicketLine) -> Ticket:
        self._count += 1
        since = EPOCH + timedelta(seconds=line.t)
        return Ticket(
            id=str(self._count),
            # Who is in the market has an id; everybody else needs none that lasts.
            member_id=self._ids.get(line.member, -self._count),
            server_id=SERVER,
            pool=line.pool,
            name=line.member,
            wishes=Wishes(
                subject=line.subject,
                subject_group=line.subject_group,
                level=None if line.level is None else LEVELS[line.level],
                style=line.style,
                camera=line.camera,
                lengths=line.lengths,
                languages=line.languages,
            ),
            waiting_since=since,
            expires_at=since + timedelta(seconds=line.patience_s),
        )

    def _id(self, member: str) -> int:
        return self._ids.setdefault(member, len(self._ids) + 1)


def _ahead(arrivals: Iterator[Arrival]) -> Iterator[Arrival]:
    """The same, read many at a time: what reads them is then in the processor's cache but for the first."""
    while batch := list(islice(arrivals, AHEAD)):
        yield from batch


def _sorted(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)
