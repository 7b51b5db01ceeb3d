"""One try of one message: by each route, and what is made of every way in which it can go wrong."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from simcord import MemberActor

from bot.chat.deliver import TokenRefused
from bot.domain.agreement import Agreement, Why
from bot.domain.match import EndReason
from bot.domain.message import (
    DELIVERIES,
    Delivered,
    MatchDetails,
    MessageKind,
    Outcome,
    Payload,
    Refused,
    Route,
    SearchDetails,
    TryAgain,
)
from bot.domain.ticket import Camera, Style
from bot.store import StoreUnavailable
from bot.store.outbox import OutboxMessage
from tests.chat.hall import Hall
from tests.chat.reading import labels, link, message, words

AGREEMENT = Agreement(
    subject="Maths",
    length=50,
    language="en",
    style=Style.QUIET,
    camera=Camera.ANY,
    why=(Why.SUBJECT, Why.STYLE, Why.LEVEL),
)
PAYLOADS: dict[object, Payload] = {
    MatchDetails: MatchDetails(partner="Noor", agreement=AGREEMENT),
    SearchDetails: SearchDetails(minutes=14, subject="Maths"),
    None: None,
}


def news(hall: Hall, to: MemberActor, kind: MessageKind, route: Route, **changes: Any) -> OutboxMessage:
    """A row of the outbox."""
    row = OutboxMessage(
        id="AAAAAAAAAAAAAAAAAAAAAA",
        kind=kind,
        member_id=to.id,
        server_id=hall.guild.id,
        locale="en-US",
        match_id="a-match",
        seat_id="a-seat",
        invitation_id="an-invitation",
        payload=PAYLOADS[DELIVERIES[kind].payload],
        route=route,
        attempts=0,
        due_at=hall.clock.now(),
    )
    return replace(row, **changes)


async def invited(hall: Hall, route: Route, kind: MessageKind = MessageKind.INVITATION) -> tuple[MemberActor, Outcome]:
    """Somebody who waits, and what became of their invitation."""
    await hall.set_up()
    alice = hall.member("Alice")
    await alice.slash(hall.study, "study now")
    return alice, await hall.chat.deliver(news(hall, alice, kind, route))


async def test_a_direct_message(hall: Hall) -> None:
    """Partner, subject, length, why, until when; the way in first; the nonce is the row's id; nobody is pinged."""
    alice, outcome = await invited(hall, Route.DIRECT)
    [told] = alice.user.dm_channel.history()
    assert outcome == Delivered(channel_id=alice.user.dm_channel.id, message_id=told.id)
    shown = hall.last_direct(alice)
    assert "You have a partner: Noor" in words(shown)
    assert "You both want quiet Maths for 50 minutes. You are about as far as each other." in words(shown)
    assert f"It works until <t:{int(hall.clock.now().timestamp()) + 900}:t>." in words(shown)
    assert labels(shown) == ["Open the room", "I can't make it"]
    sent = hall.sent("/messages")[-1]
    assert sent["nonce"] == "AAAAAAAAAAAAAAAAAAAAAA"
    assert sent["enforce_nonce"] is True
    assert sent["allowed_mentions"] == {"parse": []}
    assert sent["flags"] & 4, "embeds are suppressed"


async def test_every_try_has_the_same_link(hall: Hall) -> None:
    """Whatever the route and however often: it follows from the invitation's id alone."""
    alice, _ = await invited(hall, Route.DIRECT)
    first = link(hall.last_direct(alice))
    hall.clock.pass_time(minutes=5)
    await hall.chat.deliver(news(hall, alice, MessageKind.INVITATION, Route.DIRECT, attempts=1))
    assert first is not None
    assert first.startswith("https://study.example/j#")
    assert link(hall.last_direct(alice)) == first


async def test_the_channel_is_opened_once(hall: Hall) -> None:
    """Opening is a request of its own; the store remembers, also over restarts."""
    alice, _ = await invited(hall, Route.DIRECT)
    again = hall.new_chat()
    await hall.env.restart_bot(again.client)
    await again.deliver(news(hall, alice, MessageKind.REMINDER, Route.DIRECT))
    assert len(hall.sent("/users/@me/channels")) == 1
    assert "The room is still open for you." in words(hall.last_direct(alice))
    assert "The room is open now." not in words(hall.last_direct(alice))


