"""New links and giving up the seat, by command and by a message's buttons after a restart."""

import pytest

from bot.chat.meeting.actions import MeetingActions
from bot.chat.meeting.links import InvitationLinks
from bot.domain.browser_session import BrowserSessionState
from bot.domain.match import EndReason
from bot.domain.message import MessageKind, Route
from bot.store import StoreUnavailable
from bot.words import words_for
from tests.chat.chat_harness import PUBLIC_URL, ChatHarness
from tests.chat.outbox import deliver, redraw_all, waiting_member
from tests.chat.shown import custom_id_of, labels_of, link_of, message_of, text_of
from tests.store.scenario import LINK_KEY, Scenario

WORDS = words_for()
TOLD = [WORDS(f"chat.left.{key}", partner="Bob") for key in ("declined", "left")]


async def test_a_new_link_replaces_the_older_ones(harness: ChatHarness) -> None:
    """A member gets three in ten minutes, and is then asked to wait."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await harness.pair(alice, bob)
    links = {harness.link_of(alice)}
    for _ in range(3):
        harness.clock.pass_time(seconds=30)
        shown = await alice.slash(harness.study, "study link")
        assert "Older ones no longer work." in text_of(shown)
        links.add(link_of(shown) or "")
    assert len(links) == 4
    assert await harness.link_states(links) == ["open", "replaced", "replaced", "replaced"]
    refusal = text_of(await alice.slash(harness.study, "study link"))
    assert "Too many new links" in refusal
    assert "You've had 3 new links in 10 minutes." in refusal


async def test_there_is_no_link_without_a_match(harness: ChatHarness) -> None:
    """The answer says how to find a partner."""
    await harness.set_up()
    alice = harness.member("Alice")
    assert "No session right now" in text_of(await alice.slash(harness.study, "study link"))


async def test_the_card_of_a_match_takes_a_new_link_in_place(harness: ChatHarness) -> None:
    """If the link has expired, its button issues another one."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await harness.pair(alice, bob)
    await alice.slash(harness.study, "study link")
    harness.clock.pass_time(minutes=15)
    shown = await alice.slash(harness.study, "study status")
    assert labels_of(shown) == ["Get a new link", "I can't make it"]
    await alice.click(message_of(shown), label="Get a new link")
    assert (link_of(shown) or "").startswith("https://study.example/j#")
    assert link_of(shown) != harness.link_of(alice)


async def test_declining_frees_the_seat(harness: ChatHarness) -> None:
    """The button works after a restart, and repeating it changes nothing."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await harness.pair(alice, bob)
    seat = await harness.seat_of(alice)
    await deliver(harness, alice, MessageKind.INVITATION, Route.DIRECT, seat_id=seat.own.id)
    await harness.restart()
    shown = harness.last_direct_message(alice)
    answer = await alice.user.click(shown, label="I can't make it")
    assert "You've left" in text_of(answer)
    assert await harness.store.matches.find_by_member(alice.id) is None
    assert await harness.store.browser_sessions.leave_seat(seat.own.id, harness.clock.now()) is False


async def test_declining_after_the_end_says_that_it_is_over(harness: ChatHarness) -> None:
    """The seat stays as it was."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    match_id = await harness.pair(alice, bob)
    seat = await harness.seat_of(alice)
    await deliver(harness, alice, MessageKind.INVITATION, Route.DIRECT, seat_id=seat.own.id)
    await harness.store.matches.end(match_id, EndReason.NO_SHOW, now=harness.clock.now())
    answer = await alice.user.click(harness.last_direct_message(alice), label="I can't make it")
    assert "Your match with Bob is over" in text_of(answer)
    assert labels_of(answer) == ["Show status"]


async def test_nobody_declines_for_another_member(harness: ChatHarness) -> None:
    """The seat in the custom id must be the member's own."""
    await harness.set_up()
    alice, bob, eve = harness.member("Alice"), harness.member("Bob"), harness.member("Eve")
    await harness.pair(alice, bob)
    seat = await harness.seat_of(alice)
    await deliver(harness, eve, MessageKind.INVITATION, Route.DIRECT, seat_id=seat.own.id)
    refusal = await eve.user.click(harness.last_direct_message(eve), label="I can't make it")
    assert "This is for someone else" in text_of(refusal)
    assert await harness.store.matches.find_by_member(alice.id) is not None


