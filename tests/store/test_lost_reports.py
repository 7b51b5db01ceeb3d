"""Nothing that is to be told about a report gets lost, whatever else happens to it or to the bot."""

from bot.domain.message import MessageKind
from bot.domain.report import NOBODY, SEVERE_TELL_AGAIN_AFTER, ReportReaders, ReportReason, ReportSide
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
    meet,
    met,
    read_report,
    reader,
    send,
    step,
    told,
    verdict,
    with_staff,
)
from tests.store.scenario import SERVER, Scenario
from tests.store.undecided import AFTER, LATE, OPERATOR_TOLD, READERS_TOLD, close, hand_over, news, news_at, opened


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


async def test_the_bot_has_left_the_server(scenario: Scenario) -> None:
    """What could not be sent in the meantime is told once it is back, all of it."""
    await opened(scenario)
    await scenario.store.servers.leave(SERVER, scenario.clock.now())
    for _ in range(4):
        scenario.clock.pass_time(days=1)
        await step(scenario)
    await scenario.store.servers.enter([SERVER])
    assert await news(scenario) == READERS_TOLD
    assert await news_at(scenario, scenario.clock.now() + AFTER) == OPERATOR_TOLD


async def test_the_bot_has_left_the_server_when_the_operator_is_to_be_told(scenario: Scenario) -> None:
    report_id = await opened(scenario)
    await hand_over(scenario, report_id)
    await scenario.store.servers.leave(SERVER, scenario.clock.now())
    await step(scenario)
    await scenario.store.servers.enter([SERVER])
    assert await news(scenario) == OPERATOR_TOLD


async def test_the_bot_has_left_the_server_when_a_report_counts(scenario: Scenario) -> None:
    await with_staff(scenario, READER)
    reports = [await file(scenario, each) for each in await meet(scenario, *range(20, 24))]
    scenario.clock.set(reports[-1].undo_until)
    await news(scenario)
    await scenario.store.servers.leave(SERVER, scenario.clock.now())
    scenario.clock.pass_time(days=1)
    await step(scenario)
    await scenario.store.servers.enter([SERVER])
    assert (MessageKind.STAFF_ALERT, NOBODY) in await news(scenario)
    assert await read_report(scenario, reports[-1].report_id, "announced") == 1


async def test_the_bot_is_down_after_it_was_handed_over(scenario: Scenario) -> None:
    """The operator is told of it first, so nobody is told again."""
    report_id = await opened(scenario, ReportReason.SEXUAL)
    await hand_over(scenario, report_id)
    scenario.clock.pass_time(hours=2)
    assert await news(scenario) == OPERATOR_TOLD
    assert await news_at(scenario, scenario.clock.now() + 9 * AFTER) == []


async def test_the_bot_is_down_before_the_operator_alone_is_told(scenario: Scenario) -> None:
    """They have as long as ever until they are told again."""
    await with_staff(scenario, channel_id=None)
    await filed(scenario, ReportReason.SEXUAL)
    scenario.clock.pass_time(hours=2)
    at = scenario.clock.now()
    assert await news(scenario) == sorted([*OPERATOR_TOLD, (MessageKind.REPORT_RECEIVED, REPORTER)])
    assert await news_at(scenario, at + SEVERE_TELL_AGAIN_AFTER) == sorted([*OPERATOR_TOLD, LATE])


async def test_discord_is_away_until_readers_are_told_again(scenario: Scenario) -> None:
    """They get one message then, not also the one before."""
    await with_staff(scenario, READER, OTHER_READER)
    await filed(scenario)
    scenario.clock.pass_time(days=1)
    await step(scenario)
    assert [each for each in await told(scenario) if each in READERS_TOLD] == READERS_TOLD
