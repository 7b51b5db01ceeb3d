"""Reading and deciding reports: who may do what, once each, and what everybody else learns of it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import TypeAlias

import pytest

from bot.domain.message import MessageKind, ReportDetails, SanctionDetails
from bot.domain.report import LOCK_FOR, ReportReaders, ReportReason
from bot.domain.report_reader import Reader, StaffStanding
from bot.domain.verdict import Decision, Step, next_step
from bot.store.report_desk import ReportFigures
from tests.store.opening import OPERATOR
from tests.store.reporting import (
    OTHER_READER,
    READER,
    REPORTED,
    REPORTER,
    SECOND,
    decide,
    due,
    dump,
    file,
    filed,
    knows,
    met,
    reader,
    restrictions_of,
    told,
    verdict,
    with_staff,
)
from tests.store.rows import change_rows, fetch_rows
from tests.store.scenario import SERVER, Scenario

Act: TypeAlias = Callable[[Scenario, str, Reader], Awaitable[object]]
RECUSED = 9

WHO: Mapping[str, tuple[Reader, bool]] = MappingProxyType(
    {
        "a reader": (reader(), True),
        "an admin who reads": (reader(OTHER_READER), True),
        "a member who is no reader": (reader(31, is_staff=False), False),
        "the reported reader": (reader(REPORTED), False),
        "the reporter, who is a reader": (reader(REPORTER), False),
        "a reader who knows somebody": (reader(RECUSED), False),
        "a reader of another server": (reader(READER, server_id=SERVER + 1), False),
        "the operator, who was not asked": (reader(OPERATOR, is_staff=False, is_operator=True), False),
        "the operator, who reads here": (reader(OPERATOR, is_operator=True), True),
    }
)
"""Everybody who may try, and whether this report exists for them."""


async def _list_open(scenario: Scenario, report_id: str, by: Reader) -> bool:
    found = await scenario.store.report_desk.list_open(by, scenario.clock.now())
    return [each.id for each in found] == [report_id]


ACTIONS: Mapping[str, Act] = MappingProxyType(
    {
        "list": _list_open,
        "find": lambda s, id_, by: s.store.report_desk.find(id_, by, s.clock.now()),
        "take": lambda s, id_, by: s.store.report_desk.take(id_, by, s.clock.now()),
        "recuse": lambda s, id_, by: s.store.report_desk.recuse(id_, by, s.clock.now()),
        "ask": lambda s, id_, by: s.store.report_desk.ask_reporter(id_, by, "When?", s.clock.now()),
        "hand over": lambda s, id_, by: s.store.report_desk.hand_over(id_, by, "Please.", s.clock.now()),
        "renew": lambda s, id_, by: s.store.report_desk.renew_hold(id_, by, "Wait.", s.clock.now()),
        "end hold": lambda s, id_, by: s.store.report_desk.end_hold(id_, by, "Fine.", s.clock.now()),
        "close": lambda s, id_, by: decide(s, id_, verdict(), by),
        "note": lambda s, id_, by: decide(s, id_, verdict(Decision.NOTE), by),
        "warn": lambda s, id_, by: decide(s, id_, verdict(Decision.WARN), by),
        "pause": lambda s, id_, by: decide(s, id_, verdict(Decision.PAUSE, 30), by),
        "out": lambda s, id_, by: decide(s, id_, verdict(Decision.OUT), by),
    }
)


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("who", WHO)
async def test_who_may_do_what(scenario: Scenario, who: str, action: str) -> None:
    """For whom a report does not exist, nothing does anything, and nothing is written."""
    await with_staff(scenario, READER, OTHER_READER, RECUSED)
    report = await filed(scenario, ReportReason.SEXUAL)
    assert await scenario.store.report_desk.recuse(report.report_id, reader(RECUSED), scenario.clock.now())
    before = await dump(scenario)
    by, may = WHO[who]
    assert bool(await ACTIONS[action](scenario, report.report_id, by)) is may
    assert (await dump(scenario) == before) is (not may or action == "list")


async def test_the_operator_reads_what_was_handed_on(scenario: Scenario) -> None:
    """And nothing else of that server."""
    await with_staff(scenario, READER)
    operator = reader(OPERATOR, is_staff=False, is_operator=True)
    report = await filed(scenario)
    other = await file(scenario, await met(scenario, 3, 4))
    scenario.clock.set(other.undo_until)
    desk, now = scenario.store.report_desk, scenario.clock.now()
    assert await desk.list_open(operator, now) == []
    assert [await desk.hand_over(report.report_id, reader(), "Please.", now) for _ in range(2)] == [True, False]
    assert [each.id for each in await desk.list_open(operator, now)] == [report.report_id]
    assert await desk.find(other.report_id, operator, now) is None
    assert await decide(scenario, report.report_id, verdict(), operator)


async def test_only_the_operator_excludes_everywhere(scenario: Scenario) -> None:
    """A reader's word counts in their server."""
    report = await filed(scenario)
    everywhere = verdict(Decision.OUT, everywhere=True)
    with pytest.raises(ValueError, match="cannot be decided"):
        await decide(scenario, report.report_id, everywhere)
    assert await decide(scenario, report.report_id, everywhere, reader(OPERATOR, is_operator=True))


