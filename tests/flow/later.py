"""`python -m tests.flow.later run …` runs `heybuddy` with its clock past the lease of a killed process."""

import sys
from datetime import datetime, timedelta
from unittest.mock import patch

from bot.__main__ import main
from bot.clock import SystemClock
from bot.store.leases import LEASE_LENGTH

PUT_FORWARD = LEASE_LENGTH + timedelta(seconds=1)


class ForwardClock(SystemClock):
    """The machine's clock, set forward."""

    def now(self) -> datetime:
        return super().now() + PUT_FORWARD


if __name__ == "__main__":
    with patch("bot.assemble.SystemClock", ForwardClock):
        sys.exit(main())
