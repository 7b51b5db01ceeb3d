"""Interactions through which a member can still be answered."""

from datetime import timedelta

from bot.store.interactions import USABLE_FOR, Interaction, ShownCard
from tests.store.scenario import SERVER, Scenario

CARD = ShownCard(message_id=5, server_id=SERVER, locale="en", shows="digest", changes_at=None)


async def test_the_newest_usable_interaction_counts(scenario: Scenario) -> None:
    """The one that shows the card is kept beside it; after 14 minutes neither is offered."""
    interactions, now = scenario.store.interactions, scenario.clock.now()
    second = timedelta(seconds=1)
    await interactions.save(1, Interaction(encrypted_token="older", opened_at=now - second))
    await interactions.save_card(1, Interaction(encrypted_token="card", opened_at=now), CARD, now)
    await interactions.save(1, Interaction(encrypted_token="newest", opened_at=now + second))
    newest = await interactions.find_newest(1, now + USABLE_FOR)
    card = await interactions.find_card(1, now + USABLE_FOR - second)
    assert (newest and newest.encrypted_token, card and card.encrypted_token) == ("newest", "card")
    assert (newest and newest.message_id, card and card.message_id) == (None, 5)
    assert await interactions.find_card(1, now + USABLE_FOR) is None
    assert await interactions.find_newest(1, now + second + USABLE_FOR) is None
    assert await interactions.find_newest(2, now) is None
