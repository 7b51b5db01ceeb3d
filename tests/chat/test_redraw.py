"""What was sent stays true: cards, direct messages and mentions after whatever can happen to what they are about."""

import pytest

from bot.domain.match import REMINDER_AFTER, UNDO_FOR
from bot.domain.message import Delivered, Refused, Route
from bot.store.interactions import USABLE_FOR
from tests.chat.chat_harness import ChatHarness
from tests.chat.match_facts import (
    Fact,
    alice_leaves,
    alice_leaves_and_undoes_it,
    another_link_is_redeemed,
    bob_declines,
    bob_leaves_the_session,
    bob_undoes_leaving_and_the_link_expires,
    both_are_in,
    invited,
    janitor_step,
    link_expires,
    link_is_redeemed,
    link_is_replaced,
    nothing,
    session_ends,
    time_runs_out,
)
from tests.chat.outbox import deliver_all, redraw_all
from tests.chat.shown import labels_of, link_of, message_of, text_of

OPEN, NEW = ["Open the room", "I can't make it"], ["Get a new link", "I can't make it"]
BEFORE_A_SESSION = ["still open", "open now", "can't make it"]
IN_SESSION = ["Open the room", "Leave"]
OVER, WAITING = ["Find a partner"], ["Change", "Stop waiting"]
JOINED, NOT_MET = ["Get a new link", "Leave"], ["Show status"]


@pytest.mark.parametrize(
    ("fact", "message", "message_buttons", "card_says", "card_buttons"),
    [
        (nothing, "It works until", OPEN, "It works until", OPEN),
        (link_is_redeemed, "You've opened your link already.", JOINED, "You've opened your link already.", JOINED),
        (link_is_replaced, "There's a newer link.", NEW, "It works until", OPEN),
        (link_expires, "This link no longer works.", NEW, "It works until", OPEN),  # the card is out of reach
        (alice_leaves, "You've left", OVER, "You've left", OVER),
        (alice_leaves_and_undoes_it, "It works until", OPEN, "It works until", OPEN),
        (
            another_link_is_redeemed,
            "You've opened a newer link since.",
            JOINED,
            "You've opened your link already.",
            JOINED,
        ),
        (both_are_in, "Your session has started", IN_SESSION, "Your session has started", IN_SESSION),
        (bob_leaves_the_session, "Your partner has left.", IN_SESSION, "Your partner has left.", IN_SESSION),
        (time_runs_out, "Your match with Bob is over", NOT_MET, "Your match with Bob is over", NOT_MET),
        (session_ends, "You've left", OVER, "You've left", OVER),
        (bob_declines, "Your match with Bob is over", NOT_MET, "Looking for a partner", WAITING),
    ],
)
async def test_what_was_sent_stays_true(
    harness: ChatHarness, fact: Fact, message: str, message_buttons: list[str], card_says: str, card_buttons: list[str]
) -> None:
    """The direct message speaks of its own match and link, the card of whatever the member has now."""
    alice, bob, card = await invited(harness)
    direct = harness.last_direct_message(alice)
    await fact(harness, alice, bob)
    await redraw_all(harness)
    assert message in text_of(direct)
    assert labels_of(direct) == message_buttons
    assert card_says in text_of(card)
    assert labels_of(card) == card_buttons


async def test_leaving_shows_at_once(harness: ChatHarness) -> None:
    """Whoever has left sees it on every message while it can be undone; the partner's cards wait until it cannot."""
    alice, bob, card = await invited(harness)
    seat = await harness.seat_of(alice)
    assert await harness.store.browser_sessions.leave_seat(seat.own.id, harness.clock.now())
    await redraw_all(harness)
    for message in (harness.last_direct_message(alice), card):
        assert labels_of(message) == ["Undo", "Find a partner"]
    assert labels_of(harness.last_direct_message(bob)) == OPEN
    harness.clock.pass_time(seconds=UNDO_FOR.seconds)
    await redraw_all(harness)
    assert labels_of(harness.last_direct_message(alice)) == OVER


async def test_a_session_is_not_spoken_of_as_if_it_had_not_begun(harness: ChatHarness) -> None:
    """Neither by a reminder that came before, nor by the card, nor by the partner's messages."""
    alice, bob, card = await invited(harness)
    harness.clock.pass_time(seconds=REMINDER_AFTER.total_seconds())
    await janitor_step(harness)
    await deliver_all(harness)
    reminder = harness.last_direct_message(alice)
    assert "is still open" in text_of(reminder)
    await both_are_in(harness, alice, bob)
    await redraw_all(harness)
    for message in (reminder, card, harness.last_direct_message(bob)):
        assert "Your session has started" in text_of(message)
        assert [each for each in BEFORE_A_SESSION if each in text_of(message)] == []


