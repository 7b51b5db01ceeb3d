"""`/study block` and `unblock`: quiet, both ways, at once."""

from bot.domain.message import MessageKind
from tests.chat.hall import Hall
from tests.chat.reading import labels, words


async def test_a_block_is_quiet(hall: Hall) -> None:
    """Confirmed to the one, unknown to the other."""
    await hall.set_up()
    alice, bob = hall.member("Alice"), hall.member("Bob")
    shown = await alice.slash(hall.study, "study block", member=bob)
    assert shown.ephemeral
    assert f"You will not be paired with <@{bob.id}>. They do not learn of it." in words(shown)
    assert await hall.store.blocks.blocked_by(alice.id) == [bob.id]
    assert hall.sent("/users/@me/channels") == []


async def test_blocking_twice_and_taking_it_back(hall: Hall) -> None:
    """Again is safe; what is not there cannot be taken back."""
    await hall.set_up()
    alice, bob = hall.member("Alice"), hall.member("Bob")
    for _ in range(2):
        await alice.slash(hall.study, "study block", member=bob)
    assert "may be paired" in words(await alice.slash(hall.study, "study unblock", member=bob))
    assert "You have not blocked" in words(await alice.slash(hall.study, "study unblock", member=bob))
    assert await hall.store.blocks.blocked_by(alice.id) == []


async def test_nobody_takes_back_anothers_block(hall: Hall) -> None:
    """Only who set it."""
    await hall.set_up()
    alice, bob = hall.member("Alice"), hall.member("Bob")
    await alice.slash(hall.study, "study block", member=bob)
    assert "You have not blocked" in words(await bob.slash(hall.study, "study unblock", member=alice))
    assert await hall.store.blocks.blocked_by(alice.id) == [bob.id]


async def test_blocking_the_partner_ends_the_match(hall: Hall) -> None:
    """The other hears that the meeting is over, and nothing of a reason."""
    await hall.set_up()
    alice, bob = hall.member("Alice"), hall.member("Bob")
    await hall.pair(alice, bob)
    told = await alice.slash(hall.study, "study block", member=bob)
    assert "Your meeting is over" in words(told)
    assert labels(told) == ["Find a partner"]
    assert await hall.store.matches.find_by_member(bob.id) is None
    [message] = await hall.store.outbox.find_due(hall.clock.now(), 10)
    assert (message.kind, message.member_id, message.payload) == (MessageKind.MATCH_OVER, bob.id, None)
    await hall.chat.deliver(message)
    shown = hall.last_direct(bob)
    assert "The meeting is over" in words(shown)
    assert "block" not in words(shown)
    assert labels(shown) == ["Find a partner"]


async def test_blocking_somebody_else_leaves_the_match(hall: Hall) -> None:
    """Only the two who are blocked are parted."""
    await hall.set_up()
    alice, bob, eve = hall.member("Alice"), hall.member("Bob"), hall.member("Eve")
    await hall.pair(alice, bob)
    await alice.slash(hall.study, "study block", member=eve)
    assert await hall.store.matches.find_by_member(bob.id) is not None
    assert await hall.store.outbox.find_due(hall.clock.now(), 10) == []


async def test_oneself_and_apps(hall: Hall) -> None:
    """Nothing to block there, said plainly."""
    await hall.set_up()
    alice = hall.member("Alice")
    helper = hall.guild.add_member(hall.env.create_user("helper", bot=True))
    assert "That is you" in words(await alice.slash(hall.study, "study block", member=alice))
    assert "That is an app" in words(await alice.slash(hall.study, "study block", member=helper))
    assert await hall.store.blocks.blocked_by(alice.id) == []
