"""A delivery for the courier that answers as a test wants, and one round with it."""

from collections.abc import Callable

from bot.domain.message import Outcome
from bot.store.outbox import OutboxMessage
from tests.loops.factories import make_courier
from tests.store.scenario import Scenario


class ScriptedDelivery:
    """Answers each attempt as scripted, and records all of them."""

    def __init__(self, answer: Callable[[OutboxMessage], Outcome]) -> None:
        self.answer = answer
        self.attempts: list[OutboxMessage] = []

    async def __call__(self, message: OutboxMessage) -> Outcome:
        self.attempts.append(message)
        return self.answer(message)


async def one_round(scenario: Scenario, delivery: ScriptedDelivery) -> None:
    """One step; returns when every message in progress is finished."""
    made = make_courier(scenario.store, scenario.clock, delivery)
    await made.step(await scenario.fence("courier"))
    await made.in_progress.wait_for_all()
