"""A bot that freezes while it leads: another takes over, and what the first writes on waking is refused.

One that freezes in the midst of a write keeps SQLite locked until it wakes or is ended.
"""

import asyncio
import signal

import pytest

from bot.store import Store
from bot.store.leases import LEASE_LENGTH
from tests.faults.bot_process import Point, Strike
from tests.faults.bots import Guild, open_guild
from tests.faults.new_database import OpenDatabase
from tests.faults.outcome import is_settled, require_one_match
from tests.faults.repetitions import Repetitions, row

FROZEN_FOR = 60.0  # seconds
TAKEOVER_WITHIN = 30.0
LOOPS = ("matchmaker", "janitor", "courier")
REFUSED = {
    Point.MATCH_CHOSEN: "matchmaker: lost the lease",
    Point.MESSAGE_UNSENT: "will be sent again, under the same id: Another process leads now.",
    Point.MESSAGE_UNRECORDED: "will be sent again, under the same id: Another process leads now.",
}
"""Where the leader freezes, and what it logs on waking."""


async def freeze_and_wake(guild: Guild, store: Store, point: Point) -> float:
    """Freeze the leader at `point`, and wake it a minute later.

    Returns the seconds until another process, once it runs, led every loop.
    """
    frozen = guild.start(Strike(point=point, occurrence=1, number=signal.SIGSTOP))
    await guild.wait_until_connected()
    for student in guild.students:
        await guild.ask(student)
    await frozen.wait_until_frozen()
    [former] = {lease.holder for lease in await store.leases.read_all()}
    frozen_at = guild.clock.monotonic()
    guild.start()
    await guild.wait_for_login(2)
    ready_at = guild.clock.monotonic()
    guild.clock.move(LEASE_LENGTH.total_seconds())

    async def another_leads() -> bool:
        leading = [each for each in await store.leases.read_all() if each.is_valid(guild.clock.now())]
        return len(leading) == len(LOOPS) and former not in {each.holder for each in leading}

    await guild.wait_until(another_leads, "no other leads all loops")
    takeover = guild.clock.monotonic() - ready_at
    await guild.wait_until_told()
    guild.clock.move(max(0.0, frozen_at + FROZEN_FOR - guild.clock.monotonic()))
    frozen.send_signal(signal.SIGCONT)
    await frozen.wait_for_line(REFUSED[point])
    await guild.wait_until(lambda: is_settled(store), "a message is not settled")
    return takeover


@row(full=50, dose=1, on_postgres=(50, 1))
@pytest.mark.parametrize("point", REFUSED, ids=[point.value for point in REFUSED])
async def test_freeze_leader(repetitions: Repetitions, open_database: OpenDatabase, point: Point) -> None:
    """The leader of all loops frozen with SIGSTOP for 60 s, moved by the clock, and woken after another has led."""
    for _ in repetitions:
        async with open_database() as place, open_guild(*place, students=2) as (guild, store):
            takeover = await freeze_and_wake(guild, store, point)
            guild.kill_all()
            assert takeover <= TAKEOVER_WITHIN
            repetitions.note("seconds to take over", takeover)
            await require_one_match(guild, store)


@row(full=20, dose=1)
async def test_freeze_within_write(repetitions: Repetitions, open_database: OpenDatabase) -> None:
    """The leader frozen in the midst of a match's transaction, beside a page; then ended, and another started.

    Until then the page says that it is not ready; afterwards it is again by itself, and the match is made once.
    """
    for _ in repetitions:
        async with open_database() as place, open_guild(*place, students=2) as (guild, store):
            guild.start(parts="web")
            frozen = guild.start(Strike(point=Point.MATCH_UNCOMMITTED, occurrence=1, number=signal.SIGSTOP))
            await guild.wait_until_connected()
            await guild.wait_until_ready()
            asking = [asyncio.create_task(guild.ask(student)) for student in guild.students]
            await frozen.wait_until_frozen()
            await guild.wait_until_ready("store video")
            frozen.send_signal(signal.SIGKILL)
            await frozen.wait_until_dead()
            for task in asking:
                task.cancel()
            await asyncio.wait(asking)
            freed_at = guild.clock.monotonic()
            await guild.wait_until_ready()
            repetitions.note("seconds until ready", guild.clock.monotonic() - freed_at)
            guild.start()
            await guild.wait_until_told()
            await guild.wait_until(lambda: is_settled(store), "a message is not settled")
            guild.kill_all()
            await require_one_match(guild, store)
