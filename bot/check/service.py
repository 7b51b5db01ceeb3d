"""The service as it is at the moment: its database, the processes that use it, and what the page says of itself."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import aiohttp

from bot.check.database import check_database
from bot.check.finding import Finding
from bot.check.processes import check_processes
from bot.check.readyz import ask_readyz
from bot.clock import Clock


async def check_service(
    database: Path, addresses: Sequence[str], http: aiohttp.ClientSession, clock: Clock
) -> Sequence[Finding]:
    """Check the file `database`, its disk, and whatever runs; the page is asked at its `addresses`."""
    file, answers = await asyncio.gather(check_database(database), ask_readyz(addresses, http))
    processes = await check_processes(database, answers, clock.now())
    return (*file, *processes, *(answer.finding() for answer in answers))
