"""Several processes share one database: `heybuddy check` finds the one that was killed, froze, or lost its file."""

import asyncio
import os
import platform
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from bot.check.database import check_database
from bot.check.processes import check_processes
from bot.clock import SystemClock
from bot.store import SqliteInspector, StoreError, held_locks, inspect_file
from bot.store.leases import Lease, lease_reader
from tests.polling import until

pytestmark = pytest.mark.dose

CLOCK = SystemClock()
PARTS = ("matchmaker", "janitor")
NOT_STARTED = "✗ no process has run courier, rooms: start one with `heybuddy run --parts chat,web`"

Processes = Mapping[str, asyncio.subprocess.Process]


@asynccontextmanager
async def running(part: str, database: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process as operators start it, with one part; killed at the end if it still runs."""
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "DISCORD_TOKEN": "token-that-nobody-uses",
        "SESSION_SECRET": "long enough to derive every key from it",
        "HEYBUDDY_PRIVACY__KEY": "long enough to derive every key from it",
        "HEYBUDDY_WEB__PUBLIC_URL": "http://localhost:8766",
        "HEYBUDDY_STORE__DATABASE": f"sqlite:///{database}",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run", "--parts", part), env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def read_leases(database: Path) -> Sequence[Lease]:
    """The leases of the processes, none while they are just making the database."""
    try:
        return lease_reader().read_all((await inspect_file(database)).leases)
    except StoreError:
        return ()


@pytest.fixture
async def starting(database: Path) -> AsyncIterator[Processes]:
    """A matchmaker and a janitor that have just started; no chat and no page."""

    async def have_started() -> bool:
        return {lease.name for lease in await read_leases(database)} == set(PARTS)

    async with AsyncExitStack() as stack:
        started = {part: await stack.enter_async_context(running(part, database)) for part in PARTS}
        await until(have_started)
        yield started


@pytest.fixture
async def processes(starting: Processes, database: Path) -> Processes:
    """The same when each is known to have finished a round, which takes seconds."""

    async def have_turned() -> bool:
        return all(lease.stepped_at for lease in await read_leases(database))

    await until(have_turned)
    return starting


async def check(database: Path) -> Sequence[str]:
    """Mark and sentence of what is found in the database and of its processes, without the disk."""
    findings = [
        *(await check_database(database))[:1],
        *await check_processes(SqliteInspector(database), (), CLOCK.now()),
    ]
    return [f"{'✓' if finding.ok else '✗'} {finding.message}" for finding in findings]


def describe(processes: Processes, part: str) -> str:
    """A process as an operator can find it."""
    return f"the process with {part} (process {processes[part].pid} on {platform.node()})"


async def test_a_killed_process(processes: Processes, database: Path) -> None:
    """Its lock is free at once, long before its lease ends or its round is old; then the other one stops in order."""
    assert await check(database) == ["✓ is undamaged and up to date", NOT_STARTED]
    processes["matchmaker"].kill()
    await processes["matchmaker"].wait()
    ended, *others = (await check(database))[1:]
    assert ended.startswith(
        f"✗ {describe(processes, 'matchmaker')} was killed or crashed, and nothing has run matchmaker"
    )
    assert others == [NOT_STARTED]
    processes["janitor"].terminate()
    await processes["janitor"].wait()
    [nothing_runs] = (await check(database))[1:]
    assert nothing_runs.startswith("✗ Hey Buddy isn't running: it was killed or crashed")


async def test_a_frozen_process(processes: Processes, database: Path) -> None:
    """It keeps its lock, and is found as soon as its lease has ended."""
    processes["janitor"].send_signal(signal.SIGSTOP)
    expected = f"✗ {describe(processes, 'janitor')} is alive, but hasn't completed a round of janitor"

    async def is_found() -> bool:
        return any(line.startswith(expected) for line in await check(database))

    await until(is_found)
    assert held_locks(database) == set(PARTS)


async def test_a_database_that_was_moved(starting: Processes, database: Path) -> None:
    """With everything beside it, the locks included: the processes go on, so it is not one still to be made.

    Put back, it is as before; and when all have stopped in order, nothing runs, which is no fault.
    """
    away = database.parent / "away"
    away.mkdir()
    for file in list(database.parent.glob(f"{database.name}*")):
        file.rename(away / file.name)

    async def is_found() -> bool:
        return f"{database} was moved, deleted or replaced while Hey Buddy was using it" in (await check(database))[0]

    await until(is_found)
    assert not database.exists()
    for file in list(away.iterdir()):
        if not file.name.endswith(".lock"):
            file.rename(database.parent / file.name)
    for process in starting.values():
        process.terminate()
        await process.wait()
    assert await check(database) == ["✓ is undamaged and up to date", "✓ Hey Buddy isn't running"]
