"""Reports that were opened and not decided: their readers are told again, and after as long once more the operator."""

from datetime import timedelta

import pytest

from bot.domain.message import AlertDetails, MessageKind
from bot.domain.report import (
    ANSWER_WITHIN,
    NOBODY,
    REPORTS_WINDOW,
    SEVERE_TELL_AGAIN_AFTER,
    TELL_AGAIN_AFTER,
    UNDO_REPORT_FOR,
    ReportReason,
    ReportSide,
)
from bot.domain.report_reader import Reader
from bot.domain.verdict import AppealOutcome
from tests.store.interleaving import just_before_writing
from tests.store.opening import OPERATOR
from tests.store.reporting import (
    OTHER_READER,
    READER,
    REPORTED,
    REPORTER,
    SECOND,
    due,
    file,
    filed,
    meet,
    met,
    reader,
    send,
    step,
    with_staff,
    without_operator,
)
from tests.store.scenario import Scenario
from tests.store.undecided import (
    AFTER,
    LATE,
    OPERATOR_TOLD,
    READERS_TOLD,
    THE_OPERATOR,
    Act,
    ask,
    close,
    end_hold,
    hand_over,
    news,
    news_at,
    open_report,
    opened,
    recuse_operator,
    renew_hold,
    take,
)


@pytest.mark.parametrize(
    ("reason", "after"), [(ReportReason.HATE, TELL_AGAIN_AFTER), (ReportReason.SEXUAL, SEVERE_TELL_AGAIN_AFTER)]
)
async def test_a_report_that_is_opened_and_not_decided(
    scenario: Scenario, reason: ReportReason, after: timedelta
) -> None:
    """All readers are told after as long as an unread one waits, the operator after twice as long; the reporter not."""
    await opened(scenario, reason)
    at = scenario.clock.now()
    assert await news_at(scenario, at + after - SECOND) == []
    assert await news_at(scenario, at + after) == READERS_TOLD
    for moment in (after + SECOND, 2 * after - SECOND):
        assert await news_at(scenario, at + moment) == []
    assert await news_at(scenario, at + 2 * after) == OPERATOR_TOLD
    for moment in (2 * after + SECOND, 5 * after, 9 * after):
        assert await news_at(scenario, at + moment) == []


async def said(scenario: Scenario) -> set[tuple[bool, bool]]:
    """What the alerts that are due say: whether the report was told before, and whether it was opened."""
    alerts = [each.payload for each in await due(scenario) if isinstance(each.payload, AlertDetails)]
    return {(each.again, each.is_opened) for each in alerts}


async def test_alerts_say_that_it_was_opened(scenario: Scenario) -> None:
    """Those to readers, and that to the operator; not by whom."""
    await opened(scenario)
    for _ in range(2):
        scenario.clock.set(scenario.clock.now() + AFTER)
        for _ in range(2):
            await step(scenario)
        assert await said(scenario) == {(True, True)}
        await send(scenario)


@pytest.mark.parametrize("act", [open_report, take, renew_hold, end_hold])
async def test_the_wait_begins_when_a_reader_last_had_it_open(scenario: Scenario, act: Act) -> None:
    """Whichever reader, and whatever they did with it but decide."""
    after = SEVERE_TELL_AGAIN_AFTER
    report_id = await opened(scenario, ReportReason.SEXUAL)
    scenario.clock.pass_time(minutes=59)
    await act(scenario, report_id)
    at = scenario.clock.now()
    assert await news_at(scenario, at + after - SECOND) == []
    assert await news_at(scenario, at + after) == READERS_TOLD


async def test_once_readers_were_told_another_opening_only_puts_the_operator_off(scenario: Scenario) -> None:
    """Readers are told once; the operator after twice as long as nobody has had it open."""
    report_id = await opened(scenario)
    assert await news_at(scenario, scenario.clock.now() + AFTER) == READERS_TOLD
    await open_report(scenario, report_id)
    at = scenario.clock.now()
    assert await news_at(scenario, at + 2 * AFTER - SECOND) == []
    assert await news_at(scenario, at + 2 * AFTER) == OPERATOR_TOLD


