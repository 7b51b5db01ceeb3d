"""The sandbox's clock: real time, moved ahead on request. Everything in the sandbox goes by it, LiveKit apart."""

from datetime import datetime, timedelta

from bot.clock import SystemClock


class ShiftedClock(SystemClock):
    """The machine's clock, `ahead` by what it was moved."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead.total_seconds()

    def shift(self, span: timedelta) -> None:
        """Move the time ahead by `span`, as if that much had passed. Sleepers go on sleeping."""
        self.ahead += span
