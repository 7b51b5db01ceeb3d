"""Connections to PostgreSQL: how each is made and set, and a limit on the time of every question."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, TypeAlias
from urllib.parse import unquote, urlsplit

import asyncpg

from bot.clock import SystemClock
from bot.store.database import StoreUnavailable, StoreUnreachable
from bot.store.databases.postgres_errors import POOLER, describe_failure, is_failure, may_pass

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

CLOCKS_APART: Final = 2.0
"""Seconds by which the database's clock may differ from ours without a warning."""

SERVER_SETTINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "application_name": "heybuddy",
        # Or a list would not see what was committed while it waited for its turn.
        "default_transaction_isolation": "read committed",
        # A plan that was made while a table was empty stays for a while, and would read all of it once it has grown.
        "enable_seqscan": "off",
        "random_page_cost": "1.1",  # nor is reading a whole index cheaper than a few hundred searches
        "jit": "off",  # or it would compile each plan that cannot do without such a scan
        # What a process that is frozen or out of reach holds is freed after so long.
        "idle_in_transaction_session_timeout": "2000",
        "tcp_keepalives_idle": "3",
        "tcp_keepalives_interval": "1",
        "tcp_keepalives_count": "3",
        "tcp_user_timeout": "6000",
    }
)

ENCODING: Final = "UTF8"
_MAKE_ENCODED: Final = f"make it with createdb --template=template0 --encoding={ENCODING}"

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class PoolSettings:
    """How many connections read at the same time, and the seconds for connecting and for each question."""

    size: int = 5
    connect_timeout_s: float = 5.0
    query_timeout_s: float = 5.0


class PostgresConnector:
    """The database at `url`, and how to connect to it."""

    def __init__(self, url: str, settings: PoolSettings) -> None:
        self.settings = settings
        self.name = name_without_password(url)
        self._url = url

    async def connect(self, *, limits_queries: bool = True) -> Connection:
        """A new connection. `limits_queries`: the server gives up whatever takes longer than `query_timeout_s`.

        Raises StoreUnavailable, also if the server is not reached directly but through a pooler, and for a database
        that does not hold all of Unicode.
        """
        with self.explaining():
            async with asyncio.timeout(self.settings.connect_timeout_s):
                connection: Connection = await asyncpg.connect(**self._arguments(limits_queries=limits_queries))
        try:
            with self.explaining(), limited(connection, self.settings.query_timeout_s):
                row = await connection.fetchrow("SELECT pg_backend_pid() AS pid, clock_timestamp() AS now")
        except BaseException:
            connection.terminate()
            raise
        if row is None or row["pid"] != connection.get_server_pid():
            connection.terminate()
            raise self.unavailable(POOLER)
        encoding = connection.get_settings().server_encoding
        if encoding != ENCODING:
            connection.terminate()
            raise self.unavailable(f"it can't hold every name, because its encoding is {encoding}; {_MAKE_ENCODED}")
        _compare_clocks(row["now"])
        return connection

    def make_pool(self) -> "asyncpg.Pool[asyncpg.Record]":
        """A pool of connections that read, each made when it is first needed; to be awaited before it is used."""
        return asyncpg.create_pool(
            **self._arguments(limits_queries=True),
            min_size=0,
            max_size=self.settings.size,
            max_inactive_connection_lifetime=0,
            timeout=self.settings.connect_timeout_s,
            init=_only_read,
            reset=_keep_session,
        )

    @contextlib.contextmanager
    def explaining(self, notice: Callable[[Exception], None] | None = None) -> Iterator[None]:
        """Raise StoreUnavailable with the reason in place of every error that is no bug of ours; `notice` gets it."""
        try:
            yield
        except Exception as error:
            if not is_failure(error):
                raise
            if notice:
                notice(error)
            kind = StoreUnreachable if may_pass(error) else StoreUnavailable
            raise self.unavailable(describe_failure(error), kind) from error

    def unavailable(self, reason: str, kind: type[StoreUnavailable] = StoreUnavailable) -> StoreUnavailable:
        """What says that the database can't be used, for a reason given as a clause or a question."""
        end = "" if reason.endswith("?") else "."
        return kind(f"The database {self.name} can't be used: {reason}{end}")

    def _arguments(self, *, limits_queries: bool) -> dict[str, Any]:
        limit = round(self.settings.query_timeout_s * 1000) if limits_queries else 0
        return {
            "dsn": self._url,
            "server_settings": {**SERVER_SETTINGS, "statement_timeout": str(limit)},
            "statement_cache_size": 300,
        }


@contextlib.contextmanager
def limited(
    connection: "Connection | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]", seconds: float
) -> Iterator[None]:
    """Cut the connection if what runs inside takes longer, which then raises TimeoutError, or is cancelled.

    A question that is only cancelled would wait for the server once more.
    """
    cut = False

    def terminate() -> None:
        nonlocal cut
        cut = True
        connection.terminate()

    timer = asyncio.get_running_loop().call_later(seconds, terminate)
    try:
        yield
    except Exception as error:
        if cut:
            raise TimeoutError from error
        raise
    except BaseException:
        connection.terminate()
        raise
    finally:
        timer.cancel()


@contextlib.asynccontextmanager
async def connected(connector: PostgresConnector, *, limits_queries: bool = True) -> AsyncIterator[Connection]:
    """A connection that is closed at the end. Raises StoreUnavailable."""
    connection = await connector.connect(limits_queries=limits_queries)
    try:
        with connector.explaining():
            yield connection
    finally:
        connection.terminate()


def name_without_password(url: str) -> str:
    """The address as it may be logged: without the password and the options behind it."""
    parts = urlsplit(url)
    user, at, hosts = parts.netloc.rpartition("@")
    return f"{parts.scheme}://{user.partition(':')[0]}{at}{hosts}{parts.path}"


def database_name(url: str) -> str:
    """The name of the database at `url`, as far as it is given."""
    return unquote(urlsplit(url).path.removeprefix("/"))


async def _only_read(connection: Connection) -> None:
    """Not a server setting of the start: by that the driver would take a primary for a standby."""
    try:
        await connection.execute("SET default_transaction_read_only = on")
    except BaseException:
        connection.terminate()  # or the pool would wait for the server without a limit
        raise


async def _keep_session(_: object) -> None:
    """Nothing that reads changes its session, so there is nothing to reset before the next one."""


def _compare_clocks(theirs: datetime) -> None:
    apart = abs((SystemClock().now() - theirs).total_seconds())
    if apart > CLOCKS_APART:
        log.warning("this machine's clock and the database's are %.0f seconds apart; set both by NTP", apart)
