"""Discord's rate limits: fifty requests a second for a bot, five messages in five seconds for a channel."""

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock

GLOBAL_LIMIT = 50
GLOBAL_SPAN = timedelta(seconds=1)
CHANNEL_LIMIT = 5
CHANNEL_SPAN = timedelta(seconds=5)
EVERYTHING = {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """Whether a request may pass; if not, after how many seconds, and whether the whole bot has to wait."""

    passes: bool
    headers: Mapping[str, str]
    retry_after: float = 0.0
    whole_bot: bool = False


class RateLimits:
    """Counts requests. `refused` is how many were too many."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._global: deque[datetime] = deque()
        self._channels: dict[str, deque[datetime]] = defaultdict(deque)
        self.refused = 0

    def judge(self, method: str, path: str) -> Verdict:
        """Count one request by the bot's token."""
        now = self._clock.now()
        wait = _wait(self._global, GLOBAL_LIMIT, GLOBAL_SPAN, now)
        if wait > 0:
            self.refused += 1
            return Verdict(passes=False, headers=EVERYTHING, retry_after=wait, whole_bot=True)
        self._global.append(now)
        if method == "POST" and path.startswith("/channels/") and path.endswith("/messages"):
            return self._judge_channel(path, now)
        return Verdict(passes=True, headers={})

    def _judge_channel(self, path: str, now: datetime) -> Verdict:
        sent = self._channels[path]
        wait = _wait(sent, CHANNEL_LIMIT, CHANNEL_SPAN, now)
        if wait <= 0:
            sent.append(now)
        reset = (sent[0] + CHANNEL_SPAN - now).total_seconds()
        headers = {
            "X-RateLimit-Limit": str(CHANNEL_LIMIT),
            "X-RateLimit-Remaining": str(max(0, CHANNEL_LIMIT - len(sent))),
            "X-RateLimit-Reset": f"{(now + timedelta(seconds=reset)).timestamp():.3f}",
            "X-RateLimit-Reset-After": f"{reset:.3f}",
            "X-RateLimit-Bucket": "messages",
            "X-RateLimit-Scope": "user",
        }
        self.refused += wait > 0
        return Verdict(passes=wait <= 0, headers=headers, retry_after=wait)


def _wait(past: deque[datetime], limit: int, span: timedelta, now: datetime) -> float:
    while past and past[0] <= now - span:
        past.popleft()
    return (past[0] + span - now).total_seconds() if len(past) >= limit else 0.0
