"""A PostgreSQL database is looked at and stays as it is: what is wrong with it or its server is said."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import aiohttp
import asyncpg
import pytest

from bot.check.database import read_note
from bot.check.postgres import check_postgres
from bot.check.service import check_service
from bot.clock import SystemClock
from bot.store import NEWEST_CHECK_ROOM, PoolSettings, PostgresInspector, PostgresSurvey, inspector_of
from bot.store.databases.postgres_connection import PostgresConnector
from tests.clocks import VirtualClock
from tests.polling import TIMEOUT, until
from tests.postgres_databases import create_database, database_name, drop_database
from tests.store.opening import open_store

CLOCK = VirtualClock()
GOOD = PostgresSurvey(
    version=6,
    wanted=6,
    server=18,
    unsafe=(),
    not_writable=None,
    is_encrypted=True,
    is_here=False,
    connections_left=7,
    own_connections=0,
    schema="study",
    now=CLOCK.now(),
)


OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


class Surveyed(PostgresInspector):
    """A database about whose server this is known."""

    def __init__(self, survey: PostgresSurvey) -> None:
        self._survey = survey

    async def survey(self) -> PostgresSurvey:
        return self._survey


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, ["✓ is up to date; its server is PostgreSQL 18"]),
        ({"version": 0}, ["✓ is empty; `heybuddy run` will make its tables; its server is PostgreSQL 18"]),
        ({"server": 14}, ["✓ is up to date; its server is PostgreSQL 14"]),
        ({"server": 13}, ["✗ its server is PostgreSQL 13: update it to 14 or newer"]),
        ({"server": 19}, ["✓ is up to date", "– PostgreSQL 19 is newer than what was tried, which is 18"]),  # noqa: RUF001
        ({"version": 5}, ["✗ is version 5, and this program needs 6: stop `heybuddy run`, run `heybuddy migrate`"]),
        ({"connections_left": 0, "own_connections": 7}, ["✓ is up to date"]),
        ({"unsafe": ["fsync"]}, ["✗ fsync is off in its server, which may lose what members were told"]),
        (
            {"not_writable": "seats, tickets"},
            ["✗ the user can't write to seats, tickets: have their owner run"],
        ),
        ({"now": CLOCK.now() + timedelta(seconds=2)}, ["✓ is up to date"]),
        ({"now": CLOCK.now() + timedelta(seconds=2.6)}, ["✗ its clock is 3 s ahead of this machine's"]),
        ({"now": CLOCK.now() - timedelta(minutes=5)}, ["✗ its clock is 5 min behind this machine's"]),
        ({"is_encrypted": False}, ["✓ is up to date", "– is on another machine and reached without encryption"]),  # noqa: RUF001
        ({"is_encrypted": False, "is_here": True}, ["✓ is up to date"]),
        ({"connections_left": 6}, ["✓ is up to date", "– its server has 6 connections left, and each process"]),  # noqa: RUF001
    ],
)
async def test_what_is_said_of_a_server(changed: dict[str, Any], said: Sequence[str]) -> None:
    """A fault with what to do about it; a note where it may be meant so."""
    found = await check_postgres(Surveyed(replace(GOOD, **changed)), 7, CLOCK)
    marks = ["–" if finding.is_note else "✓" if finding.ok else "✗" for finding in found]  # noqa: RUF001
    lines = [f"{mark} {finding.message}" for mark, finding in zip(marks, found, strict=True)]
    assert len(lines) == len(said)
    assert all(line.startswith(start) for line, start in zip(lines, said, strict=True))


def inspector(url: str, **settings: float) -> PostgresInspector:
    return PostgresInspector(PostgresConnector(url, PoolSettings(**settings)))  # type: ignore[arg-type]  # seconds


@pytest.fixture
async def empty_url(postgres_server: str) -> AsyncIterator[str]:
    """The URL of a database in which nothing is."""
    url = await create_database(postgres_server)
    yield url
    await drop_database(url)


async def test_the_schema_is_the_current_one() -> None:
    """The command that gives the user its rights names it."""
    [finding] = await check_postgres(Surveyed(replace(GOOD, not_writable="seats")), 7, CLOCK)
    assert "GRANT ALL ON ALL TABLES IN SCHEMA study TO the user" in finding.message


async def test_a_real_server(postgres_url: str) -> None:
    """The tests' own is unsafe on purpose, in two settings of which a connection can change one."""
    survey = await inspector(postgres_url).survey()
    assert survey == replace(
        survey, version=survey.wanted, unsafe=["fsync", "synchronous_commit"], not_writable=None, is_here=True
    )
    assert 0 < survey.connections_left < 300
    assert abs(survey.now - SystemClock().now()) < timedelta(seconds=60)
    assert (await inspector(f"{postgres_url}&synchronous_commit=on").survey()).unsafe == ["fsync"]


async def test_nothing_is_changed(postgres_url: str, empty_url: str) -> None:
    """Neither a database with tables nor an empty one: trials are rolled back."""
    for url in (postgres_url, empty_url):
        before = await fingerprint(url)
        await inspector(url).survey()
        await inspector(url).inspect()
        assert await fingerprint(url) == before


