"""What each kind of message says, and which next steps it offers."""

from dataclasses import replace

import pytest
from simcord import MemberActor

from bot.domain.match import UNDO_FOR
from bot.domain.message import MessageKind, Route, SearchDetails
from bot.store.interactions import LAST_EDIT_AFTER
from tests.chat.chat_harness import ChatHarness
from tests.chat.match_facts import FOLLOWED, Fact, bob_declines, invited, janitor_step, nothing, time_runs_out
from tests.chat.outbox import deliver, deliver_all, redraw_all, seat_and_link, waiting_member
from tests.chat.shown import labels_of, link_of, message_of, text_of

REMINDER = "Your room with Noor is still open"
NEW_LINK = "Here's your link."
PRIVATE = "I couldn't message you, so here's your link."
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
    assert ("You're matched" in text_of(shown)) is (kind is not MessageKind.REMINDER)  # it is no second match


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
        (MessageKind.PARTNER_DECLINED, "Your partner can't make it", ["Change", "Stop waiting"]),
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


async def test_news_of_a_partner_is_about_the_search_that_followed(harness: ChatHarness) -> None:
    """A later search of the same member is at no front, and does not bring the message back."""
    alice, bob, _ = await invited(harness)
    await bob_declines(harness, alice, bob)
    await deliver_all(harness)
    news = harness.last_direct_message(alice)
    assert "You're at the front of the line" in text_of(news)
    await harness.store.tickets.stop_waiting(alice.id, harness.clock.now())
    await alice.slash(harness.study, "study now", subject="Maths")
    await redraw_all(harness)
    assert "Your new search has ended." in text_of(news)


async def test_news_of_a_pause_is_about_its_server(harness: ChatHarness) -> None:
    """A search in another server does not bring pairing back in this one."""
    alice = await waiting_member(harness)
    await harness.set_up(paused=True)
    await janitor_step(harness)
    await deliver_all(harness)
    news = harness.last_direct_message(alice)
    assert "Pairing is paused" in text_of(news)
    await harness.store.tickets.stop_waiting(alice.id, harness.clock.now())
    guild, channel = await harness.second_server("Other")
    await guild.add_member(alice.user).slash(channel, "study now")
    await redraw_all(harness)
    assert "Your search has ended." in text_of(news)


async def test_a_search_that_found_nobody_is_offered_again_only_to_who_has_none(harness: ChatHarness) -> None:
    """The question and its buttons go with another search, and do not come back after it or its match."""
    alice, bob = await waiting_member(harness), harness.member("Bob")
    harness.clock.pass_time(minutes=14)
    await janitor_step(harness)
    await deliver_all(harness)
    news, question = harness.last_direct_message(alice), "Shall I keep looking?"
    assert (question in text_of(news), labels_of(news)) == (True, ["Keep looking"])
    await alice.slash(harness.study, "study now", subject="Maths")
    await redraw_all(harness)
    assert "Sorry, I didn't find anyone in 14 minutes." in text_of(news)
    assert (question in text_of(news), labels_of(news)) == (False, [])
    await bob.slash(harness.study, "study now", subject="Maths")
    await harness.match(alice, bob)
    await redraw_all(harness)
    assert labels_of(news) == []
    await alice.slash(harness.study, "study leave")
    await redraw_all(harness)
    assert (question in text_of(news), labels_of(news)) == (False, [])


@pytest.mark.parametrize(("fact", "is_matched", "is_offered"), FOLLOWED)
async def test_news_of_a_partner_tells_what_followed(
    harness: ChatHarness, fact: Fact, is_matched: bool, is_offered: bool
) -> None:
    """That somebody was found, or that the search is over; another one is offered only to who has begun none since."""
    alice, bob, _ = await invited(harness)
    await bob_declines(harness, alice, bob)
    await deliver_all(harness)
    news = harness.last_direct_message(alice)
    await fact(harness, alice, bob)
    await redraw_all(harness)
    assert "Your partner couldn't make it" in text_of(news)
    assert ("I've found you someone else." in text_of(news)) is is_matched
    assert ("Your new search has ended." in text_of(news)) is not is_matched
    assert labels_of(news) == (["Find a partner"] if is_offered else [])


