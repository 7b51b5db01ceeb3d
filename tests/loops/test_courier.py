"""Delivering the outbox: order, routes, retries, logs, and nothing lost or duplicated by a crash."""

import asyncio
import logging
from datetime import timedelta

import pytest

from bot.courier import MAX_ATTEMPTS, MAX_IN_PROGRESS, Work
from bot.domain.message import (
    DELIVERIES,
    Delivered,
    MessageKind,
    Outcome,
    Refused,
    Route,
    TryAgain,
    Unauthorized,
)
from bot.leader_loop import POLL_EVERY
from bot.store import LostLease, StoreUnavailable
from bot.store.outbox import OutboxMessage, message_to_seat
from tests.loops.factories import make_courier, make_janitor, make_matchmaker, open_server
from tests.loops.manual_listener import ManualListener
from tests.loops.scripted_delivery import ScriptedDelivery, one_round
from tests.polling import TIMEOUT
from tests.store.scenario import Scenario

LOGGER = "bot.courier"


class SlowDelivery(ScriptedDelivery):
    """Delivers everything, but answers only after `go_on` is set."""

    def __init__(self) -> None:
        super().__init__(lambda _: Delivered())
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()

    async def __call__(self, message: OutboxMessage) -> Outcome:
        self.begun.set()
        await self.go_on.wait()
        return await super().__call__(message)


async def due(scenario: Scenario) -> list[tuple[int, Route]]:
    """Member and route of each message that is due."""
    messages = await scenario.store.outbox.find_due(scenario.clock.now(), 99)
    return sorted((message.member_id, message.route) for message in messages)


async def news(scenario: Scenario) -> None:
    """Let one message be due that is useful for an hour: a search has ended."""
    ticket = await scenario.waiting(1)
    scenario.clock.set(ticket.expires_at)
    await make_janitor(scenario.store, scenario.clock).step(await scenario.fence("janitor"))


async def seconds_to_next(scenario: Scenario) -> float:
    """Seconds until the next attempt is due."""
    next_due = await scenario.store.outbox.next_due_at()
    assert next_due is not None
    return (next_due - scenario.clock.now()).total_seconds()


async def test_a_message_is_delivered_once(scenario: Scenario) -> None:
    """What was delivered is not sent again."""
    await scenario.matched(1, 2)
    delivery = ScriptedDelivery(lambda _: Delivered())
    for _ in range(2):
        await one_round(scenario, delivery)
    assert sorted(message.member_id for message in delivery.attempts) == [1, 2]


async def test_a_refused_route_leads_to_the_next(scenario: Scenario) -> None:
    """Refused as a direct message: then an answer to the last interaction, then a mention, one attempt each."""
    await scenario.matched(1, 2)
    open_only = {1: {Route.DIRECT}, 2: {Route.MENTION}}

    def answer(message: OutboxMessage) -> Outcome:
        return Delivered() if message.route in open_only[message.member_id] else Refused(reason="closed")

    delivery = ScriptedDelivery(answer)
    for _ in range(4):
        await one_round(scenario, delivery)
    second = [message for message in delivery.attempts if message.member_id == 2]
    assert [message.route for message in second] == [Route.DIRECT, Route.FOLLOW_UP, Route.MENTION]
    assert len({message.invitation_id for message in second}) == 1


async def test_a_message_without_a_route_is_given_up_and_logged(
    scenario: Scenario, caplog: pytest.LogCaptureFixture
) -> None:
    """When every route was refused there is no further attempt, and the log says which one and why."""
    await scenario.matched(1, 2)
    delivery = ScriptedDelivery(lambda _: Refused(reason="closed"))
    with caplog.at_level(logging.INFO, LOGGER):
        for _ in range(6):
            scenario.clock.pass_time(minutes=1)
            await one_round(scenario, delivery)
    assert len(delivery.attempts) == 6
    assert await due(scenario) == []
    ids = {message.id for message in delivery.attempts}
    assert sorted(caplog.messages) == sorted(f"message {each} (invitation) reached nobody: closed" for each in ids)


