"""Nothing that is to be told about a report gets lost, whatever else happens to it or to the bot."""

from bot.domain.message import MessageKind
from bot.domain.report import NOBODY, ReportSide
from bot.domain.verdict import AppealOutcome, Decision
from tests.store.reporting import OTHER_READER, REPORTED, REPORTER, decide, reader, send, told, verdict
from tests.store.scenario import Scenario
from tests.store.undecided import close, news, opened


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
