"""What the check of setup reads of the last days."""

from datetime import timedelta

import pytest

from bot.chat.setup.inspection import REFUSALS_OF_LINKS
from bot.domain.age_group import AgeGroup
from bot.domain.message import Delivered, Route
from bot.store.setup_figures import LOOKS_BACK, MESSAGES_LOOK_BACK, SetupFigures
from tests.store.rows import change_rows
from tests.store.scenario import SERVER, Scenario


async def figures(scenario: Scenario, server_id: int = SERVER) -> SetupFigures:
    """The figures as they are now."""
    return await scenario.store.setup_figures.read(server_id, scenario.clock.now(), refusals=REFUSALS_OF_LINKS)


async def search_alone(scenario: Scenario, member_id: int) -> None:
    """A member searches and stops before the next one comes."""
    ticket = await scenario.waiting(member_id)
    scenario.clock.pass_time(minutes=5)
    await scenario.store.tickets.stop_waiting(ticket.member_id, scenario.clock.now())
    scenario.clock.pass_time(minutes=5)


async def test_a_quiet_server_has_no_figures(scenario: Scenario) -> None:
    """Nothing has happened, so nothing is wrong."""
    assert await figures(scenario) == SetupFigures(lonely_searches={str(SERVER): 0, **no_searches()}, known_readers=0)


def no_searches() -> dict[str, int]:
    """The pools of the age groups."""
    return {f"{SERVER}:{group}": 0 for group in (AgeGroup.MINOR, AgeGroup.ADULT)}


async def test_searches_that_never_met_another_are_counted(scenario: Scenario) -> None:
    """Until two members wait at once: then the pool is not too thin. What is too old is left out."""
    for member_id in (1, 2, 1):
        await search_alone(scenario, member_id)
    assert (await figures(scenario)).lonely_searches[str(SERVER)] == 3
    assert (await figures(scenario, SERVER + 1)).lonely_searches[str(SERVER + 1)] == 0
    await scenario.waiting(3)
    scenario.clock.pass_time(minutes=1)
    await scenario.waiting(4)
    assert str(SERVER) not in (await figures(scenario)).lonely_searches
    scenario.clock.pass_time(days=LOOKS_BACK.days, minutes=1)
    assert (await figures(scenario)).lonely_searches[str(SERVER)] == 0


async def test_one_member_who_searches_twice_has_met_nobody(scenario: Scenario) -> None:
    """However closely the searches follow each other."""
    ticket = await scenario.waiting(1)
    await scenario.store.tickets.stop_waiting(ticket.member_id, scenario.clock.now())
    await scenario.waiting(1)
    assert (await figures(scenario)).lonely_searches[str(SERVER)] == 2


async def test_members_without_an_age_role_are_counted(scenario: Scenario) -> None:
    """By what Discord told of them last, and only those of this server."""
    for member_id in range(1, 5):
        await scenario.told(member_id)
    await change_rows(scenario.store, "UPDATE memberships SET age_group = 'neither' WHERE member_id < 3")
    await change_rows(scenario.store, "UPDATE memberships SET age_group = 'both' WHERE member_id = 3")
    assert (await figures(scenario)).without_age_role == 2
    assert (await figures(scenario, SERVER + 1)).without_age_role == 0
    scenario.clock.pass_time(seconds=MESSAGES_LOOK_BACK.total_seconds() + 1)
    assert (await figures(scenario)).without_age_role == 0


async def test_links_are_counted_by_the_way_they_went(scenario: Scenario) -> None:
    """Three by direct message and one as a private reply; after a day they are forgotten."""
    await scenario.matched()
    await scenario.matched(3, 4)
    fence = await scenario.fence("courier")
    due = await scenario.store.outbox.find_due(scenario.clock.now(), 10)
    assert len(due) == 4
    await scenario.store.outbox.reroute(
        due[1], Route.FOLLOW_UP, due_at=scenario.clock.now(), reason="closed", now=scenario.clock.now(), fence=fence
    )
    for message in await scenario.store.outbox.find_due(scenario.clock.now() + timedelta(seconds=1), 10):
        assert await scenario.store.outbox.mark_sent(message, Delivered(), scenario.clock.now(), fence)
    found = await figures(scenario)
    assert (found.links, found.links_not_direct, found.link_is_refused) == (4, 1, False)
    assert (await figures(scenario, SERVER + 1)).links == 0
    scenario.clock.pass_time(seconds=MESSAGES_LOOK_BACK.total_seconds() + 1)
    assert (await figures(scenario)).links == 0


@pytest.mark.parametrize("code", [240000, 200000, 50007])
async def test_a_link_that_discord_refuses_is_known_in_every_server(scenario: Scenario, code: int) -> None:
    """It is the same address everywhere; a member who takes no messages is no such refusal."""
    await scenario.matched()
    fence = await scenario.fence("courier")
    [message, _] = await scenario.store.outbox.find_due(scenario.clock.now(), 10)
    reason = f"Discord refuses the request (400, code {code}: 400 Bad Request)"
    await scenario.store.outbox.mark_failed(message, reason=reason, now=scenario.clock.now(), fence=fence)
    for server_id in (SERVER, SERVER + 1):
        assert (await figures(scenario, server_id)).link_is_refused is (code != 50007)
