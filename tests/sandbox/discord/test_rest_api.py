"""The REST API: what it refuses as Discord does, how tokens expire, and what nonces do."""

import asyncio
import io
from typing import Any

import aiohttp
import discord
import pytest

from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from tests.sandbox.discord.server_with_bot import ServerWithBot
from tests.sandbox.discord.small_bot import ShiftedClock, SmallBot

V2 = 1 << 15
TEXT = {"type": 10, "content": "x"}


def row(*parts: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": 1, "components": list(parts)}]


def button(**more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "Press", "custom_id": "one", **more}


def select(options: int) -> dict[str, Any]:
    return {"type": 3, "custom_id": "s", "options": [{"label": f"{i}", "value": f"{i}"} for i in range(options)]}


def link(url: str) -> dict[str, Any]:
    return {"type": 2, "style": 5, "label": "Open", "url": url}


async def status_and_code(answer: aiohttp.ClientResponse) -> tuple[int, int]:
    return answer.status, (await answer.json())["code"]


# --- authentication --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["Bot wrong", "right", ""])
async def test_token(fake_discord: FakeDiscord, study: int, token: str) -> None:
    """Without the bot's token a call is refused and does nothing."""
    async with (
        aiohttp.ClientSession(headers={"Authorization": token}) as stranger,
        stranger.post(f"{fake_discord.api_base}/channels/{study}/messages", json={"content": "x"}) as answer,
    ):
        assert answer.status == 401
    assert fake_discord.channel_messages(study) == []


async def test_not_json(api: aiohttp.ClientSession, study: int) -> None:
    """A body that is not JSON is refused."""
    headers = {"Content-Type": "application/json"}
    async with api.post(f"channels/{study}/messages", data=b"{", headers=headers) as answer:
        assert await status_and_code(answer) == (400, 50109)


async def test_unsupported_route(api: aiohttp.ClientSession) -> None:
    """An unsupported route answers 501, never as if it had worked."""
    async with api.get("lobbies/1") as answer:
        assert answer.status == 501


async def test_permissions(fake_discord: FakeDiscord, bot: SmallBot, study: int) -> None:
    """The bot cannot post where it may not write, nor where it cannot see the channel."""
    fake_discord.deny_bot(study, discord.Permissions(send_messages=True))
    with pytest.raises(discord.Forbidden) as unwritable:
        await bot.post_message(study, content="x")
    fake_discord.deny_bot(study, discord.Permissions(view_channel=True))
    with pytest.raises(discord.Forbidden) as unseen:
        await bot.post_message(study, content="x")
    assert (unwritable.value.code, unseen.value.code) == (50013, 50001)


# --- request bodies --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"content": ""},
        {"content": "x" * 2001},
        {"content": 5},
        {"content": "x", "nonce": "x" * 26},
        {"embeds": [{"title": "x"}] * 11},
        {"embeds": [{"title": "x" * 257}]},
        {"embeds": [{"description": "x" * 3001}, {"description": "x" * 3000}]},
        {"embeds": [{"fields": [{"name": "n", "value": ""}]}]},
        {"content": "x", "components": [each for i in range(6) for each in row(button(custom_id=f"{i}"))]},
        {"content": "x", "components": row(*[button(custom_id=f"{i}") for i in range(6)])},
        {"content": "x", "components": row(button(), button())},
        {"content": "x", "components": row(button(label="x" * 81))},
        {"content": "x", "components": row(button(label=None))},
        {"content": "x", "components": row(button(custom_id="x" * 101))},
        {"content": "x", "components": row(link("https://x/" + "y" * 503))},
        {"content": "x", "components": row(link("javascript:alert(1)"))},
        {"content": "x", "components": row(select(26))},
        {"components": [TEXT]},
        {"flags": V2, "content": "x", "components": [TEXT]},
        {"flags": V2, "components": [TEXT] * 41},
        {"flags": V2, "components": [{"type": 10, "content": "x" * 4001}]},
        {"flags": V2, "components": [{"type": 17, "components": []}]},
        {"flags": V2, "components": [{"type": 99}]},
    ],
)
async def test_refused_messages(
    fake_discord: FakeDiscord, api: aiohttp.ClientSession, study: int, body: dict[str, Any]
) -> None:
    """A message that Discord refuses is an invalid form body and is not posted."""
    async with api.post(f"channels/{study}/messages", json=body) as answer:
        assert await status_and_code(answer) == (400, 50035)
    assert fake_discord.channel_messages(study) == []


