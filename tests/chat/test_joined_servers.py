"""Comparing the servers that the bot is in with those in the store: only those of our own shards."""

import logging
from collections.abc import Collection

import pytest

from bot.chat.joined_servers import JoinedServers, shard_of
from bot.domain.server import Server
from bot.store import Store, StoreUnavailable
from tests.clocks import VirtualClock

SHARDS = 4


def server_id(shard: int, number: int = 0) -> int:
    """An id as Discord makes them, of a server that is dealt to `shard`."""
    return (number * SHARDS + shard) << 22 | 12345


@pytest.mark.parametrize(
    ("joined", "shard_ids", "left"),
    [
        ([0, 1, 2, 3], [0, 1, 2, 3], []),
        ([0, 1, 3], [0, 1, 2, 3], [2]),
        ([0], [0], []),
        ([], [0], [0]),
        ([0], [0, 2], [2]),
        ([], [1, 3], [1, 3]),
        ([], [], []),
    ],
)
async def test_only_servers_of_our_shards_are_compared(
    store: Store, clock: VirtualClock, joined: Collection[int], shard_ids: Collection[int], left: Collection[int]
) -> None:
    """The servers of other shards belong to other processes. Comparing again changes nothing."""
    ids = [server_id(shard) for shard in range(SHARDS)]
    for each in ids:
        await store.servers.save(Server(server_id=each, name="Study Hall"), expected_version=0)
    servers = JoinedServers(store.servers, clock)
    for _ in range(2):
        await servers.compare([ids[shard] for shard in joined], shard_ids=shard_ids, shard_count=SHARDS)
        assert {*ids} - {*await store.servers.find_present()} == {ids[shard] for shard in left}


async def test_a_server_that_came_back_while_the_bot_was_away(store: Store, clock: VirtualClock) -> None:
    """It is there again; a server that was never set up is none of our business."""
    back = server_id(0)
    await store.servers.save(Server(server_id=back, name="Study Hall"), expected_version=0)
    servers = JoinedServers(store.servers, clock)
    await servers.record_left(back)
    await servers.record_left(server_id(0, 1))
    assert await store.servers.find_present() == []
    await servers.compare([back, server_id(1)], shard_ids=[0], shard_count=SHARDS)
    assert await store.servers.find_present() == [back]


async def test_an_unavailable_store_is_logged(
    store: Store, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """In one line: the next comparison finds what was missed."""

    async def unavailable(*_: object) -> None:
        raise StoreUnavailable("locked")

    monkeypatch.setattr(type(store.servers), "leave", unavailable)
    with caplog.at_level(logging.WARNING):
        await JoinedServers(store.servers, clock).record_left(server_id(0))
    assert [record.exc_info for record in caplog.records] == [None]


def test_servers_are_dealt_to_shards_as_discord_does() -> None:
    """By the time in the id."""
    assert [shard_of(server_id(shard, 7), SHARDS) for shard in range(SHARDS)] == [0, 1, 2, 3]
    assert shard_of(197038439483310086, 1) == 0
