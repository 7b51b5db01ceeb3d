"""Filing a report: one step with everything that follows from it, once for each side, and undone within seconds."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import timedelta
from itertools import pairwise

import pytest

from bot.clock import new_id
from bot.domain.match import EndReason
from bot.domain.message import AlertDetails, MessageKind, ReportDetails
from bot.domain.report import (
    NOBODY,
    REPORTABLE_FOR,
    REPORTS_A_DAY,
    REPORTS_WINDOW,
    UNDO_REPORT_FOR,
    WORDS_AT_MOST,
    ReportPlace,
    ReportReason,
)
from bot.domain.room import RoomAction
from bot.store.database import Database, Row, Statement, UnexpectedRowCount
from bot.store.reports import NewReport, Refusal, RefusedReport
from bot.store.times import from_ms
from tests.store.deleted_members import NOBODY as NOBODY_AT_ALL
from tests.store.reporting import (
    REPORTED,
    REPORTER,
    SECOND,
    decide,
    due,
    dump,
    file,
    filed,
    met,
    read_report,
    reader,
    restrictions_of,
    send,
    step,
    told,
    verdict,
    with_staff,
)
from tests.store.rows import fetch_rows
from tests.store.scenario import Scenario

TENTH = timedelta(milliseconds=100)
EVERYBODY_TOLD = [(MessageKind.REPORT_RECEIVED, REPORTER), (MessageKind.STAFF_ALERT, NOBODY)]


async def test_a_report_from_the_room(scenario: Scenario) -> None:
    """Its reporter is out for good and removed, the two are blocked, and all hear of it when undoing is over."""
    await with_staff(scenario)
    meeting = await met(scenario)
    report = await file(scenario, meeting, ReportReason.HATE, " He shouted. ")
    seat = await scenario.store.matches.find_by_seat(meeting.seats[0])
    assert seat is not None
    assert (seat.own.left_at, seat.undo_until) == (scenario.clock.now(), None)
    [order] = await scenario.store.room_orders.find_due(9)
    assert (order.action, order.identity) == (RoomAction.REMOVE, meeting.seats[0])
    assert await scenario.store.blocks.blocked_by(REPORTER) == [REPORTED]
    assert (report.number, report.is_late, report.undo_until) == (1, False, scenario.clock.now() + UNDO_REPORT_FOR)
    assert await read_report(scenario, report.report_id, "words") == "He shouted."
    scenario.clock.set(report.undo_until - SECOND)
    assert await told(scenario) == []
    scenario.clock.set(report.undo_until)
    assert await told(scenario) == EVERYBODY_TOLD


@pytest.mark.parametrize("place", ReportPlace)
async def test_a_report_from_each_place(scenario: Scenario, place: ReportPlace) -> None:
    """Without a reason and without words: two inputs are enough, and it is the same report."""
    await with_staff(scenario)
    meeting = await met(scenario)
    for seat in meeting.seats:
        await scenario.store.browser_sessions.leave_seat(seat, scenario.clock.now())
    scenario.clock.pass_time(minutes=1)
    await step(scenario)
    new = NewReport(id=new_id(scenario.clock), seat_id=meeting.seats[0], place=place)
    report = await scenario.store.reports.file(new, scenario.clock.now())
    assert await scenario.store.reports.file(new, scenario.clock.now()) == report
    assert await read_report(scenario, report.report_id, "reason") == ReportReason.UNSAID
    scenario.clock.set(report.undo_until)
    [opened] = await scenario.store.report_desk.list_open(reader(), scenario.clock.now())
    assert (opened.id, opened.place) == (report.report_id, place)


async def test_what_is_copied_into_it(scenario: Scenario) -> None:
    """Times of both, the pool, the subject, and who left first; no name, and nothing that was said."""
    meeting = await met(scenario)
    await scenario.store.browser_sessions.leave_seat(meeting.seats[1], scenario.clock.now())
    scenario.clock.pass_time(seconds=5)
    report = await file(scenario, meeting)
    scenario.clock.pass_time(seconds=30)
    opened = await scenario.store.report_desk.find(report.report_id, reader(), scenario.clock.now())
    assert opened is not None
    evidence = opened.report.evidence
    assert evidence is not None
    assert (evidence.pool, evidence.subject, evidence.left_first) == ("900", "Maths", "reported")
    assert evidence.reporter.left_at == evidence.reported.left_at + timedelta(seconds=5)  # type: ignore[operator]
    assert evidence.met_at == evidence.reporter.entered_at
    [(text,)] = await fetch_rows(scenario.store, "SELECT evidence FROM reports")
    assert "Member" not in text


async def test_no_match_and_no_seat_waits_for_a_report(scenario: Scenario) -> None:
    """They are deleted when they are due, and the report stays as it is."""
    report = await filed(scenario)
    scenario.clock.pass_time(hours=2)
    await step(scenario)
    before = await fetch_rows(scenario.store, "SELECT evidence FROM reports")
    scenario.clock.pass_time(hours=24 * 31)
    while await scenario.store.retention.delete_expired(scenario.clock.now()):
        pass
    assert await fetch_rows(scenario.store, "SELECT count(*) FROM seats") == [(0,)]
    assert await fetch_rows(scenario.store, "SELECT evidence FROM reports") == before
    assert await scenario.store.report_desk.find(report.report_id, reader(), scenario.clock.now()) is not None


async def test_it_is_written_as_a_whole(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut off after any of its statements, nothing of it is there; then it is filed as if for the first time."""
    await with_staff(scenario)
    meeting = await met(scenario)
    before, database = await dump(scenario), type(scenario.store.database)
    write, lists = database.write, []

    async def keep(self: Database, statements: Sequence[Statement], *, notify: Collection[str] = ()) -> object:
        lists.append(list(statements))
        return await write(self, statements, notify=notify)

    poison = Statement(name="installation.get", values={"name": "no such value"}, expect_rows=1)

    async def cut_off(
        self: Database, statements: Sequence[Statement], *, notify: Collection[str] = ()
    ) -> Sequence[Sequence[Row]]:
        del notify
        try:
            return await write(self, [*statements[: len(lists)], poison])
        except UnexpectedRowCount as error:
            raise (ConnectionAbortedError if error.statement == poison.name else AssertionError) from error

    monkeypatch.setattr(database, "write", cut_off)
    tries = 0
    while len(lists) < 25:
        with pytest.raises(ConnectionAbortedError):
            await file(scenario, meeting, ReportReason.SEXUAL)
        lists.append([])
        tries += 1
    assert await dump(scenario) == before
    lists.clear()
    monkeypatch.setattr(database, "write", keep)
    report = await file(scenario, meeting, ReportReason.SEXUAL)
    [statements] = lists
    assert len(statements) < tries, "all of its statements were tried"
    scenario.clock.set(report.undo_until)
    assert (await told(scenario), await restrictions_of(scenario)) == (EVERYBODY_TOLD, ["hold"])