@pytest.mark.parametrize("fact", [link_is_redeemed, link_is_replaced, alice_leaves, time_runs_out, bob_declines])
async def test_an_edit_pings_nobody_and_comes_once(harness: ChatHarness, fact: Fact) -> None:
    """Discord would parse mentions in an edit unless it is told not to; what is true already is not edited again."""
    alice, bob, _ = await invited(harness)
    await fact(harness, alice, bob)
    before = len(harness.env.http_requests)
    await redraw_all(harness)
    edits = [request for request in harness.env.http_requests[before:] if request.method == "PATCH"]
    assert edits
    assert all((request.json or {})["allowed_mentions"] == {"parse": []} for request in edits)
    direct = [request for request in edits if request.path.startswith("/channels/")]
    assert len({request.path for request in direct}) == len(direct)
    before = len(harness.env.http_requests)
    seat = await harness.store.matches.find_latest_by_member(alice.id)
    assert seat is not None
    await harness.store.invitations.issue(seat.own.id, "again", b"again", now=harness.clock.now())
    await redraw_all(harness)
    harness.clock.pass_time(seconds=1)
    await redraw_all(harness)
    again = [
        request for request in harness.env.http_requests[before:] if request.path in {each.path for each in direct}
    ]
    assert len(again) <= (fact is not alice_leaves)


async def test_what_is_unchanged_is_not_edited(harness: ChatHarness) -> None:
    """A fact about the match that changes nothing of what a message shows costs no request."""
    alice, _, _ = await invited(harness)
    seat = await harness.seat_of(alice)
    before = len(harness.env.http_requests)
    assert await harness.store.browser_sessions.leave_seat(seat.own.id, harness.clock.now())
    assert await harness.store.browser_sessions.undo_leaving(seat.own.id, harness.clock.now())
    outcomes = await redraw_all(harness)
    assert outcomes
    assert all(isinstance(outcome, Delivered) for outcome in outcomes)
    assert [request.path for request in harness.env.http_requests[before:] if "/channels/" in request.path] == []


async def test_news_of_the_partner_ends_with_the_search(harness: ChatHarness) -> None:
    """That somebody else is being found is true until that search ends; then the message says so."""
    alice, bob, _ = await invited(harness)
    await bob_declines(harness, alice, bob)
    await deliver_all(harness)
    news = harness.last_direct_message(alice)
    assert "I'm finding someone else." in text_of(news)
    assert labels_of(news) == WAITING
    await harness.store.tickets.stop_waiting(alice.id, harness.clock.now())
    await redraw_all(harness)
    assert "Your new search has ended." in text_of(news)
    assert labels_of(news) == OVER


async def test_a_pause_is_told_once_and_taken_back(harness: ChatHarness) -> None:
    """Card and message follow: paused, then looking again; the search still ends at its time."""
    await harness.set_up()
    alice = harness.member("Alice")
    card = message_of(await alice.slash(harness.study, "study now"))
    await harness.set_up(paused=True)
    for _ in range(3):
        await janitor_step(harness)
        await deliver_all(harness)
        await redraw_all(harness)
        harness.clock.pass_time(seconds=1)
    [message] = alice.user.dm_channel.history()
    direct = harness.last_direct_message(alice)
    assert "Pairing is paused" in text_of(direct)
    assert "Pairing is paused" in text_of(card)
    assert labels_of(direct) == labels_of(card) == WAITING
    await harness.set_up(paused=False)
    await janitor_step(harness)
    await redraw_all(harness)
    assert "Pairing is back" in text_of(direct)
    assert "Looking for a partner" in text_of(card)
    harness.clock.pass_time(minutes=14)
    await janitor_step(harness)
    await redraw_all(harness)
    assert "Your search has ended." in text_of(direct)
    assert [each.id for each in alice.user.dm_channel.history()] == [message.id]


