"""Who is told of a report whose members have deleted their data: never those whom it is about."""

from datetime import timedelta

import pytest

from bot.domain.message import MessageKind
from bot.domain.report import (
    SEVERE_TELL_AGAIN_AFTER,
    TELL_AGAIN_AFTER,
    UNDO_REPORT_FOR,
    ReportReaders,
    ReportReason,
)
from tests.store.reporting import (
    OTHER_READER,
    READER,
    REPORTER,
    SECOND,
    file,
    filed,
    knows,
    met,
    read_report,
    reader,
    send,
    step,
    told,
    with_staff,
)
from tests.store.scenario import Scenario
from tests.store.undecided import LATE, OPERATOR_TOLD, news, news_at, recuse_operator


async def test_a_report_about_staff_who_have_deleted_their_data(scenario: Scenario) -> None:
    """Once they are seen again the other readers alone are told of it, although it has a pseudonym."""
    await with_staff(scenario, READER)
    meeting = await met(scenario, REPORTER, OTHER_READER)
    await scenario.store.personal_data.erase(OTHER_READER, nobody=-1, now=scenario.clock.now())
    report = await file(scenario, meeting, ReportReason.SEXUAL)
    await knows(scenario, OTHER_READER)
    assert await read_report(scenario, report.report_id, "about_staff") == 1
    scenario.clock.set(report.undo_until)
    await step(scenario)
    await send(scenario)
    scenario.clock.set(report.undo_until + SEVERE_TELL_AGAIN_AFTER)
    await step(scenario)
    assert await told(scenario) == [(MessageKind.READER_ALERT, READER), (MessageKind.REPORT_LATE, REPORTER)]
    now = scenario.clock.now()
    assert await scenario.store.report_desk.recuse(report.report_id, reader(), now)
    assert await read_report(scenario, report.report_id, "to_operator") == 1, "nobody else can read it"


async def test_the_last_who_could_read_it_knows_somebody_in_it(scenario: Scenario) -> None:
    """The operator, where there is no reader: the reporter hears that nobody can read it."""
    await with_staff(scenario, channel_id=None)
    meeting = await met(scenario)
    report = await file(scenario, meeting)
    assert report.read_by is ReportReaders.OPERATOR
    scenario.clock.set(report.undo_until)
    await step(scenario)
    await recuse_operator(scenario, report.report_id)
    assert (await file(scenario, meeting, words="more")).read_by is ReportReaders.NOBODY


@pytest.mark.parametrize(
    ("reason", "after"), [(ReportReason.HATE, TELL_AGAIN_AFTER), (ReportReason.SEXUAL, SEVERE_TELL_AGAIN_AFTER)]
)
async def test_the_operator_alone_can_read_it_and_does_not(
    scenario: Scenario, reason: ReportReason, after: timedelta
) -> None:
    """They are told again, once, and its reporter hears that it is late."""
    await with_staff(scenario, channel_id=None)
    report = await filed(scenario, reason)
    filed_at = scenario.clock.now() - UNDO_REPORT_FOR
    assert OPERATOR_TOLD[0] in await news(scenario)
    assert await news_at(scenario, filed_at + after - SECOND) == []
    assert await news_at(scenario, filed_at + after) == sorted([*OPERATOR_TOLD, LATE])
    assert await news_at(scenario, filed_at + 9 * after) == []
    assert await read_report(scenario, report.report_id, "read_at") is None


async def test_who_has_deleted_their_data_and_is_seen_as_staff_before_the_report(scenario: Scenario) -> None:
    """No alert about them goes into the channel that they see."""
    await with_staff(scenario, READER)
    meeting = await met(scenario, REPORTER, OTHER_READER)
    await scenario.store.personal_data.erase(OTHER_READER, nobody=-1, now=scenario.clock.now())
    await knows(scenario, OTHER_READER)
    report = await file(scenario, meeting)
    scenario.clock.set(report.undo_until)
    assert await told(scenario) == [(MessageKind.READER_ALERT, READER), (MessageKind.REPORT_RECEIVED, REPORTER)]


async def test_a_reader_who_has_filed_a_report_and_deleted_their_data(scenario: Scenario) -> None:
    """They hear nothing of it once they are seen again; it is as if there were no reader, whenever they have gone."""
    await with_staff(scenario, READER, channel_id=None)
    first = await met(scenario, READER, 20)
    report = await file(scenario, first)
    second = await met(scenario, READER, 21)
    await scenario.store.personal_data.erase(READER, nobody=-1, now=scenario.clock.now())
    await knows(scenario, READER)
    assert (await file(scenario, first, ReportReason.SEXUAL)).read_by is ReportReaders.OPERATOR
    assert (await file(scenario, second)).read_by is ReportReaders.OPERATOR
    scenario.clock.set(report.undo_until + TELL_AGAIN_AFTER)
    await step(scenario)
    assert await read_report(scenario, report.report_id, "to_operator") == 1
    await step(scenario)
    assert {kind for kind, _ in await told(scenario)} == {MessageKind.OPERATOR_ALERT}
