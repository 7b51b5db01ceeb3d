"""Commands that are missing, or that another program wrote, are noticed; before the first start nothing is wrong."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.chat.commands.expected import expected_commands
from bot.check.clocks import ClockComparison
from bot.check.commands import check_commands
from bot.check.discord_answer import DiscordApi
from bot.check.finding import Finding
from bot.config import DiscordSettings
from tests.check.installation import CLOCK


async def ask(answer: object, *, is_running: bool, status: int = 200) -> Finding:
    """What is found if Discord answers so when it is asked for the commands of application 7."""

    async def tell_application(request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bot the-token"
        return web.json_response({"id": "7"})

    async def tell_commands(request: web.Request) -> web.Response:
        assert request.query["with_localizations"] == "true"
        return web.json_response(answer, status=status)

    app = web.Application()
    app.router.add_get("/oauth2/applications/@me", tell_application)
    app.router.add_get("/applications/7/commands", tell_commands)
    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        settings = DiscordSettings(token="the-token", api_base=f"http://127.0.0.1:{server.port}")
        discord = DiscordApi(settings=settings, http=http, clocks=ClockComparison(CLOCK))
        return await check_commands(discord, is_running=partial(tell, answer=is_running))


async def tell(*, answer: bool) -> bool:
    """Whether the bot runs."""
    return answer


def without_study(commands: Sequence[Any]) -> Sequence[Any]:
    """All but /study."""
    return [command for command in commands if command["name"] != "study"]


@pytest.mark.parametrize("is_running", [False, True])
async def test_every_command_is_there(is_running: bool) -> None:
    """Whether the bot runs or not."""
    found = await ask(await expected_commands(), is_running=is_running)
    assert (found.ok, found.message) == (True, "Discord has every command of this version")


@pytest.mark.parametrize("is_running", [False, True])
async def test_a_command_is_missing(is_running: bool) -> None:
    """That is a fault only while the bot runs, because it writes them at its start."""
    found = await ask(without_study(await expected_commands()), is_running=is_running)
    assert found.ok is not is_running
    assert "/study" in found.message
    assert "/buddy" not in found.message
    assert ("heybuddy run puts that right within 5 minutes" in found.message) is is_running


@pytest.mark.parametrize(
    ("answer", "status"), [({}, 500), ({"message": "no"}, 403), ({"code": 0}, 200), (["study"], 200)]
)
async def test_discord_does_not_tell(answer: object, status: int) -> None:
    """Odd answers have a sentence as well."""
    found = await ask(answer, is_running=True, status=status)
    assert (found.subject, found.ok) == ("commands", False)
    assert "can't be compared" in found.message
