"""Concurrent random actions: no change is lost, duplicated or half done."""

import random

import pytest

from bot.domain.pseudonym import pseudonym_of
from bot.store import Store
from tests.store.invariants import broken_invariants
from tests.store.opening import PRIVACY_KEY
from tests.store.random_activity import MEMBERS, RandomActivity
from tests.store.rows import fetch_rows
from tests.store.scenario import Scenario


@pytest.mark.parametrize("seed", range(8))
async def test_concurrent_random_actions(scenario: Scenario, seed: int) -> None:
    """Members wait, meet, change devices, leave, come back, block each other and delete their data concurrently."""
    activity = RandomActivity(scenario, random.Random(seed))
    acknowledged = [result for _ in range(40) for result in await activity.act_at_once(24)]
    assert await broken_invariants(scenario.store) == []
    await assert_recognized(scenario.store)
    assert {result.split()[0] for result in acknowledged} == {"tickets", "matches"}


async def assert_recognized(store: Store) -> None:
    """Whoever waits or has a live seat is named by their id everywhere that matching reads."""
    live = await fetch_rows(
        store, "SELECT member_id FROM tickets WHERE state = 'waiting' UNION SELECT member_id FROM seats WHERE live = 1"
    )
    assert live
    for (member_id,) in live:
        assert member_id in MEMBERS
        assert await store.database.one("deletions.is_recognized", pseudonym=pseudonym_of(PRIVACY_KEY, member_id))
