"""The small subjects: servers, members, blocks, leases, orders, interactions, facts, retention."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.match import EndReason
from bot.domain.server import Audience, Server, Subject, is_open
from bot.store.servers import ChangedMeanwhile
from tests.store.scenario import SERVER, Scenario


async def test_two_admins_do_not_overwrite_each_other(scenario: Scenario) -> None:
    """Who saves over a version that is gone is told so, and everything saved comes back as it was."""
    servers = scenario.store.servers
    subjects = (Subject(name="Art"), Subject(name="Maths", group="Sciences"))
    first = await servers.save(Server(server_id=SERVER, name="Hall ✏", subjects=subjects), expected_version=0)
    assert await servers.get(SERVER) == first
    second = await servers.save(replace(first, paused=True), expected_version=first.version)
    with pytest.raises(ChangedMeanwhile):
        await servers.save(replace(first, name="Lost"), expected_version=first.version)
    assert await servers.get(SERVER) == second


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
async def test_pairing_is_on_for_adults_only(
    scenario: Scenario, audience: str, channel: int | None, paused: bool, opened: bool
) -> None:
    """Until there are pools of their own for minors, and a channel is chosen, nobody stands in the line."""
    server = Server(server_id=SERVER, name="Hall", audience=Audience(audience), channel_id=channel, paused=paused)
    await scenario.store.servers.save(server, expected_version=0)
    ticket = await scenario.waiting(1)
    assert is_open(server) is opened
    assert await scenario.store.tickets.waiting_versions() == ({ticket.id: 1} if opened else {})


async def test_blocks_and_meetings_with_those_who_wait(scenario: Scenario) -> None:
    """From both sides, and of nobody who does not wait."""
    meeting = await scenario.matched(1, 2)
    await scenario.in_the_room(meeting)
    scenario.clock.pass_time(seconds=60)
    for seat in meeting.seats:
        await scenario.store.browser_sessions.leave_seat(seat, scenario.clock.now())
    for blocker, blocked in ((1, 3), (4, 1), (1, 5)):
        await scenario.store.blocks.add(blocker, blocked, scenario.clock.now())
    assert await scenario.store.blocks.find_with_waiting([1]) == set()
    assert await scenario.store.last_meetings.find_with_waiting([1]) == {}
    for member in (2, 3, 4):
        await scenario.waiting(member)
    assert await scenario.store.blocks.find_with_waiting([1]) == {(1, 3), (4, 1)}
    assert list(await scenario.store.last_meetings.find_with_waiting([1])) == [(1, 2)]
    await scenario.waiting(1)
    assert list(await scenario.store.last_meetings.find_with_waiting([2])) == [(1, 2)]


async def test_channels_for_messages_are_remembered(scenario: Scenario) -> None:
    """The newer one holds, and wishes are not touched by it."""
    members = scenario.store.members
    assert await members.find_dm_channel(1) is None
    for channel in (7, 8):
        await members.save_dm_channel(1, channel)
    assert await members.find_dm_channel(1) == 8
    assert await members.last_wishes(1) is None


async def test_a_block_ends_what_runs_between_the_two(scenario: Scenario) -> None:
    """The match ends with the block; only who set it can take it back; both changes are safe to repeat."""
    meeting = await scenario.matched(1, 2)
    for _ in range(2):
        await scenario.store.blocks.add(1, 2, scenario.clock.now())
    seat = await scenario.store.matches.find_by_seat(meeting.seats[0])
    assert seat is not None
    assert seat.match.reason is EndReason.BLOCKED
    assert await scenario.store.blocks.blocked_by(1) == [2]
    assert await scenario.store.blocks.remove(2, 1) is False
    assert [await scenario.store.blocks.remove(1, 2) for _ in range(2)] == [True, False]


async def test_a_block_ends_two_matches_of_the_two(scenario: Scenario) -> None:
    """One that both have just left, and the one they were put into right after it."""
    first = await scenario.matched(1, 2)
    for seat in first.seats:
        await scenario.store.browser_sessions.leave_seat(seat, scenario.clock.now())
    second = await scenario.matched(1, 2)
    await scenario.store.blocks.add(1, 2, scenario.clock.now())
    for meeting in (first, second):
        view = await scenario.store.matches.find_by_seat(meeting.seats[0])
        assert view is not None
        assert view.match.reason is EndReason.BLOCKED


async def test_a_block_leaves_other_matches_alone(scenario: Scenario) -> None:
    """Somebody who meets a third person goes on meeting them."""
    await scenario.matched(1, 3)
    await scenario.store.blocks.add(1, 2, scenario.clock.now())
    assert await scenario.store.matches.find_by_member(1) is not None


async def test_one_leads_until_it_stops(scenario: Scenario) -> None:
    """The holder renews under the same number; another gets a higher one when the lease ran out or was given up."""
    leases = scenario.store.leases
    first = await leases.acquire("loop", "a", now=scenario.clock.now())
    assert first is not None
    scenario.clock.pass_time(seconds=9)
    assert await leases.acquire("loop", "a", now=scenario.clock.now()) == first
    assert await leases.acquire("loop", "b", now=scenario.clock.now()) is None
    await leases.release("loop", "b")
    assert await leases.acquire("loop", "b", now=scenario.clock.now()) is None
    await leases.release("loop", "a")
    second = await leases.acquire("loop", "b", now=scenario.clock.now())
    assert second is not None
    assert second.number == first.number + 1


async def test_orders_are_carried_out_once(scenario: Scenario) -> None:
    """What was done is not due again."""
    meeting = await scenario.matched()
    await scenario.store.browser_sessions.leave_seat(meeting.seats[0], scenario.clock.now())
    (order,) = await scenario.store.room_orders.find_due(9)
    assert (order.room_name, order.identity) == (meeting.room_name, meeting.seats[0])
    for _ in range(2):
        await scenario.store.room_orders.mark_done(order.id, scenario.clock.now())
    assert await scenario.store.room_orders.find_due(9) == []


async def test_an_interaction_is_used_for_fourteen_minutes(scenario: Scenario) -> None:
    """The newest counts; the one that shows the card is kept apart; old ones are useless, then forgotten."""
    interactions, now = scenario.store.interactions, scenario.clock.now()
    await interactions.save(1, "card", now, card=True)
    await interactions.save(1, "other", now + timedelta(seconds=1), card=False)
    newest = await interactions.find_newest(1, now + timedelta(minutes=14))
    card = await interactions.find_card(1, now + timedelta(minutes=13))
    assert (newest and newest.encrypted_token, card and card.encrypted_token) == ("other", "card")
    assert await interactions.find_card(1, now + timedelta(minutes=14)) is None


async def test_facts(scenario: Scenario) -> None:
    """The newer value holds."""
    assert await scenario.store.installation.get("commands") is None
    for value in ("a", "b"):
        await scenario.store.installation.set("commands", value)
    assert await scenario.store.installation.get("commands") == "b"


async def test_what_was_kept_long_enough_is_forgotten(scenario: Scenario) -> None:
    """A webhook's event is forgotten after an hour, and not before; live matches are not touched."""
    await scenario.matched()
    await scenario.store.presence.record_event("EV", scenario.clock.now())
    for minutes, forgotten in ((59, False), (2, True)):
        scenario.clock.pass_time(minutes=minutes)
        await scenario.store.retention.delete_expired(scenario.clock.now())
        assert await scenario.store.presence.record_event("EV", scenario.clock.now()) is forgotten
    assert await scenario.store.matches.find_by_member(1) is not None
