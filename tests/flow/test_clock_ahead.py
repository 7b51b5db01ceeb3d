"""A clock that was an hour ahead and is corrected: the new process goes on as if the hour had not been."""

from datetime import timedelta

import pytest

from bot.domain.agreement import agree
from bot.domain.browser_session import BrowserSessionState
from bot.domain.invitation import LINK_LIFETIME, LINKS_WINDOW
from bot.domain.match import APART_FOR, EndReason, MatchState
from bot.domain.message import Delivered, MessageKind, Route, TryAgain
from bot.domain.report import UNDO_REPORT_FOR, ReportPlace, ReportReason
from bot.domain.restriction import HOLD_FOR
from bot.store.outbox import Outbox
from bot.store.reports import NewReport
from tests.loops.all_loops import AllLoops
from tests.loops.factories import open_server
from tests.store.scenario import SERVER, WAIT, Meeting, Scenario


@pytest.fixture
async def scenario(scenario: Scenario) -> Scenario:
    """A server whose machine has its clock an hour ahead."""
    await open_server(scenario.store)
    scenario.clock.correct(hours=1)
    return scenario


async def corrected(scenario: Scenario) -> AllLoops:
    """The clock is right again, and another process runs."""
    for name in ("matchmaker", "janitor", "courier"):
        await scenario.fence(name)  # of the process that was killed
    scenario.clock.correct(hours=-1)
    return AllLoops(scenario, "restarted")


async def state(scenario: Scenario, meeting: Meeting) -> MatchState:
    seat = await scenario.store.matches.find_by_seat(meeting.seats[0])
    assert seat is not None
    return seat.match.state


async def test_members_who_wait_are_matched(scenario: Scenario) -> None:
    """At once, with each other and with whoever comes now."""
    for member in (1, 2, 3):
        await scenario.waiting(member)
    loops = await corrected(scenario)
    await scenario.waiting(4)
    await loops.run_round()
    await loops.run_for(minutes=1)
    assert {message.member_id for message in loops.sent if message.kind is MessageKind.INVITATION} == {1, 2, 3, 4}


async def test_patience_ends_when_it_was_to_end(scenario: Scenario) -> None:
    """Counted from the correction, not an hour later."""
    await scenario.waiting(1)
    loops = await corrected(scenario)
    await loops.run_round()
    await loops.run_for(minutes=WAIT - 1)
    assert loops.sent == []
    await loops.run_for(minutes=1)
    assert [message.kind for message in loops.sent] == [MessageKind.UNMATCHED]


async def test_a_hold_begins_when_undoing_is_over(scenario: Scenario) -> None:
    """By the right clock its report can be undone from now on; it lasts as long as it did."""
    meeting = await scenario.matched(1, 2)
    await scenario.in_the_room(meeting)
    new = NewReport(id="one", seat_id=meeting.seats[0], place=ReportPlace.ROOM, reason=ReportReason.SEXUAL)
    report = await scenario.store.reports.file(new, scenario.clock.now())
    await scenario.store.clock_correction.pull_back_times(scenario.clock.now())
    assert await scenario.store.restrictions.find_active(SERVER, 2, scenario.clock.now()) == []
    assert len(await scenario.store.restrictions.find_active(SERVER, 2, report.undo_until)) == 1
    loops = await corrected(scenario)
    await loops.run_round()
    begins_at = scenario.clock.now() + UNDO_REPORT_FOR
    assert await scenario.store.restrictions.find_active(SERVER, 2, begins_at - timedelta(milliseconds=1)) == []
    [hold] = await scenario.store.restrictions.find_active(SERVER, 2, begins_at)
    assert hold.until is not None
    assert (hold.since, hold.until - hold.since) == (begins_at, HOLD_FOR - UNDO_REPORT_FOR)


async def test_messages_are_sent(scenario: Scenario) -> None:
    """Those that were due, and those that were to be tried again after a while."""
    await scenario.matched(1, 2)
    outbox: Outbox = scenario.store.outbox
    now = scenario.clock.now()
    [first, _] = await outbox.find_due(now, 9)
    await outbox.postpone(
        first, due_at=now, failed=TryAgain(reason="busy"), now=now, fence=await scenario.fence("courier")
    )
    loops = await corrected(scenario)
    await loops.run_round()
    assert {message.member_id for message in loops.sent} == {1, 2}


