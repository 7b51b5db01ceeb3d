"""Copies the rows of every table from one of our databases to another, of the same kind or another one.

Nobody writes to either meanwhile, and the target has all rows at the end or none. What processes have written about
themselves is not copied, because none of them has ever used the target.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from bot.store.database import CannotCopy

ROWS_AT_ONCE: Final = 1000
NOT_COPIED: Final = frozenset({"leases", "readiness", "chat_processes"})

Rows: TypeAlias = Sequence[Sequence[object]]
Report: TypeAlias = Callable[[str, int], None]
"""Called with a table's name and how many more of its rows were written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A table and its columns."""

    name: str
    columns: Sequence[str]


class CopyEnd(Protocol):
    """A database within the transaction of a copy. What it reads and writes raises CannotCopy and StoreUnavailable."""

    async def tables(self) -> Sequence[Table]:
        """All of our tables, in an order in which rows can be written: first those that others refer to."""
        ...

    async def count_rows(self, table: str) -> int:
        """How many rows a table has."""
        ...

    def read_rows(self, table: Table) -> AsyncIterator[Rows]:
        """All rows, a few at a time, with values in the order of the columns."""
        ...

    async def write_rows(self, table: Table, rows: AsyncIterator[Rows]) -> None:
        """Add rows, with values in the order of the columns."""
        ...

    async def finish(self, tables: Sequence[Table]) -> None:
        """Check what the tables refer to, and have the next number that the database gives be a new one."""
        ...


async def count_all_rows(source: CopyEnd) -> Mapping[str, int]:
    """The number of rows of each table that is copied."""
    return {
        table.name: await source.count_rows(table.name)
        for table in await source.tables()
        if table.name not in NOT_COPIED
    }


async def copy_tables(source: CopyEnd, target: CopyEnd, report: Report) -> None:
    """Copy all rows of every table but NOT_COPIED, and compare the numbers of rows afterwards.

    Raises CannotCopy if they differ, or a table of `source` has no counterpart; the transaction is the caller's.
    """
    tables = [table for table in await target.tables() if table.name not in NOT_COPIED]
    wanted = await count_all_rows(source)
    if wanted.keys() != {table.name for table in tables}:
        raise CannotCopy("The two databases don't have the same tables. Have this version make both.")
    for table in tables:
        await target.write_rows(table, _reported(source.read_rows(table), table.name, report))
    await target.finish(tables)
    for name, rows in wanted.items():
        if (written := await target.count_rows(name)) != rows:
            raise CannotCopy(f"The table {name} has {rows} rows, of which {written} were copied. Nothing was kept.")


async def require_empty(target: CopyEnd, name: str) -> None:
    """Raise CannotCopy if the database, called `name`, has a row in any table."""
    for table in await target.tables():
        if await target.count_rows(table.name):
            raise CannotCopy(f"{name} isn't empty: its table {table.name} has rows. Name a new database.")


def require_version(version: int, wanted: int, name: str) -> None:
    """Raise CannotCopy if the database called `name` has another schema than this program wants."""
    if version == 0:
        raise CannotCopy(f"{name} is empty; there's nothing to copy.")
    if version != wanted:
        raise CannotCopy(
            f"{name} is version {version}, and this program needs {wanted}: set store.database to it, and run "
            "heybuddy migrate first."
        )


def still_used(name: object) -> CannotCopy:
    """What says that a process uses the database called `name`."""
    return CannotCopy(f"A process still uses {name}. Stop the bot first, then try again.")


async def _reported(chunks: AsyncIterator[Rows], table: str, report: Report) -> AsyncIterator[Rows]:
    async for rows in chunks:
        yield rows
        report(table, len(rows))
        await asyncio.sleep(0)  # or nothing could cancel a copy from file to file
