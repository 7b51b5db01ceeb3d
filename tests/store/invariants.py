"""The invariants that must hold in every store at any time."""

from pathlib import Path

from bot.store import Store, queries
from bot.store.databases.sqlite import SqliteDatabase
from tests.store.rows import fetch_rows

VIOLATIONS = queries.parse(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
UNTIL_DELETED = {"match_without_two_invitations", "redeemed_link_without_session", "room_of_ended_match_not_closed"}
"""Of an ended match these hold until retention deletes sessions, messages and orders, which it keeps for less long."""


async def broken_invariants(store: Store, *, old_data_is_deleted: bool = False) -> list[str]:
    """The names of the invariants that do not hold, and what SQLite finds wrong with its file."""
    expected = VIOLATIONS.keys() - (UNTIL_DELETED if old_data_is_deleted else set())
    found = [name for name in sorted(expected) if await fetch_rows(store, VIOLATIONS[name])]
    if not isinstance(store.database, SqliteDatabase):
        return found
    [(integrity,)] = await fetch_rows(store, "PRAGMA integrity_check")
    orphans = await fetch_rows(store, "PRAGMA foreign_key_check")
    return found + [integrity] * (integrity != "ok") + ["foreign key"] * bool(orphans)
