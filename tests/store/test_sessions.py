"""Browsers that hold seats: how long, and leaving."""

from datetime import timedelta

import pytest

from bot.domain.browser_session import ABSOLUTE, AFTER, IDLE
from bot.store.browser_sessions import SessionState
from tests.store.ledger import Ledger, Meeting


@pytest.fixture
async def meeting(ledger: Ledger) -> Meeting:
    made = await ledger.matched(1, 2)
    assert await ledger.redeem(made.tokens[0], cookie="one")
    assert await ledger.redeem(made.tokens[1], cookie="other")
    return made


async def test_an_idle_session_ends_and_a_call_keeps_it(ledger: Ledger, meeting: Meeting) -> None:
    """Half an hour without a word; while its seat is in the room it lives on, at most four hours."""
    await ledger.in_the_room(meeting, 1)
    ledger.clock.pass_time(seconds=IDLE.total_seconds() - 1)
    assert await ledger.session("one") is not None
    ledger.clock.pass_time(seconds=1)
    assert await ledger.session("one") is None
    assert await ledger.session("other") is not None
    ledger.clock.pass_time(seconds=(ABSOLUTE - IDLE).total_seconds())
    assert await ledger.session("other") is None


async def test_a_visit_keeps_it_awake(ledger: Ledger, meeting: Meeting) -> None:
    """Each request counts, though it is written down once a minute at most."""
    del meeting
    for _ in range(4):
        ledger.clock.pass_time(minutes=20)
        session = await ledger.session("one")
        assert session is not None
        await ledger.store.sessions.touch(session.id, ledger.clock.now())


async def test_leaving(ledger: Ledger, meeting: Meeting) -> None:
    """The seat is free for another search, the session may read for half an hour, and leaving again changes nothing."""
    now = ledger.clock.now()
    assert await ledger.store.sessions.leave(meeting.seats[0], now) is True
    assert await ledger.store.sessions.leave(meeting.seats[0], now) is False
    session = await ledger.session("one")
    assert session is not None
    assert (session.state, session.seat.own.left_at) == (SessionState.AFTER, now)
    await ledger.waiting(1)
    ledger.clock.pass_time(seconds=AFTER.total_seconds())
    session = await ledger.session("one")
    assert session is not None
    assert session.state is SessionState.ENDED


@pytest.mark.parametrize(("seconds", "back"), [(9.999, True), (10, False)])
async def test_leaving_can_be_taken_back_for_ten_seconds(
    ledger: Ledger, meeting: Meeting, seconds: float, back: bool
) -> None:
    """In time the seat and its session are as before; too late they are not; twice is once."""
    await ledger.store.sessions.leave(meeting.seats[0], ledger.clock.now())
    ledger.clock.pass_time(seconds=seconds)
    assert await ledger.store.sessions.undo(meeting.seats[0], ledger.clock.now()) is back
    session = await ledger.session("one")
    assert session is not None
    assert (session.state is SessionState.ACTIVE) is back
    assert await ledger.store.sessions.undo(meeting.seats[0], ledger.clock.now()) is False


async def test_who_waits_elsewhere_cannot_come_back(ledger: Ledger, meeting: Meeting) -> None:
    """One live ticket or one live seat, never both."""
    await ledger.store.sessions.leave(meeting.seats[0], ledger.clock.now())
    await ledger.waiting(1)
    assert await ledger.store.sessions.undo(meeting.seats[0], ledger.clock.now()) is False


@pytest.mark.parametrize(("seconds", "have_met"), [(59, False), (60, True)])
async def test_who_leaves_after_a_minute_together_has_met(
    ledger: Ledger, meeting: Meeting, seconds: int, have_met: bool
) -> None:
    """A meeting of a minute is remembered, a shorter one is not."""
    await ledger.in_the_room(meeting)
    ledger.clock.pass_time(seconds=seconds)
    await ledger.store.sessions.leave(meeting.seats[0], ledger.clock.now())
    await ledger.waiting(1)
    assert await ledger.store.met.around([2]) == ({(1, 2): ledger.clock.now()} if have_met else {})


async def test_an_unknown_cookie_is_nobodys(ledger: Ledger, meeting: Meeting) -> None:
    """Nothing is guessed."""
    del meeting
    assert await ledger.session("made up") is None
    assert timedelta() < AFTER
