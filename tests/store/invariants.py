"""The invariants that must hold in every store at any time."""

from pathlib import Path

from bot.store import Store, queries
from bot.store.databases.sqlite import SqliteDatabase
from tests.store.rows import fetch_rows

VIOLATIONS = queries.parse(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


async def broken_invariants(store: Store) -> list[str]:
    """The names of the invariants that do not hold, and what SQLite finds wrong with the file."""
    found = [name for name, sql in VIOLATIONS.items() if await fetch_rows(store, sql)]
    if not isinstance(store.database, SqliteDatabase):
        return found
    [(integrity,)] = await fetch_rows(store, "PRAGMA integrity_check")
    orphans = await fetch_rows(store, "PRAGMA foreign_key_check")
    return found + [integrity] * (integrity != "ok") + ["foreign key"] * bool(orphans)
