"""An admin sets the sandbox's second server up; it breaks as real servers do, and following the check mends it.

Breaking and mending are what a person does in Discord, or in the bot's own messages.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from bot.sandbox.sandbox import Sandbox
from bot.sandbox.server_switches import ServerSwitches
from bot.sandbox.world import World
from tests.polling import TIMEOUT
from tests.sandbox.admin import Admin
from tests.sandbox.sandbox_without_video import sandbox_without_video

VIDEO = "The video service isn't ready"

SWITCHED = {
    "Hide #library from the bot": ("⛔ I can't see", "View Channel"),
    "Stop the bot writing in #library": ("⛔ I can see", "Send Messages"),
    "Hide old messages in #library from the bot": ("⛔ I can't read older messages", "Read Message History"),
    "Hide Campus (category) from everyone": ("⛔ I can't see", "View Channel"),
    "Hide app commands in #library": ("can't use app commands", "Use Application Commands"),
    "Switch /study off for everyone": ("`/study` is switched off", "Integrations"),
    "Show #staff-room to everyone": ("Reports mustn't go there", "Choose a private channel"),
    "Hide #staff-room from the bot": ("I can't see", "View Channel"),
    "Stop the bot writing in #staff-room": ("I can't write there", "Send Messages"),
    "Stop the bot attaching files in #staff-room": ("Then statistics come as text", "Attach Files"),
    "Stop the bot embedding links in #staff-room": ("Then reports look plain", "Embed Links"),
    "Give the bot Administrator": ("Administrator is more than I need", "Server Settings, Roles"),
}
"""A switch of the panel, and what the check says of it: what is wrong, and what to click. The click turns it back."""


class College:
    """The sandbox's second server, an admin of it, and what a person can do to it in Discord."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._backend = sandbox.fake_discord.backend
        self._world = World(sandbox.fake_discord)
        [self._id] = [each.id for each in self._world.servers if each.name == "Riverside College"]
        self._switches = ServerSwitches(self._world)
        self._admins = [Admin(sandbox, name, server_id=self._id, channel="staff-room") for name in ("Freya", "Erik")]
        self.admin = self._admins[-1]

    def switch(self, name: str, *, on: bool = True) -> None:
        """Turn a switch of the panel *Server*."""
        [found] = [each.id for each in self._switches.list_switches(self._id) if each.name == name]
        self._switches.turn_switch(self._id, found, on=on)

    @contextmanager
    def bot_timed_out(self) -> Iterator[None]:
        """The bot is timed out for an hour, or until the end of the block."""
        self._world.time_out(self._id, self._backend.bot_user.id, self._backend.clock.now() + timedelta(hours=1))
        yield
        self._world.time_out(self._id, self._backend.bot_user.id, None)

    def delete_channel(self, name: str) -> None:
        """Delete a channel."""
        self._world.delete(self._id, self.admin.channels[name])

    def delete_role(self, name: str) -> None:
        """Delete a role."""
        self._world.delete(self._id, self.admin.roles[name])

    def delete_messages(self, channel: str) -> None:
        """Delete the messages of a channel."""
        channel_id = self.admin.channels[channel]
        self._backend.bulk_delete_messages(channel_id, list(self._backend.messages[channel_id]))

    async def set_up(self) -> int:
        """Answer every question of the wizard. Returns the number of clicks."""
        admin, clicks = self.admin, 0
        await admin.command("buddy setup")
        for click in (
            admin.press("Only adults"),
            admin.press("Next"),
            admin.choose("Choose a channel", admin.channels["library"]),
            admin.choose("Choose a private channel", admin.channels["staff-room"]),
            admin.press("Next"),
            admin.choose("Everyone", admin.roles["18 or older"]),
            admin.choose("Members with Manage Server", admin.roles["Safety"]),
            admin.choose("Choose one", "careful"),
            admin.press("Next"),
            admin.press("Next"),
            admin.press("Post the button"),
            admin.press("Next"),
            admin.press("Skip"),
        ):
            await click
            clicks += 1
        return clicks

    async def let_readers_use_a_command(self) -> None:
        """Two have the role that reads reports. Discord does not count them, so the bot has to have seen them."""
        for admin in self._admins:
            self._world.give_role(self._id, admin.id, self.admin.roles["Safety"])
            await admin.command("buddy check")

    async def check(self) -> list[str]:
        """What `/buddy check` finds, but for the video service, which isn't there."""
        lines = (await self.admin.command("buddy check")).splitlines()
        return [line.removeprefix("> ") for line in lines if line.startswith(("> ⛔", "> ⚠️")) and VIDEO not in line]

    async def finds(self, *parts: str) -> bool:
        """Check until one line has these parts: what Discord is slow to answer is found later."""
        async with asyncio.timeout(TIMEOUT):
            while not any(all(part in line for part in parts) for line in await self.check()):
                pass
        return True

    async def is_mended(self) -> bool:
        """Check until nothing is wrong: a post for staff that Discord has just refused is repeated within seconds."""
        async with asyncio.timeout(TIMEOUT):
            while await self.check():
                pass
        return True

    async def open_step(self, number: int) -> None:
        """Open a step of setup from the check's answer."""
        await self.admin.press("All settings")
        await self.admin.press("Change", number=number - 1)


@pytest.fixture
async def college(discord_addresses: None) -> AsyncIterator[College]:
    """The server after setup, in which nothing is wrong."""
    async with sandbox_without_video() as sandbox:
        college = College(sandbox)
        college.switch("Show the bot the audit log")
        assert await college.set_up() == 13
        await college.let_readers_use_a_command()
        assert await college.check() == []
        yield college


async def test_broken_servers(college: College) -> None:
    """After setup in thirteen clicks the check finds nothing; then each fault, with the click that mends it."""
    for name, (wrong, click) in SWITCHED.items():
        college.switch(name)
        assert await college.finds(wrong, click), name
        college.switch(name, on=False)
        assert await college.is_mended(), name

    college.switch("Show the bot the audit log", on=False)
    assert await college.finds("I don't hear of bans", "View Audit Log")
    college.switch("Show the bot the audit log")

    with college.bot_timed_out():
        assert await college.finds("I'm timed out", "Remove the timeout")
    assert await college.is_mended()


async def test_what_is_deleted_is_chosen_again(college: College) -> None:
    """The button's message and channel, readers' role and channel for reports: setup replaces them."""
    college.delete_messages("library")
    assert await college.finds("was deleted. Post it again.")
    await college.open_step(5)
    await college.admin.press("Post the button again")
    assert await college.is_mended()

    college.delete_channel("library")
    assert await college.finds("⛔ The channel for my button was deleted. Choose another one.")
    await college.open_step(2)
    await college.admin.choose("Choose a channel", college.admin.channels["canteen"])
    for _ in range(3):
        await college.admin.press("Next")
    await college.admin.press("Post the button")
    assert await college.is_mended()

    college.delete_role("Safety")
    assert await college.finds("⛔ The role that reads reports was deleted.", "Choose another role.")
    await college.open_step(3)
    await college.admin.choose("Members with Manage Server", college.admin.roles["Staff"])
    assert await college.is_mended()

    college.admin.go_to("canteen")
    college.delete_channel("staff-room")
    assert await college.finds("⚠️ The channel for reports was deleted. Choose another one.")
