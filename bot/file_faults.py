"""Says in plain words why a file cannot be used: what is missing, what is not allowed, and what is in its place."""

import errno
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

FAULTS: Final[Mapping[int, str]] = MappingProxyType(
    {
        errno.EACCES: "may not be used by this user: run heybuddy as its owner, or change its owner or rights",
        errno.EPERM: "may not be changed by this user: run heybuddy as its owner, or change its owner or rights",
        errno.EROFS: "is on a file system that is read-only: choose another place, or mount it writable",
        errno.EISDIR: "is a folder: name a file",
        errno.ELOOP: "is a link that leads round in a circle: name the file itself",
        errno.ENAMETOOLONG: "has too long a name: choose a shorter one",
        errno.ENOSPC: "can't be written, because the disk is full: make room",
        errno.EDQUOT: "can't be written, because this user's share of the disk is used up: make room",
    }
)
"""What is true of a file or folder, and what to do, by the number of the error."""

ABOUT_RIGHTS: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def describe_file_fault(error: OSError, path: Path | None = None) -> str:
    """What is wrong with the file `path` (default: the one that `error` is about), as a sentence without its full stop.

    Looks at the folders above it, for these may be to blame.
    """
    named = path or _path_of(error)
    if named is None:
        return os.strerror(error.errno) if error.errno else str(error)
    if obstacle := _find_wrong_folder(named):
        return obstacle
    if isinstance(error, FileNotFoundError):
        return f"{named} isn't there: correct the name"
    fault = FAULTS.get(error.errno or 0) or f"can't be used: {error.strerror or error}"
    return f"{_place_to_blame(named) if error.errno in ABOUT_RIGHTS else named} {fault}"


def find_obstacle(path: Path) -> str | None:
    """Why there can be no file at `path`, as a sentence without its full stop, or None. Rights are another question."""
    try:
        is_folder = stat.S_ISDIR(path.stat().st_mode)
    except FileNotFoundError:
        return _find_wrong_folder(path)
    except OSError as error:
        return describe_file_fault(error, path)
    return f"{path} {FAULTS[errno.EISDIR]}" if is_folder else None


def find_place_fault(path: Path) -> str | None:
    """Why this user cannot make, or read and write, a file at `path` and others beside it; as `find_obstacle`."""
    if obstacle := find_obstacle(path):
        return obstacle
    places = [(path, os.R_OK | os.W_OK)] if path.exists() else []
    places.append((path.absolute().parent, os.W_OK | os.X_OK))
    return next((_describe_rights(place) for place, needed in places if not _may_use(place, needed)), None)


def find_output_fault(path: Path) -> str | None:
    """Why this user cannot put a new file at `path`, or write into what is there; as `find_obstacle`."""
    if obstacle := find_obstacle(path):
        return obstacle
    if is_written_in_place(path) and path.exists():
        return None if _may_use(path, os.W_OK) else _describe_rights(path)
    return find_place_fault(path)


def is_written_in_place(path: Path) -> bool:
    """Whether `path` is a link, a device or a pipe, such as /dev/stdout: no new file may take its place."""
    return path.is_symlink() or (path.exists() and not (path.is_file() or path.is_dir()))


def _path_of(error: OSError) -> Path | None:
    name = error.filename2 or error.filename  # of two names the target, for that is what gets in the way
    return Path(os.fsdecode(name)) if isinstance(name, str | bytes) else None


def _find_wrong_folder(path: Path) -> str | None:
    """What is wrong with the folders above `path`: some are missing, or one is no folder."""
    for folder in reversed(path.absolute().parents):
        try:
            is_folder = stat.S_ISDIR(folder.stat().st_mode)
        except FileNotFoundError:
            return f"the folder {path.absolute().parent} doesn't exist: make it, or correct the path"
        except OSError:
            return None
        if not is_folder:
            return f"{folder} is a file, so nothing can be in it: correct the path"
    return None


def _place_to_blame(path: Path) -> Path:
    """What this user may not use on the way to `path`: a folder above it, itself, or the folder that it is to be in."""
    *above, folder = reversed(path.absolute().parents)
    closed = next((place for place in (*above, folder) if not _may_use(place, os.X_OK)), None)
    return closed or (path if path.exists() else folder)


def _may_use(place: Path, needed: int) -> bool:
    """Whether the user as whom this process acts has the rights `needed`, one of `os.access`, to `place`."""
    return os.access(place, needed, effective_ids=os.access in os.supports_effective_ids)


def _describe_rights(place: Path) -> str:
    is_read_only = bool(os.statvfs(place).f_flag & os.ST_RDONLY)
    return f"{place} {FAULTS[errno.EROFS if is_read_only else errno.EACCES]}"
