"""A primary that dies and a standby that takes its place: the store finds it, and nothing acknowledged is lost."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pytest

from bot.store import PoolSettings, StoreUnavailable
from tests.polling import until
from tests.ports import free_port
from tests.postgres_server import PostgresServer
from tests.store.opening import open_store

pytestmark = [pytest.mark.postgres, pytest.mark.dose]

REPLICATES = {"wal_level": "replica", "max_wal_senders": "4", "fsync": "on", "synchronous_commit": "on"}
WAITS_FOR_STANDBY = {**REPLICATES, "synchronous_standby_names": "*"}
"""A commit is acknowledged once the standby has it, too."""


@pytest.fixture
def servers(store_folder: Path) -> Iterator[tuple[PostgresServer, PostgresServer]]:
    """A primary and its standby, both running."""
    with TemporaryDirectory(dir=store_folder) as folder:
        for each in (store_folder, Path(folder)):
            each.chmod(0o711)  # the servers' user has to get there
        primary = PostgresServer(Path(folder, "primary"), settings=WAITS_FOR_STANDBY, port=free_port())
        standby = PostgresServer(Path(folder, "standby"), settings=REPLICATES, port=free_port())
        try:
            primary.start()
            standby.copy(primary)
            standby.start()
            yield primary, standby
        finally:
            primary.remove()
            standby.remove()


async def is_followed(primary: PostgresServer) -> bool:
    """Whether the standby has begun to take over what is written; nothing is acknowledged before."""
    connection = await asyncpg.connect(primary.url)
    try:
        return bool(await connection.fetchval("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"))
    finally:
        await connection.close()


async def test_the_standby_takes_over(servers: tuple[PostgresServer, PostgresServer]) -> None:
    """With both in the address the store refuses while there is no primary, and goes on with what was acknowledged."""
    primary, standby = servers
    await until(lambda: is_followed(primary))
    hosts = f"127.0.0.1:{primary.port},127.0.0.1:{standby.port}"
    url = f"postgresql://postgres@{hosts}/postgres?target_session_attrs=read-write"
    async with open_store(url, pool=PoolSettings(connect_timeout_s=1, query_timeout_s=2)) as store:
        acknowledged = 0
        for number in range(20):
            await store.installation.set("number", str(number))
            acknowledged = number
        process_id = primary.process_id()
        assert process_id is not None
        os.kill(process_id, signal.SIGKILL)

        async def is_back() -> bool:
            try:
                await store.check()
            except StoreUnavailable:
                return False
            return True

        async def refuses() -> bool:
            return not await is_back()

        await until(refuses)  # the processes of the dead primary end one by one
        standby.promote()
        await until(is_back)
        assert await store.installation.get("number") == str(acknowledged)


async def test_a_standby_alone_is_refused(servers: tuple[PostgresServer, PostgresServer]) -> None:
    """It can be read, but nobody could be matched."""
    _, standby = servers
    with pytest.raises(StoreUnavailable, match="it's read-only, as a standby is"):
        async with open_store(f"postgresql://postgres@127.0.0.1:{standby.port}/postgres"):
            pass
