"""What the janitor does for reports: late ones count, forgotten ones are told again, holds and sanctions begin."""

from collections.abc import Awaitable, Callable, Sequence

from bot.clock import Clock
from bot.store.report_timers import ReportTimers
from bot.store.restrictions import Restrictions


class ReportDuties:
    """Duties to do every second. Each changes only what is due."""

    def __init__(self, timers: ReportTimers, restrictions: Restrictions, clock: Clock) -> None:
        self._timers = timers
        self._restrictions = restrictions
        self._clock = clock

    @property
    def duties(self) -> Sequence[Callable[[], Awaitable[None]]]:
        """All of them, so that one that fails keeps none of the others from being done."""
        timers = self._timers
        steps = (
            timers.announce_late,
            self._restrictions.end_searches,
            timers.tell_readers_instead,
            timers.tell_operator,
            timers.tell_again,
            timers.begin_sanctions,
        )
        return [self._now(step) for step in steps]

    def _now(self, step: Callable[..., Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        return lambda: step(self._clock.now())
