"""What is posted for staff, and what is remembered when Discord does not take it."""

from bot.chat.setup.checks.facts import StaffPosts
from bot.chat.setup.staff_channel import StaffChannel
from bot.chat.ui.layout import Card
from bot.domain.server import Server
from bot.words import words_for
from tests.chat.chat_harness import ChatHarness
from tests.chat.setup.staff_room import staff_room, texts_in
from tests.chat.shown import message_of, text_of

CARD = Card(title="News")


async def server_with_staff(harness: ChatHarness) -> Server:
    """A server with a channel for staff."""
    staff = await staff_room(harness)
    return await harness.set_up(staff_channel_id=staff.id)


async def test_a_refusal_is_remembered_until_a_post_arrives(harness: ChatHarness) -> None:
    """With the time of the first one; what is only down for the moment is none."""
    server, staff = await server_with_staff(harness), StaffChannel(harness.clock)
    since = harness.clock.now()
    for status, code in ((503, 0), (403, 50013), (403, 50001)):
        harness.env.inject_error("POST", "/channels/*/messages", status=status, code=code, times=5)
        assert not await staff.post(harness.chat.client, server, CARD, once=str(code))
        harness.env.backend.faults.clear()
        harness.clock.pass_time(minutes=1)
        assert staff.posts_in(server).refused_since == (None if status == 503 else since)
        if status == 503:
            since = harness.clock.now()
    assert await staff.post(harness.chat.client, server, CARD, once="at last")
    assert staff.posts_in(server) == StaffPosts()


async def test_without_a_channel_nothing_is_posted(harness: ChatHarness) -> None:
    """And that is no refusal."""
    server, staff = await harness.set_up(), StaffChannel(harness.clock)
    assert not await staff.post(harness.chat.client, server, CARD, once="any")
    assert staff.posts_in(server) == StaffPosts()


async def test_a_second_press_of_done_has_the_same_nonce(harness: ChatHarness) -> None:
    """So Discord shows one summary; it mentions, and pings nobody."""
    server, staff = await server_with_staff(harness), StaffChannel(harness.clock)
    for _ in range(2):
        await staff.post(harness.chat.client, server, CARD, once="done 1")
    await staff.post(harness.chat.client, server, CARD, once="done 2")
    sent = harness.requests_to("/messages")[-3:]
    assert len({each["nonce"] for each in sent}) == 2
    assert all(each["allowed_mentions"] == {"parse": []} and each["enforce_nonce"] for each in sent)


async def test_the_check_names_a_channel_that_refuses(harness: ChatHarness) -> None:
    """Its summary was refused, and `/buddy check` says since when."""
    server = await server_with_staff(harness)
    chat, words = harness.chat, words_for()
    harness.env.inject_error("POST", "/channels/*/messages", status=403, code=50013)
    staff = chat._rechecks._staff
    assert not await staff.post(chat.client, server, CARD, once="any")
    card = message_of(await harness.admin("Dana").slash(harness.study, "buddy check"))
    since = f"<t:{int(harness.clock.now().timestamp())}:f>"
    refused = words("chat.check.staff_refused", channel=f"<#{server.staff_channel_id}>", since=since, count="0")
    assert refused in text_of(card)


async def test_posts_are_read_by_people(harness: ChatHarness) -> None:
    """The card is there."""
    staff = await staff_room(harness)
    server = await harness.set_up(staff_channel_id=staff.id)
    assert await StaffChannel(harness.clock).post(harness.chat.client, server, CARD, once="any")
    assert texts_in(harness, staff) == ["### News"]
