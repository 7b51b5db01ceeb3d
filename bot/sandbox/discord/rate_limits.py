"""Discord's rate limits: a bot's requests altogether, those of each route, and edits of old messages."""

import hashlib
import re
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from discord.utils import snowflake_time

from bot.clock import Clock

GLOBAL_LIMIT = 50
GLOBAL_WINDOW = timedelta(seconds=1)
BUCKET_LETTERS = 16
OLD_EDITS, OLD_EDITS_WINDOW = 3, timedelta(seconds=20)
"""How many edits of old messages a channel takes, as far as is known: Discord keeps the numbers to itself."""
OLD_AFTER = timedelta(hours=1)
TOO_MANY_OLD_EDITS = 30046


@dataclass(frozen=True, kw_only=True, slots=True)
class RouteLimit:
    """How many requests of a route are allowed in a time, for each channel or server on its own."""

    requests: int
    window: timedelta


ROUTE_LIMITS: Final[Mapping[tuple[str, str], RouteLimit]] = MappingProxyType(
    {
        ("POST", "/channels/*/messages"): RouteLimit(requests=5, window=timedelta(seconds=5)),
        ("PATCH", "/channels/*/messages/*"): RouteLimit(requests=5, window=timedelta(seconds=5)),
        ("DELETE", "/channels/*/messages/*"): RouteLimit(requests=5, window=timedelta(seconds=1)),
        ("GET", "/guilds/*/members/*"): RouteLimit(requests=GLOBAL_LIMIT, window=GLOBAL_WINDOW),
        ("GET", "/guilds/*/bans/*"): RouteLimit(requests=GLOBAL_LIMIT, window=GLOBAL_WINDOW),
        ("GET", "/guilds/*/bans"): RouteLimit(requests=1, window=timedelta(minutes=1)),
    }
)
"""Of other routes Discord names no limit of their own."""
IDS = re.compile(r"(?<=/)\d+(?=/|$)")


@dataclass(frozen=True, kw_only=True, slots=True)
class RateLimitDecision:
    """Whether a request is allowed; if not, how long to wait and whether the limit is the bot's global one."""

    allowed: bool
    headers: Mapping[str, str]
    retry_after_s: float = 0.0
    is_global: bool = False
    code: int = 0


class RateLimits:
    """Counts requests. `refused` is the number of requests over a limit.

    `early` is the number of those that came although Discord had asked for a pause that was not over.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._global: deque[datetime] = deque()
        self._routes: dict[tuple[str, str, str], deque[datetime]] = defaultdict(deque)
        self._old_edits: dict[str, deque[datetime]] = defaultdict(deque)
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
        limit = ROUTE_LIMITS.get((method, IDS.sub("*", path)))
        if limit is None:
            return RateLimitDecision(allowed=True, headers={})
        decision = self._count_in_route(limit, method, path, now)
        if decision.allowed and method == "PATCH":
            decision = self._count_old_edit(path, now) or decision
        self.refused += not decision.allowed
        return decision

    def _count_in_route(self, limit: RouteLimit, method: str, path: str, now: datetime) -> RateLimitDecision:
        major, route = IDS.findall(path)[0], IDS.sub("*", path)
        past = self._routes[method, route, major]
        wait_s = _seconds_to_wait(past, limit.requests, limit.window, now)
        if wait_s <= 0:
            past.append(now)
        reset_s = (past[0] + limit.window - now).total_seconds()
        headers = {
            "X-RateLimit-Limit": str(limit.requests),
            "X-RateLimit-Remaining": str(max(0, limit.requests - len(past))),
            "X-RateLimit-Reset": f"{(now + timedelta(seconds=reset_s)).timestamp():.3f}",
            "X-RateLimit-Reset-After": f"{reset_s:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(f"{method} {route}".encode()).hexdigest()[:BUCKET_LETTERS],
            "X-RateLimit-Scope": "user",
        }
        return RateLimitDecision(allowed=wait_s <= 0, headers=headers, retry_after_s=wait_s)

    def _count_old_edit(self, path: str, now: datetime) -> RateLimitDecision | None:
        """The refusal of one more edit of an old message; None if it is allowed, or the message is not old."""
        channel_id, message_id = IDS.findall(path)
        if now - snowflake_time(int(message_id)) < OLD_AFTER:
            return None
        past = self._old_edits[channel_id]
        wait_s = _seconds_to_wait(past, OLD_EDITS, OLD_EDITS_WINDOW, now)
        if wait_s <= 0:
            past.append(now)
            return None
        return RateLimitDecision(allowed=False, headers={}, retry_after_s=wait_s, code=TOO_MANY_OLD_EDITS)


def _seconds_to_wait(past: deque[datetime], limit: int, window: timedelta, now: datetime) -> float:
    while past and past[0] <= now - window:
        past.popleft()
    return (past[0] + window - now).total_seconds() if len(past) >= limit else 0.0
