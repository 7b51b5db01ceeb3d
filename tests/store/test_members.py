"""What we remember about a member between two searches."""

from datetime import timedelta

from bot.store.members import CLOSED_FOR
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


async def test_closed_direct_messages_are_remembered_for_a_while(scenario: Scenario) -> None:
    """Not by a clock that was ahead; wishes and channel are not affected."""
    members, now = scenario.store.members, scenario.clock.now()
    assert await members.takes_direct_messages(1, now)
    await members.close_dm_channel(1, now)
    times = (now - timedelta(seconds=1), now, now + CLOSED_FOR - timedelta(seconds=1), now + CLOSED_FOR)
    assert [await members.takes_direct_messages(1, time) for time in times] == [True, False, False, True]
    await members.save_dm_channel(1, 7, now)
    await scenario.waiting(1)
    assert not await members.takes_direct_messages(1, now)
    assert await members.find_dm_channel(1) == 7
