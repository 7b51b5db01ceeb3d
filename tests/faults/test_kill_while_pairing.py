"""A bot killed on the way from ticket to message: nobody is lost, paired twice or told twice, and the links hold."""

import asyncio
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from bot.sandbox.discord.fake_discord import Person
from bot.store import Store
from tests.faults.bot_process import Point, Strike
from tests.faults.bots import BotProcess, Guild, open_guild
from tests.faults.new_database import OpenDatabase
from tests.faults.outcome import is_settled, require_one_match
from tests.faults.repetitions import Repetitions, row
from tests.store.invariants import broken_invariants

HOUR = 3600.0
ONCE_A_MATCH = {Point.MATCH_UNCOMMITTED, Point.MATCH_WRITTEN}
POINTS = [
    Point.TICKET_WRITTEN,
    Point.MATCH_UNCOMMITTED,
    Point.MATCH_WRITTEN,
    Point.MESSAGE_UNSENT,
    Point.MESSAGE_SENT,
    Point.MESSAGE_UNRECORDED,
]


@contextmanager
def killed_as_discord_takes(guild: Guild, bot: BotProcess, occurrence: int) -> Iterator[None]:
    """Kill `bot` when the stand-in for Discord has taken its nth direct message, before it answers."""
    channels = {str(guild.fake_discord.direct_channel_id(student)) for student in guild.students}
    taken = 0

    def look(event: str, payload: Mapping[str, Any]) -> None:
        nonlocal taken
        if event == "MESSAGE_CREATE" and str(payload["channel_id"]) in channels:
            taken += 1
            if taken == occurrence:
                bot.send_signal(signal.SIGKILL)

    guild.fake_discord.backend.subscribers.append(look)
    yield
    guild.fake_discord.backend.subscribers.remove(look)


async def ask_until_dead(guild: Guild, bot: BotProcess) -> list[Person]:
    """All students ask while the bot is killed. Returns whom it had answered."""
    asking = [asyncio.create_task(guild.ask(student)) for student in guild.students]
    assert await bot.wait_until_dead() == -signal.SIGKILL
    for task in asking:
        task.cancel()
    await asyncio.wait(asking)
    return [student for student in guild.students if guild.has_answer(student)]


async def is_known(store: Store, student: Person) -> bool:
    """Whether a student waits or has a seat."""
    waits = await store.tickets.find_by_member(student.id)
    return waits is not None or await store.matches.find_by_member(student.id) is not None


async def kill_and_restart(guild: Guild, store: Store, strike: Strike) -> float:
    """Kill a bot at the point, start another, and look at everything. Returns in how many seconds both had links."""
    is_seen_by_discord = strike.point is Point.MESSAGE_SENT
    bot = guild.start(None if is_seen_by_discord else strike)
    await guild.wait_until_connected()
    if is_seen_by_discord:
        with killed_as_discord_takes(guild, bot, strike.occurrence):
            answered = await ask_until_dead(guild, bot)
    else:
        answered = await ask_until_dead(guild, bot)
    assert await broken_invariants(store) == []
    before = {student.id: guild.links(student) for student in guild.students}
    unknown = [student for student in guild.students if not await is_known(store, student)]
    assert [student for student in answered if student in unknown] == []
    guild.clock.move(-guild.clock.ahead)
    started_at = guild.clock.monotonic()
    guild.start()
    await guild.wait_until_connected()
    for student in unknown:
        await guild.ask_until_answered(student)
    guild.end_leases_of_dead()
    await guild.wait_until_told()
    seconds = guild.clock.monotonic() - started_at
    await guild.wait_until(lambda: is_settled(store), "a message is not settled")
    guild.kill_all()
    await require_one_match(guild, store)
    assert all(guild.links(student) == before[student.id] for student in guild.students if before[student.id])
    return seconds


@row(full=200, dose=2, on_postgres=(50, 1))
@pytest.mark.parametrize("point", POINTS, ids=[point.value for point in POINTS])
async def test_kill_while_pairing(repetitions: Repetitions, open_database: OpenDatabase, point: Point) -> None:
    """Killed with -9 on the way from /study now to the link; then a restart, and both press their links.

    By turns the first or the second member is hit, and the clock of the killed bot is right or an hour ahead.
    """
    for number in repetitions:
        async with open_database() as place, open_guild(*place, students=2) as (guild, store):
            guild.clock.move(HOUR if number // 2 % 2 else 0.0)
            occurrence = 1 if point in ONCE_A_MATCH else 1 + number % 2
            strike = Strike(point=point, occurrence=occurrence, number=signal.SIGKILL)
            repetitions.note("seconds to the links", await kill_and_restart(guild, store, strike))
