"""The gateway: logging in, staying in, coming back."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import discord
import pytest

from bot.sandbox.discord.world import Person, World
from tests.sandbox.discord.small_bot import SOON, SmallBot, running_bot


@pytest.fixture
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def identify(token: str, **more: Any) -> dict[str, Any]:
    return {"op": 2, "d": {"token": token, "intents": discord.Intents(guilds=True).value, "properties": {}, **more}}


async def test_ready_and_synced(world: World, bot: SmallBot, study: int) -> None:
    """A bot in real discord.py logs in, knows its server and registers its commands."""
    assert [guild.id for guild in bot.guilds] == [world.guild_id]
    assert bot.get_channel(study) is not None
    assert sorted(command["name"] for command in world.commands()) == ["setup", "study"]
    assert world.gateway.connected


async def test_wrong_token(world: World) -> None:
    """A wrong token is refused at the first call."""
    with pytest.raises(discord.LoginFailure):
        async with running_bot(world, token="wrong"):
            pass


async def test_wrong_token_at_the_gateway(world: World, browser: aiohttp.ClientSession) -> None:
    """A wrong token closes the socket with Discord's number for it."""
    async with browser.ws_connect(world.gateway.url) as socket:
        assert (await socket.receive_json())["op"] == 10
        await socket.send_json(identify("wrong"))
        assert (await socket.receive()).data == 4004


async def test_privileged_intents(world: World) -> None:
    """Intents that need Discord's approval are refused, and welcome once they are approved."""
    intents = discord.Intents(guilds=True, members=True)
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with running_bot(world, intents=intents):
            pass
    world.gateway.approved = intents
    async with running_bot(world, intents=discord.Intents(guilds=True)):
        assert world.gateway.connected


async def test_heartbeat_without_compression(world: World, browser: aiohttp.ClientSession) -> None:
    """Who asks for no compression gets plain text; a heartbeat is acknowledged."""
    async with browser.ws_connect(world.gateway.url) as socket:
        await socket.receive_json()
        await socket.send_json({"op": 1, "d": None})
        assert (await socket.receive_json())["op"] == 11


async def test_shards_share_the_servers(world: World, browser: aiohttp.ClientSession) -> None:
    """A shard hears of its own servers only."""
    offered = []
    for shard in ([0, 2], [1, 2]):
        async with browser.ws_connect(world.gateway.url) as socket:
            await socket.receive_json()
            await socket.send_json(identify(world.token, shard=shard))
            offered.append(len((await socket.receive_json())["d"]["guilds"]))
    assert sorted(offered) == [0, 1]


async def test_content_of_others_stays_hidden(world: World, study: int, alice: Person) -> None:
    """Without the intent for contents a bot hears that somebody wrote, and not what; in direct messages it does."""
    async with running_bot(world, intents=discord.Intents(guilds=True, messages=True)) as bot:
        world.say(alice, study, "a secret")
        world.say(alice, world.direct_channel(alice), "for you")
        async with asyncio.timeout(SOON):
            assert [(await bot.heard.get()).content for _ in range(2)] == ["", "for you"]


async def test_intents_decide_what_is_heard(world: World, bot: SmallBot, study: int, alice: Person) -> None:
    """A bot that asked for servers alone hears of no message."""
    world.say(alice, study, "hello")
    await world.command(alice, study, "study now")
    assert bot.heard.empty()


async def test_cut_and_resume(world: World, bot: SmallBot, study: int, alice: Person) -> None:
    """After a cut the bot resumes and answers what was asked meanwhile."""
    await world.gateway.cut()
    await world.command(alice, study, "study block", {"member": str(alice.id)})
    assert bot.resumed.is_set()
    assert world.gateway.identifies == 1


async def test_asked_to_reconnect(world: World, bot: SmallBot) -> None:
    """A bot that is asked to connect anew resumes its session."""
    world.gateway.ask_to_reconnect()
    async with asyncio.timeout(SOON):
        await bot.resumed.wait()
    assert world.gateway.identifies == 1


async def test_invalid_session(world: World, bot: SmallBot, study: int, alice: Person) -> None:
    """A bot whose session is worth nothing any more logs in anew and goes on."""
    bot.is_up.clear()
    await world.gateway.invalidate()
    async with asyncio.timeout(SOON):
        await bot.is_up.wait()
    assert world.gateway.identifies == 2
    await world.command(alice, study, "study now")


async def test_resuming_what_nobody_knows(world: World, browser: aiohttp.ClientSession) -> None:
    """A session that does not exist cannot be resumed."""
    async with browser.ws_connect(world.gateway.url) as socket:
        await socket.receive_json()
        await socket.send_json({"op": 6, "d": {"token": world.token, "session_id": "gone", "seq": 1}})
        assert await socket.receive_json() == {"op": 9, "d": False, "s": None, "t": None}


async def test_resuming_after_too_much(world: World, browser: aiohttp.ClientSession, study: int) -> None:
    """A session that missed more than is kept cannot be resumed."""
    async with browser.ws_connect(world.gateway.url) as socket:
        await socket.receive_json()
        await socket.send_json(identify(world.token))
        ready = await socket.receive_json()
        await world.gateway.cut()
    for _ in range(1001):
        world.engine.emit("CHANNEL_UPDATE", {"id": str(study), "guild_id": str(world.guild_id)})
    async with browser.ws_connect(world.gateway.url) as socket:
        await socket.receive_json()
        await socket.send_json({"op": 6, "d": {"token": world.token, "session_id": ready["d"]["session_id"], "seq": 1}})
        assert (await socket.receive_json())["op"] == 9


async def test_leaving_gives_the_session_up(world: World) -> None:
    """A bot that closes well is gone at once: nothing is kept for it."""
    heard = []
    for _ in range(2):
        async with running_bot(world):
            heard.append(world.gateway.connected)
        heard.append(world.gateway.connected)
    assert heard == [True, False, True, False]
    assert world.gateway.identifies == 2


async def test_the_address(api: aiohttp.ClientSession, world: World) -> None:
    """`GET /gateway/bot` tells the address and how many logins are left today."""
    async with running_bot(world), api.get("gateway/bot") as answer:
        told = await answer.json()
    assert told["url"] == world.gateway.url
    assert told["session_start_limit"]["remaining"] == 999


async def test_a_bot_hears_of_its_own_roles(world: World, bot: SmallBot, alice: Person) -> None:
    """Without the intent for members it hears of itself all the same, and of nobody else."""
    role = world.role("Helper")
    world.give_role(alice, role)
    world.engine.add_member_role(world.guild_id, world.engine.bot_user.id, role)
    async with asyncio.timeout(SOON):
        _, after = await bot.wait_for("member_update")
    assert after.id == world.engine.bot_user.id
    assert role in {each.id for each in after.roles}
