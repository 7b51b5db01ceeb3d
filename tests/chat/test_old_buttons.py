"""Every button of a member's messages, pressed in every state: the answer is true at that moment.

Messages in Discord keep their buttons for ever, so each may be pressed long after what it was made for.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import pytest
from simcord import MemberActor, ResponseMessage

from bot.chat.meeting.custom_ids import DECLINE, NEW_LINK, UNDO
from bot.chat.search.custom_ids import AGREE, CHANGE, MOVE_HERE, NOT_NOW, SHOW_NEWS, STOP, WAIT_AGAIN
from bot.chat.ui.layout import Button, Card, card_view
from bot.chat.ui.notices import FIND_PARTNER, SHOW_STATUS
from bot.domain.membership import Bar, Barred
from tests.chat.chat_harness import ChatHarness
from tests.chat.match_facts import alice_leaves, bob_leaves_the_session, janitor_step, session_ends, time_runs_out
from tests.chat.outbox import redraw_all
from tests.chat.shown import text_of

State = Callable[[ChatHarness, MemberActor, MemberActor], Awaitable[object]]


async def nothing(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """Alice has never searched."""


async def waiting(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """Alice waits."""
    await alice.slash(harness.study, "study now", subject="Maths", style="quiet")


async def paused(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """Alice waits, and the server is paused."""
    await waiting(harness, alice, bob)
    await harness.set_up(paused=True)


async def stopped(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """Alice has stopped waiting."""
    await waiting(harness, alice, bob)
    await alice.slash(harness.study, "study leave")


async def expired(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """Nobody was found."""
    await waiting(harness, alice, bob)
    harness.clock.pass_time(minutes=14)
    await janitor_step(harness)


async def timed_out(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """Alice was timed out while she waited, and that is over."""
    await waiting(harness, alice, bob)
    now = harness.clock.now()
    bar = Bar(reason=Barred.TIMED_OUT, until=now + timedelta(minutes=5))
    assert await harness.store.memberships.record(harness.guild.id, alice.id, bar=bar, told_at=now, now=now)
    harness.clock.pass_time(minutes=6)


async def matched(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """Alice and Bob are invited."""
    await harness.pair(alice, bob)


async def left_now(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """Alice has given up her seat and may take it back."""
    await harness.pair(alice, bob)
    seat = await harness.seat_of(alice)
    assert await harness.store.browser_sessions.leave_seat(seat.own.id, harness.clock.now())


async def time_is_up(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """Both were in, and stayed until the end."""
    seat = await harness.seat_of(alice)
    for each in (seat.own, seat.partner):
        await harness.store.presence.participant_joined(each.id, each.id, seat.match.room_name, harness.clock.now())
    harness.clock.pass_time(hours=2)
    await janitor_step(harness)


def after_match(fact: State) -> State:
    """The two were matched, and then `fact` happened."""

    async def state(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
        await harness.pair(alice, bob)
        await fact(harness, alice, bob)

    state.__name__ = fact.__name__
    return state


LOOKING, MATCHED, IDLE, OUT = "Looking for a partner", "You're matched with Bob", "You're not waiting", "You've left"
NO_MATCH, NOT_YOURS, LATE = "No session right now", "This is for someone else", "It's too late to undo"
PAUSED, FORM, NOT_MET = "Pairing is paused", "(the form)", "Your match with Bob is over"
NOBODY, STOPPED, OVER = "Nobody yet", "I've stopped looking", "Your session with Bob has ended"

ANSWERS: dict[State, dict[str, str]] = {
    nothing: {
        "find": LOOKING, "agree": LOOKING, "again": LOOKING, "any": LOOKING, "move": LOOKING, "change": FORM,
        "stop": IDLE, "status": IDLE, "later": IDLE, "show": IDLE, "link": NO_MATCH, "decline": NOT_YOURS,
        "undo": NOT_YOURS,
    },
    waiting: {
        "find": LOOKING, "agree": LOOKING, "again": LOOKING, "any": LOOKING, "move": LOOKING, "change": FORM,
        "stop": STOPPED, "status": LOOKING, "later": LOOKING, "show": LOOKING, "link": NO_MATCH,
        "decline": NOT_YOURS, "undo": NOT_YOURS,
    },
    paused: {
        "find": PAUSED, "agree": PAUSED, "again": PAUSED, "any": PAUSED, "move": PAUSED, "change": FORM,
        "stop": STOPPED, "status": PAUSED, "later": PAUSED, "show": PAUSED, "link": NO_MATCH,
        "decline": NOT_YOURS, "undo": NOT_YOURS,
    },
    stopped: {
        "find": LOOKING, "agree": LOOKING, "again": LOOKING, "any": LOOKING, "move": LOOKING, "change": FORM,
        "stop": STOPPED, "status": STOPPED, "later": STOPPED, "show": STOPPED, "link": NO_MATCH,
        "decline": NOT_YOURS, "undo": NOT_YOURS,
    },
    expired: {
        "find": LOOKING, "agree": LOOKING, "again": LOOKING, "any": LOOKING, "move": LOOKING, "change": FORM,
        "stop": NOBODY, "status": NOBODY, "later": NOBODY, "show": NOBODY, "link": NO_MATCH,
        "decline": NOT_YOURS, "undo": NOT_YOURS,
    },
    timed_out: {
        "find": LOOKING, "agree": LOOKING, "again": LOOKING, "any": LOOKING, "move": LOOKING, "change": FORM,
        "stop": STOPPED, "status": STOPPED, "later": STOPPED, "show": STOPPED, "link": NO_MATCH,
        "decline": NOT_YOURS, "undo": NOT_YOURS,
    },
    matched: {
        "find": MATCHED, "agree": MATCHED, "again": MATCHED, "any": MATCHED, "move": MATCHED, "change": FORM,
        "stop": MATCHED, "status": MATCHED, "later": MATCHED, "show": MATCHED, "link": MATCHED, "decline": OUT,
        "undo": MATCHED,
    },
    after_match(bob_leaves_the_session): {
        "find": MATCHED, "agree": MATCHED, "again": MATCHED, "any": MATCHED, "move": MATCHED, "change": FORM,
        "stop": MATCHED, "status": MATCHED, "later": MATCHED, "show": MATCHED, "link": MATCHED, "decline": OUT,
        "undo": MATCHED,
    },
    left_now: {
        "find": LOOKING, "agree": LOOKING, "again": LOOKING, "any": LOOKING, "move": LOOKING, "change": FORM,
        "stop": OUT, "status": OUT, "later": OUT, "show": OUT, "link": NO_MATCH, "decline": OUT,
        "undo": MATCHED,
    },
    after_match(alice_leaves): {
        "find": LOOKING, "agree": LOOKING, "again": LOOKING, "any": LOOKING, "move": LOOKING, "change": FORM,
        "stop": OUT, "status": OUT, "later": OUT, "show": OUT, "link": NO_MATCH, "decline": OUT, "undo": LATE,
    },
    after_match(time_runs_out): {
        "find": LOOKING, "agree": LOOKING, "again": LOOKING, "any": LOOKING, "move": LOOKING, "change": FORM,
        "stop": NOT_MET, "status": NOT_MET, "later": NOT_MET, "show": NOT_MET, "link": NO_MATCH,
        "decline": NOT_MET, "undo": LATE,
    },
    after_match(time_is_up): {
        "find": LOOKING, "agree": LOOKING, "again": LOOKING, "any": LOOKING, "move": LOOKING, "change": FORM,
        "stop": OVER, "status": OVER, "later": OVER, "show": OVER, "link": NO_MATCH, "decline": OVER,
        "undo": LATE,
    },
    after_match(session_ends): {
        "find": LOOKING, "agree": LOOKING, "again": LOOKING, "any": LOOKING, "move": LOOKING, "change": FORM,
        "stop": OUT, "status": OUT, "later": OUT, "show": OUT, "link": NO_MATCH, "decline": OUT, "undo": LATE,
    },
}  # fmt: skip
"""By state and button: the title of the answer."""
ONLY_SHOW = ("status", "later", "show", "change")
"""These change nothing, so they can be pressed one after the other."""
CASES = [
    (state, buttons)
    for state, answers in ANSWERS.items()
    for buttons in (ONLY_SHOW, *((button,) for button in answers if button not in ONLY_SHOW))
]


async def message_with(harness: ChatHarness, member: MemberActor, custom_id: str) -> ResponseMessage:
    """An old direct message with this button."""
    view = card_view(Card(title="Old", buttons=(Button(label="Press", id=custom_id),)))
    channel = harness.chat.client.get_partial_messageable(member.user.dm_channel.id)
    await channel.send(view=view)
    return harness.last_direct_message(member)


@pytest.mark.parametrize(
    ("state", "buttons"), CASES, ids=[f"{state.__name__}-{' '.join(buttons)}" for state, buttons in CASES]
)
async def test_an_old_button_tells_the_truth(harness: ChatHarness, state: State, buttons: Sequence[str]) -> None:
    """Whatever the message says that it is on; and the card that answers does not change without a reason."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await state(harness, alice, bob)
    seat = await harness.store.matches.find_latest_by_member(alice.id)
    seat_id, server = seat.own.id if seat else "unknown", harness.guild.id
    ids = {
        "find": FIND_PARTNER.format(server=server),
        "again": WAIT_AGAIN.format(how="same", server=server),
        "any": WAIT_AGAIN.format(how="any", server=server),
        "move": MOVE_HERE.format(server=server),
        "agree": AGREE.format(server=server, version="1.1"),
        "later": NOT_NOW.format(server=server),
        "change": CHANGE.format(server=server),
        "stop": STOP.format(),
        "status": SHOW_STATUS.format(),
        "show": SHOW_NEWS.format(member=alice.id),
        "link": NEW_LINK.format(),
        "decline": DECLINE.format(seat=seat_id),
        "undo": UNDO.format(seat=seat_id),
    }
    for button in buttons:
        shown = await alice.user.click(await message_with(harness, alice, ids[button]), custom_id=ids[button])
        says = ANSWERS[state][button]
        if says == FORM:
            assert shown.modal is not None
        else:
            assert text_of(shown).startswith(f"### {says}"), button
            before = text_of(shown)
            await redraw_all(harness)
            assert text_of(shown) == before


async def test_the_table_has_every_button(harness: ChatHarness) -> None:
    """Each state is tried with each of them."""
    buttons = {
        *("find", "agree", "later", "again", "any", "move", "change", "stop", "status", "show", "link", "decline"),
        "undo",
    }
    assert {
        state.__name__: set(answers) ^ buttons for state, answers in ANSWERS.items() if set(answers) ^ buttons
    } == {}


@pytest.mark.parametrize("state", [matched, left_now, after_match(alice_leaves), after_match(time_runs_out)])
async def test_the_form_changes_no_match(harness: ChatHarness, state: State) -> None:
    """Submitted by a member with a match, it shows that; otherwise it starts a search with these wishes."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await state(harness, alice, bob)
    custom_id = CHANGE.format(server=harness.guild.id)
    form = await alice.user.click(await message_with(harness, alice, custom_id), custom_id=custom_id)
    submitted = {"subject": ["Physics"], "length": ["25"], "language": ["en"], "manner": [], "level": ["any"]}
    shown = await alice.user.submit_modal(form, submitted)
    assert (MATCHED if state is matched else LOOKING) in text_of(shown)
