"""What Discord tells of a reported member when a report about them is opened. None of it is stored."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import aiohttp
import discord

from bot.chat.discord_trouble import UnreadableAnswer, reading_answers, reason_of
from bot.domain.gate import account_created_at
from bot.domain.report import NOBODY

LOOK_WITHIN: Final = 3.0  # seconds; the reader waits for the report meanwhile

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberFacts:
    """When the account was made, and whether its owner has left the server before and come back."""

    account_created_at: datetime
    has_come_back: bool


async def read_member(client: discord.Client, server_id: int, member_id: int) -> MemberFacts | None:
    """The facts about a member; None if they have left or deleted their data, or Discord does not tell in time."""
    if member_id <= NOBODY:
        return None
    try:
        async with asyncio.timeout(LOOK_WITHIN):
            with reading_answers():
                guild = client.get_guild(server_id) or await client.fetch_guild(server_id)
                member = await guild.fetch_member(member_id)
    except discord.NotFound:
        return None
    except (discord.DiscordException, aiohttp.ClientError, OSError, UnreadableAnswer) as lost:
        log.info("a report is shown without what Discord tells of its member: %s", reason_of(lost))
        return None
    return MemberFacts(account_created_at=account_created_at(member_id), has_come_back=member.flags.did_rejoin)
