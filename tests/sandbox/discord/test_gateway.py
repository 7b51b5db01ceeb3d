"""The gateway: identifying, heartbeats, intents, resuming."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import discord
import pytest

from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from tests.polling import TIMEOUT, until
from tests.sandbox.discord.small_bot import SmallBot, running_bot


@pytest.fixture
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def identify(token: str, **more: Any) -> dict[str, Any]:
    return {"op": 2, "d": {"token": token, "intents": discord.Intents(guilds=True).value, "properties": {}, **more}}


async def test_ready_and_synced(fake_discord: FakeDiscord, bot: SmallBot, study: int) -> None:
    """A real discord.py bot logs in, sees its server and registers its commands."""
    assert [guild.id for guild in bot.guilds] == [fake_discord.guild_id]
    assert bot.get_channel(study) is not None
    assert sorted(command["name"] for command in fake_discord.registered_commands()) == ["setup", "study"]
    assert fake_discord.gateway.connected


async def test_wrong_token(fake_discord: FakeDiscord) -> None:
    """A wrong token is refused at the first HTTP call."""
    with pytest.raises(discord.LoginFailure):
        async with running_bot(fake_discord, token="wrong"):
            pass


async def test_wrong_token_at_the_gateway(fake_discord: FakeDiscord, browser: aiohttp.ClientSession) -> None:
    """A wrong token closes the socket with Discord's code for it."""
    async with browser.ws_connect(fake_discord.gateway.url) as socket:
        assert (await socket.receive_json())["op"] == 10
        await socket.send_json(identify("wrong"))
        assert (await socket.receive()).data == 4004


async def test_privileged_intents(fake_discord: FakeDiscord) -> None:
    """Privileged intents are refused unless they are approved."""
    intents = discord.Intents(guilds=True, members=True)
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with running_bot(fake_discord, intents=intents):
            pass
    fake_discord.gateway.approved_intents = intents
    async with running_bot(fake_discord, intents=discord.Intents(guilds=True)):
        assert fake_discord.gateway.connected


async def test_heartbeat_without_compression(fake_discord: FakeDiscord, browser: aiohttp.ClientSession) -> None:
    """Without compression frames are plain text; a heartbeat is acknowledged."""
    async with browser.ws_connect(fake_discord.gateway.url) as socket:
        await socket.receive_json()
        await socket.send_json({"op": 1, "d": None})
        assert (await socket.receive_json())["op"] == 11


async def test_shards_share_the_servers(fake_discord: FakeDiscord, browser: aiohttp.ClientSession) -> None:
    """A shard gets its own servers only."""
    offered = []
    for shard in ([0, 2], [1, 2]):
        async with browser.ws_connect(fake_discord.gateway.url) as socket:
            await socket.receive_json()
            await socket.send_json(identify(fake_discord.token, shard=shard))
            offered.append(len((await socket.receive_json())["d"]["guilds"]))
    assert sorted(offered) == [0, 1]


async def test_content_of_others_stays_hidden(fake_discord: FakeDiscord, study: int, alice: Person) -> None:
    """Without the message content intent, content arrives empty, except in direct messages."""
    async with running_bot(fake_discord, intents=discord.Intents(guilds=True, messages=True)) as bot:
        fake_discord.post_message(alice, study, "a secret")
        fake_discord.post_message(alice, fake_discord.direct_channel_id(alice), "for you")
        async with asyncio.timeout(TIMEOUT):
            assert [(await bot.received.get()).content for _ in range(2)] == ["", "for you"]


async def test_intents_filter_events(fake_discord: FakeDiscord, bot: SmallBot, study: int, alice: Person) -> None:
    """A bot with only the guilds intent gets no messages."""
    fake_discord.post_message(alice, study, "hello")
    await fake_discord.call_command(alice, study, "study now")
    assert bot.received.empty()


