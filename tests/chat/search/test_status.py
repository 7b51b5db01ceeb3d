"""What a member reads of a search: cards, messages and commands tell one story, also of a closed server and a bar."""

from datetime import timedelta
from typing import Any

import pytest
from simcord import MemberActor

from bot.domain.membership import Bar, Barred
from bot.domain.message import NEWS_USEFUL_FOR, Delivered, MessageKind, Refused, Route, next_route
from bot.domain.server import Audience
from bot.words import words_for
from tests.chat.chat_harness import ChatHarness
from tests.chat.match_facts import both_are_in, janitor_step
from tests.chat.outbox import deliver_all, redraw_all, waiting_member
from tests.chat.shown import labels_of, message_of, text_of

WAITING, FIND = ["Change", "Stop waiting"], ["Find a partner"]
CLOSED: list[tuple[dict[str, Any], str, str]] = [
    ({"paused": True}, "Pairing is paused", "The admins have paused pairing in Study Hall."),
    ({"audience": Audience.UNSAID}, "Not set up yet", "Pairing isn't set up in Study Hall at the moment."),
    ({"channel_id": None}, "Not set up yet", "Study Hall has no channel for pairing at the moment."),
]


def until_of(harness: ChatHarness, minutes: int) -> str:
    """The time so many minutes from now, as a card has it."""
    return f"<t:{int((harness.clock.now() + timedelta(minutes=minutes)).timestamp())}:t>"


def title_of(text: str) -> str:
    """The first line of a card."""
    return text.splitlines()[0]


async def tell(harness: ChatHarness) -> None:
    """The janitor and the courier do what is due."""
    await janitor_step(harness)
    await deliver_all(harness)
    await redraw_all(harness)


async def bar(harness: ChatHarness, member: MemberActor, why: Bar) -> None:
    """Discord tells that a member is barred."""
    now = harness.clock.now()
    await harness.store.memberships.record(harness.guild.id, member.id, bar=why, told_at=now, now=now)


@pytest.mark.parametrize(("settings", "title", "why"), CLOSED)
async def test_a_closed_server_has_one_story(
    harness: ChatHarness, settings: dict[str, Any], title: str, why: str
) -> None:
    """Card, message, status and a refused search give the same reason; who waits reads until when they are in line."""
    await harness.set_up()
    alice = harness.member("Alice")
    card = message_of(await alice.slash(harness.study, "study now"))
    until = until_of(harness, 14)
    await harness.set_up(**settings)
    await tell(harness)
    direct = harness.last_direct_message(alice)
    status = message_of(await alice.slash(harness.study, "study status"))
    for shown in (direct, status):
        assert title_of(text_of(shown)) == f"### {title}"
        assert why in text_of(shown)
        assert f"Your search lasts until {until}." in text_of(shown)
        assert labels_of(shown) == WAITING
    assert title in text_of(await harness.member("Bob").slash(harness.study, "study now"))
    assert "There's a newer message" in text_of(card)


@pytest.mark.parametrize(("first", "second"), [(0, 1), (1, 0), (1, 2), (2, 0)])
async def test_another_reason_is_told_as_well(harness: ChatHarness, first: int, second: int) -> None:
    """A server that is closed for another reason now says that one."""
    await harness.set_up()
    alice = harness.member("Alice")
    card = message_of(await alice.slash(harness.study, "study now"))
    await harness.set_up(**CLOSED[first][0])
    await tell(harness)
    assert CLOSED[first][2] in text_of(card)
    await harness.set_up(**CLOSED[second][0])
    await tell(harness)
    [only] = alice.user.dm_channel.history()
    for shown in (card, harness.last_direct_message(alice)):
        assert CLOSED[second][2] in text_of(shown)
    assert only.id == harness.last_direct_message(alice).id


