"""Asks Discord whom the token belongs to, which commands it has, and on request to deliver a message."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import aiohttp

from bot.check.clocks import ClockComparison
from bot.check.commands import check_commands
from bot.check.discord_answer import TOKEN_SETTING, DiscordApi, NoDiscordAnswer
from bot.check.finding import Finding, found_well
from bot.check.safety_contact import check_safety_contact
from bot.config import DiscordSettings


async def check_discord(
    settings: DiscordSettings,
    http: aiohttp.ClientSession,
    clocks: ClockComparison,
    *,
    is_running: Callable[[], Awaitable[bool]],
    contact_id: int,
    now: datetime,
) -> Sequence[Finding]:
    """Ask Discord for the bot's own user and its commands, and send a test to the safety contact with `contact_id`.

    `is_running` tells whether `heybuddy run` runs already. Without a contact (0) nothing is sent.
    """
    discord = DiscordApi(settings=settings, http=http, clocks=clocks)
    asked, tested = await asyncio.gather(
        ask_discord(discord, is_running=is_running), check_safety_contact(discord, contact_id, now)
    )
    return (*asked, *tested)


async def ask_discord(discord: DiscordApi, *, is_running: Callable[[], Awaitable[bool]]) -> Sequence[Finding]:
    """As `check_discord`, of any Discord."""
    try:
        user = await discord.read("/users/@me")
        if not (isinstance(user, dict) and isinstance(user.get("username"), str)):
            raise discord.unlike_discord()
    except NoDiscordAnswer as trouble:
        return (trouble.finding,)
    known = found_well(TOKEN_SETTING, f"logs in as {user['username']}")
    return known, await check_commands(discord, is_running=is_running)
