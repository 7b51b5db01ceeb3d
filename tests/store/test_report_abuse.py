"""What members who mean ill try with reports, and what a reported member tries to learn or to avoid."""

from datetime import timedelta

import pytest

from bot.clock import new_id
from bot.domain.match import MatchState
from bot.domain.message import AlertDetails, MessageKind
from bot.domain.report import REPORTS_WINDOW, ReportReason
from bot.domain.restriction import HOLD_FOR, Restriction, RestrictionKind
from bot.domain.verdict import Decision
from bot.store.times import to_ms
from tests.store.reporting import (
    READER,
    REPORTED,
    REPORTER,
    SECOND,
    decide,
    due,
    file,
    file_and_undo,
    filed,
    holds,
    leave,
    meet,
    met,
    read_report,
    reader,
    restrictions_of,
    send,
    step,
    verdict,
    with_staff,
)
from tests.store.scenario import SERVER, Scenario
from tests.store.trial_story import seat


@pytest.mark.parametrize("meets", [False, True])
async def test_a_ban_begins_while_its_member_is_in_a_trial(scenario: Scenario, meets: bool) -> None:
    """A real seat that they have beside it is taken."""
    meeting = await met(scenario)
    report = await file(scenario, meeting, ReportReason.SEXUAL if not meets else ReportReason.HATE)
    await leave(scenario, meeting)
    scenario.clock.pass_time(minutes=1)
    await scenario.trial(REPORTED)
    if meets:
        await met(scenario, REPORTED, 40)
    assert await decide(scenario, report.report_id, verdict(Decision.OUT))
    scenario.clock.pass_time(days=1)
    await step(scenario)
    assert await restrictions_of(scenario) == ["ban"]
    assert await scenario.store.matches.find_by_member(REPORTED) is None


async def test_a_ban_ends_a_trial(scenario: Scenario) -> None:
    """Two others could be in its room."""
    meeting = await met(scenario)
    report = await file(scenario, meeting, ReportReason.SEXUAL)
    await leave(scenario, meeting)
    scenario.clock.pass_time(minutes=1)
    trial = await scenario.trial(REPORTED)
    assert await decide(scenario, report.report_id, verdict(Decision.OUT))
    await step(scenario)
    assert (await seat(scenario, trial)).match.state is MatchState.ENDED


async def test_a_copy_does_not_tell_that_a_report_was_opened(scenario: Scenario) -> None:
    """The audit names the reported member then; what they can see of themselves stays as it was."""
    await with_staff(scenario, READER)
    report = await filed(scenario, ReportReason.WORRY)
    before = await scenario.store.personal_data.read(REPORTED, scenario.clock.now())
    await scenario.store.report_desk.find(report.report_id, reader(), scenario.clock.now())
    assert await scenario.store.personal_data.read(REPORTED, scenario.clock.now()) == before


async def test_the_end_of_a_hold_does_not_tell_when_it_began(scenario: Scenario) -> None:
    """The copy has none, and the member is told a full hour, not less than the time that it lasts."""
    await filed(scenario, ReportReason.SEXUAL)
    now = scenario.clock.now()
    [shown] = (await scenario.store.personal_data.read(REPORTED, now)).tables["restrictions"]
    assert (shown["in_force"], shown["until"]) == (True, None)
    [hold] = await scenario.store.restrictions.find_active(SERVER, REPORTED, now)
    assert hold.until is not None
    assert hold.told_until is not None
    assert timedelta() < hold.told_until - hold.until <= timedelta(hours=1)
    assert (hold.told_until.minute, hold.told_until.second, hold.told_until.microsecond) == (0, 0, 0)


async def test_a_reason_can_change_back(scenario: Scenario) -> None:
    """Staff are told of the last one, in a message of its own each time."""
    await with_staff(scenario, READER)
    meeting = await met(scenario)
    for reason in (ReportReason.HATE, ReportReason.NOT_STUDYING):
        await file(scenario, meeting, reason)
    report = await file(scenario, meeting, ReportReason.HATE, "words")
    assert await read_report(scenario, report.report_id, "reason") == "hate"
    assert await read_report(scenario, report.report_id, "words") == "words"