async def test_a_remembered_channel_that_is_gone_is_opened_anew(hall: Hall) -> None:
    """Discord forgets channels; the member still hears."""
    alice, _ = await invited(hall, Route.DIRECT)
    await hall.store.members.save_dm_channel(alice.id, 4711)
    outcome = await hall.chat.deliver(news(hall, alice, MessageKind.REMINDER, Route.DIRECT))
    assert isinstance(outcome, Delivered)
    assert await hall.store.members.find_dm_channel(alice.id) == alice.user.dm_channel.id


async def test_the_waiting_card_becomes_the_invitation(hall: Hall) -> None:
    """Edited in place, with the same link as the message has."""
    await hall.set_up()
    alice = hall.member("Alice")
    card = message(await alice.slash(hall.study, "study now"))
    assert await hall.chat.deliver(news(hall, alice, MessageKind.CARD, Route.CARD)) == Delivered()
    await hall.chat.deliver(news(hall, alice, MessageKind.INVITATION, Route.DIRECT))
    assert "You have a partner: Noor" in words(card)
    assert link(card) == link(hall.last_direct(alice))


async def test_after_fourteen_minutes_there_is_no_card(hall: Hall) -> None:
    """No token older than that is used."""
    await hall.set_up()
    alice = hall.member("Alice")
    await alice.slash(hall.study, "study now")
    hall.clock.pass_time(minutes=14)
    for kind, route in ((MessageKind.CARD, Route.CARD), (MessageKind.INVITATION, Route.FOLLOW_UP)):
        assert isinstance(await hall.chat.deliver(news(hall, alice, kind, route)), Refused)


async def test_a_follow_up_says_why_it_comes_this_way(hall: Hall) -> None:
    """Closed messages: the link as a private answer, and how to have it otherwise next time."""
    await hall.set_up()
    alice = hall.member("Alice")
    shown = await alice.slash(hall.study, "study now")
    assert await hall.chat.deliver(news(hall, alice, MessageKind.INVITATION, Route.FOLLOW_UP)) == Delivered()
    [private] = shown.followups
    assert private.ephemeral
    assert "I could not send you a message, so here is your link." in words(private)
    assert link(private) is not None


async def test_a_mention_names_one_member_and_tells_nothing(hall: Hall) -> None:
    """Onlookers learn neither the partner nor the link; only that member is pinged."""
    alice, outcome = await invited(hall, Route.MENTION)
    shown = hall.last_public()
    assert isinstance(outcome, Delivered)
    assert outcome.message_id == shown.id
    assert f"<@{alice.id}>" in words(shown)
    assert "Noor" not in words(shown)
    assert link(shown) is None
    assert hall.sent("/messages")[-1]["allowed_mentions"] == {"parse": ["users"]}


async def test_a_mention_leads_to_a_private_link_and_goes(hall: Hall) -> None:
    """After a restart too; pressed by somebody else it tells nothing and stays."""
    await hall.set_up()
    alice, bob = hall.member("Alice"), hall.member("Bob")
    await hall.pair(alice, bob)
    await hall.chat.deliver(news(hall, alice, MessageKind.INVITATION, Route.MENTION))
    await hall.restart()
    public = hall.last_public()
    nosy = await bob.click(public, label="Show me")
    assert "This is for somebody else" in words(nosy)
    assert nosy.ephemeral
    shown = await alice.click(public, label="Show me")
    assert shown.ephemeral
    assert (link(shown) or "").startswith("https://study.example/j#")
    assert hall.study.last_message is None


async def test_a_mention_for_a_search_that_came_to_nothing(hall: Hall) -> None:
    """It says so, and where to go on."""
    await hall.set_up()
    alice = hall.member("Alice")
    await hall.chat.deliver(news(hall, alice, MessageKind.UNMATCHED, Route.MENTION))
    shown = await alice.click(hall.last_public(), label="Show me")
    assert "Your search is over" in words(shown)
    assert labels(shown) == ["Find a partner"]


@pytest.mark.parametrize(
    ("kind", "said", "buttons"),
    [
        (
            MessageKind.UNMATCHED,
            "I found nobody in 14 minutes. Sorry.",
            ["Wait again", "Any subject"],
        ),
        (MessageKind.PARTNER_DECLINED, "You are first in the line", ["Change", "Stop waiting"]),
        (MessageKind.NO_SHOW, "You two did not meet this time.", ["Find a partner"]),
        (MessageKind.MATCH_OVER, "The meeting is over", ["Find a partner"]),
        (MessageKind.NEW_LINK, "Older links no longer work.", ["Open the room", "I can't make it"]),
    ],
)
async def test_what_each_kind_says(hall: Hall, kind: MessageKind, said: str, buttons: list[str]) -> None:
    """Words and next steps."""
    alice, _ = await invited(hall, Route.DIRECT, kind)
    shown = hall.last_direct(alice)
    assert said in words(shown)
    assert labels(shown) == buttons


