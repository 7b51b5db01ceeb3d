"""Reads a SQLite file over connections that change neither the file nor anything beside it.

A file that no process uses is read without locks, for which SQLite would make companions beside it and leave them
there, or fail where nothing can be written. If only its `-wal` is there, both are copied, because SQLite reads that
only with an index beside it. Whether a process began to use the file meanwhile is seen afterwards.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from threading import Event
from typing import Final, TypeVar

from bot.store.databases.sqlite_connection import BUSY_TIMEOUT

INTERRUPT_EVERY: Final = 0.1  # seconds: an interrupt between two queries has no effect

Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True, slots=True)
class _FileState:
    """What changes with a file: the number of its inode, its size in bytes, and the time of its last change."""

    number: int
    size: int
    changed_ns: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _RestingFiles:
    """A database that no process uses; a state is None where there is no file."""

    main: _FileState | None
    wal: _FileState | None

    @property
    def has_wal(self) -> bool:
        """Whether there may be data in the `-wal`."""
        return self.wal is not None and self.wal.size > 0


def read_undisturbed(path: Path, read: Callable[[sqlite3.Connection], Result]) -> Result:
    """Return what `read` returns, called with a connection to the file at `path`, and to what its `-wal` file holds.

    Calls it again if a process began to use the file meanwhile. Raises sqlite3.Error, and what `read` raises.
    """
    file = path.resolve()  # companions are beside the file itself, not beside a link to it
    while True:
        resting = _files_at_rest(file)
        try:
            with _open_read_only(file, resting) as connection:
                result = read(connection)
        except Exception:
            if resting is None or _files_at_rest(file) == resting:
                raise
        else:
            if resting is None or _files_at_rest(file) == resting:
                return result


async def read_file(path: Path, read: Callable[[sqlite3.Connection], Result]) -> Result:
    """As `read_undisturbed`, in a thread. When the caller is cancelled, SQLite is interrupted, so that it ends soon."""
    opened: list[sqlite3.Connection] = []
    cancelled = Event()

    def read_rows(connection: sqlite3.Connection) -> Result:
        opened.append(connection)
        if cancelled.is_set():
            raise sqlite3.OperationalError("interrupted")
        connection.row_factory = sqlite3.Row
        return read(connection)

    reading = asyncio.create_task(asyncio.to_thread(read_undisturbed, path, read_rows), name="reading a file")
    try:
        return await asyncio.shield(reading)
    except asyncio.CancelledError:
        cancelled.set()
        while not reading.done():
            for connection in tuple(opened):
                with suppress(sqlite3.ProgrammingError):  # the thread has already closed it
                    connection.interrupt()
            await asyncio.wait([reading], timeout=INTERRUPT_EVERY)
        if not reading.cancelled():
            reading.exception()  # looked at, although nobody waits for it any more
        raise


def _files_at_rest(path: Path) -> _RestingFiles | None:
    """The file at `path` and its `-wal`; None if a process uses them.

    A process that uses a file in WAL mode has both companions open.
    """
    wal, index, journal = (_file_state(path.with_name(path.name + ending)) for ending in ("-wal", "-shm", "-journal"))
    return None if journal or (wal and index) else _RestingFiles(main=_file_state(path), wal=wal)


def _file_state(file: Path) -> _FileState | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return _FileState(number=status.st_ino, size=status.st_size, changed_ns=status.st_mtime_ns)


@contextmanager
def _open_read_only(path: Path, resting: _RestingFiles | None) -> Iterator[sqlite3.Connection]:
    """A connection for any one thread at a time. Raises sqlite3.Error."""
    if resting is None:
        with closing(_connect(path, "mode=ro")) as connection:
            yield connection
    elif not resting.has_wal:
        with closing(_connect(path, "mode=ro&immutable=1")) as connection:
            yield connection
    else:
        with _private_copy(path) as copy, closing(_connect(copy, "mode=ro")) as connection:
            yield connection


@contextmanager
def _private_copy(path: Path) -> Iterator[Path]:
    """A copy of the file at `path` and its `-wal` in a temporary folder that only we can read."""
    with ExitStack() as stack:
        try:
            copy = Path(stack.enter_context(TemporaryDirectory(prefix="heybuddy-"))) / path.name
            for ending in ("", "-wal"):
                copyfile(f"{path}{ending}", f"{copy}{ending}")
        except OSError as error:
            raise sqlite3.OperationalError(f"a temporary copy of it failed: {error.strerror}") from error
        yield copy


def _connect(path: Path, options: str) -> sqlite3.Connection:
    uri = f"{path.as_uri()}?{options}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_TIMEOUT, check_same_thread=False)