@pytest.mark.parametrize("first", [ReportReason.HATE, ReportReason.SEXUAL])
async def test_staff_hear_once_that_a_report_is_severe(scenario: Scenario, first: ReportReason) -> None:
    """However often its reason changes, once it cannot be undone any more."""
    await with_staff(scenario, READER)
    meeting = await met(scenario)
    alerts = []
    for reason in (first, *(ReportReason.HATE, ReportReason.SEXUAL) * 4):
        await file(scenario, meeting, reason)
        scenario.clock.pass_time(minutes=1)
        alerts += [each.payload for each in await due(scenario) if each.kind is MessageKind.STAFF_ALERT]
        await send(scenario)
    said = [each.reason for each in alerts if isinstance(each, AlertDetails)]
    assert said == list(dict.fromkeys((first, ReportReason.SEXUAL)))


async def test_who_ended_a_hold_has_the_last_word(scenario: Scenario) -> None:
    """A reporter who changes their reason to a severe one again begins none."""
    meeting = await met(scenario)
    report = await file(scenario, meeting, ReportReason.SEXUAL)
    scenario.clock.pass_time(minutes=1)
    assert await scenario.store.report_desk.end_hold(report.report_id, reader(), "no", scenario.clock.now())
    for reason in (ReportReason.HATE, ReportReason.SEXUAL):
        await file(scenario, meeting, reason)
    assert await restrictions_of(scenario) == []


async def test_a_slip_of_the_finger_holds_nobody(scenario: Scenario) -> None:
    """While a report can be undone, a milder reason takes its hold back, and a severe one brings it again."""
    meeting = await met(scenario)
    await file(scenario, meeting, ReportReason.SEXUAL)
    report = await file(scenario, meeting, ReportReason.WORRY)
    assert await holds(scenario) == []
    for reason in (ReportReason.RECORDED, ReportReason.HATE, ReportReason.SEXUAL):
        await file(scenario, meeting, reason)
    assert len(await holds(scenario)) == 1
    await file(scenario, meeting, ReportReason.WORRY)
    scenario.clock.set(report.undo_until)
    assert await restrictions_of(scenario) == []


async def test_a_worry_never_holds(scenario: Scenario) -> None:
    """Not by a reader either."""
    report = await filed(scenario, ReportReason.WORRY)
    assert not await scenario.store.report_desk.renew_hold(report.report_id, reader(), "x", scenario.clock.now())
    assert await restrictions_of(scenario) == []


async def test_who_is_banned_takes_no_seat_back(scenario: Scenario) -> None:
    """A ban that begins while leaving can be undone ends that."""
    meeting = await met(scenario)
    await leave(scenario, meeting)
    now = scenario.clock.now() + timedelta(seconds=1)
    ban = Restriction(
        id=new_id(scenario.clock), kind=RestrictionKind.BAN, member_id=REPORTED, server_id=None, since=now
    )
    await scenario.store.restrictions.add(ban, now)
    assert not await scenario.store.browser_sessions.undo_leaving(meeting.seats[1], now)
    await scenario.store.restrictions.lift(ban.id, now)
    assert await scenario.store.browser_sessions.undo_leaving(meeting.seats[1], now)


async def test_undoing_leaves_a_block_that_was_asked_for_since(scenario: Scenario) -> None:
    """The block of the report goes; one that its reporter set by hand stays."""
    meeting = await met(scenario)
    await file(scenario, meeting)
    await scenario.store.blocks.add(REPORTER, REPORTED, scenario.clock.now())
    assert await scenario.store.reports.undo(meeting.seats[0], scenario.clock.now())
    assert await scenario.store.blocks.blocked_by(REPORTER) == [REPORTED]


async def test_a_short_answer_is_kept(scenario: Scenario) -> None:
    """Also if its letters occur in what was written before; the same words once more are not added."""
    meeting = await met(scenario)
    report = await file(scenario, meeting, words="I do not know him. Yesterday he shouted.")
    for _ in range(2):
        await file(scenario, meeting, words="not")
    assert await read_report(scenario, report.report_id, "words") == "I do not know him. Yesterday he shouted.\nnot"


