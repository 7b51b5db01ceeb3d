"""The courier while there is no connection to Discord: nothing is tried or written, and nothing is lost."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.message import Delivered, NotTried, Outcome
from bot.leader_loop import POLL_EVERY
from bot.store.database import Row, Statement
from bot.store.outbox import StaleMessage
from tests.loops.factories import make_courier
from tests.loops.manual_listener import ManualListener
from tests.loops.scripted_delivery import ScriptedDelivery, one_round
from tests.store.scenario import Scenario


async def test_without_a_connection_nothing_is_tried_or_written(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long it takes, no message is touched; then all are sent within a second, in the order they were due."""
    for member in (1, 3, 5):
        await scenario.matched(member, member + 1)
        scenario.clock.pass_time(seconds=1)
    due_before = await scenario.store.outbox.find_due(scenario.clock.now(), 99)
    is_connected = False
    writes: list[str] = []
    write = scenario.store.database.write

    async def write_and_count(statements: Sequence[Statement], **options: Any) -> Sequence[Sequence[Row]]:
        writes.extend(each.name for each in statements if each.name.startswith("outbox."))
        return await write(statements, **options)

    monkeypatch.setattr(scenario.store.database, "write", write_and_count)
    listener, delivery = ManualListener(), ScriptedDelivery(lambda _: Delivered())
    made = make_courier(scenario.store, scenario.clock, delivery, listener=listener, can_send=lambda: is_connected)
    running = asyncio.create_task(made.run())
    await listener.waiting()
    for _ in range(60):
        scenario.clock.pass_time(seconds=5)
        await listener.next_wait(listener.wake)
    assert (writes, delivery.attempts, set(listener.waits)) == ([], [], {POLL_EVERY})
    is_connected = True
    await listener.next_wait(listener.wake)
    assert delivery.attempts == due_before
    running.cancel()
    await asyncio.wait([running])


async def test_without_a_connection_nothing_is_edited(scenario: Scenario) -> None:
    """What does not hold any more stays marked, and is edited as soon as there is a connection."""
    await scenario.matched(1, 2)
    changes_at = scenario.clock.now() + timedelta(minutes=30)
    await one_round(scenario, ScriptedDelivery(lambda _: Delivered(shows="then", changes_at=changes_at)))
    scenario.clock.pass_time(minutes=30)
    drawn: list[str] = []

    async def redraw(stale: StaleMessage) -> Outcome:
        drawn.append(stale.message.id)
        return Delivered(shows=stale.shows)

    fence, delivery = await scenario.fence("courier"), ScriptedDelivery(lambda _: Delivered())
    is_connected = False
    made = make_courier(scenario.store, scenario.clock, delivery, redraw=redraw, can_send=lambda: is_connected)
    assert await made.step(fence) == 0
    is_connected = True
    assert await made.step(fence) == 2
    await made.in_progress.wait_for_all()
    assert len(drawn) == 2


async def test_a_connection_that_ends_in_mid_step_moves_no_message(scenario: Scenario) -> None:
    """What was started and not tried is due as before, and is the first to be sent afterwards."""
    await scenario.matched(1, 2)
    before = await scenario.store.outbox.find_due(scenario.clock.now(), 99)
    scenario.clock.pass_time(minutes=1)
    await one_round(scenario, ScriptedDelivery(lambda _: NotTried(reason="no connection")))
    assert await scenario.store.outbox.find_due(scenario.clock.now(), 99) == before


async def test_another_process_sends_what_waited_here_without_a_connection(scenario: Scenario) -> None:
    """Leadership passes on as always; each message is sent once, by whoever leads when there is a connection."""
    await scenario.matched(1, 2)
    waiting, connected = ManualListener(), ScriptedDelivery(lambda _: Delivered())
    without = ScriptedDelivery(lambda _: Delivered())
    made = make_courier(scenario.store, scenario.clock, without, listener=waiting, can_send=lambda: False)
    running = asyncio.create_task(made.run())
    await waiting.waiting()
    running.cancel()
    await asyncio.wait([running])
    await one_round(scenario, connected)
    await one_round(scenario, connected)
    assert (without.attempts, sorted(each.member_id for each in connected.attempts)) == ([], [1, 2])
