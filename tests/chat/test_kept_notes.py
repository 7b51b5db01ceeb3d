"""The answer to a press stays as it was answered until something else changes, whatever is drawn again meanwhile."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from simcord import MemberActor, ResponseMessage

from bot.chat.ui.replies import Replies
from bot.domain.message import Delivered, Route
from bot.store.interactions import CUT_OFF_AFTER, Interaction
from bot.store.outbox import StaleMessage
from tests.chat.chat_harness import ChatHarness
from tests.chat.match_facts import both_are_in, invited
from tests.chat.outbox import deliver_all, redraw_all
from tests.chat.shown import labels_of, link_of, message_of, text_of
from tests.store.scenario import Scenario

UNDONE, NEW_LINK, CHANGED = "You're back", "Here's your link", "Search updated"

Press = Callable[[ChatHarness], Awaitable[tuple[MemberActor, ResponseMessage]]]
Between = Callable[[ChatHarness, pytest.MonkeyPatch], None]


async def undo(harness: ChatHarness) -> tuple[MemberActor, ResponseMessage]:
    """Alice leaves and takes that back, on her card."""
    alice, _, _ = await invited(harness)
    card = message_of(await alice.slash(harness.study, "study leave"))
    await redraw_all(harness)
    await alice.click(card, label="Undo")
    return alice, card


async def ask_for_link(harness: ChatHarness) -> tuple[MemberActor, ResponseMessage]:
    """Alice asks for a new link, which is a new card."""
    alice, _, _ = await invited(harness)
    return alice, message_of(await alice.slash(harness.study, "study link"))


async def invited_by_follow_up(harness: ChatHarness) -> tuple[MemberActor, MemberActor, ResponseMessage]:
    """Alice and Bob are matched; her link has come as a follow-up."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await bob.slash(harness.study, "study now", subject="Maths", style="quiet")
    shown = await alice.slash(harness.study, "study now", subject="Maths", style="quiet")
    await harness.match(alice, bob, messages=True)
    await redraw_all(harness)
    await deliver_all(harness, by={alice.id: Route.FOLLOW_UP})
    [private] = shown.followups
    return alice, bob, private


async def press_for_link(harness: ChatHarness) -> tuple[MemberActor, ResponseMessage]:
    """Alice has used the link of a follow-up, and presses its button for a new one."""
    alice, _, private = await invited_by_follow_up(harness)
    assert await Scenario(harness.store, harness.clock).redeem(harness.link_of(alice).partition("#")[2])
    await redraw_all(harness)
    await alice.click(private, label="Get a new link")
    return alice, private


async def undo_on_follow_up(harness: ChatHarness) -> tuple[MemberActor, ResponseMessage]:
    """Alice declines by a button of a follow-up, and takes that back."""
    alice, _, private = await invited_by_follow_up(harness)
    await alice.click(private, label="I can't make it")
    await redraw_all(harness)
    await alice.click(private, label="Undo")
    return alice, private


async def change_wishes(harness: ChatHarness) -> tuple[MemberActor, ResponseMessage]:
    """Alice changes what she looks for."""
    await harness.set_up()
    alice = harness.member("Alice")
    await alice.slash(harness.study, "study now", subject="Maths")
    return alice, message_of(await alice.slash(harness.study, "study now", subject="Physics"))


PRESSES = [
    (undo, UNDONE),
    (undo_on_follow_up, UNDONE),
    (ask_for_link, NEW_LINK),
    (press_for_link, NEW_LINK),
    (change_wishes, CHANGED),
]


