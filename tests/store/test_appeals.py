"""Appeals: each of the two asks once for a second look, and another reader has it if there is one."""

from dataclasses import dataclass

import pytest

from bot.domain.message import AppealDetails, MessageKind
from bot.domain.report import NOBODY, ReportReason, ReportSide
from bot.domain.verdict import AppealOutcome, Decision
from bot.store.appeals import OwnDecision
from bot.store.reports import FiledReport
from tests.store.reporting import (
    OTHER_READER,
    READER,
    REPORTED,
    REPORTER,
    decide,
    due,
    filed,
    knows,
    reader,
    restrictions_of,
    send,
    step,
    told,
    verdict,
    with_staff,
)
from tests.store.scenario import Scenario

STRANGER = 40


@dataclass(frozen=True, kw_only=True)
class Case:
    """A severe report that was decided, and whose messages were sent."""

    scenario: Scenario
    report: FiledReport

    async def ask(self, member_id: int, words: str = "Please look again.") -> bool:
        return await self.scenario.store.appeals.ask(self.report.report_id, member_id, words, self.scenario.clock.now())

    async def answer(self, side: ReportSide, outcome: AppealOutcome, by: int = OTHER_READER) -> bool:
        return await self.scenario.store.appeals.decide(
            self.report.report_id, side, reader(by), outcome, sentence="So it is.", now=self.scenario.clock.now()
        )


async def case(scenario: Scenario, decision: Decision = Decision.PAUSE, days: int | None = 7) -> Case:
    await with_staff(scenario, READER, OTHER_READER)
    report = await filed(scenario, ReportReason.SEXUAL)
    assert await decide(scenario, report.report_id, verdict(decision, days))
    await step(scenario)
    await send(scenario)
    return Case(scenario=scenario, report=report)


@pytest.mark.parametrize(("member_id", "may"), [(REPORTED, True), (REPORTER, True), (STRANGER, False), (READER, False)])
async def test_who_can_ask(scenario: Scenario, member_id: int, may: bool) -> None:
    """The two of the report, once each. Staff are told, without details."""
    appeal = await case(scenario)
    assert [await appeal.ask(member_id) for _ in range(2)] == [may, False]
    assert await told(scenario) == ([(MessageKind.STAFF_ALERT, NOBODY)] if may else [])
    opened = await scenario.store.appeals.list_open(reader(), scenario.clock.now())
    assert [each.words for each in opened] == ["Please look again."] * may


async def test_before_anything_is_decided_nobody_can_ask(scenario: Scenario) -> None:
    """There is nothing to look at a second time."""
    appeal = Case(scenario=scenario, report=await filed(scenario))
    assert [await appeal.ask(each) for each in (REPORTER, REPORTED)] == [False, False]


@pytest.mark.parametrize("decision", [Decision.CLOSE, Decision.NOTE])
async def test_without_a_sanction_the_reported_member_knows_of_nothing(scenario: Scenario, decision: Decision) -> None:
    """So they cannot ask either; the reporter can."""
    appeal = await case(scenario, decision, None)
    assert [await appeal.ask(each) for each in (REPORTED, REPORTER)] == [False, True]


async def test_the_reported_member_cannot_ask_before_the_sanction_begins(scenario: Scenario) -> None:
    """Their asking would show that they know of it."""
    await with_staff(scenario, READER)
    report = await filed(scenario)
    assert await decide(scenario, report.report_id, verdict(Decision.WARN))
    appeal = Case(scenario=scenario, report=report)
    assert not await appeal.ask(REPORTED)
    scenario.clock.pass_time(hours=13)
    await step(scenario)
    assert await appeal.ask(REPORTED)


async def test_a_sanction_is_lifted(scenario: Scenario) -> None:
    """The member can be matched at once, is told, and it counts against them no more."""
    appeal = await case(scenario)
    assert await restrictions_of(scenario) == ["pause"]
    await appeal.ask(REPORTED)
    assert [await appeal.answer(ReportSide.REPORTED, AppealOutcome.LIFTED) for _ in range(2)] == [True, False]
    assert await restrictions_of(scenario) == []
    [message] = [each for each in await due(scenario) if each.kind is MessageKind.APPEAL_DECIDED]
    assert message.member_id == REPORTED
    assert message.payload == AppealDetails(report_id=appeal.report.report_id, outcome=AppealOutcome.LIFTED)


async def test_what_was_decided_stays(scenario: Scenario) -> None:
    """Whoever has asked is told, and only they."""
    appeal = await case(scenario)
    await appeal.ask(REPORTED)
    assert await appeal.answer(ReportSide.REPORTED, AppealOutcome.UPHELD)
    assert await restrictions_of(scenario) == ["pause"]
    assert [each for each in await told(scenario) if each[1] != NOBODY] == [(MessageKind.APPEAL_DECIDED, REPORTED)]


async def test_the_reporter_has_it_decided_again(scenario: Scenario) -> None:
    """The report is open once more, and its reporter hears of the new decision too."""
    appeal = await case(scenario, Decision.CLOSE, None)
    await appeal.ask(REPORTER)
    assert await appeal.answer(ReportSide.REPORTER, AppealOutcome.REOPENED)
    assert [each.id for each in await scenario.store.report_desk.list_open(reader(), scenario.clock.now())] == [
        appeal.report.report_id
    ]
    await send(scenario)
    scenario.clock.pass_time(minutes=1)
    assert await decide(scenario, appeal.report.report_id, verdict(Decision.WARN))
    assert (MessageKind.REPORT_DECIDED, REPORTER) in await told(scenario)
    assert not await appeal.ask(REPORTER)


async def test_whoever_has_decided_does_not_look_a_second_time(scenario: Scenario) -> None:
    """As long as another reader is known; who is a party or knows somebody is none."""
    appeal = await case(scenario)
    await appeal.ask(REPORTED)
    with pytest.raises(OwnDecision):
        await appeal.answer(ReportSide.REPORTED, AppealOutcome.UPHELD, READER)
    assert await scenario.store.report_desk.recuse(appeal.report.report_id, reader(OTHER_READER), scenario.clock.now())
    for party in (REPORTER, REPORTED):
        await knows(scenario, party)
    assert await appeal.answer(ReportSide.REPORTED, AppealOutcome.UPHELD, READER)


@pytest.mark.parametrize(
    ("side", "outcome"),
    [(ReportSide.REPORTER, AppealOutcome.LIFTED), (ReportSide.REPORTED, AppealOutcome.REOPENED)],
)
async def test_an_outcome_of_the_other_side(scenario: Scenario, side: ReportSide, outcome: AppealOutcome) -> None:
    """It makes no sense."""
    appeal = await case(scenario)
    with pytest.raises(ValueError, match="comes to"):
        await appeal.answer(side, outcome)


@pytest.mark.parametrize("by", [REPORTER, REPORTED])
async def test_no_party_decides_an_appeal(scenario: Scenario, by: int) -> None:
    """It does not exist for them as readers."""
    appeal = await case(scenario)
    await appeal.ask(REPORTED)
    assert await scenario.store.appeals.list_open(reader(by), scenario.clock.now()) == []
    assert not await appeal.answer(ReportSide.REPORTED, AppealOutcome.UPHELD, by)