async def test_nobody_reads_it_while_it_can_be_undone(scenario: Scenario) -> None:
    """So what was undone never was there for anybody."""
    report = await file(scenario, await met(scenario))
    scenario.clock.set(report.undo_until - SECOND)
    assert await scenario.store.report_desk.find(report.report_id, reader(), scenario.clock.now()) is None
    assert await scenario.store.report_desk.list_open(reader(), scenario.clock.now()) == []
    scenario.clock.set(report.undo_until)
    assert len(await scenario.store.report_desk.list_open(reader(), scenario.clock.now())) == 1


async def test_whoever_takes_it_has_it_alone(scenario: Scenario) -> None:
    """For 15 minutes, or until it is given back: nobody else takes or decides it."""
    report_id = (await filed(scenario)).report_id
    desk, clock, other = scenario.store.report_desk, scenario.clock, reader(OTHER_READER)
    assert [await desk.take(report_id, by, clock.now()) for by in (reader(), reader(), other)] == [True, True, False]
    opened = await desk.find(report_id, other, clock.now())
    assert opened is not None
    assert opened.is_taken
    assert not await desk.release(report_id, other, clock.now())
    assert not await decide(scenario, report_id, verdict(), other)
    assert await desk.release(report_id, reader(), clock.now())
    assert await desk.take(report_id, other, clock.now())
    clock.set(clock.now() + LOCK_FOR - SECOND)
    assert not await desk.take(report_id, reader(), clock.now())
    clock.set(clock.now() + SECOND)
    assert await decide(scenario, report_id, verdict())


async def test_two_decide_at_the_same_moment(scenario: Scenario) -> None:
    """One of them does; the reporter hears of one decision."""
    report_id = (await filed(scenario)).report_id
    deciding = [decide(scenario, report_id, verdict(), reader(by)) for by in (READER, OTHER_READER)]
    assert sorted(await asyncio.gather(*deciding)) == [False, True]
    assert [kind for kind, _ in await told(scenario)].count(MessageKind.REPORT_DECIDED) == 1
    assert await fetch_rows(scenario.store, "SELECT count(*) FROM audit WHERE action = 'close'") == [(1,)]


async def test_the_receipt_says_decided_and_not_what(scenario: Scenario) -> None:
    """It is the same whatever was decided, and whenever a sanction begins."""
    details: list[tuple[ReportDetails, bool]] = []
    for decision, days in ((Decision.CLOSE, None), (Decision.NOTE, None), (Decision.PAUSE, 7), (Decision.OUT, None)):
        meeting = await met(scenario, 10 + len(details), 50 + len(details))
        report = await file(scenario, meeting)
        scenario.clock.set(report.undo_until)
        assert await decide(scenario, report.report_id, verdict(decision, days))
        [message] = [each for each in await due(scenario) if each.kind is MessageKind.REPORT_DECIDED][-1:]
        assert isinstance(message.payload, ReportDetails)
        details.append((replace(message.payload, report_id="", number=0), message.due_at == scenario.clock.now()))
    assert set(details) == {(ReportDetails(report_id="", number=0), True)}


