"""Reports that a reader has opened, what else can happen to them, and who is told of them."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeAlias

from bot.domain.message import MessageKind
from bot.domain.report import (
    NOBODY,
    TELL_AGAIN_AFTER,
    ReportReason,
)
from bot.domain.report_reader import Reader
from tests.store.opening import OPERATOR
from tests.store.reporting import (
    OTHER_READER,
    READER,
    REPORTER,
    decide,
    due,
    filed,
    reader,
    send,
    step,
    told,
    verdict,
    with_staff,
)
from tests.store.scenario import Scenario

Told: TypeAlias = Sequence[tuple[MessageKind, int]]
Act: TypeAlias = Callable[[Scenario, str], Awaitable[object]]

AFTER = TELL_AGAIN_AFTER
READERS_TOLD: Told = [
    (MessageKind.READER_ALERT, READER),
    (MessageKind.READER_ALERT, OTHER_READER),
    (MessageKind.STAFF_ALERT, NOBODY),
]
OPERATOR_TOLD: Told = [(MessageKind.OPERATOR_ALERT, OPERATOR)]
LATE = (MessageKind.REPORT_LATE, REPORTER)
THE_OPERATOR = reader(OPERATOR, is_staff=False, is_operator=True)


async def opened(scenario: Scenario, reason: ReportReason = ReportReason.HATE) -> str:
    """A report that one of two readers opens as soon as it can be read; staff have been told of it."""
    await with_staff(scenario, READER, OTHER_READER)
    report = await filed(scenario, reason)
    await news(scenario)
    await open_report(scenario, report.report_id)
    return report.report_id


async def open_report(scenario: Scenario, report_id: str, by: Reader | None = None) -> None:
    assert await scenario.store.report_desk.find(report_id, by or reader(), scenario.clock.now()) is not None


async def take(scenario: Scenario, report_id: str) -> None:
    assert await scenario.store.report_desk.take(report_id, reader(OTHER_READER), scenario.clock.now())


async def ask(scenario: Scenario, report_id: str) -> None:
    assert await scenario.store.report_desk.ask_reporter(report_id, reader(), "When?", scenario.clock.now())


async def hand_over(scenario: Scenario, report_id: str) -> None:
    assert await scenario.store.report_desk.hand_over(report_id, reader(), "Yours.", scenario.clock.now())


async def renew_hold(scenario: Scenario, report_id: str) -> None:
    assert await scenario.store.report_desk.renew_hold(report_id, reader(), "Wait.", scenario.clock.now())


async def end_hold(scenario: Scenario, report_id: str) -> None:
    assert await scenario.store.report_desk.end_hold(report_id, reader(), "Go on.", scenario.clock.now())


async def close(scenario: Scenario, report_id: str) -> None:
    assert await decide(scenario, report_id, verdict())


async def recuse_operator(scenario: Scenario, report_id: str) -> None:
    assert await scenario.store.report_desk.recuse(report_id, THE_OPERATOR, scenario.clock.now())


async def erase_reporter(scenario: Scenario, report_id: str) -> None:
    await scenario.store.personal_data.erase(REPORTER, nobody=-1, now=scenario.clock.now())


async def news(scenario: Scenario) -> Told:
    """What two steps of the janitor and the courier tell now: what one hands over the next one tells."""
    written: list[tuple[MessageKind, int]] = []
    for _ in range(2):
        await step(scenario)
        written += await told(scenario)
        await send(scenario)
    return sorted(written)


async def news_at(scenario: Scenario, moment: datetime) -> Told:
    scenario.clock.set(moment)
    return await news(scenario)


async def refuse_in_channel(scenario: Scenario) -> None:
    """Discord does not take what is due in the staff's channel."""
    fence, now = await scenario.fence("courier"), scenario.clock.now()
    for message in await due(scenario):
        if message.kind is MessageKind.STAFF_ALERT:
            await scenario.store.outbox.mark_failed(message, reason="Unknown Channel", now=now, fence=fence)
