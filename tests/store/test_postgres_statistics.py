"""PostgreSQL counts again what is live before searches suffer from the counts of a quiet hour."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pytest

from bot.store.databases.postgres_connection import SERVER_SETTINGS
from tests.polling import until
from tests.postgres_databases import create_database, schema_template
from tests.postgres_server import PostgresServer
from tests.store.many_rows import LIVE_INDEXES, insertion

pytestmark = pytest.mark.postgres

HISTORY = 30_000
"""Tickets that ended. By itself PostgreSQL would count again after a tenth of them, which is more than the rush has."""

RUSH = """
INSERT INTO tickets
SELECT 'new' || id, -waiting_since, server_id, pool, name, locale, wishes, subject, waiting_since, expires_at, front,
  'waiting', NULL, version, paused
FROM tickets WHERE id <= '0002000'
"""


@pytest.fixture
def counting_server(store_folder: Path) -> Iterator[str]:
    """A server that looks every second, not every minute, whether there is something to count; it cleans up nothing."""
    settings = {"autovacuum": "on", "autovacuum_naptime": "1s", "autovacuum_vacuum_insert_threshold": "-1"}
    with TemporaryDirectory(prefix="heybuddy-", dir=store_folder.parent) as folder:
        Path(folder).chmod(0o711)
        server = PostgresServer(Path(folder), settings=settings)
        server.start()
        yield server.url
        server.remove()


async def test_tables_with_live_rows_are_counted_often(postgres_url: str) -> None:
    """Each of them that has an index of what is live, which is also every unique index with a condition."""
    connection = await asyncpg.connect(postgres_url)
    rows = await connection.fetch(
        """SELECT DISTINCT t.relname AS name, 'autovacuum_analyze_scale_factor=0' = ANY (t.reloptions) AS counted
        FROM pg_index AS i JOIN pg_class AS t ON t.oid = i.indrelid JOIN pg_class AS c ON c.oid = i.indexrelid
        WHERE i.indpred IS NOT NULL AND (i.indisunique OR c.relname = ANY ($1))""",
        list(LIVE_INDEXES),
    )
    await connection.close()
    assert {row["name"] for row in rows} >= {"tickets", "seats", "outbox"}
    assert [row["name"] for row in rows if not row["counted"]] == []


async def test_a_rush_is_counted_soon(counting_server: str) -> None:
    """A prepared search for one ticket by its id then finds it by the key again."""
    url = await create_database(counting_server, await schema_template(counting_server))
    connection = await asyncpg.connect(url, server_settings=dict(SERVER_SETTINGS))
    explain = "EXPLAIN EXECUTE query ('0000001')"

    async def finds_by_key() -> bool:
        return "tickets_pkey" in str(await connection.fetch(explain))

    try:
        await connection.execute(insertion("tickets", rows=HISTORY, binary="bytea"))
        await connection.execute("DELETE FROM tickets WHERE state = 'waiting'")
        await connection.execute("SELECT pg_stat_force_next_flush()")  # or these changes would count as later ones
        await connection.execute("ANALYZE tickets")
        await connection.execute("PREPARE query AS SELECT * FROM tickets WHERE id = $1 AND state = 'waiting'")
        assert not await finds_by_key()
        await connection.execute(RUSH)
        await until(finds_by_key)
    finally:
        await connection.close()
