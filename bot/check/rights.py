"""Who can read the files that hold secrets and members' data.

Secrets are for their owner and the owner's group, which a service may run as; the database is for its owner alone, as
the store makes it when it opens it.
"""

import shlex
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bot.check.finding import Finding, found_fault
from bot.config import SETTING_KEYS
from bot.store.databases.sqlite_files import files_with_data, is_private


def check_rights(settings_file: Path, database: Path, environment: Mapping[str, str]) -> Sequence[Finding]:
    """Find what others on this machine can read: the settings, files of secrets, the database and what lies beside it.

    `environment` holds the variables ending in `_FILE` that name the files of secrets.
    """
    names = (name for key in SETTING_KEYS if key.secret for name in key.environment_names if name.endswith("_FILE"))
    secrets = [Path(environment[name]) for name in names if environment.get(name)]
    return [
        *_describe_readable(
            "settings", "secrets", [file for file in (settings_file, *secrets) if _others_can_read(file)]
        ),
        *_describe_readable(
            "store.database", "members' data", [file for file in files_with_data(database) if not is_private(file)]
        ),
    ]


def _describe_readable(subject: str, content: str, readable: Sequence[Path]) -> Iterator[Finding]:
    if readable:
        names = shlex.join(map(str, readable))
        yield found_fault(subject, f"others on this machine can read {content}: chmod 600 {names}")


def _others_can_read(file: Path) -> bool:
    return file.exists() and bool(file.stat().st_mode & stat.S_IRWXO)