@pytest.mark.parametrize(("byte", "share"), [(0, 0.5), (51, 0.6), (255, 1.0)])
async def test_the_backoff_doubles_up_to_five_minutes(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch, byte: int, share: float
) -> None:
    """One second, two, four … five minutes; chance takes off up to half."""
    await news(scenario)
    monkeypatch.setattr(scenario.clock, "random_bytes", lambda count: bytes([byte]) * count)
    pauses = []
    for _ in range(12):
        await one_round(scenario, ScriptedDelivery(lambda _: TryAgain(reason="busy")))
        pauses.append(await seconds_to_next(scenario))
        scenario.clock.pass_time(seconds=pauses[-1] + 1)
    full = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert pauses == pytest.approx([share * pause for pause in full], abs=0.001)


@pytest.mark.parametrize(("after", "pause"), [(599.0, 599.0), (0.25, 1.0), (3600.0, 600.0)])
async def test_a_retry_is_never_sooner_than_asked(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch, after: float, pause: float
) -> None:
    """The longer of our backoff and the time that the other side asked for, up to ten minutes."""
    await scenario.matched(1, 2)
    monkeypatch.setattr(scenario.clock, "random_bytes", lambda count: b"\xff" * count)
    answer = TryAgain(reason="slow down", after=timedelta(seconds=after))
    await one_round(scenario, ScriptedDelivery(lambda _: answer))
    assert await seconds_to_next(scenario) == pause


