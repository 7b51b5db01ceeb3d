"""Brings a SQLite file to the newest schema: numbered SQL files, forward only, all or nothing, after a backup.

A file is ours when its header has our `application_id`; every other file is refused and left as it is.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from importlib.resources import files
from pathlib import Path

from bot.store.database import ForeignDatabase, NewerDatabase, OldDatabase, StoreUnavailable
from bot.store.databases.sqlite_connection import BUSY_TIMEOUT

APPLICATION_ID = int.from_bytes(b"HeyB")
"""Written into the header of each of our files: SQLite keeps four bytes there for the program that made it."""

OLD_TABLES = frozenset({"facts", "met", "sessions", "webhook_events"})
"""Tables of files older than the `application_id`; no newer schema has all of these."""


def migrations() -> Sequence[tuple[int, str]]:
    """Number and SQL text of every migration, in order."""
    sources = sorted(files(__package__).joinpath("sqlite_migrations").iterdir(), key=lambda source: source.name)
    return [
        (int(source.name[:4]), source.read_text(encoding="utf-8")) for source in sources if source.name.endswith(".sql")
    ]


def migrate(path: Path) -> Sequence[int]:
    """Create or upgrade the file at `path`; returns the numbers of the migrations that ran; empty if it is up to date.

    Before an upgrade the file is copied to `NAME.before-NUMBER` beside it. Concurrent processes take turns.

    Raises NewerDatabase, OldDatabase and ForeignDatabase for files that this version must not touch, and
    StoreUnavailable if the file cannot be read or written.
    """
    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT)) as connection:
            return _migrate(connection, path)
    except sqlite3.Error as error:
        raise StoreUnavailable(f"The database {path} cannot be written: {error}.") from error


def _migrate(connection: sqlite3.Connection, path: Path) -> Sequence[int]:
    connection.execute("BEGIN IMMEDIATE")  # before the version is read: another process may be migrating
    version = _version(connection)
    missing = [(number, text) for number, text in migrations() if number > version]
    if missing and version:
        _back_up(path, path.with_name(f"{path.name}.before-{missing[-1][0]:04}"))
    for number, text in missing:
        for statement in split_statements(text):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute("COMMIT")
    return [number for number, _ in missing]


def _version(connection: sqlite3.Connection) -> int:
    """The number of the newest migration in the file, 0 for a new file. Raises for files not to be touched."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    version = _pragma(connection, "user_version")
    application_id = _pragma(connection, "application_id")
    if application_id == APPLICATION_ID:
        if version > migrations()[-1][0]:
            raise NewerDatabase(NewerDatabase.__doc__)
        return version
    if tables >= OLD_TABLES:
        raise OldDatabase(OldDatabase.__doc__)
    if tables or version or application_id:
        raise ForeignDatabase(ForeignDatabase.__doc__)
    return 0


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    value: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return value


def split_statements(text: str) -> Iterator[str]:
    """The statements of an SQL text one by one, because sqlite3's `executescript` would commit the transaction."""
    statement = ""
    for piece in text.split(";"):
        statement += f"{piece};"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _back_up(path: Path, destination: Path) -> None:
    with closing(sqlite3.connect(path)) as original, closing(sqlite3.connect(destination)) as copy:
        original.backup(copy)
