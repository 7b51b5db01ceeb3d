"""The stand-in's server: who is in it, what they see, and what listeners get."""

from typing import Any

import aiohttp
import discord
import pytest

from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from bot.sandbox.discord.user_input import ImpossibleAction
from tests.sandbox.discord.small_bot import SmallBot, running_bot


def test_private_channels(fake_discord: FakeDiscord, alice: Person, dana: Person) -> None:
    """A channel for some roles is visible to everybody who has one of them, as soon as they get it."""
    safety = fake_discord.ensure_role("Safety")
    staff = fake_discord.add_channel("staff", topic="Reports", only=[safety])
    assert fake_discord.channel_readers(staff) == []
    fake_discord.give_role(dana, safety)
    assert fake_discord.channel_readers(staff) == [dana.id]
    with pytest.raises(ImpossibleAction):
        fake_discord.post_message(alice, staff, "let me in")


def test_roles_are_created_once(fake_discord: FakeDiscord) -> None:
    """Asking for a role again returns the same one."""
    assert fake_discord.ensure_role("Safety") == fake_discord.ensure_role("Safety")


async def test_the_bot_sees_its_own_private_channels(fake_discord: FakeDiscord) -> None:
    """The bot can write in a private channel it was let into, and no longer once it is denied the view."""
    staff = fake_discord.add_channel("staff", only=[fake_discord.ensure_role("Safety")])
    async with running_bot(fake_discord) as bot:
        assert (await bot.post_message(staff, content="Report 1")).content == "Report 1"
        fake_discord.deny_bot(staff, discord.Permissions(view_channel=True))
        with pytest.raises(discord.Forbidden):
            await bot.post_message(staff, content="Report 2")


async def test_listeners(fake_discord: FakeDiscord, bot: SmallBot, study: int, alice: Person) -> None:
    """Listeners get every new, changed or removed message, in order, until they are removed."""
    events: list[str] = []

    def on_event(event: dict[str, Any]) -> None:
        events.append(event["message"]["content"] if "message" in event else "gone")

    remove_listener = fake_discord.add_listener(on_event)
    fake_discord.post_message(alice, study, "hello")
    posted = await bot.post_message(study, content="Find a partner")
    await posted.edit(content="Find somebody")
    await posted.delete()
    remove_listener()
    fake_discord.post_message(alice, study, "still there?")
    assert events == ["hello", "Find a partner", "Find somebody", "gone"]


async def test_bulk_delete(fake_discord: FakeDiscord, bot: SmallBot, study: int) -> None:
    """Messages deleted together are reported one by one."""
    events: list[dict[str, Any]] = []
    posted = [await bot.post_message(study, content=f"{n}") for n in range(2)]
    fake_discord.add_listener(events.append)
    fake_discord.backend.bulk_delete_messages(study, [message.id for message in posted])
    assert events == [{"gone": str(message.id)} for message in posted]


async def test_dismissing_is_reported_once(
    fake_discord: FakeDiscord, bot: SmallBot, study: int, alice: Person, bob: Person
) -> None:
    """Only its reader can dismiss an ephemeral message, once; public messages stay."""
    await fake_discord.call_command(alice, study, "study block", {"member": str(bob.id)})
    private = int(fake_discord.channel_messages(study, alice)[0]["id"])
    posted = await bot.post_message(study, content="for all")
    events: list[dict[str, Any]] = []
    fake_discord.add_listener(events.append)
    fake_discord.dismiss_message(bob, private)
    fake_discord.dismiss_message(alice, posted.id)
    fake_discord.dismiss_message(alice, 1)
    assert events == []
    fake_discord.dismiss_message(alice, private)
    fake_discord.dismiss_message(alice, private)
    assert events == [{"gone": str(private)}]


async def test_all_messages_are_in_order(fake_discord: FakeDiscord, bot: SmallBot, study: int, alice: Person) -> None:
    """The messages of all channels are sorted, oldest first."""
    direct = fake_discord.direct_channel_id(alice)
    for n, channel in enumerate((direct, study, direct)):
        await bot.post_message(channel, content=f"{n}")
    assert [message["content"] for message in fake_discord.all_messages()] == ["0", "1", "2"]


async def test_stopping_keeps_the_state(fake_discord: FakeDiscord, study: int, alice: Person) -> None:
    """The stand-in can stop and start again; people, messages and channels stay."""
    fake_discord.post_message(alice, study, "hello")
    await fake_discord.stop()
    await fake_discord.stop()
    with pytest.raises(aiohttp.ClientConnectionError):
        async with aiohttp.ClientSession() as session, session.get(f"{fake_discord.api_base}/gateway"):
            pass
    await fake_discord.start()
    async with running_bot(fake_discord) as bot:
        assert [message.content async for message in bot.get_partial_messageable(study).history()] == ["hello"]