async def test_it_was_told_again_before_it_was_opened(scenario: Scenario) -> None:
    """Readers are told once of each; the reporter hears only that nobody had read it."""
    await with_staff(scenario, READER, OTHER_READER)
    report = await filed(scenario)
    await news(scenario)
    assert await news_at(scenario, scenario.clock.now() + AFTER) == sorted([*READERS_TOLD, LATE])
    await open_report(scenario, report.report_id)
    at = scenario.clock.now()
    assert await news_at(scenario, at + AFTER) == READERS_TOLD
    assert await news_at(scenario, at + 2 * AFTER) == OPERATOR_TOLD
    assert await news_at(scenario, at + 5 * AFTER) == []


@pytest.mark.parametrize("by", [reader(), THE_OPERATOR], ids=["reader", "operator"])
async def test_the_operator_was_told_before_it_was_opened(scenario: Scenario, by: Reader) -> None:
    """Once somebody has opened it, all who can read it are told that it is undecided."""
    await with_staff(scenario, READER, OTHER_READER)
    report = await filed(scenario)
    for wait in (timedelta(), AFTER, AFTER):
        await news_at(scenario, scenario.clock.now() + wait)
    await open_report(scenario, report.report_id, by)
    at = scenario.clock.now()
    assert await news_at(scenario, at + AFTER - SECOND) == []
    assert await news_at(scenario, at + AFTER) == sorted([*READERS_TOLD, *OPERATOR_TOLD])
    assert await news_at(scenario, at + 9 * AFTER) == []


async def test_only_the_operator_can_read_it(scenario: Scenario) -> None:
    """They are told again, once."""
    await with_staff(scenario, channel_id=None)
    report = await filed(scenario)
    assert OPERATOR_TOLD[0] in await news(scenario)
    await open_report(scenario, report.report_id, THE_OPERATOR)
    at = scenario.clock.now()
    assert await news_at(scenario, at + AFTER - SECOND) == []
    assert await news_at(scenario, at + AFTER) == OPERATOR_TOLD
    assert await news_at(scenario, at + 9 * AFTER) == []


@pytest.mark.parametrize(
    ("reason", "after"), [(ReportReason.HATE, TELL_AGAIN_AFTER), (ReportReason.SEXUAL, SEVERE_TELL_AGAIN_AFTER)]
)
@pytest.mark.parametrize("opens", [False, True])
async def test_the_reporter_has_time_to_answer(
    scenario: Scenario, reason: ReportReason, after: timedelta, opens: bool
) -> None:
    """A day, also if somebody opens the report in between; then it waits as any other does."""
    report_id = await opened(scenario, reason)
    await ask(scenario, report_id)
    asked = scenario.clock.now()
    assert await news(scenario) == [(MessageKind.REPORT_QUESTION, REPORTER)]
    if opens:
        scenario.clock.pass_time(minutes=5)
        await open_report(scenario, report_id)
    assert await news_at(scenario, asked + ANSWER_WITHIN + after - SECOND) == []
    assert await news_at(scenario, asked + ANSWER_WITHIN + after) == READERS_TOLD
    assert await news_at(scenario, asked + ANSWER_WITHIN + 2 * after - SECOND) == []
    assert await news_at(scenario, asked + ANSWER_WITHIN + 2 * after) == OPERATOR_TOLD


async def test_an_answer_waits_for_a_reader(scenario: Scenario) -> None:
    """From the moment it came; more words do not put anybody off."""
    await with_staff(scenario, READER, OTHER_READER)
    meeting = await met(scenario)
    report = await file(scenario, meeting, ReportReason.SEXUAL)
    scenario.clock.set(report.undo_until)
    await news(scenario)
    await ask(scenario, report.report_id)
    await news(scenario)
    scenario.clock.pass_time(hours=3)
    await file(scenario, meeting, ReportReason.SEXUAL, "at noon")
    answered = scenario.clock.now()
    scenario.clock.pass_time(minutes=30)
    await file(scenario, meeting, ReportReason.SEXUAL, "or at one")
    assert await news_at(scenario, answered + SEVERE_TELL_AGAIN_AFTER - SECOND) == []
    assert await news_at(scenario, answered + SEVERE_TELL_AGAIN_AFTER) == READERS_TOLD


