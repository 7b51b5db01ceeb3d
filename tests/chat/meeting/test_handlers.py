"""New links and giving up the seat, by command and by a message's buttons after a restart."""

import pytest

from bot.domain.match import EndReason
from bot.domain.message import MessageKind, Route
from bot.store import StoreUnavailable
from tests.chat.chat_harness import ChatHarness
from tests.chat.outbox import deliver, waiting_member
from tests.chat.shown import labels_of, link_of, message_of, text_of


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
    assert "That was quick" in refusal
    assert "You took 3 new links in 10 minutes." in refusal


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
    assert labels_of(shown) == ["New link", "I can't make it"]
    await alice.click(message_of(shown), label="New link")
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
    assert "You're out" in text_of(answer)
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
    assert "This match is over" in text_of(answer)
    assert labels_of(answer) == ["Find a partner"]


async def test_nobody_declines_for_another_member(harness: ChatHarness) -> None:
    """The seat in the custom id must be the member's own."""
    await harness.set_up()
    alice, bob, eve = harness.member("Alice"), harness.member("Bob"), harness.member("Eve")
    await harness.pair(alice, bob)
    seat = await harness.seat_of(alice)
    await deliver(harness, eve, MessageKind.INVITATION, Route.DIRECT, seat_id=seat.own.id)
    refusal = await eve.user.click(harness.last_direct_message(eve), label="I can't make it")
    assert "This is for somebody else" in text_of(refusal)
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
    assert "My storage doesn't answer." in text_of(failure)
    assert link_of(shown) is not None
