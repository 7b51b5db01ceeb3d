"""What a day has shown: columns over its tickets, its pairs and its decisions."""

from array import array
from collections.abc import Hashable
from typing import Final

from bot.matching.engine import Pair
from bot.matching.wait_estimate import WaitEstimate
from bot.simulate.market import Arrival, Market, value

UNMATCHED: Final = float("nan")
SAMPLED_S: Final = 60.0  # how often the number of those who wait is noted


class Kinds:
    """A kind for each ticket, as a column of numbers."""

    def __init__(self) -> None:
        self.names: dict[Hashable, int] = {}
        self.column = array("l")

    def add(self, name: Hashable) -> None:
        """One more ticket, of this kind."""
        self.column.append(self.names.setdefault(name, len(self.names)))


class Record:
    """Grows as the day goes on. Times and waits are in seconds; a ticket's place is its number in the trace."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._places: dict[str, int] = {}
        self.subjects, self.languages, self.levels = Kinds(), Kinds(), Kinds()
        self.came = array("d")
        self.waited = array("d")
        self.suited = array("d")  # how well, whoever was found
        self.promised: dict[int, int] = {}  # minutes, by the places of those who were told
        self.first: list[str] = []  # the members of each pair
        self.second: list[str] = []
        self.paired_at = array("d")
        self.fits = array("d")
        self.value = 0.0
        self.took = array("d")  # each decision
        self.sampled_at = array("d")
        self.sampled = array("l")

    def __len__(self) -> int:
        """How many tickets."""
        return len(self.came)

    def arrival(self, arrival: Arrival) -> None:
        """A ticket has come."""
        wishes = arrival.ticket.wishes
        self._places[arrival.ticket.id] = len(self)
        self.came.append(arrival.comes)
        self.waited.append(UNMATCHED)
        self.suited.append(UNMATCHED)
        self.subjects.add(wishes.subject)
        self.levels.add(wishes.level)
        languages = wishes.languages
        self.languages.add(languages if len(languages) == 1 else tuple(sorted(languages)))

    def promise(self, ticket_id: str, estimate: WaitEstimate) -> None:
        """Somebody who waits has been told what to expect."""
        self.promised[self._places[ticket_id]] = estimate.minutes

    def end(self, ticket_id: str) -> None:
        """A ticket is over, paired or not."""
        del self._places[ticket_id]

    def decision(self, took: float) -> None:
        """A decision has been taken, in so many seconds of real time."""
        self.took.append(took)

    def pair(self, pair: Pair, now: float) -> None:
        """Two have been put together."""
        # What the engine found is the market's too, but for those with a past, who fit differently as a day goes on.
        past = pair.b.member_id in self._market.partners(pair.a.member_id)
        fits = self._market.fit(pair.a, pair.b) if past else pair.fit
        places = [self._places[ticket.id] for ticket in (pair.a, pair.b)]
        for place in places:
            self.waited[place] = now - self.came[place]
            self.suited[place] = fits
        self.value += value(fits, sum(self.waited[place] for place in places))
        self.first.append(pair.a.name)
        self.second.append(pair.b.name)
        self.paired_at.append(now)
        self.fits.append(fits)

    def sample(self, now: float, waiting: int) -> None:
        """So many wait now."""
        if not self.sampled_at or now >= self.sampled_at[-1] + SAMPLED_S:
            self.sampled_at.append(now)
            self.sampled.append(waiting)