@pytest.mark.parametrize(("settings", "title", "why"), CLOSED)
async def test_nothing_is_offered_in_a_closed_server(
    harness: ChatHarness, settings: dict[str, Any], title: str, why: str
) -> None:
    """After Stop waiting, after a search that found nobody, and for who has never searched."""
    alice, bob = await waiting_member(harness), harness.member("Bob")
    await bob.slash(harness.study, "study now", wait=1)
    await harness.set_up(**settings)
    harness.clock.pass_time(minutes=1)
    await tell(harness)
    stopped = await alice.slash(harness.study, "study leave")
    found_nobody = await bob.slash(harness.study, "study status")
    never = await harness.member("Carol").slash(harness.study, "study status")
    for shown, begins in (
        (stopped, "I've stopped looking"),
        (found_nobody, "Nobody yet"),
        (never, "You're not waiting"),
    ):
        assert title_of(text_of(shown)) == f"### {begins}"
        assert why in text_of(shown)
        assert "You can search again once that changes." in text_of(shown)
        assert "any time" not in text_of(shown)
        assert labels_of(shown) == []
        assert title not in text_of(shown)


BARS = [
    (Barred.TIMED_OUT, "You were timed out in Study Hall until <t:{until}:f>.", FIND),
    (Barred.RULES, "Study Hall asks members to accept its rules", FIND),
    (Barred.NAME_HELD, "Discord had hidden your name in Study Hall.", FIND),
    (Barred.NOT_MEMBER, "You were no longer in Study Hall.", []),
    (Barred.NO_AGE_ROLE, "Study Hall matches members by their age role, and you had none.", FIND),
    (Barred.BOTH_AGE_ROLES, "You had both age roles in Study Hall.", FIND),
    (Barred.OTHER_POOL, "Who you can be matched with in Study Hall has changed.", FIND),
    (Barred.ROLE, "You didn't have the role for pairing in Study Hall.", FIND),
]


def test_every_reason_is_tried() -> None:
    """A new reason needs its sentence."""
    assert {reason for reason, _, _ in BARS} == set(Barred)


@pytest.mark.parametrize(("reason", "says", "buttons"), BARS)
async def test_a_search_that_a_bar_ends_says_why(
    harness: ChatHarness, reason: Barred, says: str, buttons: list[str]
) -> None:
    """By direct message and as the status. Nothing says that somebody was banned."""
    alice = await waiting_member(harness)
    until = harness.clock.now() + timedelta(days=2)
    await bar(harness, alice, Bar(reason=reason, until=until))
    await tell(harness)
    status = message_of(await alice.user.slash("study status"))
    for shown in (harness.last_direct_message(alice), status):
        assert title_of(text_of(shown)) == "### I've stopped looking"
        assert says.format(until=int(until.timestamp())) in text_of(shown)
        assert "ban" not in text_of(shown)
        assert labels_of(shown) == buttons


@pytest.mark.parametrize("has_met", [False, True])
@pytest.mark.parametrize(("reason", "says", "buttons"), BARS)
async def test_a_seat_that_a_bar_takes_says_why(
    harness: ChatHarness, reason: Barred, says: str, buttons: list[str], *, has_met: bool
) -> None:
    """On the card at once, by message and as the status. Who is gone from the server reads only that they are out.

    The partner's card waits until an undo would be over, as after an ordinary Leave, and no message says anything.
    """
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    card, partners = [message_of(await each.slash(harness.study, "study now")) for each in (alice, bob)]
    await harness.match(alice, bob)
    if has_met:
        await both_are_in(harness, alice, bob)
    await redraw_all(harness)
    partner_read = text_of(partners)
    until = harness.clock.now() + timedelta(days=2)
    await bar(harness, alice, Bar(reason=reason, until=until))
    await tell(harness)
    shown, is_told = [text_of(card)], reason is not Barred.NOT_MEMBER
    if is_told:
        assert labels_of(harness.last_direct_message(alice)) == buttons
        status = await alice.user.slash("study status")
        shown += [text_of(harness.last_direct_message(alice)), text_of(status)]
    for text in shown:
        assert (title_of(text) == f"### {words_for()('chat.left.title.barred')}") is is_told
        assert (says.format(until=int(until.timestamp())) in text) is is_told
    assert len(alice.user.dm_channel.history()) == int(is_told)
    assert (text_of(partners), bob.user.dm_channel.history()) == (partner_read, [])


