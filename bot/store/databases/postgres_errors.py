"""What PostgreSQL and its driver raise: whether the database is out of reach, and the reason in plain words."""

import ssl
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import asyncpg

from bot.log import describe_error
from bot.socket_errors import describe_socket_error

POOLER: Final = (
    "it's reached through a pooler that shares connections, which loses what a connection is set to; "
    "use the database's own port"
)
_POOLER_SAYS: Final = "unsupported startup parameter"
_NO_TLS: Final = "it isn't PostgreSQL, or takes no encrypted connections; check the port, or sslmode in store.database"
_NO_TLS_SAYS: Final = "rejected SSL upgrade"
_SILENT: Final = "it doesn't answer in time; see its own log"
_RIGHT_MISSING: Final = "42501"
_LACKS_RIGHT: Final = (
    "the user lacks a right; have the database's owner run GRANT ALL ON SCHEMA, with the schema in search_path, "
    "and GRANT TEMPORARY ON DATABASE"
)
_LOCKED: Final = "another transaction locks what's needed; see its own log"
_CLASSES: Final = frozenset({"08", "28", "53", "57", "58", "XX"})
"""Kinds of SQLSTATE that are about the server rather than about a statement: the first two letters."""
_PASSING_CLASSES: Final = frozenset({"08", "53", "57", "58"})
_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "25006": "it's read-only, as a standby is; write the primary's address, "
        "or add ?target_session_attrs=read-write to several addresses",
        "28000": "it refuses the user; correct store.database, or the server's pg_hba.conf",
        "28P01": "it refuses the user's password; correct store.database",
        "3D000": "there's no such database on the server; make it with createdb",
        "3F000": "the schema in store.database doesn't exist; make it with CREATE SCHEMA",
        "40P01": _LOCKED,
        _RIGHT_MISSING: _LACKS_RIGHT,
        "42704": "an option at the end of store.database is none that PostgreSQL knows",
        "53100": "its disk is full; make room",
        "53300": "it takes no more connections; lower store.pool_size, or raise max_connections",
        "55P02": "an option at the end of store.database can't be set there; TLS is sslmode=verify-full",
        "55P03": _LOCKED,
        "57014": _SILENT,
        "57P01": "it's being shut down",
        "57P02": "it has crashed, and is starting again",
        "57P03": "it's starting up, or being shut down",
    }
)
"""SQLSTATEs that say that the database can't be used, in plain words."""


def is_failure(error: BaseException) -> bool:
    """Whether `error` says that the database can't be used now, rather than that a statement is wrong."""
    if isinstance(error, asyncpg.PostgresError):
        return is_failure_code(error.sqlstate or "")
    kinds = (OSError, TimeoutError, asyncpg.InternalClientError, asyncpg.ClientConfigurationError)
    return isinstance(error, kinds) or (isinstance(error, asyncpg.InterfaceError) and "clos" in str(error))


def is_failure_code(sqlstate: str) -> bool:
    """The same for an error of the server, by its SQLSTATE."""
    return sqlstate[:2] in _CLASSES or sqlstate in _CODES


def may_pass(error: BaseException) -> bool:
    """Whether a failure may go away by itself, as when the server restarts. `error` is one that `is_failure` knows."""
    if isinstance(error, asyncpg.PostgresError):
        return (error.sqlstate or "")[:2] in _PASSING_CLASSES and _POOLER_SAYS not in str(error)
    return isinstance(error, OSError | TimeoutError | asyncpg.InterfaceError) and not isinstance(error, ssl.SSLError)


def describe_failure(error: BaseException) -> str:
    """Why the database can't be used, and what to do, as a clause. `error` is one that `is_failure` knows."""
    if isinstance(error, asyncpg.PostgresError):
        return POOLER if _POOLER_SAYS in str(error) else describe_code(error.sqlstate or "", str(error))
    if isinstance(error, TimeoutError):
        return _SILENT
    if _NO_TLS_SAYS in str(error):
        return _NO_TLS
    if isinstance(error, ssl.SSLError | OSError):
        return describe_socket_error(error)
    return describe_error(error)


def describe_code(sqlstate: str, message: str) -> str:
    """The same for an error of the server, by its SQLSTATE and its own words."""
    if sqlstate == _RIGHT_MISSING:
        return f"{_LACKS_RIGHT}; the server says: {describe_error(RuntimeError(message))}"
    return _CODES.get(sqlstate, describe_error(RuntimeError(message)))
