"""Counts the steps of students from their link to their room, by outcome. A step that is repeated counts once.

Browsers repeat: a page is loaded again, a button is pressed twice, a page asks until it gets an answer. So each link,
or seat, counts once for each outcome, as far as this process remembers.
"""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from bot.metrics import Counter, Metrics
from bot.store import StoreUnavailable
from web.problems import STATUS_BY_CODE, HttpProblem

OK: Final = "ok"
OUTCOMES: Final = (OK, *STATUS_BY_CODE)
MOST_REMEMBERED: Final = 50_000
"""A flood of made-up links drops the oldest of what is remembered instead of filling the memory."""


class EntryMetrics:
    """Counts outcomes: `ok`, or the code of the problem that was met."""

    def __init__(self, metrics: Metrics) -> None:
        self._opened = metrics.counter("links_opened", "Links opened in a browser, by outcome.", outcome=OUTCOMES)
        self._redemptions = metrics.counter("redemptions", "Redemptions of links, by outcome.", outcome=OUTCOMES)
        self._join_tokens = metrics.counter(
            "join_tokens", "Seats that were given a join token, or refused one, by outcome.", outcome=OUTCOMES
        )
        self._remembered: OrderedDict[tuple[Counter, object, str], None] = OrderedDict()

    @contextmanager
    def opening_link(self, token_hash: bytes) -> Iterator[None]:
        """Count that a link that is opened does not work if the block raises HttpProblem or StoreUnavailable."""
        with self._counting_failures(self._opened, token_hash):
            yield

    def count_opened(self, token_hash: bytes) -> None:
        """Count a link that was opened and works."""
        self._count_once(self._opened, token_hash, OK)

    @contextmanager
    def redeeming_link(self, token_hash: bytes) -> Iterator[None]:
        """Count that a link is not redeemed if the block raises HttpProblem or StoreUnavailable."""
        with self._counting_failures(self._redemptions, token_hash):
            yield

    def count_redeemed(self) -> None:
        """Count a link that was redeemed just now: the store lets that happen once."""
        self._redemptions.count(OK)

    def count_granted(self, seat_id: str) -> None:
        """Count a seat that is given a join token."""
        self._count_once(self._join_tokens, seat_id, OK)

    def count_refused(self, seat_id: str, problem: HttpProblem) -> None:
        """Count a seat that is not given a join token because of `problem`."""
        self._count_once(self._join_tokens, seat_id, problem.code)

    @contextmanager
    def _counting_failures(self, counter: Counter, key: object) -> Iterator[None]:
        try:
            yield
        except HttpProblem as problem:
            self._count_once(counter, key, problem.code)
            raise
        except StoreUnavailable:
            self._count_once(counter, key, "store_unavailable")
            raise

    def _count_once(self, counter: Counter, key: object, outcome: str) -> None:
        remembered = (counter, key, outcome)
        if remembered not in self._remembered:
            counter.count(outcome)
            if len(self._remembered) >= MOST_REMEMBERED:
                self._remembered.popitem(last=False)
        self._remembered[remembered] = None
        self._remembered.move_to_end(remembered)