async def test_a_pause_that_is_over_is_over_on_every_card(harness: ChatHarness) -> None:
    """Also on that of a member who does not wait, and is told that they can search again once that changes."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await alice.slash(harness.study, "study now", subject="Maths", wait=5)
    harness.clock.pass_time(minutes=5)
    await janitor_step(harness)
    await harness.set_up(paused=True)
    cards = [message_of(await member.slash(harness.study, "study status")) for member in (alice, bob)]
    assert ["paused" in text_of(card) for card in cards] == [True, True]
    await harness.set_up(paused=False)
    await redraw_all(harness)
    assert ["paused" in text_of(card) for card in cards] == [False, False]
    assert labels_of(cards[0]) == ["Keep looking", "Try any subject"]


@pytest.mark.parametrize("in_direct_messages", [False, True])
async def test_who_found_nobody_is_not_asked_to_keep_looking_in_a_closed_server(
    harness: ChatHarness, in_direct_messages: bool
) -> None:
    """Wherever the card is; when the bot is back in the server, it asks again."""
    await harness.set_up()
    alice = harness.member("Alice")
    card = message_of(await alice.slash(harness.study, "study now", subject="Maths", wait=5))
    harness.clock.pass_time(minutes=5)
    await janitor_step(harness)
    if in_direct_messages:
        card = message_of(await alice.user.slash("study status"))
    await redraw_all(harness)
    assert "Shall I keep looking?" in text_of(card)
    await harness.store.servers.leave(harness.guild.id, harness.clock.now())
    await redraw_all(harness)
    assert "I'm not in Study Hall any more" in text_of(card)
    assert "Shall I keep looking?" not in text_of(card)
    assert await harness.store.servers.enter([harness.guild.id]) == [harness.guild.id]
    await redraw_all(harness)
    assert "Shall I keep looking?" in text_of(card)


async def test_a_search_that_found_nobody_is_shown_on_the_card(harness: ChatHarness) -> None:
    """A card does not go on looking when the time is over."""
    await harness.set_up()
    alice = harness.member("Alice")
    card = message_of(await alice.slash(harness.study, "study now", subject="Maths", wait=5))
    harness.clock.pass_time(minutes=5)
    await janitor_step(harness)
    await redraw_all(harness)
    assert "Sorry, I didn't find anyone in 5 minutes." in text_of(card)
    assert labels_of(card) == ["Keep looking", "Try any subject"]


async def test_a_card_is_edited_while_its_token_lives(harness: ChatHarness) -> None:
    """Afterwards it is left alone, and its button answers by what is true."""
    await harness.set_up()
    alice = harness.member("Alice")
    card = message_of(await alice.slash(harness.study, "study now", wait=30))
    harness.clock.pass_time(seconds=USABLE_FOR.total_seconds())
    await harness.store.tickets.stop_waiting(alice.id, harness.clock.now())
    assert await redraw_all(harness) == [Refused(reason="the card can be edited no longer")]
    assert "Looking for a partner" in text_of(card)
    await alice.click(card, label="Stop waiting")
    assert "I've stopped looking" in text_of(card)


async def test_a_member_has_one_live_card(harness: ChatHarness) -> None:
    """The former one points to the newer one, which follows what happens; using a button of a card keeps it."""
    await harness.set_up()
    alice = harness.member("Alice")
    first = message_of(await alice.slash(harness.study, "study now"))
    second = message_of(await alice.slash(harness.study, "study status"))
    assert "There's a newer message" in text_of(first)
    assert labels_of(first) == []
    await alice.click(second, label="Stop waiting")
    await alice.click(second, label="Find a partner")
    assert "There's a newer message" in text_of(second)


@pytest.mark.parametrize(
    ("fact", "stays"),
    [
        (nothing, True),
        (link_is_redeemed, False),
        (link_is_replaced, False),
        (link_expires, False),
        (bob_undoes_leaving_and_the_link_expires, False),
        (alice_leaves, False),
        (time_runs_out, False),
        (bob_declines, False),
    ],
)
async def test_a_mention_is_deleted_when_there_is_no_news_any_more(
    harness: ChatHarness, fact: Fact, stays: bool
) -> None:
    """Whatever it led to was used, or is over."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    for member in (alice, bob):
        await member.slash(harness.study, "study now", subject="Maths", style="quiet")
    await harness.match(alice, bob, messages=True)
    await deliver_all(harness, by={alice.id: Route.MENTION})
    assert harness.study.last_message is not None
    await fact(harness, alice, bob)
    await redraw_all(harness)
    assert (harness.study.last_message is not None) is stays


async def test_a_link_of_a_follow_up_is_edited_too(harness: ChatHarness) -> None:
    """While the token by which it was sent lives, whatever the member does next."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await bob.slash(harness.study, "study now", subject="Maths", style="quiet")
    shown = await alice.slash(harness.study, "study now", subject="Maths", style="quiet")
    await harness.match(alice, bob, messages=True)
    await deliver_all(harness, by={alice.id: Route.FOLLOW_UP})
    [private] = shown.followups
    assert link_of(private) is not None
    await alice.slash(harness.study, "study status")
    await time_runs_out(harness, alice, bob)
    await redraw_all(harness)
    assert "Your match with Bob is over" in text_of(private)
    assert link_of(private) is None


async def test_a_card_in_a_server_that_was_left_stops_looking(harness: ChatHarness) -> None:
    """What members see is edited while Discord allows it; nothing new is sent."""
    await harness.set_up()
    alice = harness.member("Alice")
    card = message_of(await alice.slash(harness.study, "study now", subject="Maths"))
    await harness.store.servers.leave(harness.guild.id, harness.clock.now())
    await redraw_all(harness)
    assert "I'm not in Study Hall any more" in text_of(card)
    assert labels_of(card) == []