async def test_filing_again_says_more(scenario: Scenario) -> None:
    """The same report: another reason, more words, and the same words not twice. Nobody is told again."""
    await with_staff(scenario)
    meeting = await met(scenario)
    first = await file(scenario, meeting, ReportReason.UNSAID)
    assert await file(scenario, meeting, ReportReason.HATE, "He shouted.") == first
    assert await file(scenario, meeting, ReportReason.UNSAID, "He shouted.") == first
    assert await file(scenario, meeting, ReportReason.UNSAID, "And more.") == first
    assert await read_report(scenario, first.report_id, "reason") == ReportReason.HATE
    assert await read_report(scenario, first.report_id, "words") == "He shouted.\nAnd more."
    scenario.clock.set(first.undo_until)
    assert await told(scenario) == EVERYBODY_TOLD
    [alert] = [message for message in await due(scenario) if message.kind is MessageKind.STAFF_ALERT]
    assert alert.payload.reason is ReportReason.HATE  # type: ignore[union-attr]  # of an alert
    long = await file(scenario, meeting, words="x" * (WORDS_AT_MOST + 1))
    assert (
        len(str(await read_report(scenario, long.report_id, "words")))
        == len("He shouted.\nAnd more.\n") + WORDS_AT_MOST
    )


async def test_a_reason_that_turns_out_to_be_severe(scenario: Scenario) -> None:
    """The hold begins then, and staff are told of it once more if they knew another reason."""
    await with_staff(scenario)
    meeting = await met(scenario)
    report = await file(scenario, meeting)
    scenario.clock.set(report.undo_until)
    await send(scenario)
    await file(scenario, meeting, ReportReason.RECORDED)
    assert await restrictions_of(scenario) == ["hold"]
    [alert] = await due(scenario)
    assert isinstance(alert.payload, AlertDetails)
    assert (alert.kind, alert.payload.reason) == (MessageKind.STAFF_ALERT, ReportReason.RECORDED)


async def test_both_sides_can_report(scenario: Scenario) -> None:
    """Each once, with a number of its own."""
    meeting = await met(scenario)
    reports = [await file(scenario, meeting, side=side) for side in (0, 1, 0, 1)]
    assert len({report.report_id for report in reports}) == len({report.number for report in reports}) == 2


async def test_filing_at_the_same_moment(scenario: Scenario) -> None:
    """One report for a side, whatever is repeated; two members of a server get two numbers."""
    meetings = [await met(scenario, 1, 2), await met(scenario, 3, 4)]
    filings = [file(scenario, meeting) for meeting in meetings for _ in range(4)]
    reports = await asyncio.gather(*filings)
    assert len({(report.report_id, report.number) for report in reports}) == 2
    assert len({report.number for report in reports}) == 2
    assert await fetch_rows(scenario.store, "SELECT count(*) FROM reports") == [(2,)]


