"""Compares the commands that Discord has with those of this version."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from bot.chat.commands.expected import expected_commands
from bot.chat.commands.registration import READ_AGAIN_EVERY, differing_commands
from bot.check.discord_answer import DiscordApi, NoDiscordAnswer
from bot.check.finding import Finding, found_fault, found_well

SUBJECT: Final = "commands"


async def check_commands(discord: DiscordApi, *, is_running: Callable[[], Awaitable[bool]]) -> Finding:
    """Read the commands that Discord has. `is_running` tells whether `heybuddy run`, which writes them, runs."""
    try:
        differing = await _differing_commands(discord)
    except NoDiscordAnswer as trouble:
        return found_fault(SUBJECT, f"can't be compared, because {trouble}")
    names = ", ".join(f"/{name}" for name in differing)
    if not names:
        return found_well(SUBJECT, "Discord has every command of this version")
    if not await is_running():
        return found_well(SUBJECT, f"will be written when heybuddy run starts: {names}")
    again = f"heybuddy run puts that right within {READ_AGAIN_EVERY / 60:.0f} minutes, or its log says why it can't"
    return found_fault(SUBJECT, f"differ at Discord from this version's ({names}): {again}")


async def _differing_commands(discord: DiscordApi) -> Sequence[str]:
    """The names of the commands that differ at Discord. Raises NoDiscordAnswer."""
    ours: Sequence[Any] = await expected_commands()
    application = await discord.read("/oauth2/applications/@me")
    try:
        theirs = await discord.read(f"/applications/{application['id']}/commands?with_localizations=true")
        return differing_commands(ours, theirs)
    except (LookupError, TypeError, AttributeError) as error:
        raise discord.unlike_discord() from error