@pytest.mark.parametrize("is_undone_later", [False, True])
async def test_an_undone_report_shields_nobody_from_the_next(scenario: Scenario, is_undone_later: bool) -> None:
    """Somebody else's holds for a day, as if there had been none, also if it is filed before the other is undone."""
    helper = await met(scenario, 5, REPORTED)
    await leave(scenario, helper)
    victim = await met(scenario, 6, REPORTED)
    await file(scenario, helper, ReportReason.SEXUAL)
    scenario.clock.pass_time(seconds=10)
    if not is_undone_later:
        assert await scenario.store.reports.undo(helper.seats[0], scenario.clock.now())
        scenario.clock.pass_time(hours=2)
    report, filed_at = await file(scenario, victim, ReportReason.SEXUAL), scenario.clock.now()
    assert await scenario.store.reports.undo(helper.seats[0], scenario.clock.now()) is is_undone_later
    [hold] = await scenario.store.restrictions.find_active(SERVER, REPORTED, report.undo_until)
    assert hold.until == filed_at + HOLD_FOR


async def test_a_slip_takes_no_search(scenario: Scenario) -> None:
    """The reported member has searched all the while, and is matched again from the moment of undoing."""
    await with_staff(scenario)
    meeting = await met(scenario)
    await leave(scenario, meeting)
    tickets = [await scenario.waiting(REPORTED)]
    scenario.clock.pass_time(seconds=1)
    tickets.append(await scenario.waiting(9))
    before = await scenario.store.personal_data.read(REPORTED, scenario.clock.now())
    await file(scenario, meeting, ReportReason.SEXUAL)
    await step(scenario)
    assert await scenario.store.personal_data.read(REPORTED, scenario.clock.now()) == before
    scenario.clock.pass_time(seconds=29)
    assert await scenario.store.reports.undo(meeting.seats[0], scenario.clock.now())
    scenario.clock.pass_time(seconds=1)
    await step(scenario)
    assert await scenario.waiting_tickets() == tickets
    seen = await scenario.store.tickets.waiting_versions(scenario.clock.now())
    assert seen.keys() == {ticket.id for ticket in tickets}
    new, _ = scenario.match_of(*tickets)
    assert await scenario.store.matches.create(new, fence=await scenario.fence())


async def test_undone_reports_count_for_their_reporter(scenario: Scenario) -> None:
    """After three of a day the next one blocks and counts later. One that counted later and is undone never does."""
    meetings = await meet(scenario, *range(20, 25))
    first = scenario.clock.now()
    reports = [await file_and_undo(scenario, meeting) for meeting in meetings[:4]]
    last = await file(scenario, meetings[4], ReportReason.SEXUAL)
    assert [report.is_late for report in (*reports, last)] == [False, False, False, True, True]
    assert await holds(scenario) == []
    assert await scenario.store.blocks.blocked_by(REPORTER) == [24]
    assert await read_report(scenario, last.report_id, "counts_at") == to_ms(first + REPORTS_WINDOW)


async def test_undoing_the_same_report_again_and_again(scenario: Scenario) -> None:
    """It counts each time."""
    meeting = await met(scenario)
    reports = [await file_and_undo(scenario, meeting) for _ in range(4)]
    assert [report.is_late for report in reports] == [False, False, False, True]


async def test_a_late_report_that_counts_within_seconds_can_be_undone(scenario: Scenario) -> None:
    """Until then neither staff hear of it nor does its hold begin."""
    await with_staff(scenario)
    meetings = await meet(scenario, *range(20, 24))
    first = scenario.clock.now()
    for meeting in meetings[:3]:
        await file(scenario, meeting)
    scenario.clock.set(first + REPORTS_WINDOW - SECOND)
    report = await file(scenario, meetings[3], ReportReason.SEXUAL)
    assert report.is_late
    scenario.clock.set(first + REPORTS_WINDOW)
    await step(scenario)
    scenario.clock.set(report.undo_until - SECOND)
    assert await restrictions_of(scenario, 23) == []
    assert report.number not in [message.payload.number for message in await due(scenario)]  # type: ignore[union-attr]
    assert await scenario.store.reports.undo(meetings[3].seats[0], scenario.clock.now())
    assert await holds(scenario) == []