@pytest.mark.parametrize(("fact", "is_matched", "is_offered"), FOLLOWED)
async def test_news_of_a_pause_tells_what_followed(
    harness: ChatHarness, fact: Fact, is_matched: bool, is_offered: bool
) -> None:
    """The same, once pairing is on again."""
    alice, bob = await waiting_member(harness), harness.member("Bob")
    await harness.set_up(paused=True)
    await janitor_step(harness)
    await deliver_all(harness)
    news = harness.last_direct_message(alice)
    await harness.set_up(paused=False)
    await janitor_step(harness)
    await fact(harness, alice, bob)
    await redraw_all(harness)
    assert ("When it came back, I found you a partner." in text_of(news)) is is_matched
    assert ("Your search has ended." in text_of(news)) is not is_matched
    assert labels_of(news) == (["Find a partner"] if is_offered else [])


async def test_a_pause_is_told_with_the_news_of_the_partner(harness: ChatHarness) -> None:
    """Who is requeued in a closed server reads so once, and that it is open again."""
    alice, bob, _ = await invited(harness)
    await harness.set_up(paused=True)
    before = len(alice.user.dm_channel.history())
    await bob_declines(harness, alice, bob)
    for _ in range(3):
        await janitor_step(harness)
        await deliver_all(harness)
        harness.clock.pass_time(seconds=1)
    assert len(alice.user.dm_channel.history()) == before + 1
    news = harness.last_direct_message(alice)
    assert "Pairing is paused" in text_of(news)
    await harness.set_up(paused=False)
    await janitor_step(harness)
    await redraw_all(harness)
    assert "You're at the front of the line" in text_of(news)


async def test_who_never_came_has_not_left(harness: ChatHarness) -> None:
    """Until the match has ended the message says what it said."""
    alice, bob, _ = await invited(harness)
    seat = await harness.seat_of(bob)
    assert await harness.store.browser_sessions.leave_seat(seat.own.id, harness.clock.now())
    harness.clock.pass_time(seconds=UNDO_FOR.seconds)
    await redraw_all(harness)
    news = harness.last_direct_message(alice)
    assert ROOM_IS_OPEN in text_of(news)
    assert "has left" not in text_of(news)