async def test_next_steps_work_from_a_direct_message_after_a_restart(hall: Hall) -> None:
    """Wait again, with any subject: the same message becomes the waiting card."""
    await hall.set_up()
    alice = hall.member("Alice")
    await alice.slash(hall.study, "study now", subject="Physics")
    await alice.slash(hall.study, "study leave")
    await hall.chat.deliver(news(hall, alice, MessageKind.UNMATCHED, Route.DIRECT))
    await hall.restart()
    shown = hall.last_direct(alice)
    await alice.user.click(shown, label="Any subject")
    assert "Any subject, 25 or 50 minutes." in words(shown)
    ticket = await hall.store.tickets.find_by_member(alice.id)
    assert ticket is not None
    assert (ticket.server_id, ticket.name) == (hall.guild.id, "Alice")


async def test_who_has_left_the_server_is_not_paired_from_a_message(hall: Hall) -> None:
    """Membership is asked from Discord where the press comes from outside."""
    alice, _ = await invited(hall, Route.DIRECT, MessageKind.UNMATCHED)
    await hall.store.tickets.stop_waiting(alice.id, hall.clock.now())
    hall.guild.remove_member(alice)
    shown = hall.last_direct(alice)
    [beside] = (await alice.user.click(shown, label="Wait again")).followups
    assert "You are not in that server" in words(beside)
    assert labels(shown) == ["Wait again", "Any subject"]
    assert await hall.store.tickets.find_by_member(alice.id) is None


async def test_i_cant_make_it(hall: Hall) -> None:
    """Pressed in the message: the seat is free, the words neutral; a second press changes nothing."""
    await hall.set_up()
    alice, bob = hall.member("Alice"), hall.member("Bob")
    await hall.pair(alice, bob)
    seat = await hall.seat_of(alice)
    await hall.chat.deliver(news(hall, alice, MessageKind.INVITATION, Route.DIRECT, seat_id=seat.own.id))
    await hall.restart()
    shown = hall.last_direct(alice)
    await alice.user.click(shown, label="I can't make it")
    assert "Your place is free again" in words(shown)
    assert await hall.store.matches.find_by_member(alice.id) is None
    assert await hall.store.browser_sessions.leave_seat(seat.own.id, hall.clock.now()) is False


async def test_any_subject_is_offered_to_who_asked_for_one(hall: Hall) -> None:
    """Nobody is offered what they had; a wait of no length is not counted in minutes."""
    alice, _ = await invited(hall, Route.DIRECT)
    await hall.chat.deliver(
        news(hall, alice, MessageKind.UNMATCHED, Route.DIRECT, payload=SearchDetails(minutes=1, subject="any"))
    )
    assert "I found nobody this time." in words(hall.last_direct(alice))
    assert labels(hall.last_direct(alice)) == ["Wait again"]


async def test_i_cant_make_it_after_the_end(hall: Hall) -> None:
    """The button of a match that is over says so."""
    await hall.set_up()
    alice, bob = hall.member("Alice"), hall.member("Bob")
    match_id = await hall.pair(alice, bob)
    seat = await hall.seat_of(alice)
    await hall.chat.deliver(news(hall, alice, MessageKind.INVITATION, Route.DIRECT, seat_id=seat.own.id))
    await hall.store.matches.end(match_id, EndReason.NO_SHOW, now=hall.clock.now())
    shown = hall.last_direct(alice)
    await alice.user.click(shown, label="I can't make it")
    assert "This meeting has ended." in words(shown)