async def test_a_question_to_the_reporter(scenario: Scenario) -> None:
    """They answer by filing again; a reporter who has deleted their data is not asked."""
    meeting = await met(scenario)
    report = await file(scenario, meeting)
    scenario.clock.set(report.undo_until)
    desk = scenario.store.report_desk
    assert await desk.ask_reporter(report.report_id, reader(), "When was it?", scenario.clock.now())
    [question] = [each for each in await due(scenario) if each.kind is MessageKind.REPORT_QUESTION]
    assert isinstance(question.payload, ReportDetails)
    assert (question.member_id, question.payload.question) == (REPORTER, "When was it?")
    await file(scenario, meeting, words="At noon.")
    opened = await desk.find(report.report_id, reader(), scenario.clock.now())
    assert opened is not None
    assert opened.report.words == "At noon."


async def test_a_worry_counts_against_nobody(scenario: Scenario) -> None:
    """Nothing but a note follows from it, and no later report is judged by it."""
    report = await filed(scenario, ReportReason.WORRY)
    for decision, days in ((Decision.WARN, None), (Decision.PAUSE, 1), (Decision.OUT, None)):
        with pytest.raises(ValueError, match="cannot be decided"):
            await decide(scenario, report.report_id, verdict(decision, days))
    assert await decide(scenario, report.report_id, verdict(Decision.NOTE))
    assert await told(scenario) == [(MessageKind.REPORT_DECIDED, REPORTER), (MessageKind.REPORT_RECEIVED, REPORTER)]
    later = await file(scenario, await met(scenario, 3, 4))
    scenario.clock.set(later.undo_until)
    opened = await scenario.store.report_desk.find(later.report_id, reader(), scenario.clock.now())
    assert opened is not None
    assert opened.earlier == ()


async def test_what_was_decided_before_about_the_same_member(scenario: Scenario) -> None:
    """Copied when it is filed, and as it is now when it is read; a report that is not decided is in neither."""
    reports = []
    for other in (3, 4, 5):
        meeting = await met(scenario, other)
        reports.append(await file(scenario, meeting))
        scenario.clock.set(reports[-1].undo_until)
        await scenario.store.browser_sessions.leave_seat(meeting.seats[1], scenario.clock.now())
        if other == 3:
            assert await decide(scenario, reports[0].report_id, verdict(Decision.NOTE))
    assert await decide(scenario, reports[1].report_id, verdict(Decision.PAUSE, 7))
    opened = await scenario.store.report_desk.find(reports[2].report_id, reader(), scenario.clock.now())
    assert opened is not None
    assert opened.report.evidence is not None
    assert [each.number for each in opened.report.evidence.earlier] == [reports[0].number]
    assert [(each.number, each.decision, each.days) for each in opened.earlier] == [
        (reports[0].number, Decision.NOTE, None),
        (reports[1].number, Decision.PAUSE, 7),
    ]
    assert next_step(opened.earlier) == Step(decision=Decision.PAUSE, days=30)


async def figures(scenario: Scenario, by: Reader | None = None) -> ReportFigures:
    return await scenario.store.report_desk.unread_figures(SERVER, scenario.clock.now(), reader=by)


@pytest.mark.parametrize("known", [StaffStanding.READS, StaffStanding.SEES_ALERTS])
@pytest.mark.parametrize("readers", [(), (READER,), (READER, OTHER_READER)], ids=["alone", "with one", "with two"])
async def test_a_report_about_staff_does_not_exist_for_them(
    scenario: Scenario, known: StaffStanding, readers: tuple[int, ...]
) -> None:
    """List, counts, audit and channel are the same with it and without; the others are told, or the operator is."""
    await with_staff(scenario, *readers)
    await knows(scenario, REPORTED, known)
    await file(scenario, await met(scenario, 21, 22), ReportReason.NOT_STUDYING)
    scenario.clock.pass_time(seconds=30)
    accused = reader(REPORTED)
    desk, audit = scenario.store.report_desk, scenario.store.audit

    async def seen() -> tuple[object, ...]:
        now = scenario.clock.now()
        in_channel = [each for each in await due(scenario) if each.kind is MessageKind.STAFF_ALERT]
        own = [each for each in await due(scenario) if each.member_id == REPORTED]
        listed = await desk.list_open(accused, now)
        return (listed, await figures(scenario, accused), await figures(scenario), in_channel, own)

    without = await seen()
    report = await filed(scenario, ReportReason.HATE)
    assert await seen() == without
    opened = await desk.find(report.report_id, reader(), scenario.clock.now())
    assert opened is not None
    assert await seen() == without
    assert await audit.list_newest(accused, limit=9) == []
    alerted = [member for kind, member in await told(scenario) if kind is MessageKind.READER_ALERT]
    assert alerted == sorted(readers)
    assert (report.read_by is ReportReaders.OPERATOR) is (not readers)
    assert (await figures(scenario, reader())).undecided == 2


