"""LiveKit's list of participants overrides earlier webhooks."""

from collections.abc import Mapping, Sequence

import pytest

from bot.domain.match import EMPTY_ROOM_ENDS_AFTER, MatchState
from bot.domain.room import Participant
from tests.store.scenario import Meeting, Scenario
from tests.web.endings import end_match
from tests.web.scripted_rooms import ScriptedRooms
from web.part import WebPart
from web.presence_sweep import PresenceSweep
from web.problems import HttpProblem
from web.room_presence import RoomPresence


@pytest.fixture
def sweep(scenario: Scenario, rooms: ScriptedRooms) -> PresenceSweep:
    store = scenario.store
    room_presence = RoomPresence(presence=store.presence, matches=store.matches, rooms=rooms, clock=scenario.clock)
    return PresenceSweep(presence=store.presence, rooms=rooms, room_presence=room_presence)


async def present_sides(scenario: Scenario, meeting: Meeting) -> list[int]:
    """The sides that are in the room, as the store knows it."""
    seat = await scenario.store.matches.find_by_seat(meeting.seats[0])
    assert seat is not None
    return [side for side, place in enumerate((seat.own, seat.partner)) if place.present]


def put_inside(rooms: ScriptedRooms, meeting: Meeting, sides: Sequence[int], *strangers: str) -> None:
    """Let LiveKit have these participants in the room."""
    identities = [*(meeting.seats[side] for side in sides), *strangers]
    rooms.inside[meeting.room_name] = {identity: f"PA_{identity}" for identity in identities}


@pytest.mark.parametrize("listed", [[], [0], [1], [0, 1]])
@pytest.mark.parametrize("recorded", [[], [0], [1], [0, 1]])
async def test_the_list_decides(
    scenario: Scenario,
    meeting: Meeting,
    rooms: ScriptedRooms,
    sweep: PresenceSweep,
    recorded: list[int],
    listed: list[int],
) -> None:
    """After a sweep the store equals LiveKit's list, even if the webhooks said the opposite."""
    if recorded:
        await scenario.in_the_room(meeting, *recorded)
    put_inside(rooms, meeting, listed)
    for _ in range(2):
        await sweep.check_rooms()
        assert await present_sides(scenario, meeting) == listed
    assert rooms.calls_of("remove_participant") == []


async def test_a_sweep_alone_starts_and_empties_a_meeting(
    scenario: Scenario, meeting: Meeting, rooms: ScriptedRooms, sweep: PresenceSweep
) -> None:
    """With every webhook lost, the meeting begins and later counts as empty."""
    put_inside(rooms, meeting, [0, 1])
    await sweep.check_rooms()
    seat = await scenario.store.matches.find_by_seat(meeting.seats[0])
    assert seat is not None
    assert seat.match.state is MatchState.MEETING
    put_inside(rooms, meeting, [])
    await sweep.check_rooms()
    scenario.clock.pass_time(seconds=EMPTY_ROOM_ENDS_AFTER.total_seconds())
    assert await scenario.store.matches.finished_meetings(scenario.clock.now()) == [meeting.match_id]


async def test_strangers_are_removed(
    scenario: Scenario, meeting: Meeting, rooms: ScriptedRooms, sweep: PresenceSweep
) -> None:
    """Participants without a seat are removed; those with one stay and are recorded."""
    put_inside(rooms, meeting, [1], "one", "two")
    await sweep.check_rooms()
    assert rooms.inside[meeting.room_name].keys() == {meeting.seats[1]}
    assert await present_sides(scenario, meeting) == [1]


async def test_a_seat_that_was_given_up_is_removed(
    scenario: Scenario, meeting: Meeting, rooms: ScriptedRooms, sweep: PresenceSweep
) -> None:
    """The member has left, but the browser is still in the room."""
    put_inside(rooms, meeting, [0, 1])
    await scenario.store.browser_sessions.leave_seat(meeting.seats[0], scenario.clock.now())
    await sweep.check_rooms()
    assert rooms.inside[meeting.room_name].keys() == {meeting.seats[1]}
    assert await present_sides(scenario, meeting) == [1]


