"""The invariants that must hold in every store at any time."""

from pathlib import Path

from bot.store import Store, queries
from bot.store.databases.sqlite import SqliteDatabase

VIOLATIONS = queries.parse(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


async def broken_invariants(store: Store) -> list[str]:
    """The names of the invariants that do not hold, and what SQLite finds wrong with the file."""
    database = store.database
    assert isinstance(database, SqliteDatabase)
    found = [name for name, sql in VIOLATIONS.items() if await database._reader.fetch(sql, {})]
    [integrity] = await database._reader.fetch("PRAGMA integrity_check", {})
    orphans = await database._reader.fetch("PRAGMA foreign_key_check", {})
    return found + [integrity[0]] * (integrity[0] != "ok") + ["foreign key"] * bool(orphans)