async def test_a_member_of_the_staff_who_becomes_known_later(scenario: Scenario) -> None:
    """From then on the report is none that others may count."""
    report = await filed(scenario)
    assert (await figures(scenario)).undecided == 1
    await knows(scenario, REPORTED)
    assert (await figures(scenario)).undecided == 0
    await knows(scenario, REPORTED, None)
    assert (await figures(scenario, reader())).undecided == 1
    assert await scenario.store.report_desk.find(report.report_id, reader(), scenario.clock.now()) is not None


async def test_the_figures(scenario: Scenario) -> None:
    """Undecided, unread, held, and since when the oldest waits; nothing of what is decided."""
    assert await figures(scenario, reader()) == ReportFigures()
    report = await filed(scenario, ReportReason.SEXUAL)
    since = report.undo_until - timedelta(seconds=30)
    assert await figures(scenario, reader()) == ReportFigures(undecided=1, unread=1, held=1, oldest_at=since)
    assert await scenario.store.report_desk.find(report.report_id, reader(), scenario.clock.now()) is not None
    assert await figures(scenario, reader()) == ReportFigures(undecided=1, unread=0, held=1, oldest_at=since)
    await decide(scenario, report.report_id, verdict())
    assert await figures(scenario, reader()) == ReportFigures()


async def test_whoever_knows_somebody_leaves_it_to_others(scenario: Scenario) -> None:
    """It is unread again; if nobody else is known to read, the operator does."""
    await with_staff(scenario, READER, OTHER_READER)
    report = await filed(scenario)
    desk, now = scenario.store.report_desk, scenario.clock.now()
    await desk.take(report.report_id, reader(), now)
    assert await desk.recuse(report.report_id, reader(), now)
    assert (await figures(scenario, reader(OTHER_READER))).unread == 1
    operator = reader(OPERATOR, is_staff=False, is_operator=True)
    assert await desk.list_open(operator, now) == []
    assert await desk.take(report.report_id, reader(OTHER_READER), now)
    assert await desk.recuse(report.report_id, reader(OTHER_READER), now)
    assert [each.id for each in await desk.list_open(operator, now)] == [report.report_id]


async def test_a_sanction_has_its_parts(scenario: Scenario) -> None:
    """The rule, until when, and the way to a second look; not who has reported, nor what they wrote."""
    report = await filed(scenario, ReportReason.SEXUAL)
    assert await decide(scenario, report.report_id, verdict(Decision.PAUSE, 7))
    await scenario.store.report_timers.begin_sanctions(scenario.clock.now())
    [sanction] = [each for each in await due(scenario) if each.kind is MessageKind.SANCTION]
    until = scenario.clock.now() + timedelta(days=7)
    assert sanction.member_id == REPORTED
    assert sanction.payload == SanctionDetails(report_id=report.report_id, decision=Decision.PAUSE, rule=1, until=until)
    scenario.clock.set(until - SECOND)
    assert await restrictions_of(scenario) == ["pause"]
    scenario.clock.set(until)
    assert await restrictions_of(scenario) == []


async def test_an_unreadable_report_hides_no_other(scenario: Scenario) -> None:
    """One without readable evidence is read without it."""
    report = await filed(scenario)
    await change_rows(scenario.store, "UPDATE reports SET evidence = '[]'")
    opened = await scenario.store.report_desk.find(report.report_id, reader(), scenario.clock.now())
    assert opened is not None
    assert opened.report.evidence is None
