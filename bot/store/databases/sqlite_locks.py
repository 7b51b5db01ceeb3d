"""Locks that end with their process: a file beside the database for each, locked with `flock`.

The kernel frees such a lock when its process ends, however that happens. Where no lock can be had, for example in a
folder that we may not write to, nobody ever holds one.
"""

import fcntl
import os
from pathlib import Path

from bot.file_rights import OWNER_ONLY

_ENDING = ".lock"


def held_locks(path: Path) -> frozenset[str]:
    """The names of the locks beside the database at `path` that living processes hold; none if nobody uses it.

    The database itself need not exist: that its file was moved or deleted frees no lock. Makes no file. A lock that we
    may not read counts as free. Whoever tries to take a lock at this very moment may fail, and tries again.
    """
    database = path.resolve()
    start = f"{database.name}-"
    try:
        files = [file for file in database.parent.iterdir() if file.name.startswith(start) and file.suffix == _ENDING]
    except OSError:
        return frozenset()
    names = {file.name.removeprefix(start).removesuffix(_ENDING): file for file in files}
    return frozenset(name for name, file in names.items() if name.isidentifier() and _is_held(file))


def _is_held(file: Path) -> bool:
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def _is_file_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False


class ProcessLocks:
    """The locks beside the database at `path`: `NAME-LOCK.lock`, each named by an identifier.

    Two holders exclude each other in one process, too.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()
        self._held: dict[tuple[str, str], int] = {}

    def try_lock(self, name: str, holder: str) -> bool:
        """Take the lock `name`, or keep it. False if another holder has it, or it cannot be had here."""
        held = self._held.get((name, holder))
        if held is not None and _is_file_at(self._file(name), held):
            return True
        self.unlock(name, holder)  # if its file was moved or deleted, with the database perhaps, it proves nothing
        descriptor = self._open_locked(name)
        if descriptor is None:
            return False
        self._held[name, holder] = descriptor
        return True

    def _file(self, name: str) -> Path:
        return self._path.with_name(f"{self._path.name}-{name}{_ENDING}")

    def _open_locked(self, name: str) -> int | None:
        try:
            descriptor = os.open(self._file(name), os.O_RDWR | os.O_CREAT, OWNER_ONLY)
        except OSError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return None
        return descriptor

    def unlock(self, name: str, holder: str) -> None:
        """Free the lock, if `holder` has it."""
        descriptor = self._held.pop((name, holder), None)
        if descriptor is not None:
            os.close(descriptor)

    def unlock_all(self) -> None:
        """Free every lock taken through this object."""
        while self._held:
            os.close(self._held.popitem()[1])
