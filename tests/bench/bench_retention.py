"""Retention over a year of data that was never deleted, while other writes go on.

`python -m tests.bench.bench_retention` prints one JSON row per measurement: name, value, unit. The file is in the
folder for temporary files; on a disk every write also waits for that. With `--postgres`, what is left is copied to the
PostgreSQL server of the tests, and its size there printed as well.
"""

import argparse
import asyncio
import json
import sqlite3
import tempfile
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import asyncpg
from rich.console import Console

from bot.clock import SystemClock
from bot.database_copy import copy_database
from bot.store import PoolSettings, Store, migrate
from bot.store.retention import KEPT_FOR
from bot.store.times import to_ms
from tests.postgres_databases import create_database, drop_database
from tests.postgres_server import shared_server
from tests.store.opening import open_store

DAYS = 365
ROUNDS_ALONE = 50
AGREEMENT = '{"subject":"Maths","length":50,"language":"en","style":"quiet","camera":"any","why":["subject","style"]}'
WISHES = '{"subject":"Maths","style":"quiet","camera":"any","lengths":[25,50],"languages":["en"]}'
NUMBERS = """CREATE TEMP TABLE n AS
  WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < :rows) SELECT i FROM numbers"""
FILL = (
    """INSERT INTO members (member_id, server_id, wishes, seen_at)
      SELECT i, 1, :wishes, :begin FROM n WHERE i <= :rows / 50""",
    """INSERT INTO tickets (id, member_id, server_id, pool, name, locale, wishes, subject, waiting_since, expires_at,
      front, state, ended_at, version)
      SELECT printf('%022d', 2 * i + side.value), 2 * i + side.value, 1, '1', 'Display name', 'en', :wishes, 'Maths',
      :begin + :step * i, :begin + :step * i + 840000, 0, 'matched', :begin + :step * i + 60000, 1
      FROM n, json_each('[0,1]') AS side""",
    """INSERT INTO matches (id, server_id, pool, state, reason, agreement, length, room_name, created_at, reminded_at,
      met_at, ends_at, together_since, empty_since, ended_at, version)
      SELECT printf('%022d', i), 1, '1', 'ended', 'done', :agreement, 50, printf('%043d', i),
      :begin + :step * i, NULL, :begin + :step * i, :begin + :step * i, NULL, NULL,
      :begin + :step * i + 3000000, 9 FROM n""",
    """INSERT INTO seats (id, match_id, member_id, ticket_id, name, locale, side, live, left_for_good)
      SELECT printf('%022d', 2 * i + side.value), printf('%022d', i), 2 * i + side.value,
      printf('%022d', 2 * i + side.value), 'Display name', 'en', side.value, 0, 0
      FROM n, json_each('[0,1]') AS side""",
    """INSERT INTO media_times (seat_id, source, first_at, last_at, track_sid, connection_sid)
      SELECT printf('%022d', 2 * i + side.value), source.value, :begin, :begin, 'TR_AM6oqHNbpeU56n', 'PA_tkRkRbGq6yMj'
      FROM n, json_each('[0,1]') AS side, json_each('["camera","microphone"]') AS source""",
    """INSERT INTO invitations (id, seat_id, token_hash, state, issued_at, delivered_at, expires_at, redeemed_at)
      SELECT printf('%022d', 2 * i + side.value), printf('%022d', 2 * i + side.value),
      CAST(printf('%032d', 2 * i + side.value) AS BLOB), 'redeemed', :begin, :begin, :begin, :begin
      FROM n, json_each('[0,1]') AS side""",
    """INSERT INTO last_meetings (low_id, high_id, last_at) SELECT 2 * i, 2 * i + 1, :begin + :step * i FROM n""",
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Retention over a year of data.")
    parser.add_argument("--matches", type=int, default=200, help="a day")
    parser.add_argument("--postgres", action="store_true", help="copy what is left to PostgreSQL, and measure that")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "year.db")
        _fill(path, arguments.matches * DAYS)
        asyncio.run(_measure(path))
        if arguments.postgres:
            _measure_on_postgres(path)


def _measure_on_postgres(path: Path) -> None:
    with shared_server() as server:
        url = asyncio.run(create_database(server))
        empty = asyncio.run(_database_size(url))
        started = time.perf_counter()
        copying = copy_database(
            f"sqlite:///{path}", url, pool=PoolSettings(), now=SystemClock().now(), console=Console(stderr=True)
        )
        said = asyncio.run(copying)
        _print_row("copied to PostgreSQL", time.perf_counter() - started, "s")
        _print_row("rows copied", int(said.split()[1].replace(",", "")), "")
        _print_row("PostgreSQL, an empty database", empty / 1e6, "MB")
        _print_row("PostgreSQL, with what is left", asyncio.run(_database_size(url)) / 1e6, "MB")
        asyncio.run(drop_database(url))


async def _database_size(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        size: int = await connection.fetchval("SELECT pg_database_size(current_database())")
        return size
    finally:
        await connection.close()


def _fill(path: Path, rows: int) -> None:
    migrate(path)
    now = to_ms(SystemClock().now())
    begin = now - timedelta(days=DAYS) // timedelta(milliseconds=1)
    values = {"rows": rows, "begin": begin, "step": (now - begin) // rows, "wishes": WISHES, "agreement": AGREEMENT}
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(NUMBERS, values)
        for statement in FILL:
            connection.execute(statement, values)


async def _measure(path: Path) -> None:
    async with open_store(f"sqlite:///{path}") as store:
        _print_row("file before", path.stat().st_size / 1e6, "MB")
        alone = [await _processor_time(store) for _ in range(ROUNDS_ALONE)]
        _print_row("processor time of a round, longest", 1000 * max(alone), "ms")
        waits: list[float] = []
        writing = asyncio.create_task(_write_all_the_time(store, waits))
        rounds = ROUNDS_ALONE
        while await store.retention.delete_expired(SystemClock().now()):
            rounds += 1
        _print_row("rounds until nothing was left to delete", rounds, "")
        writing.cancel()
        waits.sort()
        _print_row("another write, median", 1000 * waits[len(waits) // 2], "ms")
        _print_row("another write, 99 of 100", 1000 * waits[len(waits) * 99 // 100], "ms")
        _print_row("another write, longest", 1000 * waits[-1], "ms")
        for _ in range(2000):
            await store.database.shrink()
    _print_row("file after", path.stat().st_size / 1e6, "MB")
    _print_row("days of matches that are kept", KEPT_FOR["matches"].days, "")


async def _processor_time(store: Store) -> float:
    """Seconds of processor time for one round over all tables."""
    started = time.process_time()
    await store.retention.delete_expired(SystemClock().now())
    return time.process_time() - started


async def _write_all_the_time(store: Store, waits: list[float]) -> None:
    while True:
        started = time.perf_counter()
        await store.installation.set("name", str(started))
        waits.append(time.perf_counter() - started)


def _print_row(name: str, value: float, unit: str) -> None:
    print(json.dumps({"name": name, "value": round(value, 1), "unit": unit}))  # noqa: T201 -- this is what it is for


if __name__ == "__main__":
    main()