def draw_before_it_is_shown(harness: ChatHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """The courier draws when the change is written and the answer is not yet shown."""
    show_view = Replies.show_view

    async def show_after_drawing(*arguments: Any) -> int:
        await redraw_all(harness)
        return await show_view(*arguments)

    monkeypatch.setattr(Replies, "show_view", show_after_drawing)


def draw_before_it_is_kept(harness: ChatHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """The courier draws when the answer is shown and not yet known as the member's card."""
    show_view = Replies.show_view

    async def draw_after_showing(*arguments: Any) -> int:
        message_id = await show_view(*arguments)
        await redraw_all(harness)
        return message_id

    monkeypatch.setattr(Replies, "show_view", draw_after_showing)


def draw_across(harness: ChatHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """A drawing that began before the press edits after the answer is shown, and is recorded last of all."""
    show_view, acknowledge = Replies.show_view, Replies._acknowledge
    found: list[StaleMessage] = []

    async def find_first(replies: Replies, interaction: Any, **options: Any) -> bool:
        member_id = interaction.user.id
        await harness.set_up()  # marks the cards that were shown in this server
        stale = await harness.store.outbox.find_stale(harness.clock.now(), 99)
        found[:] = [each for each in stale if each.message.member_id == member_id]
        return await acknowledge(replies, interaction, **options)

    async def draw_after_showing(*arguments: Any) -> int:
        message_id = await show_view(*arguments)
        await _draw(harness, found)
        return message_id

    monkeypatch.setattr(Replies, "_acknowledge", find_first)
    monkeypatch.setattr(Replies, "show_view", draw_after_showing)


async def _draw(harness: ChatHarness, found: Sequence[StaleMessage]) -> None:
    fence = await Scenario(harness.store, harness.clock).fence("courier")
    for stale in found:
        outcome = await harness.chat.redraw(stale)
        drawn = outcome if isinstance(outcome, Delivered) else Delivered(shows=stale.shows)
        await harness.store.outbox.mark_drawn(stale, drawn, harness.clock.now(), fence)


def draw_afterwards(harness: ChatHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """The courier is slow."""


@pytest.mark.parametrize("between", [draw_afterwards, draw_before_it_is_shown, draw_before_it_is_kept, draw_across])
@pytest.mark.parametrize(("press", "note"), PRESSES)
async def test_an_answer_stays_as_it_was_answered(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch, press: Press, note: str, between: Between
) -> None:
    """With its note and its link, whenever the courier of this or another process draws."""
    between(harness, monkeypatch)
    _, card = await press(harness)
    monkeypatch.undo()
    labels = labels_of(card)
    assert note in text_of(card) or between is draw_across
    for _ in range(3):
        await redraw_all(harness)
        harness.clock.pass_time(seconds=1)
    assert note in text_of(card)
    assert labels_of(card) == labels
    if note != CHANGED:
        assert link_of(card) is not None
        assert "It works until" in text_of(card)


@pytest.mark.parametrize(("press", "note"), PRESSES[:4])
async def test_a_note_goes_when_something_else_changes(harness: ChatHarness, press: Press, note: str) -> None:
    """For good: it does not come back when all is as it was."""
    alice, card = await press(harness)
    seat = await harness.seat_of(alice)
    assert await harness.store.browser_sessions.leave_seat(seat.own.id, harness.clock.now())
    await redraw_all(harness)
    assert note not in text_of(card)
    assert await harness.store.browser_sessions.undo_leaving(seat.own.id, harness.clock.now())
    await redraw_all(harness)
    assert "It works until" in text_of(card)
    assert note not in text_of(card)


async def test_a_follow_up_that_became_the_card_is_drawn_as_the_card(harness: ChatHarness) -> None:
    """With the new link, not with the one that it was sent for; a newer card takes its place like that of any other."""
    alice, bob, private = await invited_by_follow_up(harness)
    assert await Scenario(harness.store, harness.clock).redeem(harness.link_of(alice).partition("#")[2])
    await redraw_all(harness)
    await alice.click(private, label="Get a new link")
    await both_are_in(harness, alice, bob)
    await redraw_all(harness)
    assert "Your session has started" in text_of(private)
    assert link_of(private) is not None
    await alice.slash(harness.study, "study status")
    await redraw_all(harness)
    assert "There's a newer message" in text_of(private)


@pytest.mark.parametrize("is_answered", [True, False])
async def test_what_an_answer_may_replace_waits_for_it(harness: ChatHarness, is_answered: bool) -> None:
    """Until it is answered, or was cut off; messages by the bot's token do not wait, nor do other members' cards."""
    alice, _, _ = await invited(harness)
    seat, now = await harness.seat_of(alice), harness.clock.now()
    opened = Interaction(encrypted_token="of a press", opened_at=now)
    await harness.store.interactions.save(alice.id, opened)
    assert await harness.store.invitations.issue(seat.own.id, "newer", b"newer", now=now)

    async def cards_to_draw() -> list[tuple[int, Route]]:
        stale = await harness.store.outbox.find_stale(harness.clock.now(), 99)
        return sorted((each.message.member_id, each.message.route) for each in stale)

    everything = sorted(
        (member, route) for member in (alice.id, seat.partner.member_id) for route in ("card", "direct")
    )
    assert await cards_to_draw() == [each for each in everything if each != (alice.id, "card")]
    if is_answered:
        await harness.store.interactions.close(alice.id, opened)
    else:
        harness.clock.pass_time(seconds=CUT_OFF_AFTER.seconds + 1)
    assert await cards_to_draw() == everything


async def test_a_refusal_holds_up_nothing(harness: ChatHarness) -> None:
    """Neither does an answer that is no card: what it has changed is drawn at once."""
    alice, _, card = await invited(harness)
    await alice.slash(harness.study, "study unblock", member=harness.member("Carol").user)
    await alice.slash(harness.study, "study block")
    await redraw_all(harness)
    assert "You've left" in text_of(card)