async def test_another_reason_waits_for_a_reader_from_then_on(scenario: Scenario) -> None:
    """Readers are told of a severe one at once, and again after an hour."""
    await with_staff(scenario, READER, OTHER_READER)
    meeting = await met(scenario)
    report = await file(scenario, meeting)
    scenario.clock.set(report.undo_until)
    await news(scenario)
    await open_report(scenario, report.report_id)
    scenario.clock.pass_time(hours=5)
    await file(scenario, meeting, ReportReason.SEXUAL)
    at = scenario.clock.now()
    assert await said(scenario) == {(False, False)}
    assert await news(scenario) == [(MessageKind.STAFF_ALERT, NOBODY)]
    assert await news_at(scenario, at + SEVERE_TELL_AGAIN_AFTER - SECOND) == []
    assert await news_at(scenario, at + SEVERE_TELL_AGAIN_AFTER) == READERS_TOLD


async def test_what_was_handed_over_is_the_operators(scenario: Scenario) -> None:
    """They are told at once, and nobody again."""
    report_id = await opened(scenario)
    await hand_over(scenario, report_id)
    await step(scenario)
    assert await said(scenario) == {(False, False)}
    assert await news(scenario) == OPERATOR_TOLD
    assert await news_at(scenario, scenario.clock.now() + 9 * AFTER) == []


async def test_what_was_handed_over_to_nobody_is_told_to_the_readers(scenario: Scenario) -> None:
    """Without a safety contact nobody else can be told."""
    alone = without_operator(scenario)
    report_id = await opened(alone)
    await hand_over(alone, report_id)
    at = scenario.clock.now()
    assert await news(alone) == []
    assert await news_at(alone, at + AFTER) == READERS_TOLD
    assert await news_at(alone, at + 9 * AFTER) == []


async def test_who_knows_somebody_in_it_is_not_told(scenario: Scenario) -> None:
    """It counts as unread; once another reader has opened it that one is told, and the one who knows them never."""
    report_id = await opened(scenario)
    filed_at = scenario.clock.now() - UNDO_REPORT_FOR
    assert await scenario.store.report_desk.recuse(report_id, reader(), scenario.clock.now())
    others = [each for each in READERS_TOLD if each[1] != READER]
    assert await news_at(scenario, filed_at + AFTER) == sorted([*others, LATE])
    await open_report(scenario, report_id, reader(OTHER_READER))
    assert await news_at(scenario, scenario.clock.now() + AFTER) == others
    assert await news_at(scenario, scenario.clock.now() + AFTER) == OPERATOR_TOLD


async def test_an_operator_who_knows_somebody_in_it_is_not_told(scenario: Scenario) -> None:
    """It is as if there were no operator."""
    await with_staff(scenario, READER, OTHER_READER)
    report = await filed(scenario)
    for wait in (timedelta(), AFTER, AFTER):
        await news_at(scenario, scenario.clock.now() + wait)
    await recuse_operator(scenario, report.report_id)
    await open_report(scenario, report.report_id)
    assert await news_at(scenario, scenario.clock.now() + AFTER) == READERS_TOLD
    assert await news_at(scenario, scenario.clock.now() + 9 * AFTER) == []


async def test_an_operator_to_whom_it_was_handed_over_knows_somebody_in_it(scenario: Scenario) -> None:
    """Its readers are told of it again, as if nobody had read it or handed it over."""
    report_id = await opened(scenario)
    filed_at = scenario.clock.now() - UNDO_REPORT_FOR
    await hand_over(scenario, report_id)
    assert await news(scenario) == OPERATOR_TOLD
    await recuse_operator(scenario, report_id)
    assert await news_at(scenario, filed_at + AFTER - SECOND) == []
    assert await news_at(scenario, filed_at + AFTER) == sorted([*READERS_TOLD, LATE])
    assert await news_at(scenario, filed_at + 9 * AFTER) == []


