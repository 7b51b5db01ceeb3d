"""What a join token grants follows from the pool of its match."""

import pytest

from bot.domain.age_group import AgeGroup
from bot.metrics import Metrics
from tests.store.scenario import Scenario
from tests.store.test_pools import ADULTS_ONLY, SEPARATED, met_in, saved
from tests.web.scripted_rooms import ScriptedRooms
from web.entry_metrics import EntryMetrics
from web.join_grant import JoinGrants


@pytest.mark.parametrize(("group", "shares"), [(None, True), (AgeGroup.ADULT, True), (AgeGroup.MINOR, False)])
async def test_members_under_18_share_no_screen(
    scenario: Scenario, rooms: ScriptedRooms, group: AgeGroup | None, shares: bool
) -> None:
    """Not even with a page of their own: LiveKit takes nothing but the camera and the microphone from them."""
    await saved(scenario, ADULTS_ONLY if group is None else SEPARATED)
    meeting = await met_in(scenario, group)
    seat = await scenario.store.matches.find_by_seat(meeting.seats[0])
    assert seat is not None
    grants = JoinGrants(rooms=rooms, clock=scenario.clock, entry_metrics=EntryMetrics(Metrics()))
    token = grants.grant_for(seat)["token"]
    assert token == f"token of {meeting.seats[0]} for {meeting.room_name}{' with the screen' if shares else ''}"
