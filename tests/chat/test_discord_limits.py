"""How Discord's limit is shared out among the chat processes."""

import pytest

from bot.chat.discord_limits import ALLOWED_TO_BOT, RESERVED, Share, allowances


@pytest.mark.parametrize("processes", [1, 2, 3, 5, 8, 12])
def test_processes_together_keep_within_the_limit(processes: int) -> None:
    """Each has something for every purpose, and the courier at least half of all, wherever it runs."""
    allowed = allowances(processes)
    of_another = sum(allowed[share].per_second for share in (Share.MEMBERS, Share.OTHER))
    together = allowed[Share.COURIER].per_second + (processes - 1) * of_another
    assert together <= ALLOWED_TO_BOT.per_second
    assert allowed[Share.COURIER].per_second >= ALLOWED_TO_BOT.per_second // 2
    assert min(allowance.per_second for allowance in allowed.values()) >= 1
    assert processes == 1 or all(allowed[share].at_once == 1 for share in RESERVED)
