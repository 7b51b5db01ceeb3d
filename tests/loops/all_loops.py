"""All loops of the bot over one store, run round by round."""

from bot.domain.message import Delivered, Outcome
from bot.store import Fence
from bot.store.outbox import OutboxMessage
from tests.loops.factories import make_courier, make_janitor, make_matchmaker
from tests.store.scenario import Scenario


class AllLoops:
    """The loops of the process `holder`; records what was sent to whom."""

    def __init__(self, scenario: Scenario, holder: str = "test") -> None:
        self.scenario = scenario
        self.holder = holder
        self.sent: list[OutboxMessage] = []
        store, clock = scenario.store, scenario.clock
        self.matchmaker = make_matchmaker(store, clock)
        self.janitor = make_janitor(store, clock)
        self.courier = make_courier(store, clock, self._deliver)

    async def _fence(self, name: str) -> Fence:
        return await self.scenario.fence(name, self.holder)

    async def _deliver(self, message: OutboxMessage) -> Outcome:
        self.sent.append(message)
        return Delivered()

    async def run_round(self) -> None:
        """A round of each, in the order of a pairing; what a round raises would end up in the log of the loop."""
        await self.matchmaker.step(await self._fence("matchmaker"))
        await self.janitor.step(await self._fence("janitor"))
        await self.courier.step(await self._fence("courier"))
        await self.courier.in_progress.wait_for_all()

    async def run_for(self, *, minutes: int) -> None:
        for _ in range(minutes):
            self.scenario.clock.pass_time(minutes=1)
            await self.run_round()
