"""Browser sessions: how long they last, and leaving a seat."""

import pytest

from bot.domain.browser_session import ABSOLUTE_LIFETIME, IDLE_LIFETIME, READ_ONLY_LIFETIME, BrowserSessionState
from bot.domain.match import UNDO_FOR
from bot.store.browser_sessions import TOUCH_EVERY
from tests.store.scenario import Meeting, Scenario


@pytest.fixture
async def meeting(scenario: Scenario) -> Meeting:
    """A match in which both have redeemed their links, with the cookies "one" and "other"."""
    made = await scenario.matched(1, 2)
    assert await scenario.redeem(made.tokens[0], cookie="one")
    assert await scenario.redeem(made.tokens[1], cookie="other")
    return made


async def test_an_idle_session_ends_but_not_during_a_call(scenario: Scenario, meeting: Meeting) -> None:
    """Half an hour without a request; while its seat is in the room it goes on, at most four hours."""
    await scenario.in_the_room(meeting, 1)
    scenario.clock.pass_time(seconds=IDLE_LIFETIME.total_seconds() - 1)
    assert await scenario.session("one") is not None
    scenario.clock.pass_time(seconds=1)
    assert await scenario.session("one") is None
    assert await scenario.session("other") is not None
    scenario.clock.pass_time(seconds=(ABSOLUTE_LIFETIME - IDLE_LIFETIME).total_seconds())
    assert await scenario.session("other") is None


async def test_requests_keep_a_session_awake(scenario: Scenario, meeting: Meeting) -> None:
    """Each request counts from the time it was recorded."""
    del meeting
    for _ in range(4):
        scenario.clock.pass_time(minutes=20)
        session = await scenario.session("one")
        assert session is not None
        await scenario.store.browser_sessions.touch(session.id, scenario.clock.now())


@pytest.mark.parametrize(("early_ms", "recorded"), [(0, True), (1, False)])
async def test_requests_are_recorded_once_a_minute(
    scenario: Scenario, meeting: Meeting, early_ms: int, recorded: bool
) -> None:
    """A request within a minute of the recorded one writes nothing."""
    del meeting
    session = await scenario.session("one")
    assert session is not None
    after = TOUCH_EVERY.total_seconds() - early_ms / 1000
    scenario.clock.pass_time(seconds=after)
    await scenario.store.browser_sessions.touch(session.id, scenario.clock.now())
    scenario.clock.pass_time(seconds=IDLE_LIFETIME.total_seconds() - after)
    assert (await scenario.session("one") is not None) is recorded


async def test_leaving_a_seat(scenario: Scenario, meeting: Meeting) -> None:
    """The member can search again, the session is read-only for half an hour, and leaving again changes nothing."""
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


@pytest.mark.parametrize(("late_ms", "undone"), [(-1, True), (0, False)])
async def test_leaving_can_be_undone_for_ten_seconds(
    scenario: Scenario, meeting: Meeting, late_ms: int, undone: bool
) -> None:
    """In time, the seat and its session are restored and nobody is removed; too late, or twice, nothing changes."""
    await scenario.store.browser_sessions.leave_seat(meeting.seats[0], scenario.clock.now())
    scenario.clock.pass_time(seconds=UNDO_FOR.total_seconds() + late_ms / 1000)
    assert await scenario.store.browser_sessions.undo_leaving(meeting.seats[0], scenario.clock.now()) is undone
    session = await scenario.session("one")
    assert session is not None
    assert (session.state is BrowserSessionState.ACTIVE) is undone
    assert (await scenario.store.room_orders.find_due(9) == []) is undone
    assert await scenario.store.browser_sessions.undo_leaving(meeting.seats[0], scenario.clock.now()) is False


async def test_a_member_who_waits_again_cannot_undo_leaving(scenario: Scenario, meeting: Meeting) -> None:
    """A member has a waiting ticket or a live seat, never both."""
    await scenario.store.browser_sessions.leave_seat(meeting.seats[0], scenario.clock.now())
    await scenario.waiting(1)
    assert await scenario.store.browser_sessions.undo_leaving(meeting.seats[0], scenario.clock.now()) is False


async def test_an_unknown_cookie_has_no_session(scenario: Scenario, meeting: Meeting) -> None:
    """Nor can an unknown seat be left or taken back."""
    del meeting
    now = scenario.clock.now()
    assert await scenario.session("made up") is None
    assert await scenario.store.browser_sessions.leave_seat("made up", now) is False
    assert await scenario.store.browser_sessions.undo_leaving("made up", now) is False