async def test_who_opened_it_knows_somebody_in_it(scenario: Scenario) -> None:
    """After all readers were told that it is undecided: nobody has read it for long, so the operator is told.

    Whoever opens it then, the others are told once more if they don't decide.
    """
    report_id = await opened(scenario)
    assert await news_at(scenario, scenario.clock.now() + AFTER) == READERS_TOLD
    assert await news_at(scenario, scenario.clock.now() + AFTER - 2 * SECOND) == []
    await open_report(scenario, report_id)
    assert await scenario.store.report_desk.recuse(report_id, reader(), scenario.clock.now())
    assert await news_at(scenario, scenario.clock.now() + 2 * SECOND) == OPERATOR_TOLD
    await open_report(scenario, report_id, reader(OTHER_READER))
    others = [each for each in READERS_TOLD if each[1] != READER]
    assert await news_at(scenario, scenario.clock.now() + AFTER) == sorted([*others, *OPERATOR_TOLD])
    assert await news_at(scenario, scenario.clock.now() + 9 * AFTER) == []


@pytest.mark.parametrize(("reporter", "reported"), [(READER, REPORTED), (REPORTER, READER), (OPERATOR, READER)])
async def test_no_party_hears_of_it(scenario: Scenario, reporter: int, reported: int) -> None:
    """Neither a reader nor the operator who is one, and the channel not if staff is concerned."""
    await with_staff(scenario, READER, OTHER_READER)
    report = await file(scenario, await met(scenario, reporter, reported))
    scenario.clock.set(report.undo_until)
    await news(scenario)
    await open_report(scenario, report.report_id, reader(OTHER_READER))
    at = scenario.clock.now()
    is_about_staff = reported == READER
    expected = [each for each in READERS_TOLD if each[1] != READER and not (is_about_staff and each[1] == NOBODY)]
    assert await news_at(scenario, at + AFTER) == expected
    assert await news_at(scenario, at + 9 * AFTER) == ([] if reporter == OPERATOR else OPERATOR_TOLD)


async def test_a_report_that_is_opened_before_it_counts(scenario: Scenario) -> None:
    """It waits from when it counts: staff hear of it only then."""
    await with_staff(scenario, READER, OTHER_READER)
    reports = [await file(scenario, each) for each in await meet(scenario, *range(20, 24))]
    scenario.clock.set(reports[-1].undo_until)
    for report in reports[:-1]:
        await close(scenario, report.report_id)
    await open_report(scenario, reports[-1].report_id)
    await news(scenario)
    [last] = await scenario.store.report_desk.list_open(reader(), scenario.clock.now())
    assert last.counts_at == reports[0].undo_until - UNDO_REPORT_FOR + REPORTS_WINDOW
    assert await news_at(scenario, last.counts_at - SECOND) == []
    assert await news_at(scenario, last.counts_at) == [(MessageKind.STAFF_ALERT, NOBODY)]
    assert await news_at(scenario, last.counts_at + AFTER - SECOND) == []
    assert await news_at(scenario, last.counts_at + AFTER) == READERS_TOLD


async def test_a_report_that_is_decided_again(scenario: Scenario) -> None:
    """It waits from when a second look has reopened it, however far it was told before; the reporter hears nothing."""
    report_id = await opened(scenario)
    for _ in range(2):
        await news_at(scenario, scenario.clock.now() + AFTER)
    await close(scenario, report_id)
    await news(scenario)
    assert await scenario.store.appeals.ask(report_id, REPORTER, "Please look again.", scenario.clock.now())
    await news(scenario)
    scenario.clock.set(scenario.clock.now() + 5 * AFTER)
    assert await scenario.store.appeals.decide(
        report_id, ReportSide.REPORTER, THE_OPERATOR, AppealOutcome.REOPENED, sentence="Yes.", now=scenario.clock.now()
    )
    at = scenario.clock.now()
    assert await news(scenario) == [(MessageKind.APPEAL_DECIDED, REPORTER)]
    assert await news_at(scenario, at + AFTER - SECOND) == []
    assert await news_at(scenario, at + AFTER) == sorted([*READERS_TOLD, *OPERATOR_TOLD])
    assert await news_at(scenario, at + 9 * AFTER) == []


async def test_what_all_know_is_looked_at_no_more(scenario: Scenario) -> None:
    """Nothing is written about it again and again."""
    await opened(scenario)
    for _ in range(2):
        await news_at(scenario, scenario.clock.now() + AFTER)
    nothing = pytest.raises(AssertionError, match="nothing was written")
    with nothing, just_before_writing(scenario.store, lambda: step(scenario)):
        await scenario.store.report_timers.tell_again(scenario.clock.now() + AFTER)