async def test_a_failure_leaves_the_message_and_its_link(harness: ChatHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is answered below the message, seen by the member alone."""
    alice = await waiting_member(harness)
    await deliver(harness, alice, MessageKind.INVITATION, Route.DIRECT)

    async def unavailable(*_: object) -> None:
        raise StoreUnavailable("locked")

    monkeypatch.setattr(type(harness.store.matches), "find_by_seat", unavailable)
    shown = harness.last_direct_message(alice)
    failure = await alice.user.click(shown, label="I can't make it")
    assert failure.ephemeral
    assert "My storage isn't answering." in text_of(failure)
    assert link_of(shown) is not None


@pytest.mark.parametrize("opened", [True, False])
async def test_leaving_can_be_undone_for_ten_seconds(harness: ChatHarness, opened: bool) -> None:
    """As on the page: the seat is back, and its link or its browser session works as before."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await harness.pair(alice, bob)
    token = harness.link_of(alice).partition("#")[2]
    scenario = Scenario(harness.store, harness.clock)
    if opened:
        assert await scenario.redeem(token, "cookie")
    left = await alice.slash(harness.study, "study leave")
    assert labels_of(left) == ["Undo", "Find a partner"]
    harness.clock.pass_time(seconds=9)
    await harness.restart()
    await alice.click(message_of(left), label="Undo")
    assert "You're back" in text_of(left)
    assert labels_of(left) == (["Get a new link", "Leave"] if opened else ["Open the room", "I can't make it"])
    assert (await harness.seat_of(alice)).own.left_at is None
    assert await scenario.redeem(token, "other") is not opened
    session = await scenario.session("cookie" if opened else "other")
    assert session is not None
    assert session.state is BrowserSessionState.ACTIVE


async def test_undo_is_offered_until_it_is_too_late(harness: ChatHarness) -> None:
    """Then the card stops offering it; a button that was not taken away says that it is too late."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await harness.pair(alice, bob)
    left = await alice.slash(harness.study, "study leave")
    undo = custom_id_of(left, "hb:undo:")
    harness.clock.pass_time(seconds=10)
    refusal = (await alice.click(message_of(left), custom_id=undo)).followups[0]
    assert "It's too late to undo" in text_of(refusal)
    await redraw_all(harness)
    assert "You've left" in text_of(left)
    assert labels_of(left) == ["Find a partner"]
    assert await harness.store.matches.find_by_member(alice.id) is None


async def test_undo_pressed_twice_changes_nothing(harness: ChatHarness) -> None:
    """The second answer is the same."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await harness.pair(alice, bob)
    seat = await harness.seat_of(alice)
    left = message_of(await alice.slash(harness.study, "study leave"))
    await alice.click(left, label="Undo")
    actions = MeetingActions(
        matches=harness.store.matches,
        invitations=harness.store.invitations,
        browser_sessions=harness.store.browser_sessions,
        links=InvitationLinks(
            invitations=harness.store.invitations, clock=harness.clock, key=LINK_KEY, public_url=PUBLIC_URL
        ),
        clock=harness.clock,
    )
    assert (await actions.undo(alice.id, seat.own.id)).note == "undone"


@pytest.mark.parametrize(
    ("met", "partner_left", "told"),
    [
        (False, False, TOLD[0]),
        (True, False, TOLD[1]),
        (False, True, None),
        (True, True, None),
    ],
)
async def test_leaving_says_what_the_partner_learns(
    harness: ChatHarness, met: bool, partner_left: bool, told: str | None
) -> None:
    """Nothing, if nobody is left to learn it."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await harness.pair(alice, bob)
    seat = await harness.seat_of(alice)
    if met:
        for each in (seat.own, seat.partner):
            await harness.store.presence.participant_joined(each.id, each.id, seat.match.room_name, harness.clock.now())
    if partner_left:
        await harness.store.browser_sessions.leave_seat(seat.partner.id, harness.clock.now())
    shown = text_of(await alice.slash(harness.study, "study leave"))
    assert "Your link to the room with Bob no longer works." in shown
    assert [sentence for sentence in TOLD if sentence in shown] == ([told] if told else [])


async def test_leaving_by_a_block_cannot_be_undone(harness: ChatHarness) -> None:
    """No card offers it, whatever is pressed afterwards."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await harness.pair(alice, bob)
    card = message_of(await alice.slash(harness.study, "study status"))
    await alice.slash(harness.study, "study block", member=bob)
    await alice.click(card, label="I can't make it")
    assert "You've left" in text_of(card)
    assert labels_of(card) == ["Find a partner"]
