"""`/study block` and `/study unblock`: quiet, in both directions, effective immediately."""

import pytest

from bot.domain.match import EndReason
from tests.chat.chat_harness import ChatHarness
from tests.chat.match_facts import invited
from tests.chat.outbox import redraw_all
from tests.chat.shown import labels_of, message_of, text_of


async def test_a_block_is_quiet(harness: ChatHarness) -> None:
    """Only the member who blocks sees the answer; the other gets no message."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    shown = await alice.slash(harness.study, "study block", member=bob)
    assert shown.ephemeral
    assert "You and Bob won't be matched until you use `/study unblock`. They won't be told." in text_of(shown)
    assert await harness.store.blocks.blocked_by(alice.id) == [bob.id]
    assert harness.requests_to("/users/@me/channels") == []


async def test_blocking_and_unblocking_can_be_repeated(harness: ChatHarness) -> None:
    """A second block changes nothing; a missing block cannot be removed."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    for _ in range(2):
        await alice.slash(harness.study, "study block", member=bob)
    assert "You may be matched with Bob again." in text_of(
        await alice.slash(harness.study, "study unblock", member=bob)
    )
    assert "You haven't blocked" in text_of(await alice.slash(harness.study, "study unblock", member=bob))
    assert await harness.store.blocks.blocked_by(alice.id) == []


async def test_only_the_member_who_blocked_can_unblock(harness: ChatHarness) -> None:
    """The blocked member is told that there is no block."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await alice.slash(harness.study, "study block", member=bob)
    assert "You haven't blocked" in text_of(await bob.slash(harness.study, "study unblock", member=alice))
    assert await harness.store.blocks.blocked_by(alice.id) == [bob.id]


async def test_blocking_the_partner_leaves_the_match(harness: ChatHarness) -> None:
    """The partner keeps their seat and gets no message about the block. The blocker may not have been in the room."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await harness.pair(alice, bob)
    answer = await alice.slash(harness.study, "study block", member=bob)
    assert "You're no longer matched" in text_of(answer)
    assert labels_of(answer) == ["Find a partner"]
    assert await harness.store.matches.find_by_member(alice.id) is None
    assert await harness.store.matches.find_by_member(bob.id) is not None
    assert await harness.store.outbox.find_due(harness.clock.now(), 10) == []


async def test_blocking_somebody_else_leaves_the_match(harness: ChatHarness) -> None:
    """The match goes on, and nobody gets a message."""
    await harness.set_up()
    alice, bob, eve = harness.member("Alice"), harness.member("Bob"), harness.member("Eve")
    await harness.pair(alice, bob)
    await alice.slash(harness.study, "study block", member=eve)
    assert await harness.store.matches.find_by_member(bob.id) is not None
    assert await harness.store.outbox.find_due(harness.clock.now(), 10) == []


async def test_members_cannot_block_themselves_or_an_app(harness: ChatHarness) -> None:
    """Neither can be matched with them, and the answer says so."""
    await harness.set_up()
    alice = harness.member("Alice")
    app = harness.guild.add_member(harness.env.create_user("helper", bot=True))
    assert "That's you" in text_of(await alice.slash(harness.study, "study block", member=alice))
    assert "That's an app" in text_of(await alice.slash(harness.study, "study block", member=app))
    assert await harness.store.blocks.blocked_by(alice.id) == []


async def test_a_partner_of_long_ago_is_not_remembered(harness: ChatHarness) -> None:
    """So the answer does not say that there was none."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    match_id = await harness.pair(alice, bob)
    await harness.store.matches.end(match_id, EndReason.NO_SHOW, now=harness.clock.now())
    harness.clock.pass_time(days=31)
    await harness.store.retention.delete_expired(harness.clock.now())
    assert "I don't know who your last partner was" in text_of(await alice.slash(harness.study, "study block"))


async def test_a_block_takes_the_undo_from_the_card(harness: ChatHarness) -> None:
    """Who blocks the partner whom they have just left cannot come back to them, and is not offered it."""
    alice, *_ = await invited(harness)
    direct = harness.last_direct_message(alice)
    left = message_of(await alice.slash(harness.study, "study leave"))
    assert "Undo" in labels_of(left)
    await alice.slash(harness.study, "study block")
    await redraw_all(harness)
    assert labels_of(left) == labels_of(direct) == ["Find a partner"]


@pytest.mark.parametrize("command", ["study block", "study unblock"])
async def test_the_answer_has_a_name_and_no_mention(harness: ChatHarness, command: str) -> None:
    """In direct messages Discord shows a mention of somebody it does not know there as a number."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("*Bob*")
    await harness.pair(alice, bob)
    shown = text_of(await alice.slash(harness.study, command, member=bob))
    assert r"\*Bob\*" in shown
    assert "<@" not in shown


async def test_a_partner_whose_name_is_deleted(harness: ChatHarness) -> None:
    """They can be blocked all the same, and the answer has no hole."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    match_id = await harness.pair(alice, bob)
    await harness.store.matches.end(match_id, EndReason.NO_SHOW, now=harness.clock.now())
    harness.clock.pass_time(days=15)
    await harness.store.retention.delete_expired(harness.clock.now())
    assert "You and your partner won't be matched until" in text_of(await alice.slash(harness.study, "study block"))
    assert await harness.store.blocks.blocked_by(alice.id) == [bob.id]


async def test_a_partner_who_has_left_the_server_is_blocked(harness: ChatHarness) -> None:
    """Without a name, or by their id; the receipt is the same as for any other."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    match_id = await harness.pair(alice, bob)
    await harness.store.matches.end(match_id, EndReason.NO_SHOW, now=harness.clock.now())
    harness.env.backend.remove_member(harness.guild.id, bob.id)
    for answer in (
        await alice.slash(harness.study, "study block"),
        await alice.slash(harness.study, "study block", member=bob.user),
    ):
        assert "You and Bob won't be matched until you use `/study unblock`." in text_of(answer)
    assert await harness.store.blocks.blocked_by(alice.id) == [bob.id]