@pytest.mark.parametrize("minutes", [1, 5, 9, 11, 60])
@pytest.mark.parametrize("tried", [False, True])
async def test_links_are_sent_at_once(scenario: Scenario, minutes: int, tried: bool) -> None:
    """However little the clock was ahead, and whether they were tried before; they are useful as long as new ones."""
    scenario.clock.correct(minutes=minutes - 60)
    await scenario.matched(1, 2)
    outbox, now = scenario.store.outbox, scenario.clock.now()
    if tried:
        fence = await scenario.fence("courier")
        for message in await outbox.find_due(now, 9):
            await outbox.postpone(message, due_at=now, failed=TryAgain(reason="busy"), now=now, fence=fence)
    scenario.clock.correct(minutes=-minutes)
    await scenario.store.clock_correction.pull_back_times(scenario.clock.now())
    assert len(await outbox.find_due(scenario.clock.now(), 9)) == 2
    scenario.clock.pass_time(minutes=15)
    assert await outbox.find_due(scenario.clock.now(), 9) == []


async def test_a_postponed_message_stays_useful(scenario: Scenario) -> None:
    """One that was written before the clock went wrong is due at once and loses nothing of its time."""
    scenario.clock.correct(hours=-1)
    await scenario.matched(1, 2)
    scenario.clock.correct(hours=1)
    outbox, fence = scenario.store.outbox, await scenario.fence("courier")
    now = scenario.clock.now()
    for message in await outbox.find_due(now - timedelta(hours=1), 9):
        await outbox.postpone(message, due_at=now, failed=TryAgain(reason="busy"), now=now, fence=fence)
    scenario.clock.correct(hours=-1)
    await scenario.store.clock_correction.pull_back_times(scenario.clock.now())
    scenario.clock.pass_time(minutes=14)
    assert len(await outbox.find_due(scenario.clock.now(), 9)) == 2


async def test_a_postponement_with_a_right_clock_stays(scenario: Scenario) -> None:
    """What Discord asks to try in ten minutes is not tried every minute."""
    await scenario.matched(1, 2)
    outbox, fence = scenario.store.outbox, await scenario.fence("courier")
    now = scenario.clock.now()
    for message in await outbox.find_due(now, 9):
        await outbox.postpone(
            message, due_at=now + timedelta(minutes=10), failed=TryAgain(reason="busy"), now=now, fence=fence
        )
    await scenario.store.clock_correction.pull_back_times(now)
    assert await outbox.next_due_at() == now + timedelta(minutes=10)


async def test_leaving_is_undone_in_the_browser_that_left(scenario: Scenario) -> None:
    """Its session lives again with the seat."""
    meeting = await scenario.matched(1, 2)
    await scenario.redeem(meeting.tokens[0], "cookie")
    sessions = scenario.store.browser_sessions
    assert await sessions.leave_seat(meeting.seats[0], scenario.clock.now())
    scenario.clock.correct(hours=-1)
    await scenario.store.clock_correction.pull_back_times(scenario.clock.now())
    assert await sessions.undo_leaving(meeting.seats[0], scenario.clock.now())
    session = await scenario.session("cookie")
    assert session is not None
    assert session.state is BrowserSessionState.ACTIVE


async def test_a_match_that_nobody_enters_ends_in_time(scenario: Scenario) -> None:
    """With its reminders before."""
    meeting = await scenario.matched(1, 2)
    loops = await corrected(scenario)
    await loops.run_round()
    await loops.run_for(minutes=4)
    assert len([message for message in loops.sent if message.kind is MessageKind.REMINDER]) == 2
    await loops.run_for(minutes=11)
    assert await state(scenario, meeting) is MatchState.ENDED


async def test_a_partner_who_stays_is_requeued(scenario: Scenario) -> None:
    """The seat that was left cannot be taken back for ever."""
    meeting = await scenario.matched(1, 2)
    await scenario.store.browser_sessions.leave_seat(meeting.seats[0], scenario.clock.now())
    loops = await corrected(scenario)
    await loops.run_round()
    await loops.run_for(minutes=1)
    assert await scenario.store.tickets.find_by_member(2) is not None


