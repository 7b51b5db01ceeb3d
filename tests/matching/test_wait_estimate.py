"""The numbers of minutes that members see."""

import pytest

from bot.matching.wait_estimate import SHOWN_MINUTES, rounded_minutes


@pytest.mark.parametrize(
    ("seconds", "minutes"),
    [(0, 0), (41, 0), (43, 1), (90, 2), (155, 2), (160, 3), (300, 5), (480, 8), (700, 12), (3600, 20)],
)
def test_minutes_are_rounded(seconds: float, minutes: int) -> None:
    """To one of a few numbers."""
    assert rounded_minutes(seconds) == minutes
    assert minutes in SHOWN_MINUTES
