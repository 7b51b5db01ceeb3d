"""`python -m tests.flow.hour_ahead run …` runs `heybuddy` on a machine whose clock is an hour ahead."""

import sys
from datetime import datetime, timedelta
from unittest.mock import patch

from bot.__main__ import main
from bot.clock import SystemClock


class ClockAhead(SystemClock):
    """A clock that was set wrong."""

    def now(self) -> datetime:
        return super().now() + timedelta(hours=1)


if __name__ == "__main__":
    with patch("bot.assemble.SystemClock", ClockAhead):
        sys.exit(main())
