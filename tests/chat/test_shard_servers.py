"""What the gateway tells of a shard's servers reaches the client, whatever the library keeps in its cache."""

import asyncio
from collections.abc import Sequence
from typing import Any

import discord
import pytest

from bot.chat.shard_servers import announce_shard_servers

FIRST, SECOND = 10, 11


def server_id(number: int, shard: int, count: int) -> int:
    """An id as Discord makes them, of a server that is dealt to `shard`."""
    return (number * count + shard) << 22


class Listening(discord.AutoShardedClient):
    """Keeps what it is told."""

    def __init__(self, count: int) -> None:
        super().__init__(intents=discord.Intents(guilds=True), shard_count=count, guild_ready_timeout=0.01)
        self._connection.shard_count = count
        self._connection.shard_ids = list(range(count))
        self.told: list[tuple[int, Sequence[int]]] = []
        announce_shard_servers(self)

    async def on_shard_servers(self, shard_id: int, server_ids: Sequence[int]) -> None:
        self.told.append((shard_id, server_ids))

    async def identify(self, shard: int, *server_ids: int) -> None:
        """Let a shard identify, as when its session could not be resumed."""
        user: Any = {"id": "1", "username": "bot", "discriminator": "0", "avatar": None}
        self._connection.parsers["READY"](
            {
                "shard": [shard, self.shard_count],
                "user": user,
                "application": {"id": "1", "flags": 0},
                "guilds": [{"id": str(each), "unavailable": True} for each in server_ids],
            }
        )
        await asyncio.sleep(0)
        await asyncio.sleep(0)


@pytest.mark.parametrize("count", [1, 2])
async def test_a_shard_that_identifies_again_tells_its_servers(count: int) -> None:
    """Without the one that is gone, although the library keeps that; with several shards, too."""
    client = Listening(count)
    await client._async_setup_hook()
    servers = [[server_id(number, shard, count) for number in (FIRST, SECOND)] for shard in range(count)]
    for shard in range(count):
        await client.identify(shard, *servers[shard])
    await client.identify(0, servers[0][0])
    assert client.told == [*enumerate(servers), (0, [servers[0][0]])]
    assert client.get_guild(servers[0][1]) is not None
    for task in (*client._connection._ready_tasks.values(), client._connection._ready_task):
        if task is not None:
            task.cancel()
