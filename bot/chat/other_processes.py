"""What the chat processes that use the same token tell each other through the store.

How many they are, because Discord's limits are theirs together; which shards they connect; how many requests were
refused; and that Discord has refused the token.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from bot.chat.discord_limits import COUNTED_FOR
from bot.chat.request_limiter import RequestLimiter
from bot.clock import Clock
from bot.process import raise_if_cancelled
from bot.store import StoreError
from bot.store.chat_processes import ChatProcess, ChatProcesses, SeenProcess
from bot.store.database import Listener
from bot.store.refused_requests import RefusedRequestCounts

TELL_EVERY: Final = 2.0  # seconds; what happened since is forgotten if this process is killed

log = logging.getLogger(__name__)


class OtherProcesses:
    """Tells the others of this process, and the limiter of the others.

    `describe_self` says what this process is at the moment.
    """

    def __init__(
        self,
        *,
        chat_processes: ChatProcesses,
        refused_requests: RefusedRequestCounts,
        limiter: RequestLimiter,
        describe_self: Callable[[], ChatProcess],
        clock: Clock,
        listener: Listener,
    ) -> None:
        self._chat_processes = chat_processes
        self._refused_requests = refused_requests
        self._limiter = limiter
        self._describe_self = describe_self
        self._clock = clock
        self._listener = listener
        self._joined_at: datetime | None = None
        self._first_seen: dict[str, datetime] = {}
        self._warned_of: set[str] = set()

    async def join(self) -> None:
        """Tell the others of this process and learn of them, before the first request."""
        self._joined_at = self._clock.now()
        self._limiter.share_with(1)
        await self._tell_if_possible(is_news=True)

    async def run(self) -> None:
        """Tell and learn until cancelled, then take leave."""
        try:
            while True:
                await self._listener.wait(TELL_EVERY)
                await self._tell_if_possible()
        finally:
            await asyncio.shield(self._take_leave())

    async def _tell_if_possible(self, *, is_news: bool = False) -> None:
        try:
            await self._tell(is_news=is_news)
        except StoreError as lost:
            raise_if_cancelled()
            log.debug("the other chat processes could not be told of this one: %s", lost)

    async def _tell(self, *, is_news: bool) -> None:
        me, now = self._describe_self(), self._clock.now()
        others = await self._chat_processes.record(me, now, is_news=is_news)
        await self._tell_refusals(me.holder, now)
        self._limiter.share_with(1 + len(others))
        refused = await self._refused_requests.read_others(me.holder, now=now, within=COUNTED_FOR)
        self._limiter.invalid_requests.add_others(refused)
        self._note_refused_token(others)
        self._warn_of_same_shards(me, others)

    async def _tell_refusals(self, holder: str, now: datetime) -> None:
        untold = self._limiter.invalid_requests.untold
        if untold:
            await self._refused_requests.add(holder, untold, now)
            self._limiter.invalid_requests.note_told(untold)

    def _note_refused_token(self, others: Sequence[SeenProcess]) -> None:
        """A process that ended before this one began says nothing: the token may be accepted again since."""
        joined_at = self._joined_at or self._clock.now()
        if any(other.process.token_refused and other.seen_at > joined_at for other in others):
            self._limiter.token_refused.set()

    def _warn_of_same_shards(self, me: ChatProcess, others: Sequence[SeenProcess]) -> None:
        """Warn once of each process that answers for the same servers, when it has shown that it is alive."""
        for other in others:
            holder, first_seen = other.process.holder, self._first_seen.setdefault(other.process.holder, other.seen_at)
            if other.seen_at > first_seen and holder not in self._warned_of and share_servers(me, other.process):
                self._warned_of.add(holder)
                log.warning(
                    "another process connects the same shards of Discord, so each command reaches both: %s; this one "
                    "connects shards %s of %d, that one %s of %d. Stop one of them, or give each its own --shard-ids.",
                    other.process.place,
                    *(_describe_shards(me), me.shard_count),
                    *(_describe_shards(other.process), other.process.shard_count),
                )

    async def _take_leave(self) -> None:
        """A process whose token is refused stays in the store until the others have read that."""
        me = self._describe_self()
        try:
            await self._tell_refusals(me.holder, self._clock.now())
            if me.token_refused:
                await self._chat_processes.record(me, self._clock.now(), is_news=True)
            else:
                await self._chat_processes.forget(me.holder)
        except StoreError as lost:
            log.debug("the other chat processes could not be told of the end of this one: %s", lost)


def share_servers(one: ChatProcess, other: ChatProcess) -> bool:
    """Whether Discord tells both of the same servers. With different numbers of shards it nearly always does."""
    if one.shard_count != other.shard_count:
        return bool(one.shard_ids and other.shard_ids)
    return not set(one.shard_ids).isdisjoint(other.shard_ids)


def _describe_shards(process: ChatProcess) -> str:
    return ", ".join(str(shard_id) for shard_id in sorted(process.shard_ids))
