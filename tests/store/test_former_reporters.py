"""Reports whose reporters have deleted their data, or have undone them: they count, and name nobody."""

from datetime import timedelta

import pytest

from bot.domain.report import KEPT_UNDECIDED_FOR, REPORTS_WINDOW, ReportReason
from bot.store.times import to_ms
from tests.store.interleaving import just_before_writing
from tests.store.reporting import (
    READER,
    REPORTER,
    SECOND,
    decide,
    file,
    file_and_undo,
    filed,
    knows,
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
from tests.store.rows import change_rows, fetch_rows
from tests.store.scenario import SERVER, Scenario


async def go_and_return(scenario: Scenario, member_id: int = REPORTER, *, returns: bool = True) -> None:
    """A member deletes their data and is here again."""
    await scenario.store.personal_data.erase(member_id, nobody=-1, now=scenario.clock.now())
    if returns:
        await scenario.store.personal_data.recognize(member_id)


@pytest.mark.parametrize("returns", [False, True])
async def test_deleting_ones_data_is_no_way_to_report_more(scenario: Scenario, returns: bool) -> None:
    """Three a day are three a day, also from the pages that are still open after a deletion."""
    meetings = await meet(scenario, *range(20, 24))
    for meeting in meetings[:3]:
        assert not (await file(scenario, meeting, ReportReason.SEXUAL)).is_late
        await go_and_return(scenario, returns=returns)
    assert (await file(scenario, meetings[3], ReportReason.SEXUAL)).is_late
    assert len(await fetch_rows(scenario.store, "SELECT * FROM former_reporters")) == (3 if returns else 4)


async def test_the_mark_counts_for_reports_from_pages_after_a_deletion(scenario: Scenario) -> None:
    """They hold nobody. One of them can lead to the mark as well."""
    first, second, third = await meet(scenario, 20, 21, 22)
    await go_and_return(scenario, returns=False)
    report = await file(scenario, first, ReportReason.SEXUAL)
    scenario.clock.set(report.undo_until)
    assert await restrictions_of(scenario, 20) == ["hold"]
    assert await decide(scenario, report.report_id, verdict(is_malicious=True))
    for meeting, partner in ((second, 21), (third, 22)):
        scenario.clock.set((await file(scenario, meeting, ReportReason.SEXUAL)).undo_until)
        assert await restrictions_of(scenario, partner) == []
    await scenario.store.personal_data.recognize(REPORTER)
    copy = await scenario.store.personal_data.read(REPORTER, scenario.clock.now())
    assert len(copy.tables["malicious_reporters"]) == 1


@pytest.mark.parametrize("goes", ["before", "after", "stays away", "returns before"])
async def test_deleting_ones_data_is_no_way_to_lose_the_mark(scenario: Scenario, goes: str) -> None:
    """Whether it is given before or after the deletion, and whether the member is here again by then."""
    [other] = await meet(scenario, 9)
    report = await filed(scenario, ReportReason.SEXUAL)
    if goes in {"before", "returns before"}:
        await go_and_return(scenario, returns=goes == "returns before")
    assert await decide(scenario, report.report_id, verdict(is_malicious=True))
    if goes in {"after", "stays away"}:
        await go_and_return(scenario, returns=goes == "after")
    await scenario.store.personal_data.recognize(REPORTER)
    scenario.clock.set((await file(scenario, other, ReportReason.SEXUAL)).undo_until)
    assert await restrictions_of(scenario, 9) == []
    copy = await scenario.store.personal_data.read(REPORTER, scenario.clock.now())
    assert len(copy.tables["malicious_reporters"]) == 1


async def test_a_late_report_of_a_malicious_reporter_who_has_gone(scenario: Scenario) -> None:
    """It holds nobody when it counts, although it names nobody any more."""
    meetings = await meet(scenario, *range(20, 24))
    reports = [await file(scenario, meeting, ReportReason.SEXUAL) for meeting in meetings]
    scenario.clock.pass_time(minutes=1)
    assert await decide(scenario, reports[0].report_id, verdict(is_malicious=True))
    await go_and_return(scenario, returns=False)
    scenario.clock.pass_time(days=1)
    await step(scenario)
    assert await read_report(scenario, reports[3].report_id, "announced") == 1
    assert await restrictions_of(scenario, 23) == []


@pytest.mark.parametrize("goes", ["before", "after"])
async def test_a_late_report_that_is_undone_never_counts(scenario: Scenario, goes: str) -> None:
    """Also if its reporter has deleted their data before or after filing it: the next one is late by as much."""
    meetings = await meet(scenario, *range(20, 25))
    for meeting in meetings[:3]:
        await file(scenario, meeting)
    if goes == "before":
        await go_and_return(scenario, returns=False)
    undone = await file(scenario, meetings[3])
    counts_at = await read_report(scenario, undone.report_id, "counts_at")
    if goes == "after":
        await go_and_return(scenario, returns=False)
    assert undone.is_late
    assert await scenario.store.reports.undo(meetings[3].seats[0], scenario.clock.now())
    scenario.clock.set(undone.undo_until)
    report = await file(scenario, meetings[4])
    assert await read_report(scenario, report.report_id, "counts_at") == counts_at
    assert len(await fetch_rows(scenario.store, "SELECT * FROM former_reporters")) == 4


async def test_a_clock_that_was_ahead(scenario: Scenario) -> None:
    """What was filed by it counts for a day from now on, not from then: undone, or by who has deleted their data."""
    *undone, stands, later = await meet(scenario, *range(20, 24))
    scenario.clock.set(scenario.clock.now() + timedelta(days=9))
    for meeting in undone:
        await file_and_undo(scenario, meeting)
    report = await file(scenario, stands)
    await go_and_return(scenario, returns=False)
    scenario.clock.correct(days=-9)
    now = scenario.clock.now()
    await scenario.store.clock_correction.pull_back_times(now)
    await scenario.store.clock_correction.pull_back_times(now)
    rows = await fetch_rows(scenario.store, "SELECT DISTINCT counts_at FROM former_reporters")
    assert rows == [(await read_report(scenario, report.report_id, "counts_at"),)]
    assert rows == [(to_ms(now),)]
    scenario.clock.pass_time(hours=25)
    assert not (await file(scenario, later)).is_late


@pytest.mark.parametrize("returns", [False, True])
async def test_undoing_after_a_deletion(scenario: Scenario, returns: bool) -> None:
    """The block goes with the report, under whichever name it stands, and so does the hold that was to come."""
    meeting = await met(scenario)
    report = await file(scenario, meeting, ReportReason.SEXUAL)
    await go_and_return(scenario, returns=returns)
    assert await scenario.store.reports.undo(meeting.seats[0], scenario.clock.now())
    scenario.clock.set(report.undo_until)
    assert await fetch_rows(scenario.store, "SELECT * FROM blocks") == []
    assert await fetch_rows(scenario.store, "SELECT * FROM restrictions") == []


async def test_who_deletes_their_data_while_they_say_more(scenario: Scenario) -> None:
    """What they add has neither their id nor their words; also when their receipt is not kept any more."""
    meeting = await met(scenario)
    report = await file(scenario, meeting)
    scenario.clock.set(report.undo_until)
    await send(scenario)
    scenario.clock.pass_time(days=2)
    await scenario.store.retention.delete_expired(scenario.clock.now())
    with just_before_writing(scenario.store, lambda: go_and_return(scenario, returns=False)):
        await file(scenario, meeting, ReportReason.SEXUAL, "words")
    assert await read_report(scenario, report.report_id, "reporter_id") is None
    assert await read_report(scenario, report.report_id, "words") == ""
    assert await read_report(scenario, report.report_id, "reason") == ReportReason.SEXUAL
    assert len(await fetch_rows(scenario.store, "SELECT * FROM former_reporters")) == 1


async def test_a_report_without_its_reporter_names_them_nowhere(scenario: Scenario) -> None:
    """Neither to readers nor in the copy of whoever has filed it and is here again; and they do not read it."""
    await with_staff(scenario, READER)
    report = await filed(scenario)
    await go_and_return(scenario)
    await knows(scenario, REPORTER)
    now, desk = scenario.clock.now(), scenario.store.report_desk
    opened = await desk.find(report.report_id, reader(), now)
    assert opened is not None
    assert opened.report.reporter_id is None
    tables = (await scenario.store.personal_data.read(REPORTER, now)).tables
    assert "reports" not in tables
    [shown] = tables["former_reporters"]
    assert shown.keys() == {"counts_at"}
    own = reader(REPORTER)
    assert await desk.list_open(own, now) == []
    assert await desk.find(report.report_id, own, now) is None
    assert (await desk.unread_figures(SERVER, now, reader=own)).undecided == 0
    assert await scenario.store.audit.list_newest(own, limit=9) == []
    columns, values = "report_id, side, words, asked_at", f"'{report.report_id}', 'reported', 'words', 1"
    await change_rows(scenario.store, f"INSERT INTO appeals ({columns}) VALUES ({values})")  # noqa: S608 -- an id
    appeals = [await scenario.store.appeals.list_open(each, now) for each in (own, reader())]
    assert [len(each) for each in appeals] == [0, 1]
    assert await desk.recuse(report.report_id, reader(), now)
    assert await read_report(scenario, report.report_id, "to_operator") == 1, "nobody else reads it"


async def test_who_reports_again_after_their_deletion(scenario: Scenario) -> None:
    """The report is theirs again, so that its words go with the next deletion; it counts once."""
    meeting = await met(scenario)
    report = await file(scenario, meeting, words="before")
    await go_and_return(scenario)
    assert (await file(scenario, meeting, words="after")).report_id == report.report_id
    assert await read_report(scenario, report.report_id, "words") == "after"
    [shown] = (await scenario.store.personal_data.read(REPORTER, scenario.clock.now())).tables["reports"]
    assert shown["words"] == "after"
    assert await fetch_rows(scenario.store, "SELECT * FROM former_reporters") == []
    await go_and_return(scenario)
    assert await read_report(scenario, report.report_id, "words") == ""
    assert len(await fetch_rows(scenario.store, "SELECT * FROM former_reporters")) == 1


async def test_how_long_a_former_reporter_is_known(scenario: Scenario) -> None:
    """Of an undone report until it counts no more; otherwise for as long as there is the report."""
    undone, stands = await meet(scenario, 20, 21)
    await file_and_undo(scenario, undone)
    report = await file(scenario, stands)
    filed_at = scenario.clock.now()
    await go_and_return(scenario, returns=False)
    for age, known in (
        (REPORTS_WINDOW - timedelta(seconds=29), 2),
        (REPORTS_WINDOW + SECOND, 1),
        (KEPT_UNDECIDED_FOR, 1),
        (KEPT_UNDECIDED_FOR + SECOND, 0),
    ):
        while await scenario.store.retention.delete_expired(filed_at + age):
            pass
        await scenario.store.retention.delete_expired(filed_at + age)
        assert len(await fetch_rows(scenario.store, "SELECT * FROM former_reporters")) == known
    assert await scenario.store.report_desk.find(report.report_id, reader(), filed_at + age) is None
