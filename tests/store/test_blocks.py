"""Blocks: the blocker leaves the seat beside the blocked member for good, and no new match puts the two together."""

import pytest

from bot.domain.match import MatchState
from bot.domain.room import RoomAction
from bot.store.blocks import Blocks
from bot.store.database import Row
from tests.store.scenario import Meeting, Scenario


async def test_blocks_between_members_and_those_who_wait(scenario: Scenario) -> None:
    """They are found from both sides; a block of somebody who does not wait is left out."""
    blocks = scenario.store.blocks
    for blocker, blocked in ((1, 3), (4, 1), (1, 5)):
        await blocks.add(blocker, blocked, scenario.clock.now())
    assert await blocks.find_with_waiting([1]) == set()
    for member in (3, 4):
        await scenario.waiting(member)
    assert await blocks.find_with_waiting([1]) == {(1, 3), (4, 1)}


async def test_a_block_leaves_the_seat_for_good(scenario: Scenario) -> None:
    """Blocking again changes nothing, and only the blocker can remove the block."""
    meeting = await scenario.matched(1, 2)
    assert [await scenario.store.blocks.add(1, 2, scenario.clock.now()) for _ in range(2)] == [True, False]
    await assert_left_for_good(scenario, meeting)
    partner = await scenario.store.matches.find_by_member(2)
    assert partner is not None
    assert partner.match.state is MatchState.INVITING
    assert await scenario.store.blocks.blocked_by(1) == [2]
    assert await scenario.store.blocks.remove(2, 1) is False
    assert [await scenario.store.blocks.remove(1, 2) for _ in range(2)] == [True, False]


async def test_the_blocker_is_removed_from_the_room(scenario: Scenario) -> None:
    """The order is there at once, and the room stays open for the partner."""
    meeting = await scenario.matched(1, 2)
    await scenario.in_the_room(meeting)
    await scenario.store.blocks.add(1, 2, scenario.clock.now())
    [order] = await scenario.store.room_orders.find_due(9)
    assert (order.action, order.identity, order.room_name) == (RoomAction.REMOVE, meeting.seats[0], meeting.room_name)


async def test_a_block_after_leaving_prevents_the_undo(scenario: Scenario) -> None:
    """A seat that was left a moment ago stays left, even if the block is removed again."""
    meeting = await scenario.matched(1, 2)
    await scenario.store.browser_sessions.leave_seat(meeting.seats[0], scenario.clock.now())
    assert await scenario.store.blocks.add(1, 2, scenario.clock.now()) is False
    await scenario.store.blocks.remove(1, 2)
    await assert_left_for_good(scenario, meeting)


async def test_a_block_concerns_two_matches_of_the_two(scenario: Scenario) -> None:
    """One in which they have met and which both have just left, and the one that followed it."""
    first = await scenario.matched(1, 2)
    await scenario.in_the_room(first)
    for seat in first.seats:
        await scenario.store.browser_sessions.leave_seat(seat, scenario.clock.now())
    second = await scenario.matched(1, 2)
    assert await scenario.store.blocks.add(1, 2, scenario.clock.now())
    for meeting in (first, second):
        await assert_left_for_good(scenario, meeting)


async def test_the_blocked_member_can_undo_leaving(scenario: Scenario) -> None:
    """As after any other leave: a refusal would give the block away."""
    meeting = await scenario.matched(1, 2)
    await scenario.redeem(meeting.tokens[1])
    await scenario.store.browser_sessions.leave_seat(meeting.seats[1], scenario.clock.now())
    await scenario.store.blocks.add(1, 2, scenario.clock.now())
    assert await scenario.store.browser_sessions.undo_leaving(meeting.seats[1], scenario.clock.now())


async def test_a_block_leaves_other_matches_alone(scenario: Scenario) -> None:
    """The matches of both with other members go on."""
    await scenario.matched(1, 3)
    await scenario.matched(2, 4)
    assert await scenario.store.blocks.add(1, 2, scenario.clock.now()) is False
    for member in (1, 2):
        assert await scenario.store.matches.find_by_member(member) is not None


@pytest.mark.parametrize("meanwhile", ["a match begins", "the seat is left"])
async def test_what_happens_during_the_block_counts_too(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    """The block looks for a seat first; a change before it is written makes it look again."""
    blocks, find = scenario.store.blocks, Blocks._find_seat_beside
    meetings = [] if meanwhile == "a match begins" else [await scenario.matched(1, 2)]
    looks: list[Row | None] = []

    async def look_just_before_the_change(self: Blocks, member_id: int, partner_id: int) -> Row | None:
        looks.append(await find(self, member_id, partner_id))
        if len(looks) == 1 and meetings:
            await scenario.store.browser_sessions.leave_seat(meetings[0].seats[0], scenario.clock.now())
        elif len(looks) == 1:
            meetings.append(await scenario.matched(1, 2))
        return looks[-1]

    monkeypatch.setattr(Blocks, "_find_seat_beside", look_just_before_the_change)
    await blocks.add(1, 2, scenario.clock.now())
    assert len(looks) == 2
    await assert_left_for_good(scenario, meetings[0])


async def assert_left_for_good(scenario: Scenario, meeting: Meeting) -> None:
    """The first seat is left, and that cannot be undone."""
    seat = await scenario.store.matches.find_by_seat(meeting.seats[0])
    assert seat is not None
    assert (seat.own.left_at, seat.undo_until) == (scenario.clock.now(), None)
    assert await scenario.store.browser_sessions.undo_leaving(meeting.seats[0], scenario.clock.now()) is False
