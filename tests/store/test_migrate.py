"""Numbered SQL, forward only."""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.store import NewerDatabase, migrate
from bot.store.databases.migrate import migrations


def schema(path: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return set(connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"))


def test_from_nothing_to_the_newest_and_no_further(database: Path) -> None:
    """All migrations run once; a second time there is nothing to do."""
    assert list(migrate(database)) == [number for number, _ in migrations()]
    before = schema(database)
    assert list(migrate(database)) == []
    assert schema(database) == before


def test_numbers_are_in_a_row() -> None:
    """No gap, no number twice."""
    assert [number for number, _ in migrations()] == list(range(1, len(migrations()) + 1))


def test_a_newer_database_is_refused(database: Path) -> None:
    """It is left as it is, with a sentence that says what to do."""
    migrate(database)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA user_version = 9999")
    with pytest.raises(NewerDatabase, match="newer version"):
        migrate(database)


def test_a_copy_is_made_before_a_change(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before an older file is changed it is copied, with everything in it."""
    migrate(database)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("INSERT INTO facts VALUES ('kept', 'yes')")
    number = len(migrations()) + 1
    longer = [*migrations(), (number, "CREATE TABLE later (id INTEGER) STRICT;")]
    monkeypatch.setattr(sys.modules["bot.store.databases.migrate"], "migrations", lambda: longer)
    assert list(migrate(database)) == [number]
    copy = database.with_name(f"scenario.db.before-{number:04}")
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT value FROM facts").fetchone() == ("yes",)
        assert connection.execute("PRAGMA user_version").fetchone() == (number - 1,)


def test_a_migration_that_fails_changes_nothing(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is undone as a whole, number and all."""
    migrate(database)
    before = schema(database)
    broken = [*migrations(), (99, "CREATE TABLE half (id INTEGER) STRICT; CREATE TABLE half (id INTEGER) STRICT;")]
    monkeypatch.setattr(sys.modules["bot.store.databases.migrate"], "migrations", lambda: broken)
    with pytest.raises(Exception, match="half"):
        migrate(database)
    assert schema(database) == before
