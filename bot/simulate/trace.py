"""Reads traces: one JSON object per line, first the market, then its tickets in the order of arrival."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Final

from bot.domain.ticket import ANY, Ticket, Wishes
from bot.matching.fit import Weights
from bot.matching.history import History, sorted_pair
from bot.simulate.market import EPOCH, Arrival, Market
from bot.simulate.trace_line import MalformedLine, MarketLine, TicketLine, market_reader, quote, ticket_reader

LISTED_PROBLEMS: Final = 50  # further ones are only counted
SERVER_ID: Final = 0
READ_AHEAD: Final = 500  # tickets
PRUNE_AT: Final = 1024  # members remembered as waiting before those who have left are removed
WISHES: Final = tuple(Wishes.__dataclass_fields__.keys() & TicketLine.__struct_fields__)


class MalformedTrace(Exception):
    """The trace cannot be used; the message names the malformed lines, each with what is wrong."""

    def __init__(self, problems: Sequence[str], more: int) -> None:
        super().__init__(problems, more)

    def __str__(self) -> str:
        problems, more = self.args
        return "\n".join([*problems, *([f"and {more} more of this kind"] if more else [])])


@dataclass(frozen=True, kw_only=True, slots=True)
class Trace:
    """An open trace: its market, and its arrivals, which are read lazily."""

    market: Market
    arrivals: Iterator[Arrival]


def read_trace(lines: Iterable[bytes], weights: Weights) -> Trace:
    """Open a trace from its lines.

    Raises MalformedTrace with the problems of all lines: immediately if the market is malformed, else when the last
    arrival has been read. No arrival is yielded after a malformed line.
    """
    return _TraceReader(lines, weights).open()


@dataclass(kw_only=True, slots=True)
class _Problems:
    listed: list[str] = field(default_factory=list)
    more: int = 0

    def add(self, line_number: int, error: MalformedLine) -> None:
        if len(self.listed) < LISTED_PROBLEMS:
            self.listed.append(f"line {line_number}: {error}")
        else:
            self.more += 1

    def raise_if_any(self) -> None:
        if self.listed:
            raise MalformedTrace(self.listed, self.more)


class _TraceReader:
    """The state kept between lines."""

    def __init__(self, lines: Iterable[bytes], weights: Weights) -> None:
        self._lines = enumerate(lines, start=1)
        self._weights = weights
        self._problems = _Problems()
        self._member_ids: dict[str, int] = {}
        self._waiting_until: dict[str, float] = {}
        self._prune_at = PRUNE_AT
        self._now = 0.0
        self._ticket_count = 0

    def open(self) -> Trace:
        market = Market(History(), self._weights)
        _, line = next(self._lines, (1, b""))
        try:
            market = self._make_market(market_reader().read(line))
        except MalformedLine as error:
            self._problems.add(1, error)
            # Nothing can be simulated without a market, but report the problems of all other lines too.
            for _ in self._read_arrivals():
                pass
        return Trace(market=market, arrivals=_read_ahead(self._read_arrivals()))

    def _read_arrivals(self) -> Iterator[Arrival]:
        read = ticket_reader().read
        for number, line in self._lines:
            try:
                arrival = self._make_arrival(read(line))
            except MalformedLine as error:
                self._problems.add(number, error)
            else:
                if not self._problems.listed:
                    yield arrival
        self._problems.raise_if_any()

    def _make_market(self, line: MarketLine) -> Market:
        member_id = self._member_id
        return Market(
            History(
                blocks=frozenset((member_id(a), member_id(b)) for a, b in line.blocks),
                favourites=frozenset((member_id(a), member_id(b)) for a, b in line.favourites),
                last_meetings={
                    sorted_pair(member_id(a), member_id(b)): EPOCH - timedelta(days=days) for a, b, days in line.met
                },
            ),
            self._weights,
        )

    def _make_arrival(self, line: TicketLine) -> Arrival:
        if line.subject == ANY != line.subject_group:
            raise MalformedLine('subject "any" must have subject_group "any"')
        stays_s = line.patience_s if line.leaves_s is None else min(line.patience_s, line.leaves_s)
        self._check_order(line.t, line.member, line.t + stays_s)
        return Arrival(ticket=self._make_ticket(line), arrives_at=line.t, leaves_at=line.t + stays_s)

    def _check_order(self, arrives_at: float, member: str, leaves_at: float) -> None:
        if arrives_at < self._now:
            raise MalformedLine(
                f"t is {arrives_at:.12g} after {self._now:.12g}; tickets are listed in the order they arrive"
            )
        self._now = arrives_at
        if self._waiting_until.get(member, -1.0) > arrives_at:
            raise MalformedLine(f"member {quote(member)} still waits with an earlier ticket")
        if len(self._waiting_until) > self._prune_at:
            self._waiting_until = {each: end for each, end in self._waiting_until.items() if end > arrives_at}
            self._prune_at = 2 * len(self._waiting_until) + PRUNE_AT
        self._waiting_until[member] = leaves_at

    def _make_ticket(self, line: TicketLine) -> Ticket:
        self._ticket_count += 1
        since = EPOCH + timedelta(seconds=line.t)
        return Ticket(
            id=str(self._ticket_count),
            # Members in the market line have a fixed id; nobody else needs one.
            member_id=self._member_ids.get(line.member, -self._ticket_count),
            server_id=SERVER_ID,
            pool=line.pool,
            name=line.member,
            wishes=Wishes(**{name: getattr(line, name) for name in WISHES}),
            waiting_since=since,
            expires_at=since + timedelta(seconds=line.patience_s),
        )

    def _member_id(self, member: str) -> int:
        return self._member_ids.setdefault(member, len(self._member_ids) + 1)


def _read_ahead(arrivals: Iterator[Arrival]) -> Iterator[Arrival]:
    """Yield the same arrivals, read in batches: that keeps the reader's code and data in the processor's cache."""
    while batch := list(islice(arrivals, READ_AHEAD)):
        yield from batch
