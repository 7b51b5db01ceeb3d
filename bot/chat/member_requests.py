"""How Discord is asked about members: a hundred at once over the gateway, or each by a single request."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Final

import aiohttp
import discord
from discord.http import Route

from bot.chat.discord_limits import Share
from bot.chat.discord_trouble import reason_of
from bot.chat.memberships import membership_from_payload, membership_of
from bot.chat.request_limiter import use_share
from bot.chat.route_lanes import RouteLanes
from bot.domain.membership import ABSENT, Membership

MEMBERS_PER_FRAME: Final = 100  # Discord's limit
GATEWAY_WITHIN: Final = 1.5  # seconds; the library itself waits longer
SINGLE_WITHIN: Final = 3.0  # seconds, without the wait for a slot
GET_MEMBER: Final = "/guilds/{guild_id}/members/{member_id}"
UNKNOWN_MEMBER, UNKNOWN_USER = 10007, 10013

log = logging.getLogger(__name__)


class MemberRequests:
    """Asks Discord; waits `gateway_within` seconds for the gateway, `single_within` for each single request.

    Single requests have a share of their own of Discord's limit.
    """

    def __init__(
        self,
        client: discord.Client,
        *,
        gateway_within: float = GATEWAY_WITHIN,
        single_within: float = SINGLE_WITHIN,
    ) -> None:
        self._client = client
        self._single_within = single_within
        self._gateway_within = gateway_within
        self._lanes = RouteLanes()

    async def ask_gateway(self, guild: discord.Guild, member_ids: Sequence[int]) -> Mapping[int, Membership] | None:
        """What the gateway answers of up to a hundred members, or None if it does not.

        Who is missing from its answer has left.
        """
        try:
            async with asyncio.timeout(self._gateway_within):
                members = await guild.query_members(user_ids=list(member_ids), limit=MEMBERS_PER_FRAME, cache=False)
        except (TimeoutError, RuntimeError, discord.ClientException, aiohttp.ClientError, OSError) as silence:
            log.info("the gateway does not answer about members, who are asked for one by one: %s", reason_of(silence))
            return None
        told = {member.id: membership_of(member) for member in members}
        return {member_id: told.get(member_id, ABSENT) for member_id in member_ids}

    async def ask_singly(self, server_id: int, member_id: int) -> Membership | None:
        """What Discord answers of one member, or None if it does not."""
        try:
            async with asyncio.timeout(self._single_within) as deadline, self._lanes.use_lane() as lane:
                with use_share(Share.MEMBERS, deadline):
                    route = Route("GET", GET_MEMBER, guild_id=server_id, member_id=member_id, metadata=lane)
                    payload = await self._client.http.request(route)
        except discord.NotFound as missing:
            return ABSENT if missing.code in {UNKNOWN_MEMBER, UNKNOWN_USER} else None
        except (TimeoutError, discord.DiscordException, aiohttp.ClientError, OSError) as failed:
            log.info("Discord does not answer about a member: %s", reason_of(failed))
            return None
        return membership_from_payload(payload)
