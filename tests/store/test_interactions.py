"""Interactions through which a member can still be answered."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.store.interactions import CUT_OFF_AFTER, USABLE_FOR, Interaction, ShownCard
from tests.store.scenario import SERVER, Scenario

CARD = ShownCard(message_id=5, server_id=SERVER, locale="en", shows="digest", changes_at=None, changes=None)


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


async def test_a_follow_up_keeps_the_interaction_by_which_it_was_sent(scenario: Scenario) -> None:
    """A newer interaction has another token, which Discord refuses for that message."""
    interactions, now = scenario.store.interactions, scenario.clock.now()
    await interactions.save_follow_up(1, Interaction(encrypted_token="sent by", opened_at=now), "message")
    await interactions.save(1, Interaction(encrypted_token="newest", opened_at=now + timedelta(seconds=1)))
    kept = await interactions.find_follow_up(1, "message", now)
    assert (kept and kept.encrypted_token) == "sent by"
    assert await interactions.find_follow_up(1, "another", now) is None
    assert await interactions.find_follow_up(1, "message", now + USABLE_FOR) is None


async def test_of_two_cards_shown_at_once_each_replaces_one(scenario: Scenario) -> None:
    """So every former card is pointed to the newer one, and one is left."""
    interactions, now = scenario.store.interactions, scenario.clock.now()
    answers = [Interaction(encrypted_token=token, opened_at=now) for token in ("first", "second", "third")]
    cards = [replace(CARD, message_id=number) for number in (1, 2, 3)]
    await interactions.save_card(1, answers[0], cards[0], now)
    formers = await asyncio.gather(
        *(interactions.save_card(1, answer, card, now) for answer, card in zip(answers[1:], cards[1:], strict=True))
    )
    last = await interactions.find_card(1, now)
    assert sorted(each.message_id for each in (*formers, last) if each and each.message_id) == [1, 2, 3]


async def test_a_slower_answer_to_an_earlier_command_is_no_card(scenario: Scenario) -> None:
    """It is the one to point to the card; unless both answer on one message, which shows what was edited last."""
    interactions, now = scenario.store.interactions, scenario.clock.now()
    earlier = Interaction(encrypted_token="earlier", opened_at=now - timedelta(milliseconds=1))
    later = Interaction(encrypted_token="later", opened_at=now)
    assert await interactions.save_card(1, later, CARD, now) is None
    slower = await interactions.save_card(1, earlier, replace(CARD, message_id=4, shows="older"), now)
    assert slower == replace(earlier, message_id=4)
    assert await interactions.find_card(1, now) == replace(later, message_id=5)
    [stale] = await scenario.store.outbox.find_stale(now, 9)
    assert stale.shows == "digest"
    assert await interactions.save_card(1, earlier, replace(CARD, shows="edited last"), now) is None
    [stale] = await scenario.store.outbox.find_stale(now, 9)
    assert stale.shows == "edited last"
    assert await interactions.find_card(1, now) == replace(earlier, message_id=5)


async def test_the_later_of_two_interactions_is_the_newest(scenario: Scenario) -> None:
    """Also if it was saved first."""
    interactions, now = scenario.store.interactions, scenario.clock.now()
    for token, opened_at in (("later", now), ("earlier", now - timedelta(milliseconds=1))):
        await interactions.save(1, Interaction(encrypted_token=token, opened_at=opened_at))
    newest = await interactions.find_newest(1, now)
    assert newest is not None
    assert newest.encrypted_token == "later"


def opened_at(scenario: Scenario) -> Interaction:
    """An interaction that has just begun."""
    return Interaction(encrypted_token=f"of {scenario.clock.now():%X}", opened_at=scenario.clock.now())


async def test_a_search_without_an_answer_gets_a_card(scenario: Scenario) -> None:
    """Its process was killed between the two; a moment later the answer is the member's card, and drawn, once."""
    interactions, opening = scenario.store.interactions, opened_at(scenario)
    await interactions.save(1, opening)
    ticket = await scenario.waiting(1)
    scenario.clock.pass_time(seconds=CUT_OFF_AFTER.seconds)
    assert await interactions.adopt_unanswered(scenario.clock.now()) == 0, "it may still be answered"
    scenario.clock.pass_time(seconds=1)
    now = scenario.clock.now()
    assert await interactions.adopt_unanswered(now) == 1
    [drawn] = await scenario.store.outbox.find_stale(now, 9)
    assert (drawn.message.member_id, drawn.message.server_id, drawn.message.locale) == (1, SERVER, ticket.locale)
    card = await interactions.find_card(1, now)
    assert card == opening
    assert await interactions.adopt_unanswered(now) == 0


