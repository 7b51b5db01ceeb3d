"""What members who mean ill try with reports, and what a reported member tries to learn or to avoid."""

from datetime import timedelta

import pytest

from bot.clock import new_id
from bot.domain.report import ReportReason
from bot.domain.restriction import Restriction, RestrictionKind
from bot.domain.verdict import Decision
from tests.store.reporting import (
    READER,
    REPORTED,
    REPORTER,
    decide,
    file,
    filed,
    met,
    read_report,
    reader,
    restrictions_of,
    step,
    verdict,
    with_staff,
)
from tests.store.scenario import SERVER, Meeting, Scenario


async def leave(scenario: Scenario, meeting: Meeting, side: int = 1) -> None:
    await scenario.store.browser_sessions.leave_seat(meeting.seats[side], scenario.clock.now())


@pytest.mark.parametrize("meets", [False, True])
async def test_a_ban_begins_while_its_member_is_in_a_trial(scenario: Scenario, meets: bool) -> None:
    """Nobody else is in a trial. A real seat that they have beside it is taken."""
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


async def test_a_copy_does_not_tell_that_a_report_was_opened(scenario: Scenario) -> None:
    """The audit names the reported member then; what they can see of themselves stays as it was."""
    await with_staff(scenario, READER)
    report = await filed(scenario, ReportReason.WORRY)
    before = await scenario.store.personal_data.read(REPORTED, scenario.clock.now())
    await scenario.store.report_desk.find(report.report_id, reader(), scenario.clock.now())
    assert await scenario.store.personal_data.read(REPORTED, scenario.clock.now()) == before


async def test_the_end_of_a_hold_does_not_tell_when_it_began(scenario: Scenario) -> None:
    """The copy has none, and the member is told a full hour, not less than the time that it lasts."""
    await file(scenario, await met(scenario), ReportReason.SEXUAL)
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
    """While a report can be undone, a milder reason ends the hold of the first one."""
    meeting = await met(scenario)
    await file(scenario, meeting, ReportReason.SEXUAL)
    await file(scenario, meeting, ReportReason.WORRY)
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
