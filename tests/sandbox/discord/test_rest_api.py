"""The REST interface: what is refused as Discord refuses it, and what tokens and nonces are worth."""

import asyncio
import io
from typing import Any

import aiohttp
import discord
import pytest

from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from tests.sandbox.discord.server_with_bot import Hall
from tests.sandbox.discord.small_bot import ShiftedClock, SmallBot

V2 = 1 << 15
WORDS = {"type": 10, "content": "x"}


def row(*parts: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": 1, "components": list(parts)}]


def button(**more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "Press", "custom_id": "one", **more}


def select(options: int) -> dict[str, Any]:
    return {"type": 3, "custom_id": "s", "options": [{"label": f"{i}", "value": f"{i}"} for i in range(options)]}


def link(url: str) -> dict[str, Any]:
    return {"type": 2, "style": 5, "label": "Open", "url": url}


async def code(answer: aiohttp.ClientResponse) -> tuple[int, int]:
    return answer.status, (await answer.json())["code"]


# --- who may call ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["Bot wrong", "right", ""])
async def test_token(fake_discord: FakeDiscord, study: int, token: str) -> None:
    """Without the bot's token nothing happens."""
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
        assert await code(answer) == (400, 50109)


async def test_what_the_engine_cannot_do(api: aiohttp.ClientSession) -> None:
    """A route that is not there answers as one that is not built, never as if it had worked."""
    async with api.get("lobbies/1") as answer:
        assert answer.status == 501


async def test_permissions(fake_discord: FakeDiscord, bot: SmallBot, study: int) -> None:
    """A channel where the bot may not write is closed to it; one that it cannot see as well."""
    fake_discord.deny_bot(study, discord.Permissions(send_messages=True))
    with pytest.raises(discord.Forbidden) as unwritable:
        await bot.post(study, content="x")
    fake_discord.deny_bot(study, discord.Permissions(view_channel=True))
    with pytest.raises(discord.Forbidden) as unseen:
        await bot.post(study, content="x")
    assert (unwritable.value.code, unseen.value.code) == (50013, 50001)


# --- what is in a body -----------------------------------------------------------------------------------------------


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
        {"components": [WORDS]},
        {"flags": V2, "content": "x", "components": [WORDS]},
        {"flags": V2, "components": [WORDS] * 41},
        {"flags": V2, "components": [{"type": 10, "content": "x" * 4001}]},
        {"flags": V2, "components": [{"type": 17, "components": []}]},
        {"flags": V2, "components": [{"type": 99}]},
    ],
)
async def test_refused_messages(
    fake_discord: FakeDiscord, api: aiohttp.ClientSession, study: int, body: dict[str, Any]
) -> None:
    """What Discord refuses is an invalid form body, and nobody sees it."""
    async with api.post(f"channels/{study}/messages", json=body) as answer:
        assert await code(answer) == (400, 50035)
    assert fake_discord.channel_messages(study) == []


@pytest.mark.parametrize(
    "body",
    [
        {"content": "x" * 2000, "nonce": "x" * 25},
        {"embeds": [{"title": "x" * 256, "description": "x" * 4096}]},
        {"content": "x", "components": row(*[button(custom_id=f"{i}", label="x" * 80) for i in range(5)])},
        {"content": "x", "components": row(link("https://x/" + "y" * 502))},
        {"content": "x", "components": row(select(25))},
        {"flags": V2, "components": [WORDS] * 40},
    ],
)
async def test_messages_at_the_limit(
    fake_discord: FakeDiscord, api: aiohttp.ClientSession, study: int, body: dict[str, Any]
) -> None:
    """What Discord still takes is taken."""
    async with api.post(f"channels/{study}/messages", json=body) as answer:
        assert answer.status == 200
    assert len(fake_discord.channel_messages(study)) == 1


async def test_files(fake_discord: FakeDiscord, bot: SmallBot, study: int) -> None:
    """A file that the bot sends can be fetched where the message says."""
    sent = await bot.post(study, file=discord.File(io.BytesIO(b"BEGIN:VCALENDAR"), "plan über.ics", description="plan"))
    assert (sent.attachments[0].filename, sent.attachments[0].description) == ("plan über.ics", "plan")
    assert await sent.attachments[0].read() == b"BEGIN:VCALENDAR"
    async with aiohttp.ClientSession() as browser, browser.get(f"{sent.attachments[0].url}x") as answer:
        assert answer.status == 404


# --- direct messages -------------------------------------------------------------------------------------------------


async def test_closed_direct_messages(fake_discord: FakeDiscord, bot: SmallBot, alice: Person) -> None:
    """Who has closed theirs cannot be written to, until they open them again."""
    fake_discord.close_direct_messages(alice)
    with pytest.raises(discord.Forbidden) as refused:
        await bot.post(fake_discord.direct_channel_id(alice), content="x")
    assert refused.value.code == 50007
    fake_discord.close_direct_messages(alice, closed=False)
    await (await bot.fetch_user(alice.id)).send("hello")
    assert [message["content"] for message in fake_discord.channel_messages(fake_discord.direct_channel_id(alice))] == [
        "hello"
    ]


