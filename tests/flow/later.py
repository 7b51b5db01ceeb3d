"""`heybuddy` some seconds later: `python -m tests.flow.later run …` runs the bot with its clock put forward."""

import sys
from datetime import datetime, timedelta
from unittest.mock import patch

from bot.__main__ import main
from bot.clock import SystemClock

LATER = timedelta(seconds=11)  # the lease of a killed process runs out after ten


class LaterClock(SystemClock):
    """The machine's clock, put forward."""

    def now(self) -> datetime:
        return super().now() + LATER


if __name__ == "__main__":
    with patch("bot.assemble.SystemClock", LaterClock):
        sys.exit(main())