async def test_a_failure_leaves_the_message_and_its_link(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be done is said beside it, seen only by them."""
    alice, _ = await invited(hall, Route.DIRECT)

    async def unavailable(*_: object) -> None:
        raise StoreUnavailable("locked")

    monkeypatch.setattr(type(hall.store.matches), "find_by_seat", unavailable)
    shown = hall.last_direct(alice)
    [beside] = (await alice.user.click(shown, label="I can't make it")).followups
    assert beside.ephemeral
    assert "My storage does not answer." in words(beside)
    assert link(shown) is not None


async def test_nobody_gives_up_anothers_seat(hall: Hall) -> None:
    """The seat in the id must be the presser's own."""
    await hall.set_up()
    alice, bob, eve = hall.member("Alice"), hall.member("Bob"), hall.member("Eve")
    await hall.pair(alice, bob)
    seat = await hall.seat_of(alice)
    await hall.chat.deliver(news(hall, eve, MessageKind.INVITATION, Route.DIRECT, seat_id=seat.own.id))
    [beside] = (await eve.user.click(hall.last_direct(eve), label="I can't make it")).followups
    assert "This is for somebody else" in words(beside)
    assert await hall.store.matches.find_by_member(alice.id) is not None


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (403, 50007, Refused(reason="discord_403_50007")),
        (403, 50278, Refused(reason="discord_403_50278")),
        (400, 50035, Refused(reason="discord_400_50035")),
        (403, 40003, TryAgain(reason="discord_403_40003")),
        (429, 0, TryAgain(reason="discord_429_0")),
        (500, 0, TryAgain(reason="discord_500_0")),
        (503, 0, TryAgain(reason="discord_503_0")),
    ],
)
async def test_discord_says_no(hall: Hall, status: int, code: int, outcome: Outcome) -> None:
    """Final where it is final, later where it is not."""
    await hall.set_up()
    alice = hall.member("Alice")
    hall.env.inject_error("POST", "/channels/*/messages", status=status, code=code, times=None)
    assert await hall.chat.deliver(news(hall, alice, MessageKind.INVITATION, Route.DIRECT)) == outcome


@pytest.mark.parametrize(
    "trouble", [aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, ConnectionResetError, TimeoutError]
)
async def test_a_line_that_breaks(
    hall: Hall, monkeypatch: pytest.MonkeyPatch, trouble: Callable[[], Exception]
) -> None:
    """The message may have arrived: it is tried again, and the nonce decides."""
    await hall.set_up()
    alice = hall.member("Alice")

    async def break_off(*_: object, **__: object) -> None:
        raise trouble()

    monkeypatch.setattr(hall.chat.client.http, "request", break_off)
    assert isinstance(await hall.chat.deliver(news(hall, alice, MessageKind.INVITATION, Route.DIRECT)), TryAgain)


async def test_a_refused_token_stops_everything(hall: Hall) -> None:
    """401 for the bot itself is raised, and says what to do."""
    await hall.set_up()
    alice = hall.member("Alice")
    hall.env.inject_error("POST", "/channels/*/messages", status=401)
    with pytest.raises(TokenRefused, match="Developer Portal"):
        await hall.chat.deliver(news(hall, alice, MessageKind.INVITATION, Route.DIRECT))


@pytest.mark.parametrize(
    ("kind", "route", "method"),
    [(MessageKind.CARD, Route.CARD, "PATCH"), (MessageKind.INVITATION, Route.FOLLOW_UP, "POST")],
)
async def test_a_refused_interaction_is_refused_for_itself_only(
    hall: Hall, kind: MessageKind, route: Route, method: str
) -> None:
    """401 with 50027 is about that one token."""
    await hall.set_up()
    alice = hall.member("Alice")
    await alice.slash(hall.study, "study now")
    hall.env.inject_error(method, "/webhooks/*", status=401, code=50027)
    assert await hall.chat.deliver(news(hall, alice, kind, route)) == Refused(reason="discord_401_50027")


async def test_before_the_login_it_is_tried_again(hall: Hall) -> None:
    """A courier that is quicker than Discord loses nothing."""
    alice = hall.member("Alice")
    outcome = await hall.new_chat().deliver(news(hall, alice, MessageKind.INVITATION, Route.DIRECT))
    assert isinstance(outcome, TryAgain)


async def test_a_server_without_a_channel_cannot_mention(hall: Hall) -> None:
    """The route is refused; nothing is thrown."""
    alice = hall.member("Alice")
    assert await hall.chat.deliver(news(hall, alice, MessageKind.INVITATION, Route.MENTION)) == Refused(
        reason="no_channel"
    )


async def test_a_hostile_partner_name_is_drawn_as_letters(hall: Hall) -> None:
    """No markup, no mention."""
    alice, _ = await invited(hall, Route.DIRECT)
    subject = replace(AGREEMENT, subject="[x](https://evil.example)")
    hostile = MatchDetails(partner="**@everyone** <@1>", agreement=subject)
    await hall.chat.deliver(news(hall, alice, MessageKind.INVITATION, Route.DIRECT, payload=hostile))
    assert r"You have a partner: \*\*\@everyone\*\* \<\@1\>" in words(hall.last_direct(alice))
    assert r"\[x\](https\://evil.example)" in words(hall.last_direct(alice))
