"""Rules that a feature asks before it offers something: what members under 18 are never offered.

Sources: the European Commission's guidelines under Article 28 of the Digital Services Act (2025) for streaks, nudges
and what others see of minors; docs/safety.md for the rest. The features named here do not exist yet.
"""

from enum import StrEnum
from typing import Final

from bot.domain.age_group import AgeGroup


class Feature(StrEnum):
    """What is not for everybody."""

    SCREEN_SHARE = "screen_share"
    STREAKS = "streaks"
    LEADERBOARD = "leaderboard"
    SHOWN_HISTORY = "shown_history"  # whom one has met or how often, shown to others
    UNASKED_REMINDER = "unasked_reminder"
    OTHER_SERVERS = "other_servers"  # a pool together with members of other servers


NOT_FOR_MINORS: Final = frozenset(Feature)


def may_offer(feature: Feature, age_group: AgeGroup | None) -> bool:
    """Whether a member of this age group may be offered a feature; None is the group where nothing separates pools.

    Whoever has no age role, or both, counts as under 18.
    """
    return age_group in {None, AgeGroup.ADULT} or feature not in NOT_FOR_MINORS
