"""The outbox delivered: order, routes, retries, and nothing lost or doubled by a crash."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.courier import A_SECOND, TRIES, Courier, Pace
from bot.domain.message import Delivered, Outcome, Refused, Route, TryAgain, Unauthorized
from bot.store.outbox import OutboxMessage
from tests.clocks import START, VirtualClock
from tests.loops.made import leadership
from tests.store.scenario import Scenario

Answer = Callable[[OutboxMessage], Outcome]


class Postman:
    """Stands where Discord would: answers as it is told, and remembers every try."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.tried: list[OutboxMessage] = []

    async def __call__(self, message: OutboxMessage) -> Outcome:
        self.tried.append(message)
        return self.answer(message)


class AtOnce(Pace):
    """Everybody's turn."""

    async def turn(self) -> None:
        return


def courier(scenario: Scenario, postman: Postman) -> Courier:
    return Courier(
        outbox=scenario.store.outbox,
        leadership=leadership(scenario, "courier"),
        deliver=postman,
        pace=AtOnce(clock=scenario.clock),
        clock=scenario.clock,
        listener=scenario.store.listen("outbox"),
    )


async def round_of(scenario: Scenario, postman: Postman) -> None:
    """One round, until nothing is in hand."""
    made = courier(scenario, postman)
    await made.step(await scenario.fence("courier"))
    await made.settled()


async def due(scenario: Scenario) -> list[tuple[int, Route]]:
    messages = await scenario.store.outbox.find_due(scenario.clock.now(), 99)
    return sorted((message.member_id, message.route) for message in messages)


async def test_delivered_once(scenario: Scenario) -> None:
    """What is there is not sent again."""
    await scenario.matched(1, 2)
    postman = Postman(lambda _: Delivered())
    for _ in range(2):
        await round_of(scenario, postman)
    assert sorted(message.member_id for message in postman.tried) == [1, 2]


async def test_closed_messages_find_another_way(scenario: Scenario) -> None:
    """Refused as a direct message: an answer to the last interaction, then a mention; one try each."""
    await scenario.matched(1, 2)
    open_only = {1: {Route.DIRECT}, 2: {Route.MENTION}}

    def answer(message: OutboxMessage) -> Outcome:
        return Delivered() if message.route in open_only[message.member_id] else Refused(reason="closed")

    postman = Postman(answer)
    for _ in range(4):
        await round_of(scenario, postman)
    ways = [message.route for message in postman.tried if message.member_id == 2]
    assert ways == [Route.DIRECT, Route.FOLLOW_UP, Route.MENTION]
    assert len({message.invitation_id for message in postman.tried if message.member_id == 2}) == 1


async def test_no_way_left(scenario: Scenario) -> None:
    """Where every route is refused for good it is tried no more."""
    await scenario.matched(1, 2)
    postman = Postman(lambda _: Refused(reason="closed"))
    for _ in range(6):
        scenario.clock.pass_time(minutes=1)
        await round_of(scenario, postman)
    assert len(postman.tried) == 6
    assert await due(scenario) == []


async def test_again_ever_more_slowly_and_not_before_it_is_asked_for(scenario: Scenario) -> None:
    """Half a second to five minutes, growing; and never sooner than the other side wants."""
    await scenario.matched(1, 2)
    postman = Postman(lambda _: TryAgain(reason="busy"))
    pauses = []
    for _ in range(12):
        await round_of(scenario, postman)
        next_due = await scenario.store.outbox.next_due_at()
        assert next_due is not None
        pauses.append((next_due - scenario.clock.now()).total_seconds())
        scenario.clock.pass_time(minutes=6)
    assert 0.5 <= pauses[0] <= 1
    assert pauses[-1] <= 300
    assert pauses[-1] >= 150
    patient = Postman(lambda _: TryAgain(reason="slow down", after=timedelta(seconds=999)))
    await round_of(scenario, patient)
    next_due = await scenario.store.outbox.next_due_at()
    assert next_due is not None
    assert (next_due - scenario.clock.now()).total_seconds() == 999


