"""Damage that statements meet in PostgreSQL is told until it is mended; connections that ended are not counted."""

import asyncpg
import pytest

from bot.store import Store, StoreUnavailable
from tests.polling import until
from tests.store.opening import open_store


def damage_of(store: Store) -> str | None:
    return store.database.damage


async def test_damage_that_a_query_meets(postgres_url: str) -> None:
    """Readiness says so, a write included, until a look finds it mended; what a write met, until the restart."""
    async with open_store(postgres_url) as store:
        assert damage_of(store) is None
        await store.installation.set("a", "1")
        connection = await asyncpg.connect(postgres_url)
        await connection.execute(
            "CREATE FUNCTION broken() RETURNS bigint LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'invalid page in block 7' USING ERRCODE = 'XX001'; END $$;"
            "ALTER TABLE installation RENAME TO undamaged;"
            "CREATE VIEW installation AS SELECT name, value FROM undamaged WHERE broken() = 1"
        )
        with pytest.raises(StoreUnavailable, match="invalid page in block 7"):
            await store.installation.get("a")
        assert damage_of(store) == "The database is damaged: invalid page in block 7. Restore a backup."
        await store.database.look_for_damage()
        assert damage_of(store) is not None
        await connection.execute(
            "DROP VIEW installation; ALTER TABLE undamaged RENAME TO installation;"
            "CREATE FUNCTION break_write() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'wrong order in a_key' USING ERRCODE = 'XX002'; END $$;"
            "CREATE TRIGGER broken BEFORE INSERT ON installation FOR EACH ROW EXECUTE FUNCTION break_write()"
        )
        await store.database.look_for_damage()
        assert damage_of(store) is None
        with pytest.raises(StoreUnavailable, match="wrong order in a_key"):
            await store.installation.set("a", "2")
        met = damage_of(store)
        assert met is not None
        assert met.startswith("An index of the database is damaged: wrong order in a_key.")
        assert met.endswith("Rebuild it with REINDEX, then restart Hey Buddy.")
        await connection.execute("DROP TRIGGER broken ON installation")
        await connection.close()
        await store.installation.set("a", "3")
        await store.database.look_for_damage()
        assert damage_of(store) == met, "another row, or a look, proves nothing about what the write met"
    async with open_store(postgres_url) as store:
        assert damage_of(store) is None


async def test_connections_that_the_server_has_ended(postgres_url: str) -> None:
    """They are not counted as open."""
    async with open_store(postgres_url) as store:
        assert store.database.usage.connections > 0
        connection = await asyncpg.connect(postgres_url)
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await connection.close()

        async def are_gone() -> bool:
            return store.database.usage.connections == 0

        await until(are_gone)
