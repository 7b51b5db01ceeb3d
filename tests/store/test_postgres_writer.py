"""PostgreSQL's writer: two processes write one list at a time, so what a list has checked holds until its commit."""

import asyncio
import random

import pytest

from bot.store import open_store
from tests.clocks import VirtualClock
from tests.store.invariants import broken_invariants
from tests.store.random_activity import RandomActivity
from tests.store.scenario import Scenario


@pytest.mark.parametrize("seed", range(3))
async def test_two_processes_at_once(postgres_url: str, clock: VirtualClock, seed: int) -> None:
    """A dozen members do everything through both, badly timed."""
    async with open_store(postgres_url) as one, open_store(postgres_url) as other:
        activities = [
            RandomActivity(Scenario(store, clock), random.Random(f"{seed} {number}"))
            for number, store in enumerate((one, other))
        ]
        for _ in range(25):
            await asyncio.gather(*(activity.act_at_once(16) for activity in activities))
        assert await broken_invariants(one) == []
