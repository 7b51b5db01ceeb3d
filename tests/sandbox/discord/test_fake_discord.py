"""The fake_discord from inside: who is in it, what they see, what is told."""

from typing import Any

import aiohttp
import discord
import pytest

from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from bot.sandbox.discord.user_input import ImpossibleAction
from tests.sandbox.discord.small_bot import SmallBot, running_bot


def test_private_channels(fake_discord: FakeDiscord, alice: Person, dana: Person) -> None:
    """A channel for some roles is seen by those who have one, as soon as they have it."""
    safety = fake_discord.ensure_role("Safety")
    staff = fake_discord.add_channel("staff", topic="Reports", only=[safety])
    assert fake_discord.channel_readers(staff) == []
    fake_discord.give_role(dana, safety)
    assert fake_discord.channel_readers(staff) == [dana.id]
    with pytest.raises(ImpossibleAction):
        fake_discord.post_message(alice, staff, "let me in")


def test_roles_are_made_once(fake_discord: FakeDiscord) -> None:
    """Asking for a role again gives the same one."""
    assert fake_discord.ensure_role("Safety") == fake_discord.ensure_role("Safety")


async def test_the_bot_sees_its_own_private_channels(fake_discord: FakeDiscord) -> None:
    """A private channel of others is as good as closed to it, unless it was let in."""
    staff = fake_discord.add_channel("staff", only=[fake_discord.ensure_role("Safety")])
    async with running_bot(fake_discord) as bot:
        assert (await bot.post(staff, content="Report 1")).content == "Report 1"
        fake_discord.deny_bot(staff, discord.Permissions(view_channel=True))
        with pytest.raises(discord.Forbidden):
            await bot.post(staff, content="Report 2")


async def test_what_is_told(fake_discord: FakeDiscord, bot: SmallBot, study: int, alice: Person) -> None:
    """Listeners hear of every message that is new, changed or gone, in order, until they stop listening."""
    heard: list[str] = []

    def hear(event: dict[str, Any]) -> None:
        heard.append(event["message"]["content"] if "message" in event else "gone")

    forget = fake_discord.add_listener(hear)
    fake_discord.post_message(alice, study, "hello")
    posted = await bot.post(study, content="Find a partner")
    await posted.edit(content="Find somebody")
    await posted.delete()
    forget()
    fake_discord.post_message(alice, study, "still there?")
    assert heard == ["hello", "Find a partner", "Find somebody", "gone"]


async def test_many_gone_at_once(fake_discord: FakeDiscord, bot: SmallBot, study: int) -> None:
    """Messages deleted together are told one by one."""
    heard: list[dict[str, Any]] = []
    posted = [await bot.post(study, content=f"{n}") for n in range(2)]
    fake_discord.add_listener(heard.append)
    fake_discord.backend.bulk_delete_messages(study, [message.id for message in posted])
    assert heard == [{"gone": str(message.id)} for message in posted]


async def test_dismissing_is_told_once(
    fake_discord: FakeDiscord, bot: SmallBot, study: int, alice: Person, bob: Person
) -> None:
    """Only its reader can dismiss an answer; what everybody sees stays."""
    await fake_discord.call_command(alice, study, "study block", {"member": str(bob.id)})
    private = int(fake_discord.channel_messages(study, alice)[0]["id"])
    posted = await bot.post(study, content="for all")
    heard: list[dict[str, Any]] = []
    fake_discord.add_listener(heard.append)
    fake_discord.dismiss_message(bob, private)
    fake_discord.dismiss_message(alice, posted.id)
    fake_discord.dismiss_message(alice, 1)
    assert heard == []
    fake_discord.dismiss_message(alice, private)
    fake_discord.dismiss_message(alice, private)
    assert heard == [{"gone": str(private)}]


async def test_everything_in_order(fake_discord: FakeDiscord, bot: SmallBot, study: int, alice: Person) -> None:
    """All messages of all channels come oldest first."""
    direct = fake_discord.direct_channel_id(alice)
    for n, channel in enumerate((direct, study, direct)):
        await bot.post(channel, content=f"{n}")
    assert [message["content"] for message in fake_discord.all_messages()] == ["0", "1", "2"]


async def test_stopping_keeps_what_has_happened(fake_discord: FakeDiscord, study: int, alice: Person) -> None:
    """A fake_discord can stop listening and start again; people, messages and channels are as they were."""
    fake_discord.post_message(alice, study, "hello")
    await fake_discord.stop()
    await fake_discord.stop()
    with pytest.raises(aiohttp.ClientConnectionError):
        async with aiohttp.ClientSession() as session, session.get(f"{fake_discord.api_base}/gateway"):
            pass
    await fake_discord.start()
    async with running_bot(fake_discord) as bot:
        assert [message.content async for message in bot.get_partial_messageable(study).history()] == ["hello"]
