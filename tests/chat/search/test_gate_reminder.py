"""Newcomers who press Remind me hear once when the gate is open for them, and learn nothing else before."""

from datetime import timedelta

from simcord import InteractionResult, MemberActor

from bot.domain.gate import Gate
from bot.domain.message import GATE_NEWS_USEFUL_FOR
from tests.chat.chat_harness import ChatHarness
from tests.chat.match_facts import janitor_step
from tests.chat.outbox import deliver_all
from tests.chat.search.test_pace import joined_at
from tests.chat.shown import labels_of, message_of, text_of

DAY = timedelta(days=1)


async def gated(harness: ChatHarness, *, ago: timedelta = timedelta()) -> tuple[MemberActor, InteractionResult]:
    """Alice, who joined so long ago, and what she reads when she searches."""
    await harness.set_up(gate=Gate.CAREFUL)
    alice = harness.member("Alice")
    joined_at(harness, alice.id, ago)
    return alice, await alice.slash(harness.study, "study now")


async def minutes_later(harness: ChatHarness, passed: timedelta) -> list[str]:
    """What the bot has written to Alice when so much time and a round of the janitor have passed, oldest first."""
    harness.clock.pass_time(seconds=passed.total_seconds())
    await janitor_step(harness)
    await deliver_all(harness)
    return [request["components"] and str(request) for request in harness.requests_to("/messages")]


async def test_a_newcomer_is_reminded_once(harness: ChatHarness) -> None:
    """Not before the gate opens, and not twice, however often the button is pressed."""
    alice, refused = await gated(harness)
    assert labels_of(refused) == ["Remind me"]
    for _ in range(2):
        shown = await alice.slash(harness.study, "study now")
        promised = await alice.click(message_of(shown), label="Remind me")
        opens = int((harness.clock.now() + 3 * DAY).timestamp())
        assert text_of(promised) == (
            f"### I'll remind you\nI'll message you when pairing in Study Hall opens for you, on <t:{opens}:f>."
        )
    assert await minutes_later(harness, 3 * DAY - timedelta(seconds=61)) == []
    [told] = await minutes_later(harness, timedelta(seconds=61))
    assert "Pairing in Study Hall is open for you." in told
    assert await minutes_later(harness, DAY) == [told]
    message = harness.last_direct_message(alice)
    assert "Looking for a partner" in text_of(await alice.user.click(message, label="Find a partner"))


async def test_nobody_is_reminded_who_has_not_asked(harness: ChatHarness) -> None:
    """A refusal alone keeps nothing of a newcomer."""
    await gated(harness)
    assert await minutes_later(harness, 4 * DAY) == []


async def test_a_gate_that_opens_later_by_now_reminds_later(harness: ChatHarness) -> None:
    """The admins have chosen Strict meanwhile, and the message waits for that."""
    students = harness.guild.create_role("Students")
    alice, refused = await gated(harness)
    await alice.click(message_of(refused), label="Remind me")
    await harness.set_up(gate=Gate.STRICT, role_id=students.id)
    assert await minutes_later(harness, 3 * DAY) == []
    assert await minutes_later(harness, 11 * DAY - timedelta(seconds=61)) == []
    assert len(await minutes_later(harness, timedelta(seconds=61))) == 1


async def test_who_has_left_the_server_is_not_reminded(harness: ChatHarness) -> None:
    """The reminder goes with the membership."""
    alice, refused = await gated(harness)
    await alice.click(message_of(refused), label="Remind me")
    await harness.chat.client._news.record_absence(harness.guild.id, alice.id)
    assert await minutes_later(harness, 3 * DAY) == []


async def test_a_server_that_the_bot_has_left_reminds_nobody(harness: ChatHarness) -> None:
    """Nor does the reminder come when the bot is back."""
    alice, refused = await gated(harness)
    await alice.click(message_of(refused), label="Remind me")
    await harness.store.servers.leave(harness.guild.id, harness.clock.now())
    assert await minutes_later(harness, 3 * DAY) == []
    await harness.store.servers.enter([harness.guild.id])
    assert await minutes_later(harness, timedelta(minutes=2)) == []


async def test_a_reminder_that_comes_too_late_is_not_sent(harness: ChatHarness) -> None:
    """After a day it is no news any more."""
    alice, refused = await gated(harness)
    await alice.click(message_of(refused), label="Remind me")
    assert await minutes_later(harness, 3 * DAY + GATE_NEWS_USEFUL_FOR) == []


async def test_a_gate_that_is_open_by_now_offers_a_search(harness: ChatHarness) -> None:
    """The button of an older refusal tells the truth, and keeps nothing."""
    alice, refused = await gated(harness, ago=3 * DAY - timedelta(seconds=1))
    joined_at(harness, alice.id, 3 * DAY)
    shown = await alice.click(message_of(refused), label="Remind me")
    assert "Pairing in Study Hall is open for you." in text_of(shown)
    assert labels_of(shown) == ["Find a partner"]
    assert await minutes_later(harness, 4 * DAY) == []
