"""Interactions through which a member can still be answered."""

from datetime import timedelta

from bot.store.interactions import USABLE_FOR
from tests.store.scenario import Scenario


async def test_the_newest_usable_interaction_counts(scenario: Scenario) -> None:
    """The one that shows the card is kept beside it; after 14 minutes neither is offered."""
    interactions, now = scenario.store.interactions, scenario.clock.now()
    second = timedelta(seconds=1)
    await interactions.save(1, "older", now - second, card=False)
    await interactions.save(1, "card", now, card=True)
    await interactions.save(1, "newest", now + second, card=False)
    newest = await interactions.find_newest(1, now + USABLE_FOR)
    card = await interactions.find_card(1, now + USABLE_FOR - second)
    assert (newest and newest.encrypted_token, card and card.encrypted_token) == ("newest", "card")
    assert await interactions.find_card(1, now + USABLE_FOR) is None
    assert await interactions.find_newest(1, now + second + USABLE_FOR) is None
    assert await interactions.find_newest(2, now) is None
