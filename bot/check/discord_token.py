"""Asks Discord whom the token belongs to, and tells a wrong token from a Discord that cannot be reached from here."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

import aiohttp

from bot.check.clocks import DISCORD, ClockComparison
from bot.check.commands import check_commands
from bot.check.finding import Finding, found_fault, found_well
from bot.config import DiscordSettings
from web.connection_errors import NO_ANSWER, describe_connection_error

FIRST_SERVER_ERROR: Final = 500


async def check_discord(
    settings: DiscordSettings, http: aiohttp.ClientSession, clocks: ClockComparison, *, is_running: bool
) -> Sequence[Finding]:
    """Ask Discord for the bot's own user and its commands. `is_running`: `heybuddy run` runs already."""
    headers = {"Authorization": f"Bot {settings.token}"}
    address = f"{settings.api_base}/users/@me"
    try:
        async with http.get(address, headers=headers, allow_redirects=False) as answer:
            clocks.observe(DISCORD, answer.headers)
            if answer.status == HTTPStatus.OK and answer.content_type == "application/json":
                user = await answer.json()
                known = found_well("discord.token", f"logs in as {user['username']}")
            else:
                return (_describe_refusal(answer),)
    except (*NO_ANSWER, KeyError, TypeError) as error:
        reason = describe_connection_error(error)
        message = f"Discord does not answer: {reason}; is this machine's way to the internet open?"
        return (found_fault("discord.api_base", message),)
    return known, await check_commands(settings.api_base, http, token=settings.token, is_running=is_running)


def _describe_refusal(answer: aiohttp.ClientResponse) -> Finding:
    status = answer.status
    if status == HTTPStatus.UNAUTHORIZED:
        message = "Discord does not know this token: copy it again from your application's page Bot"
        return found_fault("discord.token", message)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        message = "Discord asks this machine's address to wait (status 429): check again in an hour"
    elif status >= FIRST_SERVER_ERROR:
        message = f"Discord itself has trouble (status {status}): see discordstatus.com and check again later"
    else:
        message = f"something else than Discord answers (status {status}): is there a login page or a proxy on the way?"
    return found_fault("discord.api_base", message)
