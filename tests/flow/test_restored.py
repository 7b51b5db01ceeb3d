"""The loops over a database that was restored from a backup: nobody hears of what was over long before."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.message import Delivered, Outcome
from bot.store.databases.sqlite_backup import back_up
from bot.store.databases.sqlite_restore import restore
from bot.store.outbox import OutboxMessage
from tests.clocks import START, VirtualClock
from tests.loops.factories import make_courier, make_janitor, make_matchmaker, open_server
from tests.store.opening import open_store
from tests.store.scenario import Scenario


@pytest.mark.parametrize("age", [timedelta(minutes=1), timedelta(days=7)])
async def test_messages_of_a_restored_database(database: Path, age: timedelta) -> None:
    """A backup with two who are invited, one who has declined and one who waits: a week later nothing is sent."""
    is_recent = age < timedelta(days=1)
    clock, copy = VirtualClock(), database.with_name("copy.db")
    async with open_store(f"sqlite:///{database}") as store:
        scenario = Scenario(store, clock)
        await open_server(store)
        await scenario.matched(1, 2)
        declined = await scenario.matched(3, 4)
        await store.browser_sessions.leave_seat(declined.seats[0], clock.now())
        await scenario.waiting(5)
        back_up(database, copy, START)
    restore(database, copy, START)
    clock.set(START + age)
    delivered: list[OutboxMessage] = []

    async def deliver(message: OutboxMessage) -> Outcome:
        delivered.append(message)
        return Delivered()

    async with open_store(f"sqlite:///{database}") as store:
        scenario = Scenario(store, clock)
        courier = make_courier(store, clock, deliver)
        for _ in range(3):
            await courier.step(await scenario.fence("courier"))
            await courier.in_progress.wait_for_all()
            await make_matchmaker(store, clock).step(await scenario.fence("matchmaker"))
            await make_janitor(store, clock).step(await scenario.fence("janitor"))
        assert bool(delivered) is is_recent
        assert (await store.matches.find_by_member(1) is not None) is is_recent
        assert (await store.outbox.next_due_at() is None) or is_recent
        assert await scenario.waiting_tickets() == []
