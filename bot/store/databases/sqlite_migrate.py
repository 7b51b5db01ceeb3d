"""Brings a SQLite file to the newest schema: numbered SQL files, forward only, all or nothing, after a backup.

A file is ours when its header has our `application_id`; every other file is refused and left as it is.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from bot.file_faults import find_place_fault
from bot.store import queries
from bot.store.database import ForeignDatabase, NewerDatabase, OldDatabase, StoreUnavailable
from bot.store.databases.migrations import read_migrations
from bot.store.databases.sqlite_connection import BUSY_TIMEOUT
from bot.store.databases.sqlite_copy import copy_database
from bot.store.databases.sqlite_disk import describe_failure
from bot.store.databases.sqlite_files import (
    create_private_file,
    database_files,
    describe_lost_files,
    file_size,
    files_in_use,
    make_private,
)
from bot.store.databases.sqlite_locks import held_locks
from bot.store.databases.sqlite_read_only import read_undisturbed
from bot.store.leases import RELEASED_AT
from bot.store.times import to_ms

APPLICATION_ID = int.from_bytes(b"HeyB")
"""Written into the header of each of our files: SQLite keeps four bytes there for the program that made it."""

OLD_TABLES = frozenset({"facts", "met", "sessions", "webhook_events"})
"""Tables of files older than the `application_id`; no newer schema has all of these."""


def migrations() -> Sequence[tuple[int, str]]:
    """Number and SQL text of every migration, in order."""
    return read_migrations("sqlite_migrations")


def migrate(path: Path) -> Sequence[int]:
    """Create or upgrade the file at `path`; returns the numbers of the migrations that ran; empty if it is up to date.

    Before an upgrade the file is copied to `NAME.before-NUMBER` beside it. Concurrent processes take turns. Only its
    owner may read the file and what belongs to it, from now on.

    Raises NewerDatabase, OldDatabase and ForeignDatabase for files that this version must not touch, and
    StoreUnavailable if the file cannot be read or written, or is gone although there was one.
    """
    if fault := find_place_fault(path):
        raise StoreUnavailable(f"{fault}.")
    require_not_lost(path)
    try:
        create_private_file(path)
        applied = _migrate(path, with_copy=True)
    except (sqlite3.Error, OSError) as error:
        raise StoreUnavailable(f"The database {path} can't be written: {describe_failure(path, error)}.") from error
    make_private(path)
    return applied


def makes_new_database(applied: Sequence[int]) -> bool:
    """Whether the migrations `applied` have made a database where there was none."""
    return list(applied[:1]) == [migrations()[0][0]]


def require_not_lost(path: Path) -> None:
    """Raise StoreUnavailable if there was a database at `path` that is gone: an empty one must not take its place."""
    reason = None if path.exists() else _describe_loss(path)
    if reason and not path.exists():  # meanwhile another process may have made it
        raise StoreUnavailable(reason)


def require_companions(path: Path) -> None:
    """Raise StoreUnavailable if a process uses the database, and files are gone that hold its newest changes."""
    lost = [file for file in files_in_use(path) if not file.exists()]
    reason = describe_lost_files(path, lost) if held_locks(path) else None
    if reason:
        raise StoreUnavailable(reason)


def _describe_loss(path: Path) -> str | None:
    if restoring_file(path).exists():
        return f"Restoring {path} was interrupted. Run heybuddy restore again."
    if held_locks(path):
        return describe_lost_files(path, [path])
    for companion in database_files(path):
        if companion != path and file_size(companion) and not companion.name.endswith("-shm"):
            return (
                f"{path} was moved or deleted, but {companion.name}, which belongs to it, is still there. "
                "Put the file back or restore a backup."
            )
    return None


def migrate_copy(path: Path) -> Sequence[int]:
    """Upgrade a file that is itself a copy, so no other is made; returns the migrations. Raises like `migrate`.

    What the processes that used the original have written about themselves is removed.
    """
    try:
        applied = _migrate(path, with_copy=False)
        _forget_processes(path)
    except sqlite3.Error as error:
        raise StoreUnavailable(f"The database {path} can't be upgraded: {describe_failure(path, error)}.") from error
    return applied


def _forget_processes(path: Path) -> None:
    sql = queries.load()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(sql["leases.release_all"], {"released_at": to_ms(RELEASED_AT)})
        connection.execute(sql["readiness.forget_all"])
        connection.execute(sql["chat_processes.forget_all"])


def restoring_file(path: Path) -> Path:
    """Where `heybuddy restore` keeps the complete new file until it takes the place of the database at `path`."""
    return path.with_name(f"{path.name}.restoring")


def require_ours(path: Path) -> None:
    """Check that the file at `path` has a schema that this version knows.

    Raises NewerDatabase, OldDatabase, ForeignDatabase, or StoreUnavailable for a file that SQLite cannot read.
    """
    try:
        version = read_undisturbed(path, read_version)
    except sqlite3.Error as error:
        failure = describe_failure(path, error)
        raise StoreUnavailable(f"{path} can't be read as a database: {failure}.") from error
    if version == 0:
        raise ForeignDatabase(ForeignDatabase.__doc__)


def _migrate(path: Path, *, with_copy: bool) -> Sequence[int]:
    opened = path.stat().st_ino
    with closing(sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT)) as connection:
        if not _pragma(connection, "page_count"):
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # possible only before the first table is made
        connection.execute("BEGIN IMMEDIATE")  # before the version is read: another process may be migrating
        if path.stat().st_ino != opened:
            raise StoreUnavailable(f"The database {path} has just been replaced. Start again.")
        version = read_version(connection)
        missing = [(number, text) for number, text in migrations() if number > version]
        if missing and version and with_copy:
            copy_database(path, path.with_name(f"{path.name}.before-{missing[-1][0]:04}"))
        for number, text in missing:
            _apply(connection, number, text)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("COMMIT")
    return [number for number, _ in missing]


def _apply(connection: sqlite3.Connection, number: int, text: str) -> None:
    for statement in split_statements(text):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {number}")


def read_version(connection: sqlite3.Connection) -> int:
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
