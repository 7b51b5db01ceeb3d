"""What must hold in every store at every moment."""

from pathlib import Path

from bot.store import Store, queries
from bot.store.databases.sqlite import SqliteDatabase

NEVER = queries.parse(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


async def broken(store: Store) -> list[str]:
    """Which of them do not hold; the file itself is asked as well."""
    engine = store.database
    assert isinstance(engine, SqliteDatabase)
    found = [name for name, question in NEVER.items() if await engine._reader.fetch(question, {})]
    [check] = await engine._reader.fetch("PRAGMA integrity_check", {})
    strays = await engine._reader.fetch("PRAGMA foreign_key_check", {})
    return found + [check[0]] * (check[0] != "ok") + ["a row that points nowhere"] * bool(strays)
