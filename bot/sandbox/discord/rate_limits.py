"""Discord's rate limits: a bot's requests altogether, and the messages in each channel."""

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock

GLOBAL_LIMIT = 50
GLOBAL_WINDOW = timedelta(seconds=1)
CHANNEL_LIMIT = 5
CHANNEL_WINDOW = timedelta(seconds=5)


@dataclass(frozen=True, kw_only=True, slots=True)
class RateLimitDecision:
    """Whether a request is allowed; if not, how long to wait and whether the limit is the bot's global one."""

    allowed: bool
    headers: Mapping[str, str]
    retry_after_s: float = 0.0
    is_global: bool = False


class RateLimits:
    """Counts requests. `refused` is the number of requests over a limit.

    `early` is the number of those that came although Discord had asked for a pause that was not over.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._global: deque[datetime] = deque()
        self._channels: dict[str, deque[datetime]] = defaultdict(deque)
        self._not_before: dict[tuple[str, str], datetime] = {}
        self.refused = 0
        self.early = 0

    def note_pause(self, method: str, path: str, refusal: RateLimitDecision) -> None:
        """Discord asks for a pause: nothing may come to this path before it is over."""
        self._not_before[method, path] = self._clock.now() + timedelta(seconds=refusal.retry_after_s)

    def note_arrival(self, method: str, path: str) -> None:
        """A request has come to this path."""
        not_before = self._not_before.get((method, path))
        self.early += not_before is not None and self._clock.now() < not_before

    def count_request(self, method: str, path: str) -> RateLimitDecision:
        """Count one request made with the bot's token, and decide whether it is allowed."""
        now = self._clock.now()
        wait_s = _seconds_to_wait(self._global, GLOBAL_LIMIT, GLOBAL_WINDOW, now)
        if wait_s > 0:
            self.refused += 1
            headers = {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}
            return RateLimitDecision(allowed=False, headers=headers, retry_after_s=wait_s, is_global=True)
        self._global.append(now)
        if method == "POST" and path.startswith("/channels/") and path.endswith("/messages"):
            return self._count_message(path, now)
        return RateLimitDecision(allowed=True, headers={})

    def _count_message(self, path: str, now: datetime) -> RateLimitDecision:
        sent = self._channels[path]
        wait_s = _seconds_to_wait(sent, CHANNEL_LIMIT, CHANNEL_WINDOW, now)
        if wait_s <= 0:
            sent.append(now)
        reset_s = (sent[0] + CHANNEL_WINDOW - now).total_seconds()
        headers = {
            "X-RateLimit-Limit": str(CHANNEL_LIMIT),
            "X-RateLimit-Remaining": str(max(0, CHANNEL_LIMIT - len(sent))),
            "X-RateLimit-Reset": f"{(now + timedelta(seconds=reset_s)).timestamp():.3f}",
            "X-RateLimit-Reset-After": f"{reset_s:.3f}",
            "X-RateLimit-Bucket": "messages",
            "X-RateLimit-Scope": "user",
        }
        self.refused += wait_s > 0
        return RateLimitDecision(allowed=wait_s <= 0, headers=headers, retry_after_s=wait_s)


def _seconds_to_wait(past: deque[datetime], limit: int, window: timedelta, now: datetime) -> float:
    while past and past[0] <= now - window:
        past.popleft()
    return (past[0] + window - now).total_seconds() if len(past) >= limit else 0.0
