"""The world from inside: who is in it, what they see, what is told."""

from typing import Any

import aiohttp
import discord
import pytest

from bot.sandbox.discord.world import CannotBeDone, Person, World
from tests.sandbox.discord.small_bot import SmallBot, running_bot


def test_private_channels(world: World, alice: Person, dana: Person) -> None:
    """A channel for some roles is seen by those who have one, as soon as they have it."""
    safety = world.role("Safety")
    staff = world.add_channel("staff", topic="Reports", only=[safety])
    assert world.readers(staff) == []
    world.give_role(dana, safety)
    assert world.readers(staff) == [dana.id]
    with pytest.raises(CannotBeDone):
        world.say(alice, staff, "let me in")


def test_roles_are_made_once(world: World) -> None:
    """Asking for a role again gives the same one."""
    assert world.role("Safety") == world.role("Safety")


async def test_the_bot_sees_its_own_private_channels(world: World) -> None:
    """A private channel of others is as good as closed to it, unless it was let in."""
    staff = world.add_channel("staff", only=[world.role("Safety")])
    async with running_bot(world) as bot:
        assert (await bot.post(staff, content="Report 1")).content == "Report 1"
        world.forbid_bot(staff, discord.Permissions(view_channel=True))
        with pytest.raises(discord.Forbidden):
            await bot.post(staff, content="Report 2")


async def test_what_is_told(world: World, bot: SmallBot, study: int, alice: Person) -> None:
    """Listeners hear of every message that is new, changed or gone, in order, until they stop listening."""
    heard: list[str] = []

    def hear(event: dict[str, Any]) -> None:
        heard.append(event["message"]["content"] if "message" in event else "gone")

    forget = world.listen(hear)
    world.say(alice, study, "hello")
    posted = await bot.post(study, content="Find a partner")
    await posted.edit(content="Find somebody")
    await posted.delete()
    forget()
    world.say(alice, study, "still there?")
    assert heard == ["hello", "Find a partner", "Find somebody", "gone"]


async def test_many_gone_at_once(world: World, bot: SmallBot, study: int) -> None:
    """Messages deleted together are told one by one."""
    heard: list[dict[str, Any]] = []
    posted = [await bot.post(study, content=f"{n}") for n in range(2)]
    world.listen(heard.append)
    world.engine.bulk_delete_messages(study, [message.id for message in posted])
    assert heard == [{"gone": str(message.id)} for message in posted]


async def test_dismissing_is_told_once(world: World, bot: SmallBot, study: int, alice: Person, bob: Person) -> None:
    """Only its reader can dismiss an answer; what everybody sees stays."""
    await world.command(alice, study, "study block", {"member": str(bob.id)})
    private = int(world.messages(study, alice)[0]["id"])
    posted = await bot.post(study, content="for all")
    heard: list[dict[str, Any]] = []
    world.listen(heard.append)
    world.dismiss(bob, private)
    world.dismiss(alice, posted.id)
    world.dismiss(alice, 1)
    assert heard == []
    world.dismiss(alice, private)
    world.dismiss(alice, private)
    assert heard == [{"gone": str(private)}]


async def test_everything_in_order(world: World, bot: SmallBot, study: int, alice: Person) -> None:
    """All messages of all channels come oldest first."""
    direct = world.direct_channel(alice)
    for n, channel in enumerate((direct, study, direct)):
        await bot.post(channel, content=f"{n}")
    assert [message["content"] for message in world.everything()] == ["0", "1", "2"]


async def test_stopping_keeps_what_has_happened(world: World, study: int, alice: Person) -> None:
    """A world can stop listening and start again; people, messages and channels are as they were."""
    world.say(alice, study, "hello")
    await world.stop()
    await world.stop()
    with pytest.raises(aiohttp.ClientConnectionError):
        async with aiohttp.ClientSession() as session, session.get(f"{world.api_base}/gateway"):
            pass
    await world.start()
    async with running_bot(world) as bot:
        assert [message.content async for message in bot.get_partial_messageable(study).history()] == ["hello"]
