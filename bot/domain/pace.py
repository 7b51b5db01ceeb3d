"""Pace: how many partners a member may meet, how soon after each other, and what not coming costs."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

PARTNERS_PER_WINDOW: Final = 4
PARTNERS_WINDOW: Final = timedelta(hours=1)
PAUSE_BETWEEN_PARTNERS: Final = timedelta(minutes=2)
NO_SHOW_PAUSES: Final = (timedelta(), timedelta(minutes=10), timedelta(minutes=60))
"""After the first, the second and every further time that a member did not come."""
NO_SHOWS_FADE_AFTER: Final = timedelta(days=7)


def next_partner_at(met_at: Sequence[datetime], now: datetime) -> datetime | None:
    """When a member may look for the next partner, None if they may now.

    `met_at` has for each partner whom they met in the last `PARTNERS_WINDOW` when the two were last together.
    """
    latest = sorted(met_at, reverse=True)
    ends = [each + PAUSE_BETWEEN_PARTNERS for each in latest[:1]]
    ends += [each + PARTNERS_WINDOW for each in latest[PARTNERS_PER_WINDOW - 1 : PARTNERS_PER_WINDOW]]
    return max((end for end in ends if end > now), default=None)


def no_show_pause_ends_at(no_shows: Sequence[datetime], now: datetime) -> datetime | None:
    """When the pause for not coming ends, None if there is none.

    `no_shows` has when each match of the last `NO_SHOWS_FADE_AFTER` ended to which the member did not come.
    """
    if not no_shows:
        return None
    pause = NO_SHOW_PAUSES[min(len(no_shows), len(NO_SHOW_PAUSES)) - 1]
    end = max(no_shows) + pause
    return end if end > now else None