async def test_numbers_are_never_given_again(scenario: Scenario) -> None:
    """They grow by one to three, so that a gap says nothing. That of a report which was undone is gone, too."""
    numbers = []
    for member in range(10, 40, 2):
        meeting = await met(scenario, member, member + 1)
        numbers.append((await file(scenario, meeting)).number)
        assert await scenario.store.reports.undo(meeting.seats[0], scenario.clock.now())
    steps = {later - earlier for earlier, later in pairwise(numbers)}
    assert (numbers[0], steps) == (1, {1, 2, 3})


async def test_the_fourth_report_of_a_day(scenario: Scenario) -> None:
    """It is stored, blocks and leaves as any other; staff hear of it and its hold begins when it counts."""
    await with_staff(scenario)
    reports = []
    for partner in range(20, 20 + REPORTS_A_DAY + 1):
        meeting = await met(scenario, REPORTER, partner)
        reports.append(await file(scenario, meeting, ReportReason.SEXUAL))
    assert [report.is_late for report in reports] == [False] * REPORTS_A_DAY + [True]
    assert len(await scenario.store.blocks.blocked_by(REPORTER)) == REPORTS_A_DAY + 1
    last = 20 + REPORTS_A_DAY
    assert await restrictions_of(scenario, last) == []
    scenario.clock.pass_time(seconds=30)
    receipts = [message.payload for message in await due(scenario) if message.kind is MessageKind.REPORT_RECEIVED]
    assert [each.is_late for each in receipts if isinstance(each, ReportDetails)] == [False] * REPORTS_A_DAY + [True]
    assert len([each for each in await told(scenario) if each[0] is MessageKind.STAFF_ALERT]) == REPORTS_A_DAY
    counts_at = from_ms(await read_report(scenario, reports[-1].report_id, "counts_at"))
    assert counts_at == reports[0].undo_until - UNDO_REPORT_FOR + REPORTS_WINDOW
    scenario.clock.set(counts_at - SECOND)
    await step(scenario)
    assert await restrictions_of(scenario, last) == []
    scenario.clock.set(scenario.clock.now() + SECOND)
    for _ in range(2):
        await step(scenario)
        assert await restrictions_of(scenario, last) == ["hold"]
    alerts = [message for message in await due(scenario) if message.kind is MessageKind.STAFF_ALERT]
    assert [each.payload.number for each in alerts].count(reports[-1].number) == 1  # type: ignore[union-attr]


@pytest.mark.parametrize(("passed", "undone"), [(UNDO_REPORT_FOR - TENTH, True), (UNDO_REPORT_FOR, False)])
async def test_undoing(scenario: Scenario, passed: timedelta, undone: bool) -> None:
    """Within 30 seconds row, block, hold and messages go; the seat stays left. Undoing again changes nothing."""
    await with_staff(scenario)
    meeting = await met(scenario)
    report = await file(scenario, meeting, ReportReason.SEXUAL)
    scenario.clock.set(scenario.clock.now() + passed)
    tries = [await scenario.store.reports.undo(meeting.seats[0], scenario.clock.now()) for _ in range(2)]
    assert tries == [undone, False]
    assert await scenario.store.blocks.blocked_by(REPORTER) == ([] if undone else [REPORTED])
    scenario.clock.set(report.undo_until)
    assert await restrictions_of(scenario) == ([] if undone else ["hold"])
    assert await told(scenario) == ([] if undone else EVERYBODY_TOLD)
    listed = await scenario.store.report_desk.list_open(reader(), scenario.clock.now())
    assert len(listed) == (not undone)
    seat = await scenario.store.matches.find_by_seat(meeting.seats[0])
    assert seat is not None
    assert seat.own.left_at is not None


async def test_housekeeping_does_not_hurry_a_report_that_can_be_undone(scenario: Scenario) -> None:
    """What is due half a minute later was not written by a clock that is ahead."""
    await with_staff(scenario)
    report = await file(scenario, await met(scenario))
    await step(scenario)
    assert await told(scenario) == []
    scenario.clock.set(report.undo_until)
    assert await told(scenario) == EVERYBODY_TOLD


async def test_undoing_keeps_a_block_that_was_there_before(scenario: Scenario) -> None:
    """Only what the report has brought goes."""
    meeting = await met(scenario)
    await scenario.store.blocks.add(REPORTER, REPORTED, scenario.clock.now())
    await file(scenario, meeting)
    assert await scenario.store.reports.undo(meeting.seats[0], scenario.clock.now())
    assert await scenario.store.blocks.blocked_by(REPORTER) == [REPORTED]


