"""A SQLite file as source or target of a copy of all rows; see `table_copy`."""

import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Final

from bot.file_faults import find_obstacle
from bot.store.database import CannotCopy, StoreUnavailable
from bot.store.databases.sqlite_backup import require_copyable
from bot.store.databases.sqlite_connection import primary_code
from bot.store.databases.sqlite_damage import integrity_check
from bot.store.databases.sqlite_disk import describe_failure
from bot.store.databases.sqlite_locks import held_locks
from bot.store.databases.sqlite_migrate import migrate, migrations, read_version
from bot.store.databases.table_copy import ROWS_AT_ONCE, Rows, Table, require_empty, require_version, still_used

PATIENCE: Final = 1.0
"""Seconds to wait for whoever only reads the file for a moment."""
_TABLES: Final = (
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name"
)


class SqliteCopyEnd:
    """A file in a transaction that shuts everybody else out. References are checked at the end."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection

    async def tables(self) -> Sequence[Table]:
        """All of our tables by name; see `CopyEnd.tables`."""
        with self._explaining():
            names = [name for (name,) in self._connection.execute(_TABLES)]
            return [Table(name=name, columns=self._columns(name)) for name in names]

    def _columns(self, table: str) -> Sequence[str]:
        return [name for (name,) in self._connection.execute("SELECT name FROM pragma_table_info(?)", [table])]

    async def count_rows(self, table: str) -> int:
        """How many rows a table has; see `CopyEnd.count_rows`."""
        with self._explaining():
            count: int = self._connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608 -- ours
            return count

    async def read_rows(self, table: Table) -> AsyncIterator[Rows]:
        """All rows; see `CopyEnd.read_rows`."""
        with self._explaining():
            cursor = self._connection.execute(f'SELECT {_list(table.columns)} FROM "{table.name}"')  # noqa: S608 -- ours
        while True:
            with self._explaining():
                rows = cursor.fetchmany(ROWS_AT_ONCE)
            if not rows:
                return
            yield rows

    async def write_rows(self, table: Table, rows: AsyncIterator[Rows]) -> None:
        """Add rows; see `CopyEnd.write_rows`."""
        marks = ", ".join("?" for _ in table.columns)
        sql = f'INSERT INTO "{table.name}" ({_list(table.columns)}) VALUES ({marks})'  # noqa: S608 -- our own names
        async for chunk in rows:
            with self._explaining():
                self._connection.executemany(sql, chunk)

    async def finish(self, tables: Sequence[Table]) -> None:
        """Check references, and take statistics; see `CopyEnd.finish`. SQLite itself gives only new numbers."""
        with self._explaining():
            if broken := self._connection.execute("PRAGMA foreign_key_check").fetchone():
                raise CannotCopy(f"A row of {broken[0]} refers to one of {broken[2]} that isn't there.")
            self._connection.execute("ANALYZE")

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        with _explaining_failures(self._path):
            yield


@asynccontextmanager
async def open_sqlite_source(path: Path) -> AsyncIterator[SqliteCopyEnd]:
    """The undamaged database at `path`, of the newest version, while no process uses it. No row of it changes.

    Raises CannotCopy and StoreUnavailable.
    """
    _require_database(path)
    with _opened_alone(path) as connection:
        with _explaining_failures(path):
            require_version(read_version(connection), migrations()[-1][0], str(path))
            damage = integrity_check(connection)
        if damage is not None:
            raise StoreUnavailable(f"The database {path} is damaged ({damage}); heybuddy check says what to do.")
        yield SqliteCopyEnd(path, connection)


def _require_database(path: Path) -> None:
    if obstacle := find_obstacle(path):
        raise CannotCopy(f"{obstacle}.")
    if not path.exists():
        raise CannotCopy(f"There's no database at {path}.")
    require_copyable(path)


@asynccontextmanager
async def open_sqlite_target(path: Path) -> AsyncIterator[SqliteCopyEnd]:
    """The database at `path`, which is made unless it is there. It stays empty if the block raises.

    Raises CannotCopy, also if it has a row, and StoreUnavailable.
    """
    migrate(path)
    with _opened_alone(path) as connection:
        end = SqliteCopyEnd(path, connection)
        await require_empty(end, str(path))
        yield end
        with _explaining_failures(path):
            connection.execute("COMMIT")


@contextmanager
def _opened_alone(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection in a transaction that is rolled back unless it is committed. Raises CannotCopy if others use it."""
    if held_locks(path):
        raise still_used(path)
    with closing(sqlite3.connect(path, isolation_level=None, timeout=PATIENCE)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # or a reader could stay beside us in WAL mode
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if primary_code(error) == sqlite3.SQLITE_BUSY:
                raise still_used(path) from error
            raise _unusable(path, error) from error
        yield connection


@contextmanager
def _explaining_failures(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: sqlite3.Error) -> StoreUnavailable:
    return StoreUnavailable(f"The database {path} can't be used: {describe_failure(path, error)}.")


def _list(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
