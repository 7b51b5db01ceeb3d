"""What we remember about a member between two searches."""

from tests.store.scenario import SERVER, Scenario


async def test_the_last_wishes_are_offered_again(scenario: Scenario) -> None:
    """With the server of that search; None for a member who never waited."""
    assert await scenario.store.members.last_wishes(1) is None
    ticket = await scenario.waiting(1, subject="Art", lengths=(25,))
    saved = await scenario.store.members.last_wishes(1)
    assert saved is not None
    assert (saved.wishes, saved.server_id) == (ticket.wishes, SERVER)


async def test_channels_for_direct_messages_are_remembered(scenario: Scenario) -> None:
    """The newer one replaces the older, and wishes are not affected."""
    members = scenario.store.members
    assert await members.find_dm_channel(1) is None
    for channel in (7, 8):
        await members.save_dm_channel(1, channel, scenario.clock.now())
    assert await members.find_dm_channel(1) == 8
    assert await members.last_wishes(1) is None
    await scenario.waiting(1)
    assert await members.find_dm_channel(1) == 8
