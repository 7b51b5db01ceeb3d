"""The files of a SQLite database: the main file, its companions and our copies, which only their owner may read."""

import logging
import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from bot.file_rights import GROUP_AND_OTHERS, OWNER_ONLY

COMPANIONS_IN_USE: Final = ("-wal", "-shm")
COMPANIONS: Final = (*COMPANIONS_IN_USE, "-journal")
"""What SQLite appends to the name of the main file. It gives new companions the rights of the main file."""

log = logging.getLogger(__name__)


def database_files(path: Path) -> Iterator[Path]:
    """The main file at `path` and its companions, as far as they exist."""
    return (file for file in (path, *(path.with_name(path.name + ending) for ending in COMPANIONS)) if file.exists())


def files_in_use(path: Path) -> Sequence[Path]:
    """The main file at `path` and the companions that are there as long as a process uses it."""
    return [path, *(path.with_name(path.name + ending) for ending in COMPANIONS_IN_USE)]


def describe_lost_files(path: Path, lost: Collection[Path]) -> str | None:
    """What has happened, and what to do, if `lost` of the `files_in_use` are gone, or others have taken their names."""
    if not lost:
        return None
    if path in lost:
        return (
            f"{path} was moved, deleted or replaced while Hey Buddy was using it. "
            "Stop Hey Buddy, put the file back or restore a backup, and start Hey Buddy again."
        )
    names = ", ".join(file.name for file in lost)
    return (
        f"What belongs to the database was moved, deleted or replaced while Hey Buddy was using it: {names}. "
        "Restart Hey Buddy without killing it, or the newest changes are lost."
    )


def files_with_data(path: Path) -> Sequence[Path]:
    """The main file at `path` and all files beside it that are named after it: companions, locks, and every copy."""
    if not path.parent.is_dir():
        return []
    return sorted(file for file in path.parent.iterdir() if file.name == path.name or _is_named_after(path, file))


def is_private(file: Path) -> bool:
    """Whether only the owner has any right to `file`, or it is gone: SQLite removes companions. Raises OSError."""
    try:
        return not file.stat().st_mode & GROUP_AND_OTHERS
    except FileNotFoundError:
        return True


def file_size(file: Path) -> int:
    """The size of `file` in bytes, 0 if it is gone. Raises OSError."""
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


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
    """Take all rights of group and others to the files with the data of the database at `path`, and log it."""
    for file in files_with_data(path):
        try:
            if not is_private(file):
                file.chmod(OWNER_ONLY)
                log.info("others on this machine could read %s; now only its owner can", file)
        except FileNotFoundError:
            continue  # SQLite has just removed a companion
        except OSError as error:
            log.warning("others on this machine can read %s, and that can't be changed: %s", file, error.strerror)


def sync_folder(folder: Path) -> None:
    """Return when names that were changed in `folder` survive a loss of power. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_named_after(path: Path, file: Path) -> bool:
    return file.name.startswith((f"{path.name}.", f"{path.name}-"))
