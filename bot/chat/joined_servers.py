"""Which Discord servers the bot is in: told by the gateway as it happens, and compared when the bot has connected."""

import logging
from collections.abc import Awaitable, Collection
from datetime import datetime

from bot.clock import Clock
from bot.store import StoreUnavailable
from bot.store.servers import Servers

TIMESTAMP_STARTS_AT_BIT = 22
"""Discord deals servers to shards by the part of their id above this bit."""

log = logging.getLogger(__name__)


def shard_of(server_id: int, shard_count: int) -> int:
    """The shard that receives the events of a server."""
    return (server_id >> TIMESTAMP_STARTS_AT_BIT) % shard_count


class JoinedServers:
    """Records in the store where the bot is. What cannot be recorded is found by the next comparison."""

    def __init__(self, servers: Servers, clock: Clock) -> None:
        self._servers = servers
        self._clock = clock

    async def record_joined(self, server_id: int) -> None:
        """The bot is in a server (again)."""
        await _or_later(self._enter([server_id]))

    async def record_use(self, server_id: int) -> None:
        """The bot is used in a server. It may still count as left, if joining again could not be recorded."""
        await _or_later(self._note_use(server_id))

    async def record_left(self, server_id: int) -> None:
        """The bot was removed from a server: who waits there does not wait any more, and nothing more is sent there."""
        await _or_later(self._leave(server_id))

    async def record_channel_deleted(self, server_id: int, channel_id: int) -> None:
        """A channel was deleted, perhaps with the panel in it. The card of setup asks Discord itself as well."""
        await _or_later(self._forget_panel(server_id, channel_id))

    async def compare(self, joined: Collection[int], *, shard_ids: Collection[int], shard_count: int) -> None:
        """Record all changes that happened while nothing was connected.

        `joined` are the servers of the shards `shard_ids`, those that are unavailable included. Nothing is concluded
        about servers of other shards: another process may run them.
        """
        await _or_later(self._compare(set(joined), shard_ids, shard_count))

    async def _compare(self, joined: Collection[int], shard_ids: Collection[int], shard_count: int) -> None:
        await self._enter(joined)
        for server_id in await self._servers.find_present():
            if server_id not in joined and shard_of(server_id, shard_count) in shard_ids:
                await self._leave(server_id)

    async def _enter(self, server_ids: Collection[int], seen_at: datetime | None = None) -> None:
        for server_id in await self._servers.enter(server_ids, seen_at=seen_at):
            log.info("the bot is in server %d again", server_id)

    async def _forget_panel(self, server_id: int, channel_id: int) -> None:
        if await self._servers.forget_panel(server_id, channel_id):
            log.info("the channel with the button of server %d was deleted", server_id)

    async def _note_use(self, server_id: int) -> None:
        used_at = self._clock.now()
        server = await self._servers.get(server_id)
        if server is not None and server.left_at is not None:
            await self._enter([server_id], used_at)

    async def _leave(self, server_id: int) -> None:
        if await self._servers.leave(server_id, self._clock.now()):
            log.info("the bot was removed from server %d", server_id)


async def _or_later(recording: Awaitable[None]) -> None:
    try:
        await recording
    except StoreUnavailable as unavailable:
        log.warning("where the bot is will be compared again after the next connection: %s", unavailable)
