"""Opened reports to which something happens while they are told again, late or by a wrong clock: told once."""

from datetime import timedelta

import pytest

from bot.domain.message import MessageKind
from bot.domain.report import (
    ANSWER_WITHIN,
    SEVERE_TELL_AGAIN_AFTER,
    ReportReason,
)
from tests.store.interleaving import just_before_writing
from tests.store.reporting import (
    OTHER_READER,
    READER,
    REPORTER,
    SECOND,
    filed,
    send,
    step,
    told,
    with_staff,
)
from tests.store.scenario import Scenario
from tests.store.undecided import (
    AFTER,
    LATE,
    OPERATOR_TOLD,
    READERS_TOLD,
    Act,
    ask,
    close,
    erase_reporter,
    hand_over,
    news,
    news_at,
    open_report,
    opened,
    recuse_operator,
    refuse_in_channel,
    renew_hold,
    take,
)


@pytest.mark.parametrize("act", [close, open_report, take, ask, hand_over, renew_hold, erase_reporter])
async def test_something_else_happens_in_that_moment(scenario: Scenario, act: Act) -> None:
    """A decision, a deletion or whatever a reader does with it wins: nothing is told that is not true any more."""
    report_id = await opened(scenario)
    scenario.clock.set(scenario.clock.now() + AFTER)
    with just_before_writing(scenario.store, lambda: act(scenario, report_id)):
        await scenario.store.report_timers.tell_again(scenario.clock.now())
    assert [each for each in await told(scenario) if each in READERS_TOLD] == []
    await news(scenario)
    later = [each for each in await news_at(scenario, scenario.clock.now() + AFTER) if each in READERS_TOLD]
    assert later == (READERS_TOLD if act in {open_report, take, renew_hold} else [])


@pytest.mark.parametrize("act", [close, recuse_operator, erase_reporter])
async def test_something_happens_while_the_operator_is_told(scenario: Scenario, act: Act) -> None:
    """They hear nothing of what is decided or not theirs to read, and once of what remains."""
    report_id = await opened(scenario)
    await hand_over(scenario, report_id)
    with just_before_writing(scenario.store, lambda: act(scenario, report_id)):
        await scenario.store.report_timers.tell_operator(scenario.clock.now())
    assert [each for each in await told(scenario) if each in OPERATOR_TOLD] == []
    later = [each for each in await news(scenario) if each in OPERATOR_TOLD]
    assert later == (OPERATOR_TOLD if act is erase_reporter else [])


async def test_it_is_decided_before_the_alerts_are_sent(scenario: Scenario) -> None:
    """They are withdrawn, those to readers and that to the operator."""
    report_id = await opened(scenario)
    scenario.clock.set(scenario.clock.now() + AFTER)
    await step(scenario)
    await hand_over(scenario, report_id)
    await step(scenario)
    assert await told(scenario) == sorted([*READERS_TOLD, *OPERATOR_TOLD])
    await close(scenario, report_id)
    assert await told(scenario) == [(MessageKind.REPORT_DECIDED, REPORTER)]


async def test_what_is_told_late_leaves_time(scenario: Scenario) -> None:
    """After a pause of the service the operator is not told in the same second: readers have as long as ever."""
    await opened(scenario, ReportReason.SEXUAL)
    at = scenario.clock.now() + 9 * AFTER
    assert await news_at(scenario, at) == READERS_TOLD
    assert await news_at(scenario, at + SEVERE_TELL_AGAIN_AFTER - SECOND) == []
    assert await news_at(scenario, at + SEVERE_TELL_AGAIN_AFTER) == OPERATOR_TOLD


async def test_a_clock_that_was_ahead_while_it_was_told(scenario: Scenario) -> None:
    """Once it is right nobody is told twice; the operator is told as if it had been right."""
    await opened(scenario)
    right = scenario.clock.now()
    assert await news_at(scenario, right + timedelta(days=9)) == READERS_TOLD
    scenario.clock.correct(days=-9)
    assert await news(scenario) == []
    await scenario.store.clock_correction.pull_back_times(scenario.clock.now())
    assert await news_at(scenario, right + 2 * AFTER - SECOND) == []
    assert await news_at(scenario, right + 2 * AFTER) == OPERATOR_TOLD
    assert await news_at(scenario, right + timedelta(days=10)) == []


@pytest.mark.parametrize("asks", [False, True])
async def test_a_clock_that_was_ahead_while_it_was_opened(scenario: Scenario, asks: bool) -> None:
    """It waits as if it had been opened, or its reporter asked, when the clock is right again."""
    await with_staff(scenario, READER, OTHER_READER)
    report = await filed(scenario)
    await news(scenario)
    scenario.clock.correct(hours=20)
    await (ask if asks else open_report)(scenario, report.report_id)
    scenario.clock.correct(hours=-20)
    for _ in range(2):
        await scenario.store.clock_correction.pull_back_times(scenario.clock.now())
    await news(scenario)
    waits_from = scenario.clock.now() + (ANSWER_WITHIN if asks else timedelta())
    assert await news_at(scenario, waits_from + AFTER - SECOND) == []
    assert await news_at(scenario, waits_from + AFTER) == READERS_TOLD


@pytest.mark.parametrize("is_opened", [False, True])
async def test_the_channel_takes_nothing_that_each_reader_is_told_anyway(scenario: Scenario, is_opened: bool) -> None:
    """So nobody is told twice."""
    await with_staff(scenario, READER, OTHER_READER)
    report = await filed(scenario)
    await news(scenario)
    if is_opened:
        await open_report(scenario, report.report_id)
    scenario.clock.set(scenario.clock.now() + AFTER)
    await step(scenario)
    await refuse_in_channel(scenario)
    assert [each for each in await told(scenario) if each != LATE] == READERS_TOLD[:-1]
    await send(scenario)
    assert await news(scenario) == []


@pytest.mark.parametrize("happens_within", [False, True])
async def test_the_channel_takes_nothing_of_what_is_decided(scenario: Scenario, happens_within: bool) -> None:
    """No reader is told of it instead."""
    await with_staff(scenario, READER, OTHER_READER)
    report = await filed(scenario)
    await refuse_in_channel(scenario)
    if happens_within:
        with just_before_writing(scenario.store, lambda: close(scenario, report.report_id)):
            await scenario.store.report_timers.tell_readers_instead(scenario.clock.now())
    else:
        await close(scenario, report.report_id)
    assert [kind for kind, _ in await news(scenario) if kind is MessageKind.READER_ALERT] == []
    assert await scenario.store.database.all("outbox.find_failed_alerts", limit=9) == []
