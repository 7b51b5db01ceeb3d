"""The settings of servers: saved as a whole, and never over another admin's change."""

from dataclasses import replace

import pytest

from bot.domain.server import Audience, Server, Subject, is_open
from bot.store.servers import ChangedMeanwhile
from tests.store.scenario import SERVER, Scenario


async def test_two_admins_do_not_overwrite_each_other(scenario: Scenario) -> None:
    """Saving over a version that is gone is refused, and everything that was saved is read back."""
    servers = scenario.store.servers
    subjects = (Subject(name="Art"), Subject(name="Maths", group="Sciences"))
    first = await servers.save(Server(server_id=SERVER, name="Hall ✏", subjects=subjects), expected_version=0)
    assert await servers.get(SERVER) == first
    second = await servers.save(replace(first, paused=True), expected_version=first.version)
    for expected_version in (0, first.version):
        with pytest.raises(ChangedMeanwhile):
            await servers.save(replace(first, name="Lost"), expected_version=expected_version)
    assert await servers.get(SERVER) == second


async def test_a_server_that_was_never_saved(scenario: Scenario) -> None:
    """It is None, and can be saved only with version 0."""
    assert await scenario.store.servers.get(SERVER) is None
    with pytest.raises(ChangedMeanwhile):
        await scenario.store.servers.save(Server(server_id=SERVER, name="Hall"), expected_version=1)
    assert await scenario.store.servers.get(SERVER) is None


@pytest.mark.parametrize(
    ("audience", "channel", "paused", "opened"),
    [
        ("adults", 1, False, True),
        ("adults", 1, True, False),
        ("adults", None, False, False),
        ("mixed", 1, False, False),
        ("unsaid", 1, False, False),
    ],
)
async def test_tickets_wait_for_a_match_in_open_servers_only(
    scenario: Scenario, audience: str, channel: int | None, paused: bool, opened: bool
) -> None:
    """The stored flag equals the domain's answer."""
    server = Server(server_id=SERVER, name="Hall", audience=Audience(audience), channel_id=channel, paused=paused)
    await scenario.store.servers.save(server, expected_version=0)
    ticket = await scenario.waiting(1)
    assert is_open(server) is opened
    assert await scenario.store.tickets.waiting_versions() == ({ticket.id: 1} if opened else {})
