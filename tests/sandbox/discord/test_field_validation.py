"""Selects and fields of forms that Discord refuses for what they are preset to."""

import asyncio
from typing import Any

import aiohttp
import pytest

from bot.sandbox.discord.fake_discord import FakeDiscord
from bot.sandbox.discord.simcord_internals import ChannelType
from tests.sandbox.discord.server_with_bot import ServerWithBot

USER, ROLE, MENTIONABLE, CHANNEL = 5, 6, 7, 8
REFUSED = (400, 50035)


def named_ids(fake_discord: FakeDiscord, study: int) -> dict[str, int]:
    """What a select may be preset to, and what it may not: a role that is gone, and a post in a forum."""
    backend, guild_id = fake_discord.backend, fake_discord.guild_id
    gone = backend.create_role(guild_id, "Gone").id
    backend.delete_role(guild_id, gone)
    forum = backend.create_channel(guild_id, "forum", type=ChannelType.FORUM)
    post = backend.create_thread(forum.id, "post", backend.bot_user.id).id
    staff = fake_discord.ensure_role("Staff")
    return {"study": study, "staff": staff, "gone": gone, "post": post, "bot": backend.bot_user.id, "forum": forum.id}


def preset(kind: int, *defaults: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {"type": kind, "custom_id": "s", "default_values": list(defaults), **more}


@pytest.mark.parametrize(
    ("select", "status"),
    [
        (preset(ROLE, ("role", "staff")), 200),
        (preset(ROLE), 200),
        (preset(USER, ("user", "bot")), 200),
        (preset(CHANNEL, ("channel", "study")), 200),
        (preset(MENTIONABLE, ("role", "staff"), ("user", "bot"), max_values=2), 200),
        (preset(CHANNEL, ("channel", "study"), ("channel", "forum")), 400),
        (preset(CHANNEL, ("channel", "study"), min_values=2, max_values=2), 400),
        (preset(CHANNEL, ("channel", "study"), ("channel", "study"), max_values=2), 400),
        (preset(CHANNEL, ("role", "staff")), 400),
        (preset(ROLE, ("channel", "study")), 400),
        (preset(USER, ("role", "staff")), 400),
        (preset(MENTIONABLE, ("channel", "study")), 400),
        (preset(ROLE, ("role", "gone")), 400),
        (preset(CHANNEL, ("channel", "post")), 400),
    ],
)
async def test_presets_of_selects(
    fake_discord: FakeDiscord, api: aiohttp.ClientSession, study: int, select: dict[str, Any], status: int
) -> None:
    """As many as may be chosen, of the select's kind, all still there, and no posts of forums."""
    ids = named_ids(fake_discord, study)
    defaults = [{"type": kind, "id": str(ids[name])} for kind, name in select["default_values"]]
    body = {"components": [{"type": 1, "components": [{**select, "default_values": defaults}]}]}
    async with api.post(f"channels/{study}/messages", json=body) as answer:
        assert answer.status == status
        assert status == 200 or (await answer.json())["code"] == 50035


def options(count: int, *, defaults: int) -> list[dict[str, Any]]:
    return [{"label": f"{n}", "value": f"{n}", "default": n < defaults} for n in range(count)]


def field(kind: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "custom_id": "f", **more}


def label(part: dict[str, Any], text: str = "Label") -> dict[str, Any]:
    return {"type": 18, "label": text, "component": part}


def row(part: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": [part]}


TEXT, SELECT, FILE, RADIO, BOXES = 4, 3, 19, 21, 22


@pytest.mark.parametrize(
    ("parts", "is_accepted"),
    [
        ([label(field(TEXT, style=1, value="x" * 20, max_length=20))], True),
        ([label(field(TEXT, style=1, value="x" * 21, max_length=20))], False),
        ([label(field(TEXT, style=1, value="x" * 4001))], False),
        ([label(field(SELECT, options=options(3, defaults=1)))], True),
        ([label(field(SELECT, options=options(3, defaults=2)))], False),
        ([label(field(SELECT, options=options(3, defaults=1), min_values=2, max_values=3))], False),
        ([label(field(RADIO, options=options(3, defaults=2)))], False),
        ([label(field(RADIO, options=options(1, defaults=0)))], False),
        ([label(field(RADIO, options=options(11, defaults=0)))], False),
        ([label(field(BOXES, options=options(3, defaults=3)))], True),
        ([label(field(BOXES, options=options(3, defaults=3), max_values=2))], False),
        ([label(field(BOXES, options=options(11, defaults=0)))], False),
        ([label(field(FILE, max_values=11))], False),
        ([label(field(TEXT, style=1), text="x" * 46)], False),
        ([label(field(TEXT, style=1, custom_id="f" * 101))], False),
        ([label(field(TEXT, style=1)), label(field(TEXT, style=1))], False),
        ([row(field(TEXT, style=1, label="Old"))], True),
        ([row(field(SELECT, options=options(3, defaults=0)))], False),
    ],
)
async def test_presets_of_forms(server: ServerWithBot, parts: list[dict[str, Any]], *, is_accepted: bool) -> None:
    """Texts no longer than may be typed, no more than may be chosen, each id once, and selects under a label."""
    calling = asyncio.create_task(server.fake_discord.call_command(server.alice, server.study, "study later"))
    interaction = await server.bot.next_interaction()
    url = f"{server.fake_discord.api_base}/interactions/{interaction.id}/{interaction.token}/callback"
    body = {"type": 9, "data": {"custom_id": "form", "title": "Form", "components": parts}}
    async with aiohttp.ClientSession() as bare, bare.post(url, json=body) as answer:
        told = (answer.status, None if is_accepted else (await answer.json())["code"])
    assert told == ((200, None) if is_accepted else REFUSED)
    if not is_accepted:
        await interaction.response.send_message("x")
    await calling