async def test_not_for_ever(scenario: Scenario) -> None:
    """After a good hour and a half of trouble a message is given up."""
    await scenario.matched(1, 2)
    postman = Postman(lambda _: TryAgain(reason="busy"))
    for _ in range(TRIES + 3):
        await round_of(scenario, postman)
        scenario.clock.pass_time(minutes=6)
    assert len(postman.tried) == 2 * TRIES


async def test_a_mistake_of_ours_stops_nobody_else(scenario: Scenario) -> None:
    """One message that breaks our code is tried again later; the others go out."""
    await scenario.matched(1, 2)

    def answer(message: OutboxMessage) -> Outcome:
        if message.member_id == 1:
            raise ZeroDivisionError
        return Delivered()

    await round_of(scenario, Postman(answer))
    scenario.clock.pass_time(seconds=5)
    assert await due(scenario) == [(1, Route.DIRECT)]


async def test_killed_between_delivery_and_record(scenario: Scenario) -> None:
    """What was delivered and not recorded is tried again: the same row, so the same nonce, with the same link."""
    await scenario.matched(1, 2)
    first = Postman(lambda _: Delivered())
    crashed = courier(scenario, first)

    async def lost(*_: object) -> None:
        raise asyncio.CancelledError

    crashed._record = lost  # type: ignore[assignment,method-assign]  # the moment of the crash
    await crashed.step(await scenario.fence("courier"))
    await asyncio.wait(crashed._in_hand.values())
    second = Postman(lambda _: Delivered())
    await round_of(scenario, second)
    assert {(message.id, message.invitation_id) for message in second.tried} == {
        (message.id, message.invitation_id) for message in first.tried
    }


async def test_a_refused_token_stops_everything(scenario: Scenario) -> None:
    """The loop ends with it; nothing is counted as sent."""
    await scenario.matched(1, 2)

    def answer(_: OutboxMessage) -> Outcome:
        raise Unauthorized

    with pytest.raises(Unauthorized):
        async with asyncio.timeout(5):
            await courier(scenario, Postman(answer)).run()
    assert len(await due(scenario)) == 2


async def test_a_stop_finishes_what_is_in_hand(scenario: Scenario) -> None:
    """A message on its way when the stop comes is recorded, and not sent again."""
    await scenario.matched(1, 2)
    begun, go_on = asyncio.Event(), asyncio.Event()

    class Slow(Postman):
        async def __call__(self, message: OutboxMessage) -> Outcome:
            begun.set()
            await go_on.wait()
            return await super().__call__(message)

    slow = Slow(lambda _: Delivered())
    running = asyncio.create_task(courier(scenario, slow).run())
    await begun.wait()
    running.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert len(slow.tried) == 2
    assert await due(scenario) == []


async def test_one_message_a_member_at_a_time(scenario: Scenario) -> None:
    """What was written first is sent first; only the card does not wait for the message."""
    meeting = await scenario.matched(1, 2)
    made = courier(scenario, Postman(lambda _: Delivered()))
    await scenario.store.blocks.add(3, 4, scenario.clock.now())
    fence = await scenario.fence("courier")
    assert await made.step(fence) == 2
    assert await made.step(fence) == 0
    await made.settled()
    assert meeting.match_id


async def test_turns() -> None:
    """At once while there are few; no second holds more than forty-five, however many come at once."""
    clock = VirtualClock()
    pace = Pace(clock=clock)
    turns: list[float] = []

    async def one() -> None:
        await pace.turn()
        turns.append((clock.now() - START).total_seconds())

    tasks = [asyncio.create_task(one()) for _ in range(3 * A_SECOND)]
    for _ in range(400):
        await asyncio.sleep(0)
        clock.pass_time(milliseconds=10)
    await asyncio.gather(*tasks)
    assert turns[:A_SECOND] == [0] * A_SECOND
    assert max(sum(begin <= turn < begin + 1 for turn in turns) for begin in turns) == A_SECOND
    assert turns == sorted(turns)