async def test_a_search_whose_answer_can_be_edited_no_longer_ends(scenario: Scenario) -> None:
    """Discord has told the member that the command failed, so nobody is matched by it."""
    await scenario.store.interactions.save(1, opened_at(scenario))
    await scenario.waiting(1)
    scenario.clock.pass_time(seconds=USABLE_FOR.seconds)
    assert await scenario.store.interactions.adopt_unanswered(scenario.clock.now()) == 1
    assert await scenario.store.tickets.find_by_member(1) is None
    assert await scenario.store.outbox.find_stale(scenario.clock.now(), 9) == []


async def test_other_searches_are_left_alone(scenario: Scenario) -> None:
    """One that was answered, one whose member has used something else since, one without an interaction."""
    interactions = scenario.store.interactions
    answered = opened_at(scenario)
    await interactions.save(1, answered)
    for member_id in (1, 2, 3):
        await scenario.waiting(member_id)
    await interactions.save_card(1, answered, CARD, scenario.clock.now())
    scenario.clock.pass_time(seconds=1)
    for member_id in (1, 2):
        await interactions.save(member_id, opened_at(scenario))
    scenario.clock.pass_time(minutes=5)
    assert await interactions.adopt_unanswered(scenario.clock.now()) == 0


async def search_beside_another_command(scenario: Scenario) -> Interaction:
    """A search that is checked for two seconds, while its member uses something that shows no card."""
    interactions, search = scenario.store.interactions, opened_at(scenario)
    await interactions.save(1, search)
    scenario.clock.pass_time(seconds=1)
    await interactions.save(1, opened_at(scenario))
    scenario.clock.pass_time(seconds=1)
    await scenario.waiting(1)
    return search


async def test_an_answered_search_keeps_its_card(scenario: Scenario) -> None:
    """Something else that the member used meanwhile does not become the card."""
    interactions, search = scenario.store.interactions, await search_beside_another_command(scenario)
    await interactions.save_card(1, search, CARD, scenario.clock.now())
    scenario.clock.pass_time(seconds=CUT_OFF_AFTER.seconds + 1)
    assert await interactions.adopt_unanswered(scenario.clock.now()) == 0
    assert await interactions.find_card(1, scenario.clock.now()) == replace(search, message_id=CARD.message_id)


async def test_an_answered_search_goes_on_after_a_pause_of_the_janitor(scenario: Scenario) -> None:
    """Its member was told that it runs, so it does not end although no token of it can be used any more."""
    search = await search_beside_another_command(scenario)
    await scenario.store.interactions.save_card(1, search, CARD, scenario.clock.now())
    scenario.clock.pass_time(seconds=USABLE_FOR.seconds)
    await scenario.store.interactions.adopt_unanswered(scenario.clock.now())
    assert await scenario.store.tickets.find_by_member(1) is not None


async def test_a_former_card_is_no_answer(scenario: Scenario) -> None:
    """A search that was cut off is shown by the newest answer that can still be edited, beside an older card."""
    interactions = scenario.store.interactions
    await interactions.save_card(1, opened_at(scenario), CARD, scenario.clock.now())
    scenario.clock.pass_time(seconds=1)
    await search_beside_another_command(scenario)
    scenario.clock.pass_time(seconds=CUT_OFF_AFTER.seconds + 1)
    assert await interactions.adopt_unanswered(scenario.clock.now()) == 1
    card = await interactions.find_card(1, scenario.clock.now())
    assert card is not None
    assert card.message_id is None
