"""Answers the store's questions about members: over the gateway, a hundred at once, or by single requests.

Each chat process answers for the servers of its own shards. A question that Discord does not answer stays open.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

import aiohttp
import discord

from bot.chat.discord_limits import Share
from bot.chat.memberships import MembershipNews, membership_from_payload, membership_of, required_role
from bot.chat.request_limiter import use_share
from bot.clock import Clock
from bot.domain.membership import ABSENT, Membership
from bot.log import describe_error
from bot.process import raise_if_cancelled
from bot.store import StoreUnavailable
from bot.store.database import Listener
from bot.store.memberships import Memberships
from bot.store.servers import Servers

MEMBERS_PER_FRAME: Final = 100  # Discord's limit
MEMBERS_PER_ROUND: Final = 10 * MEMBERS_PER_FRAME
ANSWERS_WITHIN: Final = 1.5  # seconds, for the gateway as well as for a single request; the library itself waits longer
POLL_EVERY: Final = 1.0  # seconds; how soon questions of other processes are seen
ROUNDS_APART: Final = 1.0  # seconds; a frame each is far below the 120 a minute that Discord takes
SILENT_FOR: Final = 10.0  # seconds; how long a server is left alone after neither way brought an answer
UNKNOWN_MEMBER, UNKNOWN_USER = 10007, 10013

log = logging.getLogger(__name__)


class MemberAnswers:
    """Puts open questions to Discord and records the answers.

    Single requests have a share of their own of Discord's limit, and follow each other.
    """

    def __init__(
        self,
        *,
        client: discord.Client,
        news: MembershipNews,
        memberships: Memberships,
        servers: Servers,
        clock: Clock,
        listener: Listener,
        answers_within: float = ANSWERS_WITHIN,
    ) -> None:
        self._client = client
        self._news = news
        self._memberships = memberships
        self._servers = servers
        self._clock = clock
        self._listener = listener
        self._one_at_a_time = asyncio.Lock()
        self._answers_within = answers_within
        self._silent_until: dict[int, float] = {}  # by server, in seconds of the monotonic clock

    async def run(self) -> None:
        """Answer until cancelled. Trouble in one round never ends it."""
        while True:
            await self._listener.wait(POLL_EVERY)
            try:
                await self.answer_questions()
            except StoreUnavailable as unavailable:
                raise_if_cancelled()
                log.warning("questions about members wait: %s", unavailable)
            except Exception:
                raise_if_cancelled()
                log.exception("a round of questions about members failed")
            await self._clock.sleep(ROUNDS_APART)

    async def answer_questions(self) -> None:
        """Put the oldest open questions of our servers to Discord once."""
        asked: dict[int, list[int]] = defaultdict(list)
        for question in await self._memberships.open_questions(self._reachable_servers(), limit=MEMBERS_PER_ROUND):
            asked[question.server_id].append(question.member_id)
        ours = [(guild, ids) for server_id, ids in asked.items() if (guild := self._client.get_guild(server_id))]
        await asyncio.gather(*(self._ask_about(guild, ids) for guild, ids in ours))

    def _reachable_servers(self) -> Collection[int]:
        passed = self._clock.monotonic()
        return [
            guild.id
            for guild in self._client.guilds
            if not guild.unavailable and self._silent_until.get(guild.id, passed) <= passed
        ]

    async def _ask_about(self, guild: discord.Guild, member_ids: Sequence[int]) -> None:
        for start in range(0, len(member_ids), MEMBERS_PER_FRAME):
            batch = member_ids[start : start + MEMBERS_PER_FRAME]
            told_at = self._clock.now()
            answers = await self._ask_gateway(guild, batch)
            if answers is not None:
                await self._record(guild, answers, told_at)
            elif not await self._ask_one_by_one(guild, batch):
                self._silent_until[guild.id] = self._clock.monotonic() + SILENT_FOR
                return

    async def _ask_gateway(self, guild: discord.Guild, member_ids: Sequence[int]) -> Mapping[int, Membership] | None:
        """What the gateway answers of each member, or None if it does not. Who is missing from its answer has left."""
        try:
            async with asyncio.timeout(self._answers_within):
                members = await guild.query_members(user_ids=list(member_ids), limit=MEMBERS_PER_FRAME, cache=False)
        except (TimeoutError, RuntimeError, discord.ClientException, aiohttp.ClientError, OSError) as silence:
            log.info(
                "the gateway does not answer about members, who are asked for one by one: %s", describe_error(silence)
            )
            return None
        told = {member.id: membership_of(member) for member in members}
        return {member_id: told.get(member_id, ABSENT) for member_id in member_ids}

    async def _ask_one_by_one(self, guild: discord.Guild, member_ids: Sequence[int]) -> bool:
        """Ask by single requests. False as soon as one of them brings no answer."""
        for member_id in member_ids:
            async with self._one_at_a_time:
                told_at = self._clock.now()
                membership = await self._fetch(guild.id, member_id)
            if membership is None:
                return False
            await self._record(guild, {member_id: membership}, told_at)
        return True

    async def _fetch(self, server_id: int, member_id: int) -> Membership | None:
        try:
            with use_share(Share.MEMBERS):
                async with asyncio.timeout(self._answers_within):
                    return membership_from_payload(await self._client.http.get_member(server_id, member_id))
        except discord.NotFound as missing:
            return ABSENT if missing.code in {UNKNOWN_MEMBER, UNKNOWN_USER} else None
        except (TimeoutError, discord.DiscordException, aiohttp.ClientError, OSError) as failed:
            log.info("Discord does not answer about a member: %s", describe_error(failed))
            return None

    async def _record(self, guild: discord.Guild, answers: Mapping[int, Membership], told_at: datetime) -> None:
        role_id = required_role(await self._servers.get(guild.id), {role.id for role in guild.roles})
        records = (
            self._news.record(guild.id, member_id, membership, role_id=role_id, told_at=told_at)
            for member_id, membership in answers.items()
        )
        await asyncio.gather(*records)
