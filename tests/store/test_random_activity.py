"""Concurrent random actions: no change is lost, duplicated or half done."""

import random

import pytest

from tests.store.invariants import broken_invariants
from tests.store.random_activity import RandomActivity
from tests.store.scenario import Scenario


@pytest.mark.parametrize("seed", range(8))
async def test_concurrent_random_actions(scenario: Scenario, seed: int) -> None:
    """Members wait, meet, change devices, leave, come back and block each other concurrently."""
    activity = RandomActivity(scenario, random.Random(seed))
    acknowledged = [result for _ in range(40) for result in await activity.act_at_once(24)]
    assert await broken_invariants(scenario.store) == []
    assert {result.split()[0] for result in acknowledged} == {"tickets", "matches"}
