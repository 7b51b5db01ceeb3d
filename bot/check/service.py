"""The service as it is at the moment: its database, the processes that use it, and what the page says of itself."""

import asyncio
from collections.abc import Sequence
from typing import Final

import aiohttp

from bot.check.database import check_database
from bot.check.finding import Finding
from bot.check.postgres import check_postgres
from bot.check.processes import check_processes
from bot.check.readyz import ask_readyz
from bot.clock import Clock
from bot.store import PostgresInspector, SqliteInspector

CONNECTIONS_BESIDE_POOL: Final = 2
"""A process has one that writes and one that listens."""


async def check_service(
    database: SqliteInspector | PostgresInspector,
    addresses: Sequence[str],
    http: aiohttp.ClientSession,
    clock: Clock,
    *,
    pool_size: int,
) -> Sequence[Finding]:
    """Check the database, and the disk of a file, and whatever runs; the page is asked at its `addresses`."""
    found, answers = await asyncio.gather(_check(database, clock, pool_size), ask_readyz(addresses, http))
    processes = await check_processes(database, answers, clock.now())
    return (*found, *processes, *(answer.finding() for answer in answers))


async def _check(database: SqliteInspector | PostgresInspector, clock: Clock, pool_size: int) -> Sequence[Finding]:
    if isinstance(database, SqliteInspector):
        return await check_database(database.path)
    return await check_postgres(database, pool_size + CONNECTIONS_BESIDE_POOL, clock)
