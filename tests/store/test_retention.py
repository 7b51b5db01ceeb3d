"""Temporary data is deleted in time, and nothing else is."""

from datetime import timedelta

import pytest

from bot.domain.message import Delivered
from bot.store.databases.sqlite import SqliteDatabase
from bot.store.retention import KEPT_FOR
from tests.store.scenario import Meeting, Scenario


async def rows_in(scenario: Scenario, table: str) -> int:
    database = scenario.store.database
    assert isinstance(database, SqliteDatabase)
    [row] = await database._reader.fetch(f"SELECT count(*) AS rows FROM {table}", {})  # noqa: S608 -- our own names
    return int(row["rows"])


@pytest.fixture
async def meeting(scenario: Scenario) -> Meeting:
    """A meeting with one row in every table that is cleaned, settled at this moment, and one pending message."""
    made = await scenario.matched(1, 2)
    now = scenario.clock.now()
    await scenario.store.presence.record_event("EV", now)
    await scenario.store.interactions.save(1, "token", now, card=True)
    assert await scenario.redeem(made.tokens[0])
    due = await scenario.store.outbox.find_due(now, 9)
    message = next(each for each in due if each.seat_id == made.seats[0])
    await scenario.store.outbox.mark_sent(message, Delivered(), now, await scenario.fence("courier"))
    await scenario.store.browser_sessions.leave_seat(made.seats[0], now)
    [order] = await scenario.store.room_orders.find_due(9)
    await scenario.store.room_orders.mark_done(order.id, now)
    return made


@pytest.mark.parametrize(("table", "age"), KEPT_FOR.items())
async def test_rows_are_deleted_when_they_were_kept_long_enough(
    scenario: Scenario, meeting: Meeting, table: str, age: timedelta
) -> None:
    """They are deleted not a millisecond earlier; deleting again deletes nothing more."""
    del meeting
    before = await rows_in(scenario, table)
    now = scenario.clock.now()
    for passed, deleted in ((age, 0), (age + timedelta(milliseconds=1), 1), (age + timedelta(milliseconds=1), 1)):
        await scenario.store.retention.delete_expired(now + passed)
        assert await rows_in(scenario, table) == before - deleted


async def test_what_is_not_settled_stays(scenario: Scenario, meeting: Meeting) -> None:
    """Pending messages, open room orders, seats and their match stay, however old they are."""
    del meeting
    other = await scenario.matched(3, 4)
    await scenario.store.browser_sessions.leave_seat(other.seats[0], scenario.clock.now())
    await scenario.store.retention.delete_expired(scenario.clock.now() + timedelta(days=999))
    assert len(await scenario.store.room_orders.find_due(9)) == 1
    assert await scenario.store.outbox.next_due_at() is not None
    assert await scenario.store.matches.find_by_seat(other.seats[0]) is not None