async def test_a_message_is_given_up_after_the_last_attempt(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Although it may still be useful; it is logged with the reason."""
    await news(scenario)
    monkeypatch.setattr(scenario.clock, "random_bytes", bytes)
    delivery = ScriptedDelivery(lambda _: TryAgain(reason="busy"))
    with caplog.at_level(logging.INFO, LOGGER):
        for _ in range(MAX_ATTEMPTS + 3):
            await one_round(scenario, delivery)
            scenario.clock.pass_time(minutes=2.5)
    assert len(delivery.attempts) == MAX_ATTEMPTS
    assert caplog.messages == [f"message {delivery.attempts[0].id} (unmatched) reached nobody: busy"]


async def test_a_message_that_cannot_be_tried_is_not_given_up(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While Discord is away only its age ends it."""
    await news(scenario)
    monkeypatch.setattr(scenario.clock, "random_bytes", bytes)
    away = ScriptedDelivery(lambda _: TryAgain(reason="connecting", attempted=False))
    for attempt in range(MAX_ATTEMPTS):
        await one_round(scenario, away)
        scenario.clock.pass_time(minutes=1 if attempt < 7 else 2.5)
    assert len(away.attempts) == MAX_ATTEMPTS
    delivery = ScriptedDelivery(lambda _: TryAgain(reason="busy"))
    await one_round(scenario, delivery)
    scenario.clock.pass_time(minutes=3)
    delivery.answer = lambda _: Delivered(message_id=1)
    await one_round(scenario, delivery)
    assert [message.attempts for message in delivery.attempts] == [0, 1], "the first failure is the first"


async def test_a_message_goes_out_soon_after_the_login(scenario: Scenario) -> None:
    """However long Discord was away: the partner may be waiting in the room already."""
    await scenario.matched(1, 2)
    away = TryAgain(reason="no connection", after=timedelta(seconds=1), attempted=False)
    delivery = ScriptedDelivery(lambda _: away)
    for _ in range(130):
        await one_round(scenario, delivery)
        scenario.clock.pass_time(seconds=1)
    delivery = ScriptedDelivery(lambda _: Delivered(message_id=1))
    scenario.clock.pass_time(seconds=1)
    await one_round(scenario, delivery)
    assert sorted(message.member_id for message in delivery.attempts) == [1, 2]


@pytest.mark.parametrize("byte", [0, 255])
async def test_a_message_is_not_sent_when_it_is_too_old(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch, byte: int
) -> None:
    """While Discord is away it is tried again and again; afterwards only as long as it is of use."""
    meeting = await scenario.matched(1, 2)
    monkeypatch.setattr(scenario.clock, "random_bytes", lambda count: bytes([byte]) * count)
    begun, useful = scenario.clock.now(), DELIVERIES[MessageKind.INVITATION].useful_for
    delivery = ScriptedDelivery(lambda _: TryAgain(reason="busy"))
    while scenario.clock.now() < begun + useful - timedelta(seconds=1):
        await one_round(scenario, delivery)
        scenario.clock.set(min(scenario.clock.now() + timedelta(minutes=1), begun + useful - timedelta(seconds=1)))
    assert {message.seat_id for message in delivery.attempts} == set(meeting.seats)
    attempts = len(delivery.attempts)
    delivery.answer = lambda _: Delivered()
    for seconds in (1, 60, 7 * 86400):
        scenario.clock.set(begun + useful + timedelta(seconds=seconds - 1))
        await one_round(scenario, delivery)
    assert len(delivery.attempts) == attempts


async def test_a_message_that_triggers_a_bug_blocks_no_other(
    scenario: Scenario, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged with its traceback and retried later; the others are sent."""
    await scenario.matched(1, 2)

    def answer(message: OutboxMessage) -> Outcome:
        if message.member_id == 1:
            raise ZeroDivisionError
        return Delivered()

    delivery = ScriptedDelivery(answer)
    await one_round(scenario, delivery)
    scenario.clock.pass_time(seconds=5)
    assert await due(scenario) == [(1, Route.DIRECT)]
    (broken,) = [message for message in delivery.attempts if message.member_id == 1]
    (record,) = caplog.records
    assert record.getMessage() == f"message {broken.id} (invitation): the attempt raised an exception"
    assert (record.levelno, record.exc_info is not None) == (logging.ERROR, True)


@pytest.mark.parametrize("lost", [LostLease("another leads"), StoreUnavailable("away")], ids=str)
async def test_an_outcome_that_cannot_be_recorded_is_logged(
    scenario: Scenario, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, lost: Exception
) -> None:
    """The message stays due, and the log says that it will be sent again and why."""
    await scenario.matched(1, 2)

    async def refuse(*_: object) -> None:
        raise lost

    monkeypatch.setattr(scenario.store.outbox, "mark_sent", refuse)
    delivery = ScriptedDelivery(lambda _: Delivered())
    await one_round(scenario, delivery)
    assert await due(scenario) == [(1, Route.DIRECT), (2, Route.DIRECT)]
    assert sorted(caplog.messages) == sorted(
        f"message {message.id} will be sent again, under the same id: {lost}" for message in delivery.attempts
    )
    assert {record.levelno for record in caplog.records} == {logging.WARNING}


async def test_killed_between_delivery_and_record(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that was delivered but not recorded is sent again from the same row: same nonce, same link."""
    await scenario.matched(1, 2)
    first = ScriptedDelivery(lambda _: Delivered())

    async def crash(*_: object) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as until_restart:
        until_restart.setattr(scenario.store.outbox, "mark_sent", crash)
        await one_round(scenario, first)
    second = ScriptedDelivery(lambda _: Delivered())
    await one_round(scenario, second)
    assert {(message.id, message.invitation_id) for message in second.attempts} == {
        (message.id, message.invitation_id) for message in first.attempts
    }


async def test_a_refused_token_stops_everything(scenario: Scenario) -> None:
    """The loop ends with Unauthorized; nothing is recorded as sent."""
    await scenario.matched(1, 2)

    def answer(_: OutboxMessage) -> Outcome:
        raise Unauthorized

    with pytest.raises(Unauthorized):
        async with asyncio.timeout(TIMEOUT):
            await make_courier(scenario.store, scenario.clock, ScriptedDelivery(answer)).run()
    assert len(await due(scenario)) == 2


async def test_a_stop_finishes_messages_in_progress(scenario: Scenario) -> None:
    """A message that is being sent during a stop is recorded, and not sent again."""
    await scenario.matched(1, 2)
    delivery = SlowDelivery()
    running = asyncio.create_task(make_courier(scenario.store, scenario.clock, delivery).run())
    await delivery.begun.wait()
    running.cancel()
    await asyncio.sleep(0)
    delivery.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert len(delivery.attempts) == 2
    assert await due(scenario) == []


async def test_the_loop_wakes_when_a_retry_is_due(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits no longer than until the next message is due."""
    await scenario.matched(1, 2)
    monkeypatch.setattr(scenario.clock, "random_bytes", bytes)  # all zero
    listener, delivery = ManualListener(), ScriptedDelivery(lambda _: TryAgain(reason="busy"))
    running = asyncio.create_task(make_courier(scenario.store, scenario.clock, delivery, listener=listener).run())
    await listener.waiting_for(0.5)
    assert listener.waits[-1] == 0.5
    running.cancel()
    await asyncio.wait([running])


async def test_overdue_messages_in_progress_do_not_make_the_loop_spin(scenario: Scenario) -> None:
    """While they are being sent, the loop waits as if nothing were due."""
    await scenario.matched(1, 2)
    listener, delivery = ManualListener(), SlowDelivery()
    running = asyncio.create_task(make_courier(scenario.store, scenario.clock, delivery, listener=listener).run())
    await listener.waiting()
    scenario.clock.pass_time(seconds=1)
    await listener.next_wait(listener.wake)
    assert listener.waits == [POLL_EVERY, POLL_EVERY]
    running.cancel()
    delivery.go_on.set()
    await asyncio.wait([running])


async def test_one_message_per_member_at_a_time(scenario: Scenario) -> None:
    """A member's second message waits until the first is delivered, so that they arrive in order."""
    meeting = await scenario.matched(1, 2)
    seat = await scenario.store.matches.find_by_seat(meeting.seats[0])
    assert seat is not None
    second = message_to_seat(MessageKind.MATCH_OVER, seat.own, message_id="second", due_at=scenario.clock.now())
    await scenario.store.matches.record_reminder(meeting.match_id, now=scenario.clock.now(), messages=[second])
    delivery = SlowDelivery()
    made, fence = make_courier(scenario.store, scenario.clock, delivery), await scenario.fence("courier")
    assert [await made.step(fence), await made.step(fence)] == [2, 0]
    delivery.go_on.set()
    await made.in_progress.wait_for_all()
    assert await made.step(fence) == 1
    await made.in_progress.wait_for_all()
    assert [message.kind for message in delivery.attempts if message.member_id == 1] == [
        MessageKind.INVITATION,
        MessageKind.MATCH_OVER,
    ]


async def test_no_more_than_fifty_messages_are_in_progress(scenario: Scenario) -> None:
    """The others wait for the next step."""
    room = MAX_IN_PROGRESS[Work.SENDING]
    for member in range(0, room + 2, 2):
        await scenario.matched(1 + member, 2 + member)
    made = make_courier(scenario.store, scenario.clock, ScriptedDelivery(lambda _: Delivered()))
    fence = await scenario.fence("courier")
    started = []
    for _ in range(3):
        started.append(await made.step(fence))
        await made.in_progress.wait_for_all()
    assert started == [room, 2, 0]


async def test_the_routes_are_tried_one_after_the_other(scenario: Scenario) -> None:
    """A direct message, an answer to an interaction, a mention."""
    await open_server(scenario.store)
    await scenario.waiting(1)
    await scenario.waiting(2)
    assert await make_matchmaker(scenario.store, scenario.clock).step(await scenario.fence()) == 1
    delivery = ScriptedDelivery(lambda _: Refused(reason="closed"))
    made = make_courier(scenario.store, scenario.clock, delivery)
    fence = await scenario.fence("courier")
    seen = []
    for _ in range(3):
        before = len(delivery.attempts)
        await made.step(fence)
        await made.in_progress.wait_for_all()
        seen.append(sorted(message.route for message in delivery.attempts[before:]))
    assert seen == [
        [Route.DIRECT, Route.DIRECT],
        [Route.FOLLOW_UP, Route.FOLLOW_UP],
        [Route.MENTION],  # the partner's follows later, so that nobody sees who meets whom
    ]
