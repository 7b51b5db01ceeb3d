"""Browsers that hold seats: how long, and leaving."""

from datetime import timedelta

import pytest

from bot.domain.browser_session import ABSOLUTE_LIFETIME, IDLE_LIFETIME, READ_ONLY_LIFETIME, BrowserSessionState
from tests.store.scenario import Meeting, Scenario


@pytest.fixture
async def meeting(scenario: Scenario) -> Meeting:
    made = await scenario.matched(1, 2)
    assert await scenario.redeem(made.tokens[0], cookie="one")
    assert await scenario.redeem(made.tokens[1], cookie="other")
    return made


async def test_an_idle_session_ends_and_a_call_keeps_it(scenario: Scenario, meeting: Meeting) -> None:
    """Half an hour without a word; while its seat is in the room it lives on, at most four hours."""
    await scenario.in_the_room(meeting, 1)
    scenario.clock.pass_time(seconds=IDLE_LIFETIME.total_seconds() - 1)
    assert await scenario.session("one") is not None
    scenario.clock.pass_time(seconds=1)
    assert await scenario.session("one") is None
    assert await scenario.session("other") is not None
    scenario.clock.pass_time(seconds=(ABSOLUTE_LIFETIME - IDLE_LIFETIME).total_seconds())
    assert await scenario.session("other") is None


async def test_a_visit_keeps_it_awake(scenario: Scenario, meeting: Meeting) -> None:
    """Each request counts, though it is written down once a minute at most."""
    del meeting
    for _ in range(4):
        scenario.clock.pass_time(minutes=20)
        session = await scenario.session("one")
        assert session is not None
        await scenario.store.browser_sessions.touch(session.id, scenario.clock.now())


async def test_leaving(scenario: Scenario, meeting: Meeting) -> None:
    """The seat is free for another search, the session may read for half an hour, and leaving again changes nothing."""
    now = scenario.clock.now()
    assert await scenario.store.browser_sessions.leave_seat(meeting.seats[0], now) is True
    assert await scenario.store.browser_sessions.leave_seat(meeting.seats[0], now) is False
    session = await scenario.session("one")
    assert session is not None
    assert (session.state, session.seat.own.left_at) == (BrowserSessionState.READ_ONLY, now)
    await scenario.waiting(1)
    scenario.clock.pass_time(seconds=READ_ONLY_LIFETIME.total_seconds())
    session = await scenario.session("one")
    assert session is not None
    assert session.state is BrowserSessionState.ENDED


@pytest.mark.parametrize(("seconds", "back"), [(9.999, True), (10, False)])
async def test_leaving_can_be_taken_back_for_ten_seconds(
    scenario: Scenario, meeting: Meeting, seconds: float, back: bool
) -> None:
    """In time the seat and its session are as before; too late they are not; twice is once."""
    await scenario.store.browser_sessions.leave_seat(meeting.seats[0], scenario.clock.now())
    scenario.clock.pass_time(seconds=seconds)
    assert await scenario.store.browser_sessions.undo_leaving(meeting.seats[0], scenario.clock.now()) is back
    session = await scenario.session("one")
    assert session is not None
    assert (session.state is BrowserSessionState.ACTIVE) is back
    assert await scenario.store.browser_sessions.undo_leaving(meeting.seats[0], scenario.clock.now()) is False


async def test_who_waits_elsewhere_cannot_come_back(scenario: Scenario, meeting: Meeting) -> None:
    """One live ticket or one live seat, never both."""
    await scenario.store.browser_sessions.leave_seat(meeting.seats[0], scenario.clock.now())
    await scenario.waiting(1)
    assert await scenario.store.browser_sessions.undo_leaving(meeting.seats[0], scenario.clock.now()) is False


@pytest.mark.parametrize(("seconds", "have_met"), [(59, False), (60, True)])
async def test_who_leaves_after_a_minute_together_has_met(
    scenario: Scenario, meeting: Meeting, seconds: int, have_met: bool
) -> None:
    """A meeting of a minute is remembered, a shorter one is not."""
    await scenario.in_the_room(meeting)
    scenario.clock.pass_time(seconds=seconds)
    await scenario.store.browser_sessions.leave_seat(meeting.seats[0], scenario.clock.now())
    await scenario.waiting(1)
    assert await scenario.store.last_meetings.find_with_waiting([2]) == (
        {(1, 2): scenario.clock.now()} if have_met else {}
    )


async def test_an_unknown_cookie_is_nobodys(scenario: Scenario, meeting: Meeting) -> None:
    """Nothing is guessed."""
    del meeting
    assert await scenario.session("made up") is None
    assert timedelta() < READ_ONLY_LIFETIME
