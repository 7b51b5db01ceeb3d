"""A member is banned from the server in the middle of a meeting."""

import time
from collections.abc import Callable

import pytest
from playwright.async_api import expect

from bot.sandbox.server_switches import ServerSwitches
from bot.sandbox.world import World
from tests.browser.flow.two_students import TwoStudents

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

AUDIT_LOG = "Show the bot the audit log"


async def test_whoever_is_banned_is_out_of_the_room(
    students: TwoStudents, record_property: Callable[[str, object], None]
) -> None:
    """A bot that may view the audit log hears of it at once; the partner reads that they have left, as ever."""
    fake_discord = students.sandbox.fake_discord
    server_id, world = fake_discord.guild_id, World(fake_discord)
    switches = ServerSwitches(world)
    [audit_log] = [each.id for each in switches.list_switches(server_id) if each.name == AUDIT_LOG]
    switches.turn_switch(server_id, audit_log, on=True)
    banned, partner = await students.meet("Lena", "Kofi")
    [lena] = [each.id for each in fake_discord.people.values() if each.name == "Lena"]
    students.windows.pop(0)  # there is no `/study leave` for her afterwards
    started = time.monotonic()
    world.ban(server_id, lena)
    await expect(partner.page.get_by_role("heading", name="has left")).to_be_visible()
    record_property("partner_alone_after_seconds", time.monotonic() - started)
    await banned.expect_screen("problem", "removed")
    record_property("told_after_seconds", time.monotonic() - started)
    await partner.page.locator("[data-leave]").click()
