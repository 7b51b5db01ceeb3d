"""Brings a SQLite file to the newest schema: numbered SQL, forward only, all of it or nothing, a copy made before.

A file from a newer version of Hey Buddy is refused.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from importlib.resources import files
from pathlib import Path

from bot.store.database import StoreError, StoreUnavailable


class NewerDatabase(StoreError):
    """The database was made by a newer version of Hey Buddy. Install that version, or use another file."""


def migrations() -> Sequence[tuple[int, str]]:
    """Number and text of every migration, in order."""
    sources = sorted(files("bot.store").joinpath("migrations").iterdir(), key=lambda source: source.name)
    return [
        (int(source.name[:4]), source.read_text(encoding="utf-8")) for source in sources if source.name.endswith(".sql")
    ]


def migrate(path: Path) -> Sequence[int]:
    """Bring the file at `path` up to date and return the numbers that ran; again, it runs none.

    Raises NewerDatabase, and StoreUnavailable where the file cannot be written.
    """
    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=5)) as connection:
            return _migrate(connection, path)
    except sqlite3.Error as trouble:
        raise StoreUnavailable(f"The database {path} cannot be written: {trouble}.") from trouble


def _migrate(connection: sqlite3.Connection, path: Path) -> Sequence[int]:
    """Under the file's one write lock from the look at its version to the end, so two who start together take turns."""
    connection.execute("BEGIN IMMEDIATE")
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    known = migrations()
    if version > known[-1][0]:
        raise NewerDatabase(NewerDatabase.__doc__)
    missing = [(number, text) for number, text in known if number > version]
    if missing and version:
        _copy(path, path.with_name(f"{path.name}.before-{missing[-1][0]:04}"))
    for number, text in missing:
        for statement in _statements(text):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")
    connection.execute("COMMIT")
    return [number for number, _ in missing]


def _statements(text: str) -> Iterator[str]:
    """One statement after the other; sqlite3's own `executescript` would commit first."""
    statement = ""
    for piece in text.split(";"):
        statement += f"{piece};"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _copy(path: Path, destination: Path) -> None:
    with closing(sqlite3.connect(path)) as original, closing(sqlite3.connect(destination)) as copy:
        original.backup(copy)
