"""The record of a simulated day: columns over its tickets, its pairs and its decisions."""

from array import array
from collections.abc import Hashable
from typing import Final

from bot.matching.engine import Pair
from bot.matching.wait_estimate import WaitEstimate
from bot.simulate.market import Arrival, Market, match_value

UNMATCHED: Final = float("nan")
SAMPLE_INTERVAL_S: Final = 60.0  # how often the number of waiting tickets is recorded


class CategoryColumn:
    """A category for each ticket, stored as a column of numbers."""

    def __init__(self) -> None:
        self.numbers: dict[Hashable, int] = {}
        self.column = array("l")

    def append(self, category: Hashable) -> None:
        """Add the category of the next ticket."""
        self.column.append(self.numbers.setdefault(category, len(self.numbers)))


class DayRecord:
    """Grows during the day. Times and waits are in seconds; a ticket's position is its number in the trace."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._positions: dict[str, int] = {}
        self.subjects, self.languages, self.levels = CategoryColumn(), CategoryColumn(), CategoryColumn()
        self.arrived_at = array("d")
        self.waited_s = array("d")
        self.partner_fits = array("d")
        self.estimated_minutes: dict[int, int] = {}  # by the positions of the tickets that got an estimate
        self.first: list[str] = []  # the two members of each pair
        self.second: list[str] = []
        self.paired_at = array("d")
        self.pair_fits = array("d")
        self.value = 0.0
        self.decision_s = array("d")
        self.sampled_at = array("d")
        self.waiting_samples = array("l")

    def __len__(self) -> int:
        """The number of tickets."""
        return len(self.arrived_at)

    def add_arrival(self, arrival: Arrival) -> None:
        """Record a new ticket, unmatched so far."""
        wishes = arrival.ticket.wishes
        self._positions[arrival.ticket.id] = len(self)
        self.arrived_at.append(arrival.arrives_at)
        self.waited_s.append(UNMATCHED)
        self.partner_fits.append(UNMATCHED)
        self.subjects.append(wishes.subject)
        self.levels.append(wishes.level)
        languages = wishes.languages
        self.languages.append(languages if len(languages) == 1 else tuple(sorted(languages)))

    def add_estimate(self, ticket_id: str, estimate: WaitEstimate) -> None:
        """Record the wait estimate that a waiting member was given."""
        self.estimated_minutes[self._positions[ticket_id]] = estimate.minutes

    def end_ticket(self, ticket_id: str) -> None:
        """Forget the id of a ticket that has ended, paired or not; its columns stay."""
        del self._positions[ticket_id]

    def add_decision(self, elapsed_s: float) -> None:
        """Record a decision that took `elapsed_s` seconds of real time."""
        self.decision_s.append(elapsed_s)

    def add_pair(self, pair: Pair, now: float) -> None:
        """Record that two tickets were paired at `now`."""
        # For related members the engine's fit changes during the day; the value uses the fit at its start.
        related = pair.b.member_id in self._market.related_members(pair.a.member_id)
        fit = self._market.fit(pair.a, pair.b) if related else pair.fit
        positions = [self._positions[ticket.id] for ticket in (pair.a, pair.b)]
        for position in positions:
            self.waited_s[position] = now - self.arrived_at[position]
            self.partner_fits[position] = fit
        self.value += match_value(fit, sum(self.waited_s[position] for position in positions))
        self.first.append(pair.a.name)
        self.second.append(pair.b.name)
        self.paired_at.append(now)
        self.pair_fits.append(fit)

    def sample_waiting(self, now: float, waiting: int) -> None:
        """Record how many tickets wait at `now`, at most once per `SAMPLE_INTERVAL_S`."""
        if not self.sampled_at or now >= self.sampled_at[-1] + SAMPLE_INTERVAL_S:
            self.sampled_at.append(now)
            self.waiting_samples.append(waiting)
