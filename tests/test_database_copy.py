"""`heybuddy copy-database`: a server moves to another database, with people who wait before and are matched after."""

import asyncio
import io
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest
from rich.console import Console

from bot.__main__ import main
from bot.clock import SystemClock
from bot.database_copy import copy_database
from bot.store import PoolSettings, migrate
from bot.store.databases import postgres_table_copy
from bot.store.databases.postgres_connection import PostgresConnector
from bot.store.databases.postgres_migrate import migrate as migrate_postgres
from tests.clocks import VirtualClock
from tests.loops.factories import make_matchmaker, open_server
from tests.polling import until
from tests.signals import restoring_signals
from tests.store.many_rows import FILL, fill_table
from tests.store.opening import open_store
from tests.store.scenario import Scenario

KEPT_WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
AND wait_event_type = 'Lock' AND query_start < clock_timestamp() - make_interval(secs => $1)
"""


@pytest.fixture(autouse=True)
def own_signals() -> Iterator[None]:
    """The command changes for its process what signals do."""
    with restoring_signals():
        yield


async def test_people_wait_before_and_are_matched_after(database: Path, postgres_url: str, clock: VirtualClock) -> None:
    """Two search while the store is SQLite; the bot is stopped, everything is copied, and they are matched there."""
    source = f"sqlite:///{database}"
    async with open_store(source) as store:
        scenario = Scenario(store, clock)
        await open_server(store)
        tickets = [await scenario.waiting(member) for member in (1, 2)]
    done = await copying(source, postgres_url)
    assert "tickets 2" in done
    async with open_store(postgres_url) as store:
        moved = Scenario(store, clock)
        assert [await store.tickets.find_by_member(ticket.member_id) for ticket in tickets] == tickets
        assert await make_matchmaker(store, clock).step(await moved.fence()) == 1
        assert len(await store.outbox.find_due(clock.now(), 9)) == 2


async def copying(source: str, target: str, console: Console | None = None) -> str:
    """What is said at the end."""
    quiet = console or Console(file=io.StringIO())
    return await copy_database(source, target, pool=PoolSettings(), now=SystemClock().now(), console=quiet)


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A file with some tickets."""
    file = tmp_path / "filled.db"
    migrate(file)
    with closing(sqlite3.connect(file)) as connection, connection:
        fill_table(connection, "tickets", rows=2500)
    return file


async def test_progress_is_a_bar_on_a_terminal(filled: Path, tmp_path: Path) -> None:
    """It ends at all of it."""
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    await copying(f"sqlite:///{filled}", f"sqlite:///{tmp_path}/new.db", console)
    written = console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO
    assert "tickets" in written
    assert "100%" in written


async def test_progress_is_a_line_for_each_table_elsewhere(filled: Path, tmp_path: Path) -> None:
    """Only for those that have rows; then one line says what was copied."""
    console = Console(file=io.StringIO(), width=20)
    done = await copying(f"sqlite:///{filled}", f"sqlite:///{tmp_path}/new.db", console)
    assert console.file.getvalue() == "tickets: 2,500\n"  # type: ignore[attr-defined]  # a StringIO
    assert done.startswith(f"Copied 2,500 rows from {filled} to {tmp_path}/new.db and counted them in both: ")
    assert ", tickets 2,500, " in done