async def test_who_has_left_cannot_be_written_to(fake_discord: FakeDiscord, bot: SmallBot, alice: Person) -> None:
    """Without a server in common there are no direct messages."""
    fake_discord.remove_person(alice)
    with pytest.raises(discord.Forbidden) as refused:
        await bot.post(fake_discord.direct_channel_id(alice), content="x")
    assert refused.value.code == 50278


async def test_a_nonce_makes_a_repeat_harmless(
    fake_discord: FakeDiscord, api: aiohttp.ClientSession, clock: ShiftedClock, alice: Person
) -> None:
    """The same nonce returns the first message for some minutes; later or unenforced it counts for nothing."""
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


async def asked(hall: Hall) -> discord.Interaction:
    """An interaction that is not answered yet."""
    asking = asyncio.create_task(hall.fake_discord.call_command(hall.alice, hall.study, "study later"))
    asking.add_done_callback(lambda done: done.exception())
    return await hall.bot.asked()


async def test_answered_twice(hall: Hall) -> None:
    """A second answer is refused, and the first stands."""
    question = await asked(hall)
    await question.response.send_message("first")
    again = {"type": 4, "data": {"content": "second"}}
    url = f"{hall.fake_discord.api_base}/interactions/{question.id}/{question.token}/callback"
    async with aiohttp.ClientSession() as bare, bare.post(url, json=again) as answer:
        assert await code(answer) == (400, 40060)
    assert hall.last(hall.bob)["content"] == "first"


async def test_a_refused_answer_does_not_count(hall: Hall) -> None:
    """After an invalid answer a valid one is still welcome."""
    question = await asked(hall)
    with pytest.raises(discord.HTTPException) as refused:
        await question.response.send_message("x" * 2001)
    assert refused.value.code == 50035
    await question.response.send_message("short")
    assert hall.last(hall.bob)["content"] == "short"


async def test_answered_too_late(hall: Hall, clock: ShiftedClock) -> None:
    """After three seconds nobody knows the interaction any more."""
    question = await asked(hall)
    clock.skip(seconds=4)
    with pytest.raises(discord.NotFound) as refused:
        await question.response.send_message("late")
    assert refused.value.code == 10062


async def test_a_token_lives_a_quarter_of_an_hour(hall: Hall, clock: ShiftedClock) -> None:
    """Answers can be edited and followed for fifteen minutes, and not a moment longer."""
    question = await asked(hall)
    await question.response.defer(ephemeral=True)
    clock.skip(minutes=14)
    await question.edit_original_response(content="edited")
    followed = await question.followup.send("followed", ephemeral=True, wait=True)
    await followed.edit(content="followed, edited")
    seen = [message["content"] for message in hall.fake_discord.channel_messages(hall.study, hall.alice)]
    assert seen == ["edited", "followed, edited"]
    assert hall.fake_discord.channel_messages(hall.study, hall.bob) == []
    clock.skip(minutes=1)
    for late in (question.edit_original_response(content="late"), question.followup.send("late")):
        with pytest.raises(discord.HTTPException) as refused:
            await late
        assert (refused.value.status, refused.value.code) == (401, 50027)


async def test_edits_of_what_was_dismissed_go_nowhere(hall: Hall) -> None:
    """A dismissed answer can be edited without an error; it stays out of sight."""
    question = await asked(hall)
    await question.response.send_message("card", ephemeral=True)
    hall.fake_discord.dismiss_message(hall.alice, int(hall.last(hall.alice)["id"]))
    heard: list[dict[str, Any]] = []
    hall.fake_discord.add_listener(heard.append)
    await question.edit_original_response(content="edited")
    assert hall.fake_discord.channel_messages(hall.study, hall.alice) == hall.fake_discord.all_messages() == heard == []


@pytest.mark.parametrize(
    "choices",
    [
        [{"name": "a", "value": "a"}] * 26,
        [{"name": "x" * 101, "value": "a"}],
        [{"name": "", "value": "a"}],
        [{"name": "a", "value": "x" * 101}],
    ],
)
async def test_refused_suggestions(hall: Hall, choices: list[dict[str, str]]) -> None:
    """Too many suggestions, or too long ones, are refused."""
    question = await asked(hall)
    url = f"{hall.fake_discord.api_base}/interactions/{question.id}/{question.token}/callback"
    body = {"type": 8, "data": {"choices": choices}}
    async with aiohttp.ClientSession() as bare, bare.post(url, json=body) as answer:
        assert await code(answer) == (400, 50035)