@pytest.mark.parametrize(
    "body",
    [
        {"content": "x" * 2000, "nonce": "x" * 25},
        {"embeds": [{"title": "x" * 256, "description": "x" * 4096}]},
        {"content": "x", "components": row(*[button(custom_id=f"{i}", label="x" * 80) for i in range(5)])},
        {"content": "x", "components": row(link("https://x/" + "y" * 502))},
        {"content": "x", "components": row(select(25))},
        {"flags": V2, "components": [TEXT] * 40},
    ],
)
async def test_messages_at_the_limit(
    fake_discord: FakeDiscord, api: aiohttp.ClientSession, study: int, body: dict[str, Any]
) -> None:
    """Messages exactly at a limit are accepted."""
    async with api.post(f"channels/{study}/messages", json=body) as answer:
        assert answer.status == 200
    assert len(fake_discord.channel_messages(study)) == 1


async def test_files(fake_discord: FakeDiscord, bot: SmallBot, study: int) -> None:
    """A file that the bot sends can be fetched at the URL in the message."""
    sent = await bot.post_message(
        study, file=discord.File(io.BytesIO(b"BEGIN:VCALENDAR"), "plan über.ics", description="plan")
    )
    assert (sent.attachments[0].filename, sent.attachments[0].description) == ("plan über.ics", "plan")
    assert await sent.attachments[0].read() == b"BEGIN:VCALENDAR"
    async with aiohttp.ClientSession() as browser, browser.get(f"{sent.attachments[0].url}x") as answer:
        assert answer.status == 404


# --- direct messages -------------------------------------------------------------------------------------------------


async def test_closed_direct_messages(fake_discord: FakeDiscord, bot: SmallBot, alice: Person) -> None:
    """Direct messages are refused while a person has closed theirs."""
    fake_discord.close_direct_messages(alice)
    with pytest.raises(discord.Forbidden) as refused:
        await bot.post_message(fake_discord.direct_channel_id(alice), content="x")
    assert refused.value.code == 50007
    fake_discord.close_direct_messages(alice, closed=False)
    await (await bot.fetch_user(alice.id)).send("hello")
    assert [message["content"] for message in fake_discord.channel_messages(fake_discord.direct_channel_id(alice))] == [
        "hello"
    ]


async def test_no_direct_messages_without_a_common_server(
    fake_discord: FakeDiscord, bot: SmallBot, alice: Person
) -> None:
    """Direct messages to a person who has left the server are refused."""
    fake_discord.remove_person(alice)
    with pytest.raises(discord.Forbidden) as refused:
        await bot.post_message(fake_discord.direct_channel_id(alice), content="x")
    assert refused.value.code == 50278


async def test_a_nonce_makes_a_repeat_harmless(
    fake_discord: FakeDiscord, api: aiohttp.ClientSession, clock: ShiftedClock, alice: Person
) -> None:
    """For some minutes the same nonce returns the first message; later, or if not enforced, it has no effect."""
    direct, body = fake_discord.direct_channel_id(alice), {"content": "x", "nonce": "row-1", "enforce_nonce": True}

    async def send(**more: Any) -> str:
        async with api.post(f"channels/{direct}/messages", json={**body, **more}) as answer:
            sent = await answer.json()
            assert sent["nonce"] == more.get("nonce", "row-1")
            return str(sent["id"])

    first = await send()
    assert await send(content="not even this") == first
    assert len({first, await send(nonce="row-2"), await send(enforce_nonce=False)}) == 3
    clock.skip(minutes=6)
    assert await send() != first


