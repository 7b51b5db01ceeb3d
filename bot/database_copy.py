"""`heybuddy copy-database`: all rows of one database into another, empty one, with the progress on a terminal."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager
from datetime import datetime

from rich.console import Console
from rich.progress import Progress

from bot.store import PoolSettings, StoreError, database_label, is_postgres, sqlite_path
from bot.store.database import CannotCopy
from bot.store.databases.postgres_connection import PostgresConnector
from bot.store.databases.postgres_table_copy import open_postgres_source, open_postgres_target
from bot.store.databases.sqlite_table_copy import open_sqlite_source, open_sqlite_target
from bot.store.databases.table_copy import CopyEnd, Report, copy_tables, count_all_rows


async def copy_database(source: str, target: str, *, pool: PoolSettings, now: datetime, console: Console) -> str:
    """Copy all rows from the database at the URL `source` into the one at `target`, which is made unless it is there.

    Returns what was done. `pool` has PostgreSQL's timeouts;
    the progress is shown on `console`. Raises StoreError and OSError: then `target` has no rows.
    """
    counts = await _copy(source, target, pool, now, console)
    rows = ", ".join(f"{table} {count:,}" for table, count in sorted(counts.items()))
    return (
        f"Copied {sum(counts.values()):,} rows from {database_label(source)} to {database_label(target)} "
        f"and counted them in both: {rows}."
    )


async def _copy(source: str, target: str, pool: PoolSettings, now: datetime, console: Console) -> Mapping[str, int]:
    async with AsyncExitStack() as ends:
        with _named_as("FROM"):
            opened = await ends.enter_async_context(_open_source(source, pool, now))
        with _named_as("TO"):
            empty = await ends.enter_async_context(_open_target(target, pool))
        counts = await count_all_rows(opened)
        with _showing_progress(counts, console) as report:
            await copy_tables(opened, empty, report)
    return counts


@contextmanager
def _named_as(argument: str) -> Iterator[None]:
    """Say what is wrong with an address of the argument in which it was written."""
    try:
        yield
    except CannotCopy:
        raise
    except StoreError as error:
        raise type(error)(str(error).replace("store.database", argument)) from error


def _open_source(url: str, pool: PoolSettings, now: datetime) -> AbstractAsyncContextManager[CopyEnd]:
    if is_postgres(url):
        return open_postgres_source(PostgresConnector(url, pool), now)
    return open_sqlite_source(sqlite_path(url))


def _open_target(url: str, pool: PoolSettings) -> AbstractAsyncContextManager[CopyEnd]:
    if is_postgres(url):
        return open_postgres_target(PostgresConnector(url, pool))
    return open_sqlite_target(sqlite_path(url))


@contextmanager
def _showing_progress(counts: Mapping[str, int], console: Console) -> Iterator[Report]:
    """A bar on a terminal; elsewhere a line for each table when all of it is written."""
    written = dict.fromkeys(counts, 0)

    def print_line(table: str, rows: int) -> None:
        written[table] += rows
        if written[table] == counts[table]:
            console.print(f"{table}: {written[table]:,}", highlight=False)

    if not console.is_terminal:
        yield print_line
        return
    with Progress(console=console) as progress:
        bar = progress.add_task("", total=sum(counts.values()))
        yield lambda table, rows: progress.update(bar, description=table, advance=rows)
