"""The files of a SQLite database: the main file, its companions and our copies, which only their owner may read."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

OWNER_ONLY: Final = 0o600
COMPANIONS: Final = ("-wal", "-shm", "-journal")
"""What SQLite appends to the name of the main file. It gives new companions the rights of the main file."""
OUR_COPIES: Final = (".before-*", ".replaced-*")
"""What migrations and `heybuddy restore` append to the name of a file that they keep."""

_GROUP_AND_OTHERS: Final = 0o077

log = logging.getLogger(__name__)


def database_files(path: Path) -> Iterator[Path]:
    """The main file at `path` and its companions, as far as they exist."""
    return (file for file in (path, *(path.with_name(path.name + ending) for ending in COMPANIONS)) if file.exists())


def create_private_file(path: Path) -> None:
    """Create an empty file for its owner alone, whatever the umask. Leaves an existing file as it is. Raises OSError.

    An existing file is not even opened: closing it would release the locks that SQLite has on it in this process.
    """
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, OWNER_ONLY)
    except FileExistsError:
        return
    try:
        os.fchmod(descriptor, OWNER_ONLY)
    finally:
        os.close(descriptor)


def make_private(path: Path) -> None:
    """Take all rights of group and others to the database at `path`, its companions and our copies, and log it."""
    copies = (copy for ending in OUR_COPIES for copy in path.parent.glob(f"{_escape(path.name)}{ending}"))
    for file in (*database_files(path), *copies):
        try:
            if file.stat().st_mode & _GROUP_AND_OTHERS:
                file.chmod(OWNER_ONLY)
                log.info("others on this machine could read %s; now only its owner can", file)
        except FileNotFoundError:
            continue  # SQLite has just removed a companion
        except OSError as error:
            log.warning("others on this machine can read %s, and that cannot be changed: %s", file, error.strerror)


def sync_folder(folder: Path) -> None:
    """Return when names that were changed in `folder` survive a loss of power. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _escape(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)
