"""Blocks: they end the live match of two members, and prevent new ones."""

from collections.abc import Sequence

import pytest

from bot.domain.match import EndReason
from bot.store.blocks import Blocks
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


async def test_a_block_ends_the_match_of_the_two(scenario: Scenario) -> None:
    """Blocking again changes nothing, and only the blocker can remove the block."""
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
    """One in which they have met and which both have just left, and the one that followed it."""
    first = await scenario.matched(1, 2)
    await scenario.in_the_room(first)
    for seat in first.seats:
        await scenario.store.browser_sessions.leave_seat(seat, scenario.clock.now())
    second = await scenario.matched(1, 2)
    await scenario.store.blocks.add(1, 2, scenario.clock.now())
    for meeting in (first, second):
        found = await scenario.store.matches.find_by_seat(meeting.seats[0])
        assert found is not None
        assert found.match.reason is EndReason.BLOCKED


async def test_a_block_leaves_other_matches_alone(scenario: Scenario) -> None:
    """A match with a third member goes on."""
    await scenario.matched(1, 3)
    await scenario.store.blocks.add(1, 2, scenario.clock.now())
    assert await scenario.store.matches.find_by_member(1) is not None


async def test_a_match_that_begins_during_the_block_is_ended_too(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The block looks for matches first; one that begins before it is written makes it look again."""
    blocks, find = scenario.store.blocks, Blocks._live_matches
    meetings: list[Meeting] = []

    async def find_just_before_a_match(self: Blocks, member_id: int, other_id: int) -> Sequence[str]:
        found = await find(self, member_id, other_id)
        if not meetings:
            meetings.append(await scenario.matched(1, 2))
        return found

    monkeypatch.setattr(Blocks, "_live_matches", find_just_before_a_match)
    await blocks.add(1, 2, scenario.clock.now())
    seat = await scenario.store.matches.find_by_seat(meetings[0].seats[0])
    assert seat is not None
    assert seat.match.reason is EndReason.BLOCKED
