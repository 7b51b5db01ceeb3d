"""Whether the files of a database that this process has open are still those that others find under their names.

Who moves, deletes or replaces them does not change what is open here: SQLite would go on with files that are lost.
"""

from collections.abc import Mapping
from pathlib import Path

from bot.store.database import StoreUnavailable
from bot.store.databases.sqlite_files import describe_lost_files, files_in_use

Identity = tuple[int, int]
"""What tells a file from every other one of the same name: the numbers of its device and of its inode."""


class OpenedFiles:
    """The files of the database at `path`. Make it just before the first connection."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._main = _identity(path)
        self._identities: Mapping[Path, Identity | None] = {}

    def remember(self) -> None:
        """Every connection is open now, and SQLite has made the companions."""
        found = {file: _identity(file) for file in files_in_use(self._path)}
        self._identities = {file: identity for file, identity in found.items() if identity}
        self._identities |= {self._path: self._main}  # which may have been replaced while it was opened

    @property
    def loss(self) -> str | None:
        """What has happened to them, and what to do; None if all are there, also if they are there again."""
        lost = [file for file, identity in self._identities.items() if _identity(file) != identity]
        return describe_lost_files(self._path, lost)

    @property
    def is_replaced(self) -> bool:
        """Whether another file lies in the place of the main one; then that one's companions may be ours."""
        return _identity(self._path) not in {self._main, None}

    def require_all(self) -> None:
        """Raise StoreUnavailable if one was moved, deleted or replaced: what is written now may be lost with it."""
        if loss := self.loss:
            raise StoreUnavailable(loss)


def _identity(file: Path) -> Identity | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