async def test_who_is_barred_reads_it_on_the_card(harness: ChatHarness) -> None:
    """Also if no message reaches them; and nobody is mentioned in the channel for it."""
    alice = await waiting_member(harness)
    card = message_of(await alice.slash(harness.study, "study status"))
    await bar(harness, alice, Bar(reason=Barred.NOT_MEMBER, until=harness.clock.now() + timedelta(hours=1)))
    await redraw_all(harness)
    assert "You were no longer in Study Hall." in text_of(card)
    [message] = await harness.store.outbox.find_due(harness.clock.now(), 9)
    assert message.kind is MessageKind.UNMATCHED
    assert next_route(message.kind, message.payload, Route.FOLLOW_UP) is None


async def test_what_a_bar_has_ended_stays_true(harness: ChatHarness) -> None:
    """Once another search has begun, the message offers none any more, also after that one."""
    alice = await waiting_member(harness)
    await bar(harness, alice, Bar(reason=Barred.TIMED_OUT, until=harness.clock.now() + timedelta(minutes=1)))
    await tell(harness)
    news = harness.last_direct_message(alice)
    harness.clock.pass_time(minutes=2)
    assert labels_of(news) == FIND
    for command in ("study now", "study leave"):
        await alice.slash(harness.study, command)
        await redraw_all(harness)
        assert "You were timed out in Study Hall" in text_of(news)
        assert labels_of(news) == []


@pytest.mark.parametrize("command", ["study status", "study leave"])
async def test_a_refused_search_changes_no_card_that_is_true(harness: ChatHarness, command: str) -> None:
    """The card goes on saying what it said, however the last search had ended."""
    role = harness.guild.create_role("Students")
    await harness.set_up()
    alice = harness.member("Alice")
    await alice.slash(harness.study, "study now", wait=1)
    harness.clock.pass_time(minutes=1)
    await tell(harness)
    harness.clock.pass_time(seconds=NEWS_USEFUL_FOR.total_seconds() + 1)
    card = message_of(await alice.slash(harness.study, command))
    before = text_of(card)
    assert "You're not waiting" in before
    await harness.set_up(role_id=role.id)
    assert "You need a role" in text_of(await alice.slash(harness.study, "study now"))
    outcomes = await redraw_all(harness)
    assert text_of(card) == before
    assert not [each for each in outcomes if not isinstance(each, Delivered | Refused)]


@pytest.mark.parametrize(("minutes", "title"), [(59, "I've stopped looking"), (61, "You're not waiting")])
async def test_how_a_search_ended_is_news_for_an_hour(harness: ChatHarness, minutes: int, title: str) -> None:
    """After that there is simply none."""
    alice = await waiting_member(harness)
    await alice.slash(harness.study, "study leave")
    harness.clock.pass_time(minutes=minutes)
    assert title in text_of(await alice.slash(harness.study, "study status"))


async def test_a_long_session_has_ended_just_now(harness: ChatHarness) -> None:
    """Its ticket is old, but the seat was left a moment ago: Undo is still offered."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await harness.pair(alice, bob)
    seat = await harness.seat_of(alice)
    for each in (seat.own, seat.partner):
        await harness.store.presence.participant_joined(each.id, each.id, seat.match.room_name, harness.clock.now())
    harness.clock.pass_time(minutes=70)
    assert await harness.store.browser_sessions.leave_seat(seat.own.id, harness.clock.now())
    shown = await alice.slash(harness.study, "study status")
    assert "You've left" in text_of(shown)
    assert labels_of(shown) == ["Undo", "Find a partner"]
