"""Who can read the files that hold secrets and members' data, and the metrics.

Secrets are for their owner and the owner's group, which a service may run as; the database is for its owner alone, as
the store makes it when it opens it.
"""

import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from bot.check.finding import Finding, found_fault, found_note
from bot.check.ownership import is_foreign, is_read_only, owner_of, quote, take_over
from bot.config import SETTING_KEYS
from bot.domain.address import Address
from bot.store.databases.sqlite_files import files_with_data, is_private
from bot.store.databases.sqlite_inspect import may_be_ours


def check_rights(settings_file: Path, database: Path | None, environment: Mapping[str, str]) -> Sequence[Finding]:
    """Find what others on this machine can read: the settings, files of secrets, the database and what lies beside it.

    `database` is None where it is no file; `environment` holds the variables ending in `_FILE` that name the files of
    secrets.
    """
    names = (name for key in SETTING_KEYS if key.secret for name in key.environment_names if name.endswith("_FILE"))
    secrets = [Path(environment[name]) for name in names if environment.get(name)]
    return [
        *_describe_readable(
            "settings", "secrets", [file for file in (settings_file, *secrets) if _others_can_read(file)]
        ),
        *_describe_readable(
            "store.database",
            "members' data",
            [file for file in _members_data(database) if not is_private(file)],
        ),
    ]


def check_metrics_readers(host: str, port: int) -> Sequence[Finding]:
    """A note if others than this machine may read the metrics of a process that serves them at `host` and `port`."""
    place = Address.listening_at(host, port)
    if port == 0 or place.is_loopback:
        return ()
    message = f"everybody who can reach {place} can read the metrics: keep it inside your network"
    return (found_note("ops.host", message),)


def _describe_readable(subject: str, content: str, readable: Sequence[Path]) -> Iterator[Finding]:
    """One finding for each thing that has to be done."""
    by_advice: dict[Callable[[Sequence[Path]], str], list[Path]] = {}
    for file in readable:
        by_advice.setdefault(_advice(file), []).append(file)
    for advise, files in by_advice.items():
        yield found_fault(subject, f"others on this machine can read {content}: {advise(files)}")


def _advice(file: Path) -> Callable[[Sequence[Path]], str]:
    """What to do about this file and others like it, as a function of all of them."""
    if is_read_only(file):
        return _describe_read_only
    return _describe_foreign if is_foreign(file) else _describe_own


def _describe_own(files: Sequence[Path]) -> str:
    return f"chmod 600 {quote(files)}"


def _describe_foreign(files: Sequence[Path]) -> str:
    owners = " and ".join(sorted({owner_of(file) for file in files}))
    return f"they belong to {owners}; as root: {take_over(files)}, then `chmod 600 {quote(files)}`"


def _describe_read_only(files: Sequence[Path]) -> str:
    return f"{quote(files)} can't be changed here (read-only); change the rights where it is mounted from"


def _members_data(database: Path | None) -> Sequence[Path]:
    """Our files: none if something else is in the place of the database, whose rights are not our business."""
    return files_with_data(database) if database and may_be_ours(database) else ()


def _others_can_read(file: Path) -> bool:
    try:
        return bool(file.stat().st_mode & stat.S_IRWXO)
    except OSError:  # that it is missing or out of reach is a finding of its own
        return False
