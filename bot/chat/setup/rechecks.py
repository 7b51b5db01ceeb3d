"""Checks a server again when its channels or roles change, and tells staff only when the answer is another one."""

import asyncio
import logging
from collections.abc import Sequence

import discord

from bot.chat.discord_trouble import log_failure
from bot.chat.setup.checks.all_checks import find_problems
from bot.chat.setup.checks.permissions import own_permissions
from bot.chat.setup.checks.problem import SetupProblem
from bot.chat.setup.inspection import Inspection
from bot.chat.setup.staff_cards import changed_card
from bot.chat.setup.staff_channel import StaffChannel
from bot.clock import Clock, new_id
from bot.domain.server import Server
from bot.process import raise_if_cancelled
from bot.store.servers import Servers
from bot.words import words_for

SETTLES_AFTER = 10.0  # seconds; one change of an admin's often comes as several events

log = logging.getLogger(__name__)


class Rechecks:
    """Remembers for this process what staff know of each server.

    What is wrong when a server becomes available counts as known, and so does what an admin has just been shown.
    """

    def __init__(self, *, servers: Servers, inspection: Inspection, staff: StaffChannel, clock: Clock) -> None:
        self._servers = servers
        self._inspection = inspection
        self._staff = staff
        self._clock = clock
        self._known: dict[int, Sequence[SetupProblem]] = {}
        self._changed: dict[int, discord.Guild] = {}
        self._woken = asyncio.Event()

    def note_change(self, guild: discord.Guild) -> None:
        """Something in this server is not as it was, or has become known."""
        self._changed[guild.id] = guild
        self._woken.set()

    def note_shown(self, server: Server, guild: discord.Guild) -> None:
        """An admin has been shown how this server stands."""
        if not guild.unavailable:
            self._known[guild.id] = find_problems(self._inspection.glance(server, guild))

    def forget(self, server_id: int) -> None:
        """The bot is not in this server any more."""
        self._known.pop(server_id, None)
        self._changed.pop(server_id, None)

    async def run(self, client: discord.Client) -> None:
        """Check what has changed, until cancelled. No failure ends it."""
        while True:
            await self._woken.wait()
            await self._clock.sleep(SETTLES_AFTER)
            await self.check_changed(client)

    async def check_changed(self, client: discord.Client) -> None:
        """Check every server that has changed since the last time."""
        self._woken.clear()
        changed, self._changed = self._changed, {}
        for guild in changed.values():
            try:
                await self._check(client, guild)
            except Exception as error:  # noqa: BLE001 -- one server must not keep the others from being checked
                raise_if_cancelled()
                log_failure(log, f"Server {guild.id} could not be checked again", error)

    async def _check(self, client: discord.Client, guild: discord.Guild) -> None:
        server = await self._servers.get(guild.id)
        if server is None or server.left_at is not None or guild.unavailable:
            return
        facts = self._inspection.glance(server, guild)
        problems = find_problems(facts)
        known = self._known.get(guild.id)
        if known is None:
            self._known[guild.id] = problems
        if known is None or list(known) == list(problems):
            return
        channel = facts.staff_channel
        allowed = own_permissions(facts.guild, channel) if channel else discord.Permissions.none()
        if not (allowed.view_channel and allowed.send_messages):
            return  # told as soon as we may write there
        card = changed_card(words_for(server.locale), problems)
        if await self._staff.post(client, server, card, once=new_id(self._clock)):
            self._known[guild.id] = problems