async def test_resume(fake_discord: FakeDiscord, bot: SmallBot, study: int, alice: Person) -> None:
    """After a broken connection the bot resumes and answers a command called meanwhile."""
    await fake_discord.gateway.abort_connections()
    await fake_discord.call_command(alice, study, "study block", {"member": str(alice.id)})
    async with asyncio.timeout(TIMEOUT):
        await bot.resumed.wait()
    assert fake_discord.gateway.identify_count == 1


async def test_reconnect_request(fake_discord: FakeDiscord, bot: SmallBot) -> None:
    """A bot that is asked to reconnect resumes its session."""
    fake_discord.gateway.request_reconnect()
    async with asyncio.timeout(TIMEOUT):
        await bot.resumed.wait()
    assert fake_discord.gateway.identify_count == 1


async def test_invalid_session(fake_discord: FakeDiscord, bot: SmallBot, study: int, alice: Person) -> None:
    """A bot whose session is invalidated identifies again and works."""
    bot.is_up.clear()
    await fake_discord.gateway.invalidate_sessions()
    async with asyncio.timeout(TIMEOUT):
        await bot.is_up.wait()
    assert fake_discord.gateway.identify_count == 2
    await fake_discord.call_command(alice, study, "study now")


async def test_resuming_an_unknown_session(fake_discord: FakeDiscord, browser: aiohttp.ClientSession) -> None:
    """An unknown session cannot be resumed."""
    async with browser.ws_connect(fake_discord.gateway.url) as socket:
        await socket.receive_json()
        await socket.send_json({"op": 6, "d": {"token": fake_discord.token, "session_id": "gone", "seq": 1}})
        assert await socket.receive_json() == {"op": 9, "d": False, "s": None, "t": None}


async def test_resuming_after_too_many_events(
    fake_discord: FakeDiscord, browser: aiohttp.ClientSession, study: int
) -> None:
    """A session that missed more events than are kept cannot be resumed."""
    async with browser.ws_connect(fake_discord.gateway.url) as socket:
        await socket.receive_json()
        await socket.send_json(identify(fake_discord.token))
        ready = await socket.receive_json()
        await fake_discord.gateway.abort_connections()
    for _ in range(1001):
        fake_discord.backend.emit("CHANNEL_UPDATE", {"id": str(study), "guild_id": str(fake_discord.guild_id)})
    async with browser.ws_connect(fake_discord.gateway.url) as socket:
        await socket.receive_json()
        await socket.send_json(
            {"op": 6, "d": {"token": fake_discord.token, "session_id": ready["d"]["session_id"], "seq": 1}}
        )
        assert (await socket.receive_json())["op"] == 9


async def test_a_normal_close_ends_the_session(fake_discord: FakeDiscord) -> None:
    """A bot that closes normally is disconnected at once, and identifies again next time."""

    async def is_disconnected() -> bool:
        return not fake_discord.gateway.connected

    for _ in range(2):
        async with running_bot(fake_discord):
            assert fake_discord.gateway.connected
        await until(is_disconnected)
    assert fake_discord.gateway.identify_count == 2


async def test_gateway_address(api: aiohttp.ClientSession, fake_discord: FakeDiscord) -> None:
    """`GET /gateway/bot` returns the address and how many identifies are left today."""
    async with running_bot(fake_discord), api.get("gateway/bot") as answer:
        body = await answer.json()
    assert body["url"] == fake_discord.gateway.url
    assert body["session_start_limit"]["remaining"] == 999


async def test_own_member_updates_need_no_intent(fake_discord: FakeDiscord, bot: SmallBot, alice: Person) -> None:
    """Without the members intent a bot gets its own member updates and nobody else's."""
    role = fake_discord.ensure_role("Helper")
    fake_discord.give_role(alice, role)
    fake_discord.backend.add_member_role(fake_discord.guild_id, fake_discord.backend.bot_user.id, role)
    async with asyncio.timeout(TIMEOUT):
        _, after = await bot.wait_for("member_update")
    assert after.id == fake_discord.backend.bot_user.id
    assert role in {each.id for each in after.roles}
