"""Leases: one leader at a time, and a former one writes nothing."""

import pytest

from bot.store import Fence, LostLease
from bot.store.database import Statement
from bot.store.leases import LEASE_LENGTH, write_fenced
from tests.store.scenario import Scenario


async def test_one_holder_leads_until_it_stops(scenario: Scenario) -> None:
    """The holder renews under the same number; the next one, after an end or a release, gets a higher number."""
    leases = scenario.store.leases
    first = await leases.acquire("loop", "a", now=scenario.clock.now())
    assert first is not None
    scenario.clock.pass_time(seconds=LEASE_LENGTH.total_seconds() - 1)
    assert await leases.acquire("loop", "a", now=scenario.clock.now()) == first
    assert await leases.acquire("loop", "b", now=scenario.clock.now()) is None
    await leases.release("loop", "b")
    assert await leases.acquire("loop", "b", now=scenario.clock.now()) is None
    await leases.release("loop", "a")
    second = await leases.acquire("loop", "b", now=scenario.clock.now())
    assert second is not None
    assert second.number == first.number + 1


@pytest.mark.parametrize("lost", ["expired", "taken over", "never held"])
async def test_a_former_leader_writes_nothing(scenario: Scenario, lost: str) -> None:
    """Its whole list is refused, whether or not another already leads."""
    fence = await scenario.fence("loop")
    if lost == "never held":
        fence = Fence(name="another loop", number=fence.number)
    else:
        scenario.clock.pass_time(seconds=LEASE_LENGTH.total_seconds())
    if lost == "taken over":
        await scenario.fence("loop", holder="other")
    store, statement = scenario.store, Statement(name="installation.set", values={"name": "a", "value": "1"})
    with pytest.raises(LostLease):
        await write_fenced(store.database, fence, scenario.clock.now(), [statement])
    assert await store.installation.get("a") is None


async def test_a_holder_that_let_its_lease_expire_leads_under_a_new_number(scenario: Scenario) -> None:
    """Another may have led meanwhile, so writes under the old number are refused."""
    leases = scenario.store.leases
    first = await leases.acquire("loop", "a", now=scenario.clock.now())
    scenario.clock.pass_time(seconds=LEASE_LENGTH.total_seconds())
    again = await leases.acquire("loop", "a", now=scenario.clock.now())
    assert first is not None
    assert again is not None
    assert again.number == first.number + 1