async def fingerprint(url: str) -> object:
    """Tables, functions and what was ever inserted, updated or deleted in a database."""
    connection = await asyncpg.connect(url)

    async def is_alone() -> bool:
        return not await connection.fetchval(OTHERS)  # each of them counts what it did when it ends

    try:
        await until(is_alone)
        await connection.execute("SELECT pg_stat_force_next_flush()")
        return [
            await connection.fetch(sql)
            for sql in (
                "SELECT relname, relfilenode FROM pg_class WHERE relkind = 'r' AND relname NOT LIKE 'pg_%' ORDER BY 1",
                "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables ORDER BY 1",
                "SELECT proname FROM pg_proc WHERE proname LIKE 'heybuddy%'",
            )
        ]
    finally:
        await connection.close()


async def test_a_user_who_may_only_read(postgres_url: str) -> None:
    """The tables are named; a user who may not even read is refused in a sentence."""
    name = f"reader_{database_name(postgres_url)}"
    owner = await asyncpg.connect(postgres_url)
    try:
        await owner.execute(f"CREATE ROLE {name} LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}")
        await owner.execute(f"GRANT ALL ON blocks, tickets TO {name}")
        url = postgres_url.replace("postgres@", f"{name}@", 1)
        not_writable = (await inspector(url).survey()).not_writable
        assert not_writable is not None
        assert (
            {"seats", "matches"} <= {*not_writable.split(", ")} <= {*await table_names(owner)} - {"blocks", "tickets"}
        )
    finally:
        await owner.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")
        await owner.close()


async def test_connections_of_other_users(postgres_url: str) -> None:
    """They are taken as well, although only an administrator sees what they are."""
    name = f"user_{database_name(postgres_url)}"
    others = [await asyncpg.connect(postgres_url) for _ in range(30)]
    try:
        await others[0].execute(f"CREATE ROLE {name} LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO {name}")
        url = postgres_url.replace("postgres@", f"{name}@", 1)

        async def see_the_same() -> bool:
            seen = [(await inspector(each).survey()).connections_left for each in (postgres_url, url)]
            return abs(seen[0] - seen[1]) < 15  # tests beside this one connect and leave

        await until(see_the_same)
    finally:
        await others[0].execute(f"DROP OWNED BY {name}; DROP ROLE {name}")
        for connection in others:
            await connection.close()


async def table_names(connection: "asyncpg.Connection[Any]") -> Sequence[str]:
    found = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return [name for (name,) in found]


async def test_a_database_that_only_reads(postgres_url: str) -> None:
    """As a standby, or one that was set so."""
    [finding] = await check_postgres(inspector(f"{postgres_url}&default_transaction_read_only=on"), 7, CLOCK)
    assert not finding.ok
    assert "it's read-only, as a standby is" in finding.message


async def test_a_running_bot_is_seen(postgres_url: str) -> None:
    """What it wrote about itself is read as it is in SQLite, and the note of the last check as well."""
    async with open_store(postgres_url) as store:
        now = SystemClock().now()
        await store.readiness.record("holder", {"store": None, "rooms": "The connection is lost."}, now)
        await store.leases.acquire("rooms", "holder", now=now, stepped_at=now)
        await store.installation.set(NEWEST_CHECK_ROOM, "check-1")
        said = [finding.message for finding in await checking(postgres_url) if finding.subject == "processes"]
    assert said[0].startswith("no process has run matchmaker, courier, janitor: start one")
    assert said[1].startswith("the process with web is alive, but hasn't completed a round of rooms")
    assert await read_note(inspector_of(postgres_url, PoolSettings())) == "check-1"


async def test_no_bot_runs(postgres_url: str, empty_url: str) -> None:
    """Neither where one ran nor where none ever did; of a database out of reach nobody knows."""
    for url in (postgres_url, empty_url):
        assert ("processes", True, "Hey Buddy isn't running") in [
            (finding.subject, finding.ok, finding.message) for finding in await checking(url)
        ]
    [finding] = await checking("postgresql://u:the-password@127.0.0.1:1/d")
    assert not finding.ok
    assert finding.message.startswith("The database postgresql://u@127.0.0.1:1/d can't be used")


async def checking(url: str, **settings: float) -> Sequence[Any]:
    """What is found of the database and its processes."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT)) as http:
        database = inspector_of(url, PoolSettings(**settings))  # type: ignore[arg-type]  # seconds
        return await check_service(database, ("http://127.0.0.1:1",), http, SystemClock(), pool_size=5)


async def test_a_server_that_is_silent() -> None:
    """It accepts the connection and says nothing: the check ends all the same."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://u@127.0.0.1:{silent.getsockname()[1]}/{quote('d')}?sslmode=disable"
        async with asyncio.timeout(TIMEOUT):
            [finding] = await checking(url, connect_timeout_s=0.2)
    assert "doesn't answer in time" in finding.message
