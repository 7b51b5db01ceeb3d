"""What members under 18 are never offered."""

import pytest

from bot.domain.age_group import AgeGroup
from bot.domain.feature_rules import Feature, may_offer


@pytest.mark.parametrize("feature", Feature)
def test_only_adults_are_offered_them(feature: Feature) -> None:
    """Nobody else: not members under 18, and not those whose age role is missing or doubled."""
    offered = {group for group in (*AgeGroup, None) if may_offer(feature, group)}
    assert offered == {AgeGroup.ADULT, None}
