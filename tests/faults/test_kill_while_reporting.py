"""A bot killed on the way from a report to its alert: all of the report is there or nothing, and staff hear once."""

import signal
from contextlib import suppress
from dataclasses import replace

from bot.domain.report import UNDO_REPORT_FOR
from bot.sandbox.discord.fake_discord import Person
from bot.sandbox.discord.user_actions import NoResponse
from bot.store import Store
from tests.chat.shown import all_text
from tests.faults.bot_process import Point, Strike
from tests.faults.bots import Guild, open_guild
from tests.faults.new_database import OpenDatabase
from tests.faults.outcome import is_settled
from tests.faults.repetitions import Repetitions, row
from tests.store.invariants import broken_invariants
from tests.store.rows import fetch_rows

POINTS = (Point.REPORT_UNCOMMITTED, Point.ALERT_UNRECORDED, Point.REPORT_WRITTEN, Point.ALERT_UNSENT)
AFTER_UNDOING = {Point.ALERT_UNSENT, Point.ALERT_UNRECORDED}
ALERT, RECEIPT = "Reason: hate or insults", "Report 1 is with"


def count(guild: Guild, channel_id: int, text: str, *, seen_by: Person | None = None) -> int:
    """How many messages in a channel have this text."""
    shown = guild.fake_discord.channel_messages(channel_id, seen_by)
    return sum(text in all_text(message["components"]) for message in shown)


async def choose_staff_channel(guild: Guild, store: Store) -> None:
    server = await store.servers.get(guild.fake_discord.guild_id)
    assert server is not None
    await store.servers.save(replace(server, staff_channel_id=guild.staff), expected_version=server.version)


async def let_all_be_matched(guild: Guild) -> None:
    for student in guild.students:
        await guild.ask_until_answered(student)
    await guild.wait_until_told()


async def report_partner(guild: Guild) -> None:
    """Let the first student fill in the form about the second; the bot may die before it answers."""
    form = await open_form(guild)
    with suppress(NoResponse):
        await guild.fake_discord.submit_modal(guild.students[0], form, {"reason": "hate", "words": "He shouted."})


async def open_form(guild: Guild) -> int:
    """Let the first student open the form, again while the bot needs longer than Discord waits; returns its id."""
    opened: list[int] = []

    async def is_open() -> bool:
        with suppress(NoResponse):
            response = await guild.fake_discord.call_command(guild.students[0], guild.study, "study report")
            assert response.modal is not None
            opened.append(int(response.modal["id"]))
        return bool(opened)

    await guild.wait_until(is_open, "the form does not open")
    return opened[0]


async def has_report(store: Store) -> bool:
    return bool(await fetch_rows(store, "SELECT id FROM reports"))


async def is_filed(store: Store) -> bool:
    """Whether the report is there, with its block and its messages; nothing of it is there alone."""
    parts = {
        "report": await fetch_rows(store, "SELECT id FROM reports"),
        "block": await fetch_rows(store, "SELECT blocker_id FROM blocks"),
        "seat left": await fetch_rows(store, "SELECT id FROM seats WHERE left_for_good = 1"),
        "alert": await fetch_rows(store, "SELECT id FROM outbox WHERE kind = 'staff_alert'"),
        "receipt": await fetch_rows(store, "SELECT id FROM outbox WHERE kind = 'report_received'"),
    }
    [number] = {len(rows) for rows in parts.values()}
    return number == 1


async def kill_and_restart(guild: Guild, store: Store, point: Point) -> float:
    """Kill a bot at the point, start another, and look at everything.

    Returns how long after the time of undoing staff and the reporter were told, in seconds.
    """
    alice, bob = guild.students
    bot = guild.start(Strike(point=point, occurrence=1, number=signal.SIGKILL))
    await guild.wait_until_connected()
    await let_all_be_matched(guild)
    await report_partner(guild)
    if point in AFTER_UNDOING:
        await guild.wait_until(lambda: has_report(store), "the report is not filed")
        guild.clock.move(UNDO_REPORT_FOR.total_seconds())
    assert await bot.wait_until_dead() == -signal.SIGKILL
    assert await broken_invariants(store) == []
    was_filed = await is_filed(store)
    assert was_filed or point is Point.REPORT_UNCOMMITTED
    guild.start()
    await guild.wait_until_connected()
    guild.end_leases_of_dead()
    if not was_filed:
        await report_partner(guild)
    await guild.wait_until(lambda: has_report(store), "the report is not filed")
    assert await is_filed(store)
    guild.clock.move(UNDO_REPORT_FOR.total_seconds())
    started_at = guild.clock.monotonic()
    direct = guild.fake_discord.direct_channel_id(alice)

    async def is_told() -> bool:
        return bool(count(guild, guild.staff, ALERT) and count(guild, direct, RECEIPT)) and await is_settled(store)

    await guild.wait_until(is_told, "staff or the reporter were not told")
    seconds = guild.clock.monotonic() - started_at
    guild.kill_all()
    assert (count(guild, guild.staff, ALERT), count(guild, direct, RECEIPT)) == (1, 1)
    seen = (guild.study, guild.fake_discord.direct_channel_id(bob))
    assert [count(guild, channel_id, "eport", seen_by=bob) for channel_id in seen] == [0, 0]
    assert await broken_invariants(store) == []
    return seconds


@row(full=80, dose=1, on_postgres=(40, 1))
async def test_kill_while_reporting(repetitions: Repetitions, open_database: OpenDatabase) -> None:
    """Killed with -9 with a report under way, at four moments by turns; then a restart, and staff hear of it once."""
    for number in repetitions:
        async with open_database() as place, open_guild(*place, students=2) as (guild, store):
            await choose_staff_channel(guild, store)
            repetitions.note("seconds to the alert", await kill_and_restart(guild, store, POINTS[number % len(POINTS)]))
