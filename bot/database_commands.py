"""The commands about the database: each does its work and returns what it did, in a sentence or more."""

import asyncio
import signal
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.database_copy import copy_database
from bot.file_faults import describe_file_fault
from bot.log import ExpectedError
from bot.process import STOPS_BY
from bot.store import PoolSettings, StoreError, database_label, is_postgres, sqlite_path
from bot.store.databases import postgres_migrate
from bot.store.databases.postgres_connection import PostgresConnector
from bot.store.databases.postgres_dump import describe_backup, describe_restore
from bot.store.databases.sqlite_backup import back_up
from bot.store.databases.sqlite_migrate import makes_new_database, migrate
from bot.store.databases.sqlite_restore import restore


class DatabaseUnchanged(ExpectedError):
    """The work could not be done. The message says why, and what to do."""


def stop_on_every_signal() -> None:
    """Let every signal that stops a process raise KeyboardInterrupt from now on, as SIGINT does."""
    for number in STOPS_BY:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
            signal.signal(number, signal.default_int_handler)


@contextmanager
def _explaining() -> Iterator[None]:
    try:
        yield
    except StoreError as error:
        raise DatabaseUnchanged(str(error)) from error
    except OSError as error:
        raise DatabaseUnchanged(f"{describe_file_fault(error)}.") from error


@_explaining()
def migrate_database(url: str, pool: PoolSettings) -> str:
    """Bring the database at `url` up to date, or make it. Raises DatabaseUnchanged.

    `pool` has the timeouts of PostgreSQL.
    """
    name = database_label(url)
    if is_postgres(url):
        applied = asyncio.run(postgres_migrate.migrate(PostgresConnector(url, pool)))
        made = f"Made the tables in the new database {name}." if postgres_migrate.makes_new_database(applied) else ""
    else:
        applied = migrate(sqlite_path(url))
        made = f"Made the new database {name}." if makes_new_database(applied) else ""
    return made or (f"Migrations done: {_numbers(applied)}." if applied else f"{name} was up to date.")


@_explaining()
def back_up_database(url: str, destination: Path, now: datetime) -> str:
    """Copy the database at `url` to `destination`, a new file or a folder. Raises DatabaseUnchanged.

    For PostgreSQL always, with the command that does it.
    """
    if is_postgres(url):
        raise DatabaseUnchanged(describe_backup(url, destination, now))
    done = back_up(sqlite_path(url), destination, now)
    repair = (
        " An index of the database doesn't match its table; this copy was repaired. Stop the bot and run: "
        f"heybuddy restore {done.file}"
    )
    return f"Backed up to {done.file}.{repair if done.has_new_indexes else ''}"


@_explaining()
def restore_database(url: str, backup: Path, now: datetime) -> str:
    """Put a copy of the file `backup` in the place of the database at `url`. Raises DatabaseUnchanged.

    For PostgreSQL always, with the command that does it.
    """
    if is_postgres(url):
        raise DatabaseUnchanged(describe_restore(url, backup))
    database = sqlite_path(url)
    done = restore(database, backup, now)
    upgraded = f" Migrations done: {_numbers(done.migrations)}." if done.migrations else ""
    repaired = " An index didn't match its table; all were rebuilt." if done.has_new_indexes else ""
    kept = f" The previous one is kept at {done.former}." if done.former else ""
    return f"Restored {database} from {backup}.{upgraded}{repaired}{kept}"


@_explaining()
def copy_into(source: str, target: str, pool: PoolSettings, now: datetime) -> str:
    """Copy everything from one database, named by its URL, into another one; see `bot.database_copy`.

    Shows the progress on standard output. Raises DatabaseUnchanged: then `target` has no rows.
    """
    return asyncio.run(_until_signal(copy_database(source, target, pool=pool, now=now, console=Console())))


async def _until_signal(work: Coroutine[Any, Any, str]) -> str:
    """What `work` returns. A signal cancels it, so that it can tidy up; raises KeyboardInterrupt then."""
    task, loop = asyncio.ensure_future(work), asyncio.get_running_loop()
    for number in STOPS_BY:
        if signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


def _numbers(migrations: Sequence[int]) -> str:
    return ", ".join(map(str, migrations))
