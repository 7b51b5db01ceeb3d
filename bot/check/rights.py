"""Who can read the files that hold secrets and members' data: nobody but their owner and the owner's group should."""

import shlex
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bot.check.finding import Finding, found_fault
from bot.config import SETTING_KEYS

ACCESS_FOR_OTHERS = stat.S_IRWXO


def check_rights(settings_file: Path, database: Path, environment: Mapping[str, str]) -> Sequence[Finding]:
    """Find what others on this machine can read: the settings, files of secrets, the database and what lies beside it.

    `environment` holds the variables ending in `_FILE` that name the files of secrets.
    """
    names = (name for key in SETTING_KEYS if key.secret for name in key.environment_names if name.endswith("_FILE"))
    secrets = [Path(environment[name]) for name in names if environment.get(name)]
    return [
        *_describe_readable("settings", "secrets", [settings_file, *secrets]),
        *_describe_readable("store.database", "members' data", list(_database_files(database))),
    ]


def _describe_readable(subject: str, content: str, files: Sequence[Path]) -> Iterator[Finding]:
    readable = [str(file) for file in files if file.exists() and file.stat().st_mode & ACCESS_FOR_OTHERS]
    if readable:
        yield found_fault(subject, f"others on this machine can read {content}: chmod 600 {shlex.join(readable)}")


def _database_files(database: Path) -> Iterator[Path]:
    """The database, SQLite's files beside it, and the copies that migrations and restores keep."""
    if database.parent.is_dir():
        yield from sorted(file for file in database.parent.iterdir() if file.name.startswith(database.name))
