"""Compares the commands that Discord has with those of this version."""

from collections.abc import Sequence
from typing import Any, Final

import aiohttp

from bot.chat.commands.groups import expected_commands
from bot.chat.commands.registration import READ_AGAIN_EVERY, differing_commands
from bot.check.finding import Finding, found_fault, found_well
from web.connection_errors import NO_ANSWER, describe_connection_error

SUBJECT: Final = "commands"


async def check_commands(api_base: str, http: aiohttp.ClientSession, *, token: str, is_running: bool) -> Finding:
    """Read the commands that Discord has. `heybuddy run` writes them at its start; `is_running`: it runs already."""
    try:
        differing = differing_commands(await expected_commands(), await _read_commands(api_base, http, token))
    except (*NO_ANSWER, KeyError, TypeError, AttributeError) as error:
        reason = describe_connection_error(error)
        return found_fault(SUBJECT, f"Discord does not tell which commands it has: {reason}; check again later")
    names = ", ".join(f"/{name}" for name in differing)
    if not names:
        return found_well(SUBJECT, "Discord has every command of this version")
    if not is_running:
        return found_well(SUBJECT, f"will be written when heybuddy run starts: {names}")
    again = f"heybuddy run puts that right within {READ_AGAIN_EVERY / 60:.0f} minutes, or its log says why it cannot"
    return found_fault(SUBJECT, f"differ at Discord from this version's ({names}): {again}")


async def _read_commands(api_base: str, http: aiohttp.ClientSession, token: str) -> Sequence[Any]:
    async def read(path: str) -> Any:  # noqa: ANN401 -- any JSON
        headers = {"Authorization": f"Bot {token}"}
        async with http.get(f"{api_base}{path}", headers=headers, allow_redirects=False) as answer:
            answer.raise_for_status()
            return await answer.json()

    application = await read("/oauth2/applications/@me")
    commands: Sequence[Any] = await read(f"/applications/{application['id']}/commands?with_localizations=true")
    return commands
