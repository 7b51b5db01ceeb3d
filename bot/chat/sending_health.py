"""Whether messages, or answers to members, can be sent: what the latest attempts say."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.chat.discord_trouble import NOT_CONNECTED
from bot.clock import Clock
from bot.domain.message import NotTried, Outcome, Refused, TryAgain
from bot.metrics import Metrics
from bot.readiness import NotYet
from bot.store.outbox import Outbox

FAILING_FOR = 60.0  # seconds; shorter failures are no news, because a message tried again a second later may arrive
REMEMBERED_FOR = 600.0  # seconds; longer than the courier's pauses: if nothing was tried since, nothing is due


class AttemptOutcome(StrEnum):
    """What came of an attempt to send."""

    ARRIVED = "arrived"
    REFUSED = "refused"  # for good: Discord answers, but this cannot be sent in this way
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Failures:
    """Attempts that all had no success: how many, the times of the first and the last, and the last one's reason."""

    first: float
    last: float
    count: int
    reason: str


class SendingHealth:
    """Remembers since when no attempt has had success. `what` is sent, as in "No WHAT has got through".

    `metrics` count the attempts.
    """

    def __init__(self, clock: Clock, what: str, metrics: Metrics | None = None) -> None:
        self._clock = clock
        self._what = what
        self._attempts = (metrics or Metrics()).counter(
            "sending_attempts",
            "Attempts to send a message, or to tell Discord that a command or button has come, by outcome.",
            what=(what,),
            outcome=AttemptOutcome,
        )
        self._failures: _Failures | None = None

    def record(self, outcome: Outcome) -> None:
        """Record the outcome of an attempt. A refusal is an answer: sending works; without asking it tells nothing."""
        if isinstance(outcome, NotTried) or (isinstance(outcome, Refused) and not outcome.attempted):
            return
        if not isinstance(outcome, TryAgain):
            self._attempts.count(
                self._what, AttemptOutcome.REFUSED if isinstance(outcome, Refused) else AttemptOutcome.ARRIVED
            )
            self._failures = None
            return
        if outcome.attempted:
            self._attempts.count(self._what, AttemptOutcome.FAILED)
        now, before = self._clock.monotonic(), self._remembered()
        first, count = (before.first, before.count) if before else (now, 0)
        self._failures = _Failures(first=first, last=now, count=count + 1, reason=outcome.reason)

    @property
    def problem(self) -> str | None:
        """What is wrong, as one sentence, if nothing could be sent for `FAILING_FOR` although it was tried again."""
        failures = self._remembered()
        if failures is None or failures.count == 1 or self._clock.monotonic() - failures.first < FAILING_FOR:
            return None
        return _describe_failure(self._what, failures.reason)

    def _remembered(self) -> _Failures | None:
        is_old = self._failures is not None and self._clock.monotonic() - self._failures.last >= REMEMBERED_FOR
        return None if is_old else self._failures


class WaitingMessages:
    """The messages that wait while nothing can be sent at all: nobody tries them, so no attempt says that they wait."""

    def __init__(self, outbox: Outbox, clock: Clock, what: str, *, can_send: Callable[[], bool]) -> None:
        self._outbox = outbox
        self._clock = clock
        self._what = what
        self._can_send = can_send

    async def find_problem(self) -> str | None:
        """What is wrong, as one sentence, if one has waited for `FAILING_FOR` and still cannot be sent."""
        if self._can_send():
            return None
        now = self._clock.now()
        due_at = await self._outbox.oldest_due_at(now)
        if due_at is None or (now - due_at).total_seconds() < FAILING_FOR:
            return None
        return NotYet(_describe_failure(self._what, NOT_CONNECTED))


def _describe_failure(what: str, reason: str) -> str:
    return f"No {what} has got through for more than a minute: {reason}."
