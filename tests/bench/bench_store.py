"""Redemptions by the store with 64 callers at once, and of the same statements by the plain driver of its database.

`python -m tests.bench.bench_store` prints a row as JSON for SQLite and one for PostgreSQL: medians over rounds that
measure the store and the plain driver in turn, each on a new database. Every redemption is answered only after its
durable commit: the server's data is on the disk, and it has fsync on.
"""

import argparse
import asyncio
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import MappingProxyType
from typing import Final, cast

import asyncpg

from bot.clock import new_id
from bot.domain.invitation import digest
from bot.store import Fence, queries
from bot.store.database import Database, Row, Statement
from bot.store.databases.postgres_connection import SERVER_SETTINGS
from bot.store.databases.postgres_sql import load, translate
from bot.store.invitations import Invitation, Invitations, NewBrowserSession
from tests.clocks import VirtualClock
from tests.postgres_databases import new_postgres_database
from tests.postgres_server import PostgresServer
from tests.store.opening import open_store
from tests.store.scenario import Scenario

CALLERS = 64
MUST, AIM = 2.5, 4.0
DURABLE: Final[Mapping[str, str]] = MappingProxyType(
    {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "autovacuum": "on"}
)
"""What the server for tests does without."""


class StatementRecorder:
    """A database that records the lists it is given and carries nothing out."""

    def __init__(self) -> None:
        self.lists: list[Sequence[Statement]] = []

    async def write(self, statements: Sequence[Statement], *, notify: Collection[str] = ()) -> Sequence[Sequence[Row]]:
        del notify
        self.lists.append(statements)
        return []


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Redemptions by the store.")
    parser.add_argument("--redemptions", type=int, default=4096, help="of each kind, in each round")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    _print_row("SQLite", [_measure_sqlite(arguments.redemptions) for _ in range(arguments.rounds)])
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # the server's user has to reach its data
        server = PostgresServer(Path(folder), settings=DURABLE)
        server.start()
        try:
            rounds = [
                asyncio.run(_measure_postgres(server.url, arguments.redemptions)) for _ in range(arguments.rounds)
            ]
        finally:
            server.remove()
    _print_row("PostgreSQL", rounds)


def _print_row(database: str, rounds: Sequence[tuple[float, float]]) -> None:
    row = {
        "name": f"redemptions in the store on {database}, {CALLERS} callers at once",
        "value": round(statistics.median(store for store, _ in rounds)),
        "unit": "1/s",
        "baseline": round(statistics.median(plain for _, plain in rounds)),
        "ratio": round(statistics.median(store / plain for store, plain in rounds), 2),
        "must": MUST,
        "aim": AIM,
    }
    print(json.dumps(row))  # noqa: T201 -- this is what it is for


def _measure_sqlite(redemptions: int) -> tuple[float, float]:
    """Redemptions a second: by the store, by the standard module."""
    with tempfile.TemporaryDirectory() as folder:
        plain = asyncio.run(_seconds_plain_sqlite(Path(folder, "plain.db"), redemptions))
        store = asyncio.run(_seconds_store(f"sqlite:///{folder}/store.db", redemptions))
    return redemptions / store, redemptions / plain


async def _measure_postgres(server: str, redemptions: int) -> tuple[float, float]:
    """Redemptions a second: by the store, by asyncpg alone."""
    async with new_postgres_database(server) as url:
        plain = await _seconds_plain_postgres(url, redemptions)
    async with new_postgres_database(server) as url:
        store = await _seconds_store(url, redemptions)
    return redemptions / store, redemptions / plain


async def _seconds_store(url: str, redemptions: int) -> float:
    """The time that 64 callers take, each with one redemption at a time."""
    async with open_store(url) as store:
        scenario = Scenario(store, VirtualClock())
        links = await _make_links(scenario, redemptions)

        async def call(number: int) -> None:
            for invitation, token in links[number::CALLERS]:
                assert await _redeem(store.invitations, scenario.clock, invitation, token)

        start = time.perf_counter()
        await asyncio.gather(*map(call, range(CALLERS)))
        return time.perf_counter() - start


async def _record_redemptions(url: str, redemptions: int) -> Sequence[Sequence[Statement]]:
    """The lists that redeem as many links in a store, which are not carried out."""
    recorder = StatementRecorder()
    async with open_store(url) as store:
        scenario = Scenario(store, VirtualClock())
        for invitation, token in await _make_links(scenario, redemptions):
            await _redeem(Invitations(cast(Database, recorder)), scenario.clock, invitation, token)
    return recorder.lists


async def _seconds_plain_sqlite(path: Path, redemptions: int) -> float:
    """The time that the standard module takes for the same lists, one after the other."""
    lists = await _record_redemptions(f"sqlite:///{path}", redemptions)
    sql = queries.load()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        start = time.perf_counter()
        for statements in lists:
            connection.execute("BEGIN IMMEDIATE")
            for statement in statements:
                connection.execute(sql[statement.name], statement.values).fetchall()
            connection.execute("COMMIT")
        return time.perf_counter() - start


async def _seconds_plain_postgres(url: str, redemptions: int) -> float:
    """The time that asyncpg takes for the same lists over one connection, one after the other."""
    lists = await _record_redemptions(url, redemptions)
    sql = {name: translate(text) for name, text in load().items()}
    connection = await asyncpg.connect(url, server_settings=dict(SERVER_SETTINGS))
    try:
        start = time.perf_counter()
        for statements in lists:
            async with connection.transaction():
                for statement in statements:
                    query = sql[statement.name]
                    await connection.fetch(query.text, *(statement.values[name] for name in query.names))
        return time.perf_counter() - start
    finally:
        await connection.close()


async def _make_links(scenario: Scenario, count: int) -> Sequence[tuple[Invitation, str]]:
    """Open links with their tokens, two of each match."""
    fence = await scenario.fence()
    tokens = await asyncio.gather(*(_make_match(scenario, fence, 2 * number + 1) for number in range(count // 2)))
    return [(await scenario.invitation(token), token) for both in tokens for token in both]


async def _make_match(scenario: Scenario, fence: Fence, member_id: int) -> tuple[str, str]:
    """A match of two new members; the tokens of their links."""
    new, meeting = scenario.match_of(await scenario.waiting(member_id), await scenario.waiting(member_id + 1))
    assert await scenario.store.matches.create(new, fence=fence)
    return meeting.tokens


async def _redeem(invitations: Invitations, clock: VirtualClock, invitation: Invitation, token: str) -> bool:
    return await invitations.redeem(
        invitation,
        token_hash=digest(token),
        attempt_hash=digest("attempt"),
        session=NewBrowserSession(id=new_id(clock), cookie_hash=digest(f"{token} cookie")),
        fresh_room_name=new_id(clock),
        now=clock.now(),
    )


if __name__ == "__main__":
    main()
