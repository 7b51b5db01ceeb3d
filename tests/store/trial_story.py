"""What happens in a trial, and what a test sees of it."""

from bot.domain.message import Delivered, MessageKind, Route
from bot.domain.trial import Trial
from bot.store.database import Row
from bot.store.matches import SeatInMatch
from bot.store.outbox import OutboxMessage
from tests.store.scenario import Scenario, TrialMeeting


async def messages(scenario: Scenario) -> list[OutboxMessage]:
    """What waits in the outbox."""
    return list(await scenario.store.outbox.find_due(scenario.clock.now(), 99))


async def send_all(scenario: Scenario, route: Route | None = None) -> None:
    """Everything that waits arrives, by its own route or another one."""
    outbox, now, fence = scenario.store.outbox, scenario.clock.now(), await scenario.fence("courier")
    for message in await messages(scenario):
        if route and message.kind is MessageKind.INVITATION:
            await outbox.reroute(message, route, due_at=now, reason="closed", now=now, fence=fence)
    for message in await messages(scenario):
        assert await outbox.mark_sent(message, Delivered(message_id=1), now, fence)


async def seat(scenario: Scenario, trial: TrialMeeting, side: int = 0) -> SeatInMatch:
    """A seat of the trial now."""
    found = await scenario.store.matches.find_by_seat(trial.seats[side])
    assert found is not None
    return found


async def trial_now(scenario: Scenario, trial: TrialMeeting) -> Trial:
    """How far the trial has come."""
    found = await scenario.store.trials.find(trial.match_id)
    assert found is not None
    return found


async def meet(scenario: Scenario, trial: TrialMeeting) -> None:
    """The admin opens both links and enters with both devices."""
    for token in trial.tokens:
        assert await scenario.redeem(token)
    await scenario.in_the_room(trial)


async def rows(scenario: Scenario, name: str, **values: int | str | None) -> list[Row]:
    """The rows of a named query."""
    return list(await scenario.store.database.all(name, **values))
