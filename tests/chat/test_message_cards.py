"""What each kind of message says, and which next steps it offers."""

import pytest

from bot.domain.message import MessageKind, Route, SearchDetails
from tests.chat.chat_harness import ChatHarness
from tests.chat.outbox import deliver, redraw_all, seat_and_link, waiting_member
from tests.chat.shown import labels_of, message_of, text_of

REMINDER = "Your room is still open."
NEW_LINK = "Here is your link."
PRIVATE = "I couldn't send you a message, so here is your link."
ROOM_IS_OPEN = "The room is open now."


async def test_an_invitation_says_who_what_why_and_until_when(harness: ChatHarness) -> None:
    """Partner, subject, length, reasons, the link's end, and the link before the button to decline."""
    alice = await waiting_member(harness)
    await deliver(harness, alice, MessageKind.INVITATION, Route.DIRECT)
    shown = harness.last_direct_message(alice)
    assert "You're matched with Noor" in text_of(shown)
    assert "You both want to study Maths quietly for 50 minutes. You're at about the same level." in text_of(shown)
    assert f"It works until <t:{int(harness.clock.now().timestamp()) + 900}:t>." in text_of(shown)
    assert labels_of(shown) == ["Open the room", "I can't make it"]


@pytest.mark.parametrize(
    ("kind", "route", "notes"),
    [
        (MessageKind.INVITATION, Route.DIRECT, {ROOM_IS_OPEN}),
        (MessageKind.INVITATION, Route.FOLLOW_UP, {PRIVATE, ROOM_IS_OPEN}),
        (MessageKind.REMINDER, Route.DIRECT, {REMINDER}),
        (MessageKind.REMINDER, Route.FOLLOW_UP, {REMINDER}),
        (MessageKind.NEW_LINK, Route.DIRECT, {NEW_LINK, ROOM_IS_OPEN}),
        (MessageKind.NEW_LINK, Route.FOLLOW_UP, {NEW_LINK, ROOM_IS_OPEN}),
    ],
)
async def test_a_message_with_a_link_begins_with_its_reason(
    harness: ChatHarness, kind: MessageKind, route: Route, notes: set[str]
) -> None:
    """Only an invitation as a follow-up says that direct messages are closed."""
    await harness.set_up()
    alice = harness.member("Alice")
    waiting = await alice.slash(harness.study, "study now")
    await deliver(harness, alice, kind, route)
    shown = harness.last_direct_message(alice) if route is Route.DIRECT else waiting.followups[0]
    assert {note for note in (REMINDER, NEW_LINK, PRIVATE, ROOM_IS_OPEN) if note in text_of(shown)} == notes


async def test_the_card_that_becomes_an_invitation_has_no_note(harness: ChatHarness) -> None:
    """It is the first message and nothing has gone wrong."""
    await harness.set_up()
    alice = harness.member("Alice")
    card = message_of(await alice.slash(harness.study, "study now"))
    await seat_and_link(harness, alice)
    await redraw_all(harness)
    assert {note for note in (REMINDER, NEW_LINK, PRIVATE, ROOM_IS_OPEN) if note in text_of(card)} == {ROOM_IS_OPEN}


@pytest.mark.parametrize(
    ("kind", "text", "buttons"),
    [
        (MessageKind.UNMATCHED, "Sorry, I didn't find anyone in 14 minutes.", ["Keep looking", "Try any subject"]),
        (MessageKind.PARTNER_DECLINED, "Your partner can't come", ["Change", "Stop waiting"]),
        (MessageKind.NO_SHOW, "You two missed each other.", ["Find a partner"]),
        (MessageKind.MATCH_OVER, "The room has closed", ["Find a partner"]),
        (MessageKind.NEW_LINK, "Older ones no longer work.", ["Open the room", "I can't make it"]),
    ],
)
async def test_each_kind_has_its_text_and_next_steps(
    harness: ChatHarness, kind: MessageKind, text: str, buttons: list[str]
) -> None:
    """No message leaves a member without something to do."""
    alice = await waiting_member(harness)
    await deliver(harness, alice, kind, Route.DIRECT)
    shown = harness.last_direct_message(alice)
    assert text in text_of(shown)
    assert labels_of(shown) == buttons


async def test_any_subject_is_offered_only_after_a_search_for_one(harness: ChatHarness) -> None:
    """A search for any subject cannot be widened; a wait of one minute is not given in minutes."""
    alice = await waiting_member(harness)
    any_subject = SearchDetails(minutes=1, subject="any")
    await deliver(harness, alice, MessageKind.UNMATCHED, Route.DIRECT, payload=any_subject)
    assert "Sorry, I didn't find anyone this time." in text_of(harness.last_direct_message(alice))
    assert labels_of(harness.last_direct_message(alice)) == ["Keep looking"]


async def test_a_hostile_name_and_subject_are_escaped(harness: ChatHarness) -> None:
    """Their markup, mentions and links are shown as letters."""
    alice = await waiting_member(harness)
    await seat_and_link(harness, alice, partner="**@everyone** <@1>", subject="[x](https://evil.example)")
    await deliver(harness, alice, MessageKind.INVITATION, Route.DIRECT)
    shown = text_of(harness.last_direct_message(alice))
    assert r"You're matched with \*\*\@everyone\*\* \<\@1\>" in shown
    assert r"\[x\](https\://evil.example)" in shown
