"""What has outlived a deletion is found again when its member is back: blocks, restrictions, and the pace."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.domain.pace import PARTNERS_WINDOW
from bot.domain.restriction import HOLD_FOR, Restriction, RestrictionKind
from bot.store.retention import ABSENT_KEPT_FOR
from bot.store.tickets import RestrictedMeanwhile
from tests.store.deleted_members import ALICE, ALICE_AWAY, BOB, erase, hold_of, met, tables_with
from tests.store.rows import change_rows, fetch_rows
from tests.store.scenario import SERVER, Scenario


async def test_a_block_holds_after_a_deletion(scenario: Scenario) -> None:
    """Also when both have deleted their data, and when the block is set again meanwhile."""
    for leavers in ((ALICE,), (BOB,), (ALICE, BOB)):
        await scenario.store.blocks.add(ALICE, BOB, scenario.clock.now())
        for leaver in leavers:
            await erase(scenario, leaver)
        assert await tables_with(scenario.store, *leavers) <= {"deletions"}
        assert not await can_match(scenario, ALICE, BOB)
        assert await scenario.store.blocks.find_with_waiting([ALICE]) == {(ALICE, BOB)}
        for member in (ALICE, BOB):
            await scenario.store.tickets.stop_waiting(member, scenario.clock.now())
        assert await scenario.store.blocks.remove(ALICE, BOB)
        assert await can_match(scenario, ALICE, BOB)
        for member in (ALICE, BOB):
            await scenario.store.tickets.stop_waiting(member, scenario.clock.now())


async def can_match(scenario: Scenario, first: int, second: int) -> bool:
    """Whether the store takes a match of these two; it is taken back at once."""
    new, meeting = scenario.match_of(await scenario.waiting(first), await scenario.waiting(second))
    if not await scenario.store.matches.create(new, fence=await scenario.fence()):
        return False
    await change_rows(scenario.store, f"DELETE FROM matches WHERE id = '{meeting.match_id}'")  # noqa: S608 -- an id
    return True


@pytest.mark.parametrize("leavers", [(ALICE,), (BOB,), (ALICE, BOB)])
async def test_a_block_can_be_removed_after_a_deletion(scenario: Scenario, leavers: Sequence[int]) -> None:
    """By the one who set it, before either searches again; not by the other."""
    await scenario.store.blocks.add(ALICE, BOB, scenario.clock.now())
    for leaver in leavers:
        await erase(scenario, leaver)
    assert not await scenario.store.blocks.remove(BOB, ALICE)
    assert await scenario.store.blocks.remove(ALICE, BOB)
    assert not await scenario.store.blocks.remove(ALICE, BOB)


async def test_a_partner_can_be_blocked_after_their_deletion(scenario: Scenario) -> None:
    """Who deletes their data before they are blocked does not escape: the block finds them when they are back."""
    meeting = await met(scenario)
    await erase(scenario)
    seat = await scenario.store.matches.find_by_seat(meeting.seats[1])
    assert seat is not None
    await scenario.store.blocks.add(BOB, seat.partner.member_id, scenario.clock.now())
    scenario.clock.pass_time(hours=2)
    assert not await can_match(scenario, ALICE, BOB)


@pytest.mark.parametrize("names", [(BOB, ALICE_AWAY), (ALICE_AWAY, BOB)])
async def test_a_block_set_in_the_moment_of_the_return(scenario: Scenario, names: tuple[int, int]) -> None:
    """It names a member by the pseudonym although they wait: no match is made all the same."""
    for first, second in ((ALICE, BOB), (BOB, ALICE)):
        new, _ = scenario.match_of(await scenario.waiting(first), await scenario.waiting(second))
        await change_rows(scenario.store, f"INSERT INTO blocks VALUES ({names[0]}, {names[1]}, 1)")  # noqa: S608 -- ids
        assert not await scenario.store.matches.create(new, fence=await scenario.fence())
        await change_rows(scenario.store, "DELETE FROM blocks")
        assert await scenario.store.matches.create(new, fence=await scenario.fence())
        await change_rows(scenario.store, "DELETE FROM matches")


async def test_a_hold_set_in_the_moment_of_the_return(scenario: Scenario) -> None:
    """The same, for either side."""
    for first, second in ((ALICE, BOB), (BOB, ALICE)):
        new, _ = scenario.match_of(await scenario.waiting(first), await scenario.waiting(second))
        await scenario.store.restrictions.add(hold_of(scenario, ALICE_AWAY), scenario.clock.now())
        assert not await scenario.store.matches.create(new, fence=await scenario.fence())
        await change_rows(scenario.store, "DELETE FROM restrictions")
        assert await scenario.store.matches.create(new, fence=await scenario.fence())
        await change_rows(scenario.store, "DELETE FROM matches")


@pytest.mark.parametrize("kind", RestrictionKind)
async def test_a_restriction_holds_after_a_deletion(scenario: Scenario, kind: RestrictionKind) -> None:
    """Until it ends; afterwards the member may search again."""
    now = scenario.clock.now()
    imposed = Restriction(id="one", kind=kind, member_id=ALICE, server_id=None, since=now, until=now + HOLD_FOR)
    await scenario.store.restrictions.add(imposed, now)
    await erase(scenario)
    assert [each.id for each in await scenario.store.restrictions.find_active(SERVER, ALICE, now)] == ["one"]
    with pytest.raises(RestrictedMeanwhile):
        await scenario.waiting(ALICE)
    scenario.clock.set(now + HOLD_FOR)
    await scenario.waiting(ALICE)


async def test_the_pace_counts_over_a_deletion(scenario: Scenario) -> None:
    """Deleting one's data is no way to meet more partners in an hour; a day later nothing is left to count."""
    meeting = await met(scenario)
    met_at = scenario.clock.now() - timedelta(seconds=11)
    await erase(scenario)
    await scenario.store.personal_data.recognize(ALICE)
    now = scenario.clock.now()
    assert await scenario.store.last_meetings.find_met_at(ALICE, now - PARTNERS_WINDOW, now) == [met_at]
    await erase(scenario)
    await scenario.store.retention.delete_expired(met_at + ABSENT_KEPT_FOR)
    assert await fetch_rows(scenario.store, "SELECT low_id, high_id FROM last_meetings") == [(ALICE_AWAY, BOB)]
    await scenario.store.retention.delete_expired(met_at + ABSENT_KEPT_FOR + timedelta(milliseconds=1))
    assert await fetch_rows(scenario.store, "SELECT * FROM last_meetings") == []
    assert await scenario.store.matches.find_by_seat(meeting.seats[0]) is not None


async def test_an_old_meeting_goes_at_once(scenario: Scenario) -> None:
    """It counts for nothing any more."""
    await met(scenario)
    scenario.clock.set(scenario.clock.now() + ABSENT_KEPT_FOR)
    await erase(scenario)
    assert await fetch_rows(scenario.store, "SELECT * FROM last_meetings") == []


async def test_recognizing_is_for_those_who_were_away(scenario: Scenario) -> None:
    """Everybody else keeps what they have; doing it again changes nothing."""
    meeting = await met(scenario)
    await erase(scenario)
    for _ in range(2):
        await scenario.store.personal_data.recognize(BOB)
        await scenario.store.personal_data.recognize(ALICE)
        seat = await scenario.store.matches.find_latest_by_member(ALICE)
        assert seat is not None
        assert (seat.own.id, seat.partner.member_id) == (meeting.seats[0], BOB)
    assert await tables_with(scenario.store, ALICE_AWAY) == {"tickets"}  # which are only counted
