"""A server is checked again when something in it changes, and staff are told only when the answer is another one."""

import asyncio
from typing import Any

import pytest
from simcord import ChannelHandle

from bot.chat.setup.rechecks import SETTLES_AFTER
from bot.store import StoreUnavailable
from bot.words import words_for
from tests.chat.chat_harness import ChatHarness
from tests.chat.setup.setup_card import choose, go_to, open_setup
from tests.chat.setup.staff_room import hidden_from_all, set_overwrites, staff_room, texts_in
from tests.polling import until

WORDS = words_for()
WELL = WORDS("chat.setup.changed.well")


async def watched_server(harness: ChatHarness) -> ChannelHandle:
    """A healthy server, checked once; returns its staff channel."""
    staff = await staff_room(harness)
    await harness.set_up(staff_channel_id=staff.id)
    await check(harness)
    return staff


async def check(harness: ChatHarness) -> None:
    """Check what has changed."""
    await harness.env.settle()
    await harness.chat._rechecks.check_changed(harness.chat.client)
    await harness.env.settle()


def cannot_see(harness: ChatHarness) -> str:
    """What staff read when the study channel is hidden from everybody."""
    return WORDS("chat.check.view_channel", channel=harness.study.mention)


async def test_staff_are_told_once_of_what_broke_and_once_that_it_is_mended(harness: ChatHarness) -> None:
    """Another change that breaks nothing is told to nobody."""
    staff = await watched_server(harness)
    assert texts_in(harness, staff) == []
    await set_overwrites(harness, harness.study, hidden_from_all(harness))
    await check(harness)
    [told] = texts_in(harness, staff)
    assert cannot_see(harness) in told
    harness.guild.create_role("Another")
    harness.guild.create_text_channel("another")
    await check(harness)
    assert len(texts_in(harness, staff)) == 1
    await set_overwrites(harness, harness.study)
    await check(harness)
    assert [WELL in text for text in texts_in(harness, staff)] == [False, True]


@pytest.mark.parametrize("what", ["role", "channel", "own role"])
async def test_every_kind_of_change_is_heard_of(harness: ChatHarness, what: str) -> None:
    """Without any privileged intent."""
    role = harness.guild.create_role("Students")
    me, staff = harness.guild.me, await staff_room(harness)
    assert me is not None
    await harness.set_up(staff_channel_id=staff.id, role_id=role.id)
    await check(harness)
    if what == "role":
        harness.env.backend.delete_role(harness.guild.id, role.id)
        code = "role_gone"
    elif what == "channel":
        harness.env.backend.delete_channel(harness.study.id)
        code = "gone"
    else:
        for own in me.roles:
            harness.env.backend.edit_role(harness.guild.id, own.id, {"permissions": 8})
        code = "administrator"
    await check(harness)
    [told] = texts_in(harness, staff)
    assert WORDS(f"chat.check.{code}") in told


async def test_what_an_admin_has_just_seen_is_no_news(harness: ChatHarness) -> None:
    """They broke it themselves, in setup, or read of it there; what breaks afterwards is told."""
    staff = await staff_room(harness)
    dana = harness.admin("Dana")
    await harness.set_up()
    await open_setup(harness, dana)
    await check(harness)
    await harness.set_up(staff_channel_id=staff.id, channel_id=4711)
    card = await open_setup(harness, dana)
    assert WORDS("chat.check.gone") in str(card.components)
    harness.guild.create_role("Another")
    await check(harness)
    assert texts_in(harness, staff) == []
    await go_to(dana, card, 2)  # type: ignore[arg-type]  # the number of a step
    await choose(dana, card, "channel", harness.study)
    await set_overwrites(harness, harness.study, hidden_from_all(harness))
    await check(harness)
    [told] = texts_in(harness, staff)
    assert cannot_see(harness) in told


async def test_what_cannot_be_told_is_told_when_it_can(harness: ChatHarness) -> None:
    """Nothing is sent into a channel that is closed to us: Discord counts refusals."""
    staff = await watched_server(harness)
    open_again = harness.env.backend.get_channel(staff.id).overwrites
    await set_overwrites(harness, staff, hidden_from_all(harness))
    await set_overwrites(harness, harness.study, hidden_from_all(harness))
    sent = len(harness.env.http_requests)
    await check(harness)
    assert len(harness.env.http_requests) == sent
    await set_overwrites(harness, staff, *open_again)
    await check(harness)
    [told] = texts_in(harness, staff)
    assert cannot_see(harness) in told


async def test_changes_in_one_moment_are_told_together(harness: ChatHarness) -> None:
    """The loop waits until an admin has finished."""
    staff = await watched_server(harness)
    running = asyncio.create_task(harness.chat._rechecks.run(harness.chat.client))
    await set_overwrites(harness, harness.study, hidden_from_all(harness))
    await set_overwrites(harness, harness.study)
    await set_overwrites(harness, harness.study, hidden_from_all(harness))
    await harness.clock.wait_for_sleeper(SETTLES_AFTER)
    assert texts_in(harness, staff) == []
    harness.clock.pass_time(seconds=SETTLES_AFTER)
    await until(lambda: has_posts(harness, staff))
    assert len(texts_in(harness, staff)) == 1
    running.cancel()
    await asyncio.wait([running])


async def has_posts(harness: ChatHarness, channel: ChannelHandle) -> bool:
    """Whether something was posted."""
    return bool(texts_in(harness, channel))


async def test_trouble_with_one_server_keeps_no_other_from_being_checked(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is logged, and checked again at the next change."""
    staff = await watched_server(harness)
    other = harness.env.create_guild("Other")
    await harness.env.settle()
    get = type(harness.store.servers).get

    async def fail(servers: Any, server_id: int) -> Any:
        if server_id == other.id:
            raise StoreUnavailable("broken")
        return await get(servers, server_id)

    monkeypatch.setattr(type(harness.store.servers), "get", fail)
    other.create_role("Any")
    await set_overwrites(harness, harness.study, hidden_from_all(harness))
    await check(harness)
    assert len(texts_in(harness, staff)) == 1


async def test_a_server_without_settings_or_bot_is_not_checked(harness: ChatHarness) -> None:
    """Nor one that the bot has left since."""
    harness.guild.create_role("Any")
    await check(harness)
    staff = await watched_server(harness)
    await set_overwrites(harness, harness.study, hidden_from_all(harness))
    await harness.store.servers.leave(harness.guild.id, harness.clock.now())
    await check(harness)
    assert texts_in(harness, staff) == []