async def still_waiting(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """Alice waits for longer than her card can be edited."""
    await alice.slash(harness.study, "study now", subject="Maths", wait=60)


async def stopped(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """Alice has stopped waiting."""
    await still_waiting(harness, alice, bob)
    await alice.slash(harness.study, "study leave")


async def search_expired(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """Nobody was found."""
    await alice.slash(harness.study, "study now", subject="Maths", wait=1)
    harness.clock.pass_time(minutes=1)
    await janitor_step(harness)


async def both_matched(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """Alice and Bob are invited."""
    await harness.pair(alice, bob)


async def matched_and_over(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """Their match has come to nothing."""
    await harness.pair(alice, bob)
    await time_runs_out(harness, alice, bob)


LASTING, MATCHED = "This message can't be updated any more", "You've been matched with Bob"


@pytest.mark.parametrize(
    ("fact", "title"),
    [
        (nothing, LASTING),
        (still_waiting, LASTING),
        (stopped, LASTING),
        (search_expired, LASTING),
        (both_matched, MATCHED),
        (matched_and_over, LASTING),
    ],
)
@pytest.mark.parametrize("restarted", [False, True])
async def test_a_card_ends_with_what_stays_true(
    harness: ChatHarness, fact: Fact, title: str, *, restarted: bool
) -> None:
    """A little before it can be edited no more, in whatever state its member is, and after a restart as well.

    Its button makes it a card that follows again.
    """
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await fact(harness, alice, bob)
    card = message_of(await alice.slash(harness.study, "study status"))
    await redraw_all(harness)
    before = text_of(card)
    harness.clock.pass_time(seconds=LAST_EDIT_AFTER.total_seconds() - 1)
    await redraw_all(harness)
    assert text_of(card) == before
    harness.clock.pass_time(seconds=1)
    if restarted:
        chat = harness.new_chat()
        await harness.env.restart_bot(chat.client)
        harness = replace(harness, chat=chat)
    await redraw_all(harness)
    assert text_of(card).startswith(f"### {title}\nDiscord only lets me update it for a few minutes.")
    assert labels_of(card) == ["Show status"]
    await alice.click(card, label="Show status")
    assert text_of(card).splitlines()[0] == before.splitlines()[0]
    harness.clock.pass_time(seconds=LAST_EDIT_AFTER.total_seconds())
    await redraw_all(harness)
    assert labels_of(card) == ["Show status"]


async def test_a_match_shows_even_on_the_last_form_of_a_card(harness: ChatHarness) -> None:
    """Made within the last minute in which the card can be edited, it is there to see; and stays when it is over."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    card = message_of(await alice.slash(harness.study, "study now", subject="Maths", style="quiet", wait=60))
    harness.clock.pass_time(seconds=LAST_EDIT_AFTER.total_seconds() + 1)
    await redraw_all(harness)
    assert LASTING in text_of(card)
    await bob.slash(harness.study, "study now", subject="Maths", style="quiet")
    await harness.match(alice, bob)
    await redraw_all(harness)
    assert MATCHED in text_of(card)
    assert labels_of(card) == ["Show status"]


async def test_a_card_that_has_moved_stays_so(harness: ChatHarness) -> None:
    """Its last form is that it points to the newer one."""
    await harness.set_up()
    alice = harness.member("Alice")
    first = message_of(await alice.slash(harness.study, "study now", wait=60))
    await alice.slash(harness.study, "study status")
    harness.clock.pass_time(seconds=LAST_EDIT_AFTER.total_seconds())
    await redraw_all(harness)
    assert "There's a newer message" in text_of(first)


@pytest.mark.parametrize("minutes", [0, 13])
async def test_a_follow_up_ends_with_what_stays_true_too(harness: ChatHarness, minutes: int) -> None:
    """Also one that is sent so late that it can hardly be edited; its button leads to the link."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    shown = await alice.slash(harness.study, "study now", subject="Maths", style="quiet", wait=60)
    harness.clock.pass_time(minutes=minutes)
    await bob.slash(harness.study, "study now", subject="Maths", style="quiet")
    await harness.match(alice, bob, messages=True)
    await deliver_all(harness, by={alice.id: Route.FOLLOW_UP})
    [private] = shown.followups
    assert (link_of(private) is None) is (minutes == 13)
    harness.clock.pass_time(minutes=13 - minutes)
    await redraw_all(harness)
    assert MATCHED in text_of(private)
    await alice.click(private, label="Show status")
    assert link_of(private) == harness.link_of(alice)


@pytest.mark.parametrize(
    ("kind", "says", "buttons"),
    [
        (MessageKind.UNMATCHED, "Sorry, I didn't find anyone in 14 minutes.", []),
        (MessageKind.PARTNER_DECLINED, LASTING, ["Show status"]),
        (MessageKind.PAUSED, LASTING, ["Show status"]),
        (MessageKind.NO_SHOW, "You two missed each other.", ["Find a partner"]),
        (MessageKind.MATCH_OVER, "The room has closed", ["Find a partner"]),
        (MessageKind.REMINDER, "You've been matched with Noor", ["Show status"]),
        (MessageKind.NEW_LINK, "You've been matched with Noor", ["Show status"]),
    ],
)
async def test_each_kind_has_a_last_form(
    harness: ChatHarness, kind: MessageKind, says: str, buttons: list[str]
) -> None:
    """It asks and promises nothing that may be over, and says what will stay so."""
    await harness.set_up()
    alice = harness.member("Alice")
    shown = await alice.slash(harness.study, "study now", wait=60)
    harness.clock.pass_time(seconds=LAST_EDIT_AFTER.total_seconds())
    await deliver(harness, alice, kind, Route.FOLLOW_UP)
    [private] = shown.followups
    assert says in text_of(private)
    assert labels_of(private) == buttons
