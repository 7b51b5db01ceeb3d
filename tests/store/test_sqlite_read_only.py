"""Reading a file without changing anything, although a process may begin to use it at any moment."""

import asyncio
import gc
import sqlite3
import tempfile
import threading
from collections.abc import Coroutine, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.store import migrate
from bot.store.databases.sqlite_read_only import read_file, read_undisturbed
from tests.polling import TIMEOUT
from tests.store.writing import set_number

SELECT = "SELECT value FROM installation WHERE name = 'number'"
ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


@pytest.fixture
def writer(database: Path) -> Iterator[sqlite3.Connection]:
    """A connection that writes as a running process does; the file is at rest until it does."""
    migrate(database)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    set_number(database, 1)
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        yield connection


@pytest.mark.parametrize("error", [sqlite3.DatabaseError("malformed"), None])
def test_it_is_read_again_if_a_process_began_to_write(
    database: Path, writer: sqlite3.Connection, error: sqlite3.Error | None
) -> None:
    """What was read may be mixed, whether SQLite noticed that or not; what is read under its locks counts."""
    found: list[object] = []

    def read(connection: sqlite3.Connection) -> object:
        found.extend(connection.execute(SELECT).fetchone())
        if len(found) == 1:
            writer.execute("UPDATE installation SET value = 2 WHERE name = 'number'")
            if error:
                raise error
        return found[-1]

    assert read_undisturbed(database, read) == "2"
    assert found == ["1", "2"]


def test_a_file_in_use_is_read_once(database: Path, writer: sqlite3.Connection) -> None:
    """SQLite's locks keep out what is written meanwhile."""
    writer.execute("UPDATE installation SET value = 2 WHERE name = 'number'")
    calls: list[object] = []

    def read(connection: sqlite3.Connection) -> object:
        calls.append(None)
        connection.execute("BEGIN")
        before = connection.execute(SELECT).fetchone()
        writer.execute("UPDATE installation SET value = value + 1 WHERE name = 'number'")
        return before, connection.execute(SELECT).fetchone()

    assert read_undisturbed(database, read) == (("2",), ("2",))
    assert len(calls) == 1


@pytest.mark.parametrize("in_use", [False, True])
def test_what_fails_by_itself_is_not_tried_again(database: Path, writer: sqlite3.Connection, in_use: bool) -> None:
    """Nothing has changed, so it would fail again."""
    if in_use:
        writer.execute("UPDATE installation SET value = 2 WHERE name = 'number'")
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        read_undisturbed(database, lambda connection: connection.execute("SELECT * FROM missing"))


def test_nothing_is_changed_or_made(database: Path, tmp_path: Path) -> None:
    """Neither in the file nor where there is none."""
    migrate(database)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        read_undisturbed(database, lambda connection: connection.execute("DELETE FROM installation"))
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        read_undisturbed(tmp_path / "none.db", lambda connection: connection.execute("SELECT 1"))
    assert list(tmp_path.iterdir()) == []


def test_no_temporary_copy_can_be_made(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a file with nothing but its `-wal` beside it: that is told as trouble with the database."""
    migrate(database)
    database.with_name(f"{database.name}-wal").write_bytes(b"something")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    with pytest.raises(sqlite3.OperationalError, match="a temporary copy of it failed: No such file"):
        read_undisturbed(database, lambda connection: connection.execute("SELECT 1"))


async def test_a_cancelled_read_ends(database: Path, caplog: pytest.LogCaptureFixture) -> None:
    """However long it would take, and as early as it may be cancelled. Nobody is told that it was interrupted."""
    migrate(database)
    for seconds in (0, 0.01):
        await cancel_after(seconds, read_file(database, lambda connection: connection.execute(ENDLESS).fetchone()))
    gc.collect()  # asyncio logs what failed and was never looked at
    assert caplog.messages == []


async def cancel_after(seconds: float, work: Coroutine[None, None, object]) -> None:
    reading = asyncio.create_task(work)
    await asyncio.wait([reading], timeout=seconds)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading


async def cancel_when(reached: threading.Event, reading: asyncio.Task[None]) -> None:
    """Cancel `reading` as soon as the thread has come so far, before anything else happens in the event loop."""
    await asyncio.sleep(0)  # the task starts
    await asyncio.sleep(0)  # the thread starts
    assert reached.wait(TIMEOUT)
    reading.cancel()
    async with asyncio.timeout(TIMEOUT):
        await asyncio.wait([reading])


async def test_cancelled_during_a_query(database: Path) -> None:
    """The query is interrupted, and the thread has ended by the time that the caller goes on."""
    migrate(database)
    running, ended = threading.Event(), threading.Event()

    def read(connection: sqlite3.Connection) -> None:
        connection.set_progress_handler(running.set, 1000)
        with pytest.raises(sqlite3.OperationalError, match="interrupted"):
            connection.execute(ENDLESS)
        ended.set()

    reading = asyncio.create_task(read_file(database, read))
    await cancel_when(running, reading)
    assert (reading.cancelled(), ended.is_set()) == (True, True)


async def test_cancelled_before_a_query(database: Path) -> None:
    """An interrupt that comes too early for a query is repeated."""
    migrate(database)
    opened, ended = threading.Event(), threading.Event()

    def read(connection: sqlite3.Connection) -> None:
        opened.set()
        threading.Event().wait(0.05)  # the first interrupt comes now
        with pytest.raises(sqlite3.OperationalError, match="interrupted"):
            connection.execute(ENDLESS)
        ended.set()

    reading = asyncio.create_task(read_file(database, read))
    await cancel_when(opened, reading)
    assert (reading.cancelled(), ended.is_set()) == (True, True)


async def test_cancelled_just_after_reading(database: Path) -> None:
    """The connection is closed already, but the caller has not been told yet."""
    migrate(database)
    closed = threading.Event()

    def read(connection: sqlite3.Connection) -> None:
        connection.close()
        closed.set()

    reading = asyncio.create_task(read_file(database, read))
    await cancel_when(closed, reading)
    assert reading.cancelled()