def test_the_command(filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says what it has done, and refuses to do it twice in a sentence."""
    arguments = ["copy-database", f"sqlite:///{filled}", f"SQLITE:///{tmp_path}/new.db"]
    assert main(arguments) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("Copied 2,500 rows from ")
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == (
        "",
        f"{tmp_path}/new.db isn't empty: its table tickets has rows. Name a new database.\n",
    )


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("heybuddy.db", "doesn't start with sqlite:/// or postgresql://"),
        ("postgresql://u:the-password@h", "names no database"),
        ("postgresql://u:the-password@h:x/d", "has a port that isn't a number"),
        ("postgresql://u@h/d?password=the-password", "has the password behind the ?"),
    ],
)
def test_an_address_that_is_none(source: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It is refused as in the settings, and the password is not shown."""
    assert main(["copy-database", source, "sqlite:///new.db"]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "the-password" not in error


@pytest.mark.parametrize("argument", ["FROM", "TO"])
def test_a_fault_is_told_of_the_address_that_was_written(
    argument: str, filled: Path, tmp_path: Path, postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody wrote it into the settings, so they are not named."""
    mistaken = f"{postgres_url}{'&' if '?' in postgres_url else '?'}nonsense=1"
    addresses = {"FROM": f"sqlite:///{filled}", "TO": f"sqlite:///{tmp_path / 'new.db'}", argument: mistaken}
    with restoring_signals():
        assert main(["copy-database", addresses["FROM"], addresses["TO"]]) == 2
    assert f"an option at the end of {argument} is none that PostgreSQL knows" in capsys.readouterr().err


async def test_a_table_that_is_locked_for_a_while_only_delays_a_copy(
    filled: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The patience for the lock of those who write ends with it: autovacuum may lock a table for longer."""
    monkeypatch.setattr(postgres_table_copy, "GONE_WITHIN", 0.05)
    await migrate_postgres(PostgresConnector(postgres_url, PoolSettings()))
    other, watch = [await asyncpg.connect(postgres_url) for _ in range(2)]
    try:
        async with other.transaction():
            await other.execute("LOCK TABLE tickets IN ACCESS EXCLUSIVE MODE")
            done = asyncio.create_task(copying(f"sqlite:///{filled}", postgres_url))

            async def is_kept_waiting() -> bool:
                return bool(await watch.fetchval(KEPT_WAITING, 10 * postgres_table_copy.GONE_WITHIN))

            await until(is_kept_waiting)
        assert "tickets 2500" in (await done).replace(",", "")
    finally:
        await asyncio.gather(other.close(), watch.close())


def test_the_password_is_never_shown(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not even where the server cannot be reached."""
    url = "postgresql://u:the-password@127.0.0.1:1/d"
    assert main(["copy-database", f"sqlite:///{filled}", url]) == 2
    assert main(["copy-database", url, f"sqlite:///{filled}"]) == 2
    error = capsys.readouterr().err
    assert error.count("The database postgresql://u@127.0.0.1:1/d can't be used") == 2
    assert "the-password" not in error


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(FILL["tickets"][0] // 20, marks=pytest.mark.dose),
        pytest.param(FILL["tickets"][0], marks=pytest.mark.faults, id="100,000 rows"),
    ],
)
async def test_large_tables_move_each_way(database: Path, postgres_url: str, tmp_path: Path, rows: int) -> None:
    """From SQLite to PostgreSQL and from there into a new file: all rows come back the same."""
    migrate(database)
    with closing(sqlite3.connect(database)) as connection, connection:
        fill_table(connection, "tickets", rows=rows)
    back = tmp_path / "back.db"
    await copying(f"sqlite:///{database}", postgres_url)
    await copying(postgres_url, f"sqlite:///{back}")
    with closing(sqlite3.connect(back)) as connection:
        connection.execute("ATTACH ? AS original", [str(database)])
        for one, other in (("main", "original"), ("original", "main")):
            missing = f"SELECT * FROM {one}.tickets EXCEPT SELECT * FROM {other}.tickets"  # noqa: S608 -- our own names
            assert connection.execute(missing).fetchall() == []
        assert connection.execute("SELECT count(*) FROM main.tickets").fetchone() == (rows,)


@pytest.mark.dose
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminate"])
async def test_a_real_command_that_is_stopped(
    filled: Path, postgres_url: str, tmp_path: Path, kind: str, number: signal.Signals
) -> None:
    """In the midst of a large table: it says so, and the target has no rows."""
    with closing(sqlite3.connect(filled)) as connection, connection:
        for table, rows in (("installation", 3), ("webhook_events", 300_000)):
            fill_table(connection, table, rows=rows)
    target = postgres_url if kind == "postgres" else f"sqlite:///{tmp_path}/new.db"
    with subprocess.Popen(  # noqa: ASYNC220 -- nothing else runs meanwhile
        [sys.executable, "-m", "bot", "copy-database", f"sqlite:///{filled}", target],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "installation: 3\n"
        process.send_signal(number)
        _, error = process.communicate(timeout=30)
    assert (process.returncode, error.strip()) == (2, "Stopped before it was done.")
    with closing(sqlite3.connect(filled)) as connection, connection:
        connection.execute("DELETE FROM webhook_events")
    await copying(f"sqlite:///{filled}", target)  # which is refused unless it is empty