async def test_a_meeting_lasts_as_long_as_agreed(scenario: Scenario) -> None:
    """And ten minutes more, as always."""
    meeting = await scenario.matched(1, 2)
    await scenario.in_the_room(meeting)
    loops = await corrected(scenario)
    await loops.run_round()
    await loops.run_for(minutes=agree(*meeting.tickets).length + 9)
    assert await state(scenario, meeting) is MatchState.MEETING
    await loops.run_for(minutes=1)
    assert await state(scenario, meeting) is MatchState.ENDED


async def test_an_empty_room_ends_a_meeting(scenario: Scenario) -> None:
    """Five minutes after it became empty."""
    meeting = await scenario.matched(1, 2)
    await scenario.in_the_room(meeting)
    await scenario.listed(meeting, {})
    loops = await corrected(scenario)
    await loops.run_round()
    await loops.run_for(minutes=5)
    assert await state(scenario, meeting) is MatchState.ENDED


async def test_a_link_does_not_live_longer(scenario: Scenario) -> None:
    """Fifteen minutes from the correction."""
    meeting = await scenario.matched(1, 2)
    now = scenario.clock.now()
    for invitation_id in meeting.invitations:
        await scenario.store.invitations.mark_delivered(invitation_id, now=now, expires_at=now + LINK_LIFETIME)
    loops = await corrected(scenario)
    await loops.run_round()
    invitation = await scenario.invitation(meeting.tokens[0])
    assert invitation.expires_at == scenario.clock.now() + LINK_LIFETIME


async def test_links_that_were_asked_for_count_no_longer_than_others(scenario: Scenario) -> None:
    """Otherwise their member would get no new one for an hour."""
    meeting = await scenario.matched(1, 2)
    for number in range(3):
        await scenario.store.invitations.issue(
            meeting.seats[0], f"link {number}", bytes([number]), now=scenario.clock.now()
        )
    loops = await corrected(scenario)
    await loops.run_round()
    now = scenario.clock.now()
    assert await scenario.store.invitations.next_link_at(meeting.seats[0], now) == now + LINKS_WINDOW


async def test_a_right_clock_changes_nothing(scenario: Scenario) -> None:
    """Nothing is pulled back that lies where it can, so versions stay."""
    ticket = await scenario.waiting(3)
    meeting = await scenario.matched(1, 2)
    before = await scenario.store.matches.find_by_seat(meeting.seats[0])
    await scenario.store.clock_correction.pull_back_times(scenario.clock.now())
    assert await scenario.store.tickets.find_by_member(3) == ticket
    assert await scenario.store.matches.find_by_seat(meeting.seats[0]) == before


async def test_two_who_are_kept_apart_are_so_for_no_longer(scenario: Scenario) -> None:
    """An hour from the correction, as from any end of a match that came to nothing."""
    meeting = await scenario.matched(1, 2)
    scenario.clock.pass_time(minutes=15)
    assert await scenario.store.matches.end(meeting.match_id, EndReason.NO_SHOW, now=scenario.clock.now())
    loops = await corrected(scenario)
    await loops.run_round()
    now = scenario.clock.now()
    for member in (1, 2):
        await scenario.waiting(member)
    assert await scenario.store.last_meetings.apart_from_waiting([1, 2], now) == {(1, 2): now + APART_FOR}
    assert await scenario.store.last_meetings.find_with_waiting([1, 2]) == {(1, 2): now}


async def test_a_mention_from_the_future_holds_no_other_back(scenario: Scenario) -> None:
    """The second member of a match is mentioned two minutes after the correction at the latest."""
    await scenario.matched(1, 2)
    outbox, fence = scenario.store.outbox, await scenario.fence("courier")
    now = scenario.clock.now()
    first, second = await outbox.find_due(now, 9)
    for message in (first, second):
        await outbox.reroute(message, Route.MENTION, due_at=now, reason="closed", now=now, fence=fence)
    await outbox.mark_sent(first, Delivered(), now, fence)
    assert await outbox.find_due(now, 9) == []
    loops = await corrected(scenario)
    await loops.run_round()
    await loops.run_for(minutes=2)
    assert [message.id for message in loops.sent] == [second.id]
