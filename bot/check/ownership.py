"""Whose a file is, and whether its file system can be written: what helps depends on both."""

import os
import pwd
import shlex
from collections.abc import Sequence
from pathlib import Path


def describe_write_fault(database: Path) -> str | None:
    """Why this user cannot write to the file `database` or into its folder, and what to do, or None."""
    for needed in (database, database.absolute().parent):
        if not os.access(needed, os.W_OK):
            return f"this user can't write to {needed}: {_how_to_write(needed)}"
    return None


def _how_to_write(needed: Path) -> str:
    if is_read_only(needed):
        return "its file system is read-only; mount it writable, or set store.database to another place"
    if is_foreign(needed):
        return f"it belongs to {owner_of(needed)}; run heybuddy as that user, or as root {take_over([needed])}"
    return f"chmod u+w {quote([needed])}"


def take_over(files: Sequence[Path]) -> str:
    """The command that makes the files this user's."""
    return f"`chown {user_name(os.geteuid())} {quote(files)}`"


def quote(files: Sequence[Path]) -> str:
    """The files as a shell takes them."""
    return shlex.join(map(str, files))


def is_read_only(file: Path) -> bool:
    """Whether nobody can change `file`, because its file system is read-only."""
    return bool(os.statvfs(file).f_flag & os.ST_RDONLY)


def is_foreign(file: Path) -> bool:
    """Whether only another user can change the rights of `file`."""
    return os.geteuid() not in {0, file.stat().st_uid}


def owner_of(file: Path) -> str:
    """The name of the user whose `file` is."""
    return user_name(file.stat().st_uid)


def user_name(user_id: int) -> str:
    """The name of a user; the number if the machine knows no name, as in a container."""
    try:
        return pwd.getpwuid(user_id).pw_name
    except KeyError:
        return str(user_id)