@pytest.mark.parametrize("before", [None, "PA_old"])
@pytest.mark.parametrize("reported", ["PA_new", None])
async def test_a_report_that_comes_while_livekit_is_asked(
    scenario: Scenario,
    meeting: Meeting,
    rooms: ScriptedRooms,
    sweep: PresenceSweep,
    monkeypatch: pytest.MonkeyPatch,
    before: str | None,
    reported: str | None,
) -> None:
    """It stays, whatever the older list says; the next list decides."""
    seat, presence, now = meeting.seats[0], scenario.store.presence, scenario.clock.now()
    first = "PA_first"
    await presence.participant_joined(seat, first, meeting.room_name, now)
    list_participants = rooms.list_participants

    async def answer_late(room_name: str) -> Mapping[str, Participant]:
        if reported:
            await presence.participant_joined(seat, reported, room_name, now)
        else:
            await presence.participant_left(seat, first, room_name, now)
        return {seat: Participant(sid=before)} if before else {}

    with monkeypatch.context() as patched:
        patched.setattr(rooms, "list_participants", answer_late)
        await sweep.check_rooms()
    assert await present_sides(scenario, meeting) == ([0] if reported else [])
    rooms.inside[meeting.room_name] = {} if reported else {seat: "PA_newest"}
    listed = await list_participants(meeting.room_name)
    assert {identity: each.sid for identity, each in listed.items()} == rooms.inside[meeting.room_name]
    await sweep.check_rooms()
    assert await present_sides(scenario, meeting) == ([] if reported else [0])


async def test_a_seat_that_is_taken_back_while_livekit_is_asked(
    scenario: Scenario, meeting: Meeting, rooms: ScriptedRooms, sweep: PresenceSweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its member is no stranger: nobody is removed, and they count as present."""
    store, now, list_participants = scenario.store, scenario.clock.now(), rooms.list_participants
    assert await scenario.redeem(meeting.tokens[0])
    await scenario.in_the_room(meeting, 0)
    put_inside(rooms, meeting, [0])
    await store.browser_sessions.leave_seat(meeting.seats[0], now)

    async def answer_late(room_name: str) -> Mapping[str, Participant]:
        assert await store.browser_sessions.undo_leaving(meeting.seats[0], now)
        return await list_participants(room_name)

    monkeypatch.setattr(rooms, "list_participants", answer_late)
    await sweep.check_rooms()
    assert rooms.calls_of("remove_participant") == []
    assert await present_sides(scenario, meeting) == [0]


async def test_a_stranger_who_cannot_be_removed(
    scenario: Scenario, meeting: Meeting, sweep: PresenceSweep, rooms: ScriptedRooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sweep stops and records nothing of that room; the next one makes up for it."""

    async def refuse(_room_name: str, _identity: str) -> None:
        raise HttpProblem("video_unreachable")

    put_inside(rooms, meeting, [0], "stranger")
    with monkeypatch.context() as patched:
        patched.setattr(rooms, "remove_participant", refuse)
        with pytest.raises(HttpProblem, match="video_unreachable"):
            await sweep.check_rooms()
    assert await present_sides(scenario, meeting) == []
    await sweep.check_rooms()
    assert rooms.inside[meeting.room_name].keys() == {meeting.seats[0]}
    assert await present_sides(scenario, meeting) == [0]


async def test_while_livekit_fails_nobody_leaves(
    scenario: Scenario, meeting: Meeting, rooms: ScriptedRooms, sweep: PresenceSweep
) -> None:
    """No answer does not mean an empty room."""
    await scenario.in_the_room(meeting)
    rooms.problem = "video_unreachable"
    with pytest.raises(HttpProblem, match="video_unreachable"):
        await sweep.check_rooms()
    assert await present_sides(scenario, meeting) == [0, 1]


async def test_only_rooms_in_use_are_asked_about(
    scenario: Scenario, meeting: Meeting, rooms: ScriptedRooms, sweep: PresenceSweep
) -> None:
    """The room of every live match is listed once; the room of a match that has ended is not."""
    others = [await scenario.matched(3, 4), await scenario.matched(5, 6)]
    await end_match(scenario, meeting)
    await sweep.check_rooms()
    assert sorted(rooms.calls) == sorted(("list_participants", other.room_name) for other in others)


async def test_the_web_part_sweeps(
    scenario: Scenario, meeting: Meeting, rooms: ScriptedRooms, web_part: WebPart
) -> None:
    """The loop that the web part runs sweeps in its first step."""
    put_inside(rooms, meeting, [0])
    await web_part.room_order_loop(rooms).step(await scenario.fence("rooms"))
    assert await present_sides(scenario, meeting) == [0]