# --- interactions ----------------------------------------------------------------------------------------------------


async def pending_interaction(server: ServerWithBot) -> discord.Interaction:
    """An interaction that has no response yet."""
    calling = asyncio.create_task(server.fake_discord.call_command(server.alice, server.study, "study later"))
    calling.add_done_callback(lambda done: done.exception())
    return await server.bot.next_interaction()


async def test_answered_twice(server: ServerWithBot) -> None:
    """A second response is refused, and the first one stays."""
    interaction = await pending_interaction(server)
    await interaction.response.send_message("first")
    again = {"type": 4, "data": {"content": "second"}}
    url = f"{server.fake_discord.api_base}/interactions/{interaction.id}/{interaction.token}/callback"
    async with aiohttp.ClientSession() as bare, bare.post(url, json=again) as answer:
        assert await status_and_code(answer) == (400, 40060)
    assert server.newest_message(server.bob)["content"] == "first"


async def test_a_refused_answer_does_not_count(server: ServerWithBot) -> None:
    """After an invalid response a valid one is still accepted."""
    interaction = await pending_interaction(server)
    with pytest.raises(discord.HTTPException) as refused:
        await interaction.response.send_message("x" * 2001)
    assert refused.value.code == 50035
    await interaction.response.send_message("short")
    assert server.newest_message(server.bob)["content"] == "short"


async def test_answered_too_late(server: ServerWithBot, clock: ShiftedClock) -> None:
    """After three seconds the interaction is unknown."""
    interaction = await pending_interaction(server)
    clock.skip(seconds=4)
    with pytest.raises(discord.NotFound) as refused:
        await interaction.response.send_message("late")
    assert refused.value.code == 10062


async def test_interaction_tokens_expire(server: ServerWithBot, clock: ShiftedClock) -> None:
    """For 15 minutes responses can be edited and followed up; after that the token is refused."""
    interaction = await pending_interaction(server)
    await interaction.response.defer(ephemeral=True)
    clock.skip(minutes=14)
    await interaction.edit_original_response(content="edited")
    followed = await interaction.followup.send("followed", ephemeral=True, wait=True)
    await followed.edit(content="followed, edited")
    seen = [message["content"] for message in server.fake_discord.channel_messages(server.study, server.alice)]
    assert seen == ["edited", "followed, edited"]
    assert server.fake_discord.channel_messages(server.study, server.bob) == []
    clock.skip(minutes=1)
    for late in (interaction.edit_original_response(content="late"), interaction.followup.send("late")):
        with pytest.raises(discord.HTTPException) as refused:
            await late
        assert (refused.value.status, refused.value.code) == (401, 50027)


async def test_editing_a_dismissed_response(server: ServerWithBot) -> None:
    """A dismissed response can be edited without an error and stays hidden."""
    interaction = await pending_interaction(server)
    await interaction.response.send_message("card", ephemeral=True)
    server.fake_discord.dismiss_message(server.alice, int(server.newest_message(server.alice)["id"]))
    events: list[dict[str, Any]] = []
    server.fake_discord.add_listener(events.append)
    await interaction.edit_original_response(content="edited")
    assert (
        server.fake_discord.channel_messages(server.study, server.alice)
        == server.fake_discord.all_messages()
        == events
        == []
    )


@pytest.mark.parametrize(
    "choices",
    [
        [{"name": "a", "value": "a"}] * 26,
        [{"name": "x" * 101, "value": "a"}],
        [{"name": "", "value": "a"}],
        [{"name": "a", "value": "x" * 101}],
    ],
)
async def test_refused_autocomplete_choices(server: ServerWithBot, choices: list[dict[str, str]]) -> None:
    """Too many choices, or too long ones, are refused."""
    interaction = await pending_interaction(server)
    url = f"{server.fake_discord.api_base}/interactions/{interaction.id}/{interaction.token}/callback"
    body = {"type": 8, "data": {"choices": choices}}
    async with aiohttp.ClientSession() as bare, bare.post(url, json=body) as answer:
        assert await status_and_code(answer) == (400, 50035)
