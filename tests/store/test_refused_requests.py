"""What is read and kept of the requests that Discord has refused."""

from datetime import timedelta

from bot.store.refused_requests import MINUTE, RefusedRequests
from bot.store.retention import KEPT_FOR
from tests.store.scenario import Scenario

COUNTED = timedelta(minutes=10)


async def counted(scenario: Scenario) -> list[RefusedRequests]:
    """What a process reads of the others, oldest first."""
    refused = scenario.store.refused_requests
    others = await refused.read_others("mine", now=scenario.clock.now(), within=COUNTED)
    return sorted(others, key=lambda each: each.until)


async def test_only_what_counts_is_read(scenario: Scenario) -> None:
    """Of other processes, for ten minutes after the minute in which it was noted."""
    refused, noted_at = scenario.store.refused_requests, scenario.clock.now()
    for holder, count in (("mine", 7), ("other", 2), ("other", 1)):
        await refused.add(holder, count, noted_at)
    [read] = await counted(scenario)
    assert (read.count, read.until - MINUTE <= noted_at < read.until) == (3, True)
    scenario.clock.set(read.until + COUNTED)
    assert await counted(scenario) == [read]
    scenario.clock.pass_time(seconds=1)
    assert await counted(scenario) == []


async def test_what_a_clock_that_was_ahead_has_noted_is_not_read_and_deleted(scenario: Scenario) -> None:
    """Otherwise it would stay until that time has come."""
    now = scenario.clock.now()
    await scenario.store.refused_requests.add("other", 1, now + timedelta(days=400))
    assert await counted(scenario) == []
    await scenario.store.retention.delete_expired(now)
    scenario.clock.set(now + timedelta(days=400))
    assert await counted(scenario) == []


async def test_what_was_noted_an_hour_ago_is_deleted_though_no_other_request_is_refused(scenario: Scenario) -> None:
    """By the janitor; what still counts stays."""
    now = scenario.clock.now()
    await scenario.store.refused_requests.add("other", 1, now)
    await scenario.store.retention.delete_expired(now + COUNTED)
    assert len(await counted(scenario)) == 1
    await scenario.store.retention.delete_expired(now + KEPT_FOR["refused_requests"] + MINUTE)
    assert await counted(scenario) == []
