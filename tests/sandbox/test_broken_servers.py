"""An admin sets the sandbox's second server up; later something is taken away, and following the check mends it.

Breaking and mending are what a person does in Discord, or in the bot's own messages.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.sandbox.sandbox import Sandbox
from bot.sandbox.server_switches import ServerSwitches
from bot.sandbox.world import World
from tests.polling import TIMEOUT
from tests.sandbox.admin import Admin
from tests.sandbox.sandbox_without_video import sandbox_without_video

VIDEO = "The video service isn't ready"


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

    async def set_up(self) -> None:
        """Answer every question of the wizard."""
        admin = self.admin
        await admin.command("buddy setup")
        await admin.press("Only adults")
        await admin.press("Next")
        await admin.choose("Choose a channel", admin.channels["library"])
        await admin.choose("Choose a private channel", admin.channels["staff-room"])
        await admin.press("Next")
        await admin.choose("Everyone", admin.roles["18 or older"])
        await admin.choose("Members with Manage Server", admin.roles["Safety"])
        await admin.choose("Choose one", "careful")
        for label in ("Next", "Next", "Post the button", "Next", "Skip"):
            await admin.press(label)

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
        await college.set_up()
        await college.let_readers_use_a_command()
        assert await college.is_mended()
        yield college


async def test_what_is_taken_away_later(college: College) -> None:
    """The audit log is shown again; the button, whose message was deleted, is posted again."""
    college.switch("Show the bot the audit log", on=False)
    assert await college.finds("I don't hear of bans", "View Audit Log")
    college.switch("Show the bot the audit log")
    assert await college.is_mended()

    college.delete_messages("library")
    assert await college.finds("was deleted. Post it again.")
    await college.open_step(5)
    await college.admin.press("Post the button again")
    assert await college.is_mended()


@pytest.mark.faults
async def test_what_is_deleted_is_chosen_again(college: College) -> None:
    """The button's channel, readers' role and the channel for reports: setup replaces them."""
    college.delete_channel("library")
    assert await college.finds("⛔ The channel for my button was deleted. Choose another one.")
    await college.open_step(2)
    await college.admin.choose("Choose a channel", college.admin.channels["canteen"])
    for _ in range(3):
        await college.admin.press("Next")
    await college.admin.press("Post the button")
    assert await college.is_mended()

    college.delete_role("Safety")
    assert await college.finds(
        "⛔ The role that reads reports was deleted, so reports have no reader.", "Choose another role."
    )
    await college.open_step(3)
    await college.admin.choose("Members with Manage Server", college.admin.roles["Staff"])
    assert await college.is_mended()

    college.admin.go_to("canteen")
    college.delete_channel("staff-room")
    assert await college.finds("⚠️ The channel for reports was deleted. Choose another one.")
