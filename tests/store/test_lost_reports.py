"""Nothing that is to be told about a report gets lost, whatever else happens to it or to the bot."""

from bot.domain.message import MessageKind
from bot.domain.report import NOBODY, ReportReaders, ReportSide
from bot.domain.verdict import AppealOutcome, Decision
from tests.store.reporting import (
    OTHER_READER,
    READER,
    REPORTED,
    REPORTER,
    decide,
    due,
    file,
    filed,
    knows,
    met,
    reader,
    send,
    step,
    told,
    verdict,
    with_staff,
)
from tests.store.scenario import Scenario
from tests.store.undecided import OPERATOR_TOLD, close, news, opened


async def test_an_alert_of_a_second_look_that_waits(scenario: Scenario) -> None:
    """It is sent although another second look has led to another decision."""
    report_id = await opened(scenario)
    assert await decide(scenario, report_id, verdict(Decision.WARN))
    scenario.clock.pass_time(days=1)
    await news(scenario)
    appeals = scenario.store.appeals
    assert await appeals.ask(report_id, REPORTER, "Please look again.", scenario.clock.now())
    await send(scenario)
    scenario.clock.pass_time(seconds=1)
    assert await appeals.ask(report_id, REPORTED, "Please look again.", scenario.clock.now())
    assert await appeals.decide(
        report_id,
        ReportSide.REPORTER,
        reader(OTHER_READER),
        AppealOutcome.REOPENED,
        sentence="Yes.",
        now=scenario.clock.now(),
    )
    await close(scenario, report_id)
    assert (MessageKind.STAFF_ALERT, NOBODY) in await told(scenario)


async def test_an_operator_who_takes_no_alerts(scenario: Scenario) -> None:
    """One that is withdrawn before it is tried says nothing about that."""
    await with_staff(scenario, channel_id=None)
    await filed(scenario)
    await step(scenario)
    [alert] = [each for each in await due(scenario) if each.kind is MessageKind.OPERATOR_ALERT]
    fence = await scenario.fence("courier")
    await scenario.store.outbox.mark_failed(alert, reason="Cannot send", now=scenario.clock.now(), fence=fence)
    second = await file(scenario, await met(scenario, 3, 4))
    assert second.read_by is ReportReaders.NOBODY
    scenario.clock.set(second.undo_until)
    await step(scenario)
    await knows(scenario, READER)
    await close(scenario, second.report_id)
    assert MessageKind.OPERATOR_ALERT not in {kind for kind, _ in await told(scenario)}
    await knows(scenario, READER, None)
    assert (await file(scenario, await met(scenario, 5, 6))).read_by is ReportReaders.NOBODY


async def test_discord_is_away_for_long(scenario: Scenario) -> None:
    """Alerts to readers are too old then, and that to the operator arrives."""
    await opened(scenario)
    for _ in range(14):
        scenario.clock.pass_time(days=1)
        await step(scenario)
    assert await told(scenario) == OPERATOR_TOLD
