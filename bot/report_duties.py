"""What the janitor does for reports: late ones count, unread ones are told again, holds and sanctions begin."""

from collections.abc import Awaitable, Callable, Sequence

from bot.clock import Clock
from bot.store.report_timers import ReportTimers


class ReportDuties:
    """Duties to do every second. Each changes only what is due; `safety_contact` is the operator, None for nobody."""

    def __init__(self, timers: ReportTimers, clock: Clock, *, safety_contact: int | None) -> None:
        self._timers = timers
        self._clock = clock
        self._safety_contact = safety_contact

    @property
    def duties(self) -> Sequence[Callable[[], Awaitable[None]]]:
        """All of them, so that one that fails keeps none of the others from being done."""
        timers = self._timers
        steps = (
            timers.announce_late,
            timers.end_held_searches,
            timers.tell_readers_instead,
            timers.escalate_unread,
            timers.begin_sanctions,
        )
        return [*(self._now(step) for step in steps), self._tell_operator]

    def _now(self, step: Callable[..., Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        return lambda: step(self._clock.now())

    async def _tell_operator(self) -> None:
        if self._safety_contact is not None:
            await self._timers.tell_operator(self._safety_contact, self._clock.now())
