"""The commands by which PostgreSQL's own programs back a database up and bring it back, to be typed in a shell.

A backup has no rows of what processes have written about themselves: none of them has ever used a copy.
"""

import shlex
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from bot.store.database import CannotCopy
from bot.store.databases.postgres_connection import database_name, name_without_password
from bot.store.databases.table_copy import NOT_COPIED

_DUMP: Final = b"PGDMP"
"""How a dump in the custom format begins."""
_PASSWORD: Final = "It takes the password from PGPASSWORD or ~/.pgpass, or asks for it."  # noqa: S105 -- where it is
_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        **{
            name: name
            for name in (
                *(
                    "dbname",
                    "gsslib",
                    "host",
                    "krbsrvname",
                    "passfile",
                    "port",
                    "service",
                    "sslcert",
                    "sslcrl",
                    "sslkey",
                ),
                *("sslmode", "sslnegotiation", "sslrootcert", "ssl_max_protocol_version", "ssl_min_protocol_version"),
                *("target_session_attrs", "user"),
            )
        },
        "database": "dbname",
    }
)
"""The options of an address that are no settings of the server, and their names for PostgreSQL's programs."""
_SECRET: Final = frozenset({"password", "sslpassword"})


def describe_backup(url: str, destination: Path, now: datetime) -> str:
    """How to copy the database at `url` to `destination`, a new file or a folder. Raises CannotCopy if it exists."""
    if destination.is_dir():
        destination /= f"{database_name(url) or 'heybuddy'}-{now:%Y%m%d-%H%M%S}.dump"
    if destination.exists():
        raise CannotCopy(f"{destination} already exists and was left as it is. Name another file, or a folder.")
    without = [f"--exclude-table-data={table}" for table in sorted(NOT_COPIED)]
    command = ["pg_dump", "--format=custom", *without, f"--file={destination}", f"--dbname={libpq_url(url)}"]
    return (
        "PostgreSQL's own program makes the backup, while the bot runs:\n\n"
        f"    {shlex.join(command)}\n\n"
        f"It must not be older than the server. {_PASSWORD}"
    )


def describe_restore(url: str, file: Path) -> str:
    """How to bring `file` back into the database at `url`: all of it, or nothing changes there.

    Raises CannotCopy for a file that is no dump of PostgreSQL's, and OSError for one that cannot be read.
    """
    with file.open("rb") as opened:
        if opened.read(len(_DUMP)) != _DUMP:
            raise CannotCopy(f"{file} isn't a backup that pg_dump made with --format=custom. Name another file.")
    command = [
        *("pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction"),
        *(f"--dbname={libpq_url(url)}", str(file)),
    ]
    return (
        "PostgreSQL's own program brings a backup back. Stop the bot first, then run:\n\n"
        f"    {shlex.join(command)}\n\n"
        "What is in the database now is replaced. For a backup of an older version, name a new, empty database in "
        "store.database first: tables that are not in the backup would stay. "
        f"{_PASSWORD}"
    )


def libpq_url(url: str) -> str:
    """The address as PostgreSQL's programs take it, without the password; settings of the server as `options`."""
    options = list(_options(parse_qsl(urlsplit(url).query, keep_blank_values=True)))
    return name_without_password(url) + (f"?{urlencode(options, quote_via=quote)}" if options else "")


def _options(given: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    settings = []
    for name, value in given:
        if name in _NAMES:
            yield _NAMES[name], value
        elif name not in _SECRET:
            settings.append(f"-c {name}={_escape(value)}")
    if settings:
        yield "options", " ".join(settings)


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace(" ", "\\ ")