async def test_only_the_own_report_is_undone(scenario: Scenario) -> None:
    """The partner's is another one; without a report there is nothing to undo."""
    meeting = await met(scenario)
    await file(scenario, meeting)
    for seat_id in (meeting.seats[1], "no such seat"):
        assert not await scenario.store.reports.undo(seat_id, scenario.clock.now())
    assert await fetch_rows(scenario.store, "SELECT count(*) FROM reports") == [(1,)]


async def test_nobody_is_reported_whom_one_never_met(scenario: Scenario) -> None:
    """There is no way to name a member: only a seat of one's own, in a match with them."""
    with pytest.raises(RefusedReport) as refused:
        await scenario.store.reports.file(
            NewReport(id="report", seat_id="no such seat", place=ReportPlace.COMMAND), scenario.clock.now()
        )
    assert refused.value.refusal is Refusal.NOT_MET
    await scenario.waiting(5)
    await met(scenario)
    assert await scenario.store.reports.find_reportable(5, scenario.clock.now()) == []
    [reportable] = await scenario.store.reports.find_reportable(REPORTER, scenario.clock.now())
    assert (reportable.partner_id, reportable.number) == (REPORTED, None)


@pytest.mark.parametrize(("early", "is_possible"), [(SECOND, True), (timedelta(), False)])
async def test_a_match_of_long_ago(scenario: Scenario, early: timedelta, is_possible: bool) -> None:
    """Until 14 days after it has ended."""
    meeting = await met(scenario)
    for seat in meeting.seats:
        await scenario.store.browser_sessions.leave_seat(seat, scenario.clock.now())
    scenario.clock.pass_time(seconds=10)
    assert await scenario.store.matches.end(meeting.match_id, EndReason.DONE, now=scenario.clock.now())
    scenario.clock.set(scenario.clock.now() + REPORTABLE_FOR - early)
    assert len(await scenario.store.reports.find_reportable(REPORTER, scenario.clock.now())) == is_possible
    if is_possible:
        await file(scenario, meeting, place=ReportPlace.COMMAND)
        return
    with pytest.raises(RefusedReport) as refused:
        await file(scenario, meeting, place=ReportPlace.COMMAND)
    assert refused.value.refusal is Refusal.TOO_OLD


async def test_a_decided_report_takes_no_more(scenario: Scenario) -> None:
    """Its reporter can ask for a second look instead."""
    meeting = await met(scenario)
    report = await file(scenario, meeting)
    scenario.clock.set(report.undo_until)
    assert await decide(scenario, report.report_id, verdict())
    with pytest.raises(RefusedReport) as refused:
        await file(scenario, meeting, words="more")
    assert refused.value.refusal is Refusal.DECIDED


async def test_a_reporter_who_has_deleted_their_data(scenario: Scenario) -> None:
    """Their report has neither id nor words, holds and blocks as any other, and sends no receipt."""
    await with_staff(scenario)
    meeting = await met(scenario)
    await scenario.store.personal_data.erase(REPORTER, nobody=NOBODY_AT_ALL, now=scenario.clock.now())
    report = await file(scenario, meeting, ReportReason.SEXUAL, "Mine.")
    assert await file(scenario, meeting, ReportReason.UNSAID, "And mine.") == report
    stored = await fetch_rows(scenario.store, "SELECT reporter_id, words, reason, blocked_before FROM reports")
    assert stored == [(None, "", "sexual", 0)]
    scenario.clock.set(report.undo_until)
    assert await restrictions_of(scenario) == ["hold"]
    assert await told(scenario) == [(MessageKind.STAFF_ALERT, NOBODY)]
    assert await scenario.store.reports.is_filed(meeting.seats[0])
    assert not await scenario.store.reports.is_filed(meeting.seats[1])
    await scenario.store.personal_data.recognize(REPORTER)
    assert await scenario.store.blocks.blocked_by(REPORTER) == [REPORTED]


async def test_whom_a_member_can_report(scenario: Scenario) -> None:
    """The newest match first, each partner once, and whether it was done already."""
    meetings = []
    for partner in (2, 3, 2):
        meeting = await met(scenario, 1, partner)
        meetings.append(meeting)
        for seat in meeting.seats:
            await scenario.store.browser_sessions.leave_seat(seat, scenario.clock.now())
        scenario.clock.pass_time(seconds=10)
        await scenario.store.matches.end(meeting.match_id, EndReason.DONE, now=scenario.clock.now())
    report = await file(scenario, meetings[-1], place=ReportPlace.COMMAND)
    found = await scenario.store.reports.find_reportable(1, scenario.clock.now())
    assert [(each.partner_id, each.partner_name, each.number) for each in found] == [
        (2, "Member 2", report.number),
        (3, "Member 3", None),
    ]
