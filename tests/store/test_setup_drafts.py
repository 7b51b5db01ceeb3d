"""What admins typed into the form of setup and is not saved yet."""

import pytest

from bot.domain.server import Server
from bot.store.servers import ChangedMeanwhile
from tests.store.scenario import SERVER, Scenario

TYPED = {"subjects": "Maths\nPhysics", "lengths": "25", "languages": "Klingon"}


async def test_each_admin_has_a_draft_in_each_server(scenario: Scenario) -> None:
    """A later one takes its place, and nobody else's is touched."""
    drafts, now = scenario.store.setup_drafts, scenario.clock.now()
    for server_id, member_id in ((SERVER, 1), (SERVER, 2), (SERVER + 1, 1)):
        await drafts.save(server_id, member_id, {"subjects": f"{server_id} {member_id}"}, now)
    await drafts.save(SERVER, 1, TYPED, now)
    assert await drafts.find(SERVER, 1) == TYPED
    assert await drafts.find(SERVER, 2) == {"subjects": f"{SERVER} 2"}
    assert await drafts.find(SERVER + 1, 1) == {"subjects": f"{SERVER + 1} 1"}
    for _ in range(2):
        await drafts.delete(SERVER, 1)
        assert await drafts.find(SERVER, 1) is None
    assert await drafts.find(SERVER, 2) is not None


async def test_a_draft_goes_with_the_settings_that_it_became(scenario: Scenario) -> None:
    """In one transaction: if the settings are not saved, the draft stays."""
    drafts, servers = scenario.store.setup_drafts, scenario.store.servers
    await drafts.save(SERVER, 1, TYPED, scenario.clock.now())
    first = await servers.save(Server(server_id=SERVER, name="Hall"), expected_version=0)
    assert await drafts.find(SERVER, 1) == TYPED
    with pytest.raises(ChangedMeanwhile):
        await servers.save(first, expected_version=0, draft_of=1)
    assert await drafts.find(SERVER, 1) == TYPED
    await servers.save(first, expected_version=first.version, draft_of=1)
    assert await drafts.find(SERVER, 1) is None
