"""Collects the facts for a check: from the gateway's cache, from Discord, and from the store. Never fails for them."""

import asyncio
import logging
from collections.abc import Awaitable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final, TypeVar

import aiohttp
import discord

from bot.chat.discord_trouble import REFUSED_LINKS, UnreadableAnswer, is_temporary, reading_answers, reason_of
from bot.chat.setup.checks.facts import CheckFacts, OperatorFacts
from bot.chat.setup.checks.snapshot import take_snapshot
from bot.chat.setup.command_rules import are_commands_off
from bot.chat.setup.panel import LOOK_WITHIN, is_panel_gone
from bot.chat.setup.staff_channel import StaffChannel
from bot.clock import Clock
from bot.domain.server import Server
from bot.readiness import is_on_its_way
from bot.store import Store, StoreUnavailable
from bot.store.setup_figures import SetupFigures

REFUSALS_OF_LINKS: Final = (f"%{REFUSED_LINKS[0]}%", f"%{REFUSED_LINKS[1]}%")
MEMBERS_COMMAND: Final = "study"
LOOKED_WITHIN: Final = timedelta(minutes=1)
"""What a process said of itself counts for so long."""

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")


class Inspection:
    """Looks at servers. `public_url` is the address of links; `has_contact`: the operator has set a safety contact."""

    def __init__(
        self, *, store: Store, clock: Clock, staff: StaffChannel, public_url: str, has_contact: bool | None = None
    ) -> None:
        self._store = store
        self._clock = clock
        self._staff = staff
        self._public_url = public_url
        self._has_contact = has_contact
        self._counts_refused_with: dict[int, int] = {}

    def glance(self, server: Server, guild: discord.Guild) -> CheckFacts:
        """What the gateway has told. Asks nothing."""
        return CheckFacts(server=server, guild=take_snapshot(guild, server), staff_posts=self._staff.posts_in(server))

    async def count_roles(self, server: Server, guild: discord.Guild) -> CheckFacts:
        """The same, and how many members each role has."""
        counts = await _or_else({}, self._role_members(guild))
        return replace(self.glance(server, guild), role_members=counts or {}, counts_are_refused=counts is None)

    async def look_at_all(self, client: discord.Client, server: Server, guild: discord.Guild) -> CheckFacts:
        """Everything that can be known. What Discord or the store does not tell within some seconds counts as fine."""
        facts, panel_is_gone, commands_are_off, figures, operator, trial = await asyncio.gather(
            self.count_roles(server, guild),
            is_panel_gone(client, server),
            _or_else(False, _commands_are_off(client, server)),
            _or_else(SetupFigures(), self._figures(server)),
            _or_else(OperatorFacts(), self._operator_facts()),
            _or_else(None, self._store.trials.find_latest(server.server_id)),
        )
        unread = await _or_else(0, self._unread_reports(server))
        if figures.link_is_refused:
            operator = replace(operator, refused_link=self._public_url.partition("://")[2])
        return replace(
            facts,
            staff_posts=replace(facts.staff_posts, waiting_reports=unread),
            panel_is_gone=panel_is_gone,
            commands_are_off=commands_are_off,
            figures=figures,
            operator=operator,
            trial=trial,
        )

    async def is_video_down(self) -> bool:
        """Whether a process says that the video service is not ready; not while nobody knows."""
        return (await _or_else(OperatorFacts(), self._operator_facts())).video_is_down

    async def _role_members(self, guild: discord.Guild) -> Mapping[int, int] | None:
        """None if Discord refuses. It counts refusals, so it is not asked again until our permissions are others."""
        permissions = guild.me.guild_permissions.value
        if self._counts_refused_with.get(guild.id) == permissions:
            return None
        try:
            counts = await guild.role_member_counts()
        except discord.Forbidden as refusal:
            if is_temporary(refusal):
                return {}
            self._counts_refused_with[guild.id] = permissions
            return None
        return {role.id: count for role, count in counts.items()}

    async def _figures(self, server: Server) -> SetupFigures:
        return await self._store.setup_figures.read(server.server_id, self._clock.now(), refusals=REFUSALS_OF_LINKS)

    async def _unread_reports(self, server: Server) -> int:
        return (await self._store.report_desk.unread_figures(server.server_id, self._clock.now())).unread

    async def _operator_facts(self) -> OperatorFacts:
        now = self._clock.now()
        missing = {
            state.word
            for state in await self._store.readiness.read_all()
            if state.reason is not None
            and now - state.seen_at < LOOKED_WITHIN
            and not is_on_its_way(state.reason, now - state.since)
        }
        return OperatorFacts(
            has_contact=self._has_contact, commands_are_old="commands" in missing, video_is_down="video" in missing
        )


async def _commands_are_off(client: discord.Client, server: Server) -> bool:
    application_id = client.application_id or 0
    commands = await client.http.get_global_commands(application_id)
    answer = await client.http.get_guild_application_command_permissions(application_id, server.server_id)
    return are_commands_off(
        answer,
        application_id=application_id,
        command_ids=[int(each["id"]) for each in commands if each["name"] == MEMBERS_COMMAND],
        server_id=server.server_id,
        channel_id=server.channel_id,
    )


async def _or_else(otherwise: Answer, question: Awaitable[Answer]) -> Answer:
    """The answer to a question, or `otherwise` if there is none in time."""
    try:
        async with asyncio.timeout(LOOK_WITHIN):
            with reading_answers():
                return await question
    except (discord.DiscordException, aiohttp.ClientError, OSError, UnreadableAnswer, StoreUnavailable) as lost:
        log.info("a check goes on without an answer: %s", reason_of(lost))
        return otherwise
