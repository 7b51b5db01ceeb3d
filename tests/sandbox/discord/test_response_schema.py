"""Responses contain the fields that Discord's schema requires."""

from typing import Any

import aiohttp
import pytest

from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from bot.sandbox.discord.faults import Fault
from bot.sandbox.discord.response_schema import complete_response

USER = {"id": "1", "username": "alice", "discriminator": "0"}


@pytest.mark.parametrize(
    ("answer", "completed"),
    [
        (None, None),
        ({"content": "hi", "nonce": None}, {"content": "hi"}),
        ({"content": "hi", "nonce": "n"}, {"content": "hi", "nonce": "n"}),
        ({"interaction": {"id": "1", "response_message_id": None}}, {"interaction": {"id": "1"}}),
        ([USER], [{**USER, "primary_guild": None}]),
        ({**USER, "primary_guild": {"tag": "X"}}, {**USER, "primary_guild": {"tag": "X"}}),
        ({"default_member_permissions": 32}, {"default_member_permissions": "32"}),
        ({"default_member_permissions": None}, {"default_member_permissions": None}),
    ],
)
def test_objects_are_completed(answer: Any, completed: Any) -> None:
    """Required fields are added, fields that may not be null are dropped, and other fields stay."""
    assert complete_response(answer) == completed


async def test_over_http(fake_discord: FakeDiscord, api: aiohttp.ClientSession, alice: Person) -> None:
    """A direct channel, a member, the bot, its application and a command have their required fields."""
    command = {"name": "study", "description": "Study", "type": 1}
    async with api.post("users/@me/channels", json={"recipient_id": str(alice.id)}) as answer:
        assert (await answer.json())["flags"] == 0
    async with api.get(f"guilds/{fake_discord.guild_id}/members/{alice.id}") as answer:
        member = await answer.json()
        assert (member["banner"], member["user"]["primary_guild"]) == (None, None)
    async with api.get("users/@me") as answer:
        assert "primary_guild" in await answer.json()
    async with api.get("oauth2/applications/@me") as answer:
        application = await answer.json()
        assert application["redirect_uris"] == []
    async with api.put(f"applications/{application['id']}/commands", json=[command]) as answer:
        [registered] = await answer.json()
        assert registered["version"] == registered["id"]


@pytest.mark.parametrize("fault", [Fault.RATE_LIMITED, Fault.SERVER_ERROR])
async def test_injected_refusals_have_a_code(
    fake_discord: FakeDiscord, api: aiohttp.ClientSession, fault: Fault
) -> None:
    """Injected rate limits and server errors have a `code` too."""
    fake_discord.faults.plan_fault(fault)
    async with api.get("users/@me") as answer:
        assert (await answer.json())["code"] == 0
