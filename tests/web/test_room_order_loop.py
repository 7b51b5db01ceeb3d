"""Orders are carried out at LiveKit in time, and repeated until they succeed."""

import asyncio
import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.store import Fence
from tests.polling import TIMEOUT
from tests.store.scenario import Meeting, Scenario
from tests.web.endings import end_match
from tests.web.scripted_rooms import ScriptedRooms
from web.part import WebPart
from web.room_order_loop import SWEEP_EVERY, RoomOrderLoop


@pytest.fixture
def loop(web_part: WebPart, rooms: ScriptedRooms) -> RoomOrderLoop:
    return web_part.room_order_loop(rooms)


@pytest.fixture
async def fence(scenario: Scenario) -> Fence:
    return await scenario.fence("rooms")


@pytest.fixture
def everybody_inside(rooms: ScriptedRooms, meeting: Meeting) -> dict[str, str]:
    """Both participants are in the room at LiveKit."""
    return rooms.inside.setdefault(meeting.room_name, dict(zip(meeting.seats, ("PA_0", "PA_1"), strict=True)))


async def leave(scenario: Scenario, meeting: Meeting, side: int = 0) -> None:
    """Give up a seat, which orders its removal from the room."""
    assert await scenario.store.browser_sessions.leave_seat(meeting.seats[side], scenario.clock.now())


@pytest.mark.usefixtures("everybody_inside")
async def test_a_room_is_closed_once(
    scenario: Scenario, meeting: Meeting, loop: RoomOrderLoop, fence: Fence, rooms: ScriptedRooms
) -> None:
    """The end of a match closes its room; later steps do not close it again."""
    await end_match(scenario, meeting)
    for _ in range(3):
        await loop.step(fence)
    assert rooms.inside == {}
    assert rooms.calls_of("close_room") == [("close_room", meeting.room_name)]


async def test_a_participant_is_removed_once(
    scenario: Scenario,
    meeting: Meeting,
    loop: RoomOrderLoop,
    fence: Fence,
    rooms: ScriptedRooms,
    everybody_inside: dict[str, str],
) -> None:
    """The member who gave up the seat is removed and the partner stays, in the same room."""
    await leave(scenario, meeting)
    for _ in range(3):
        await loop.step(fence)
    assert everybody_inside.keys() == {meeting.seats[1]}
    assert rooms.calls_of("remove_participant") == [("remove_participant", meeting.room_name, meeting.seats[0])]


@pytest.mark.usefixtures("everybody_inside")
async def test_leaving_that_was_undone_removes_nobody(
    scenario: Scenario, meeting: Meeting, loop: RoomOrderLoop, fence: Fence, rooms: ScriptedRooms
) -> None:
    """An undo in time takes the order back."""
    assert await scenario.redeem(meeting.tokens[0])
    await leave(scenario, meeting)
    assert await scenario.store.browser_sessions.undo_leaving(meeting.seats[0], scenario.clock.now())
    await loop.step(fence)
    assert rooms.calls_of("remove_participant") == []


async def test_leaving_that_is_undone_in_the_middle_of_a_step_removes_nobody(
    scenario: Scenario,
    meeting: Meeting,
    loop: RoomOrderLoop,
    fence: Fence,
    rooms: ScriptedRooms,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An undo that comes while LiveKit is slow to carry out an earlier order."""
    other = await scenario.matched(3, 4)
    await leave(scenario, other)
    await leave(scenario, meeting)
    remove = rooms.remove_participant

    async def undo_and_remove(room_name: str, identity: str) -> None:
        assert await scenario.store.browser_sessions.undo_leaving(meeting.seats[0], scenario.clock.now())
        await remove(room_name, identity)

    monkeypatch.setattr(rooms, "remove_participant", undo_and_remove)
    await loop.step(fence)
    assert rooms.calls_of("remove_participant") == [("remove_participant", other.room_name, other.seats[0])]


@pytest.mark.parametrize("problem", ["video_not_configured", "video_refused_our_key", "video_unreachable"])
async def test_livekit_fails_and_comes_back(
    scenario: Scenario,
    meeting: Meeting,
    loop: RoomOrderLoop,
    rooms: ScriptedRooms,
    everybody_inside: dict[str, str],
    problem: str,
) -> None:
    """Orders wait for as long as it takes, keep their order, and are then all carried out."""
    await leave(scenario, meeting)
    await end_match(scenario, meeting)
    rooms.problem = problem
    for _ in range(100):
        scenario.clock.pass_time(seconds=1)
        await loop.step(await scenario.fence("rooms"))
    assert len(everybody_inside) == 2
    assert len(await scenario.store.room_orders.find_due(9)) == 2
    rooms.calls.clear()
    rooms.problem = None
    await loop.step(await scenario.fence("rooms"))
    assert rooms.inside == {}
    assert [call[0] for call in rooms.calls if call[0] != "check_connection"] == ["remove_participant", "close_room"]
    assert await scenario.store.room_orders.find_due(9) == []


async def test_a_room_that_livekit_cannot_close_keeps_no_other_waiting(
    scenario: Scenario, meeting: Meeting, loop: RoomOrderLoop, fence: Fence, rooms: ScriptedRooms
) -> None:
    """Its orders stay due, in their order; those of other rooms are carried out, and rooms in use are looked at."""
    others = [await scenario.matched(3, 4), await scenario.matched(5, 6)]
    await leave(scenario, meeting)
    await end_match(scenario, meeting)
    await end_match(scenario, others[0])
    rooms.broken = {meeting.room_name}
    rooms.inside[others[1].room_name] = {others[1].seats[0]: "PA_0"}
    await loop.step(fence)
    assert rooms.calls_of("close_room") == [("close_room", others[0].room_name)]
    assert [order.action for order in await scenario.store.room_orders.find_due(9)] == ["remove", "close"]
    seat = await scenario.store.matches.find_by_seat(others[1].seats[0])
    assert seat is not None
    assert seat.own.present
    assert not await scenario.is_outage_on()
    rooms.broken = set()
    await loop.step(fence)
    assert await scenario.store.room_orders.find_due(9) == []


async def test_a_room_that_cannot_be_looked_at_keeps_no_other_waiting(
    scenario: Scenario, loop: RoomOrderLoop, fence: Fence, rooms: ScriptedRooms
) -> None:
    """The others are looked at as often as ever, whichever room it is, and nobody is taken for absent."""
    meetings = [await scenario.matched(number, number + 1) for number in (1, 3, 5)]
    await scenario.in_the_room(meetings[0], 0)
    for broken in meetings:
        rooms.broken = {broken.room_name}
        for each in meetings:
            rooms.inside[each.room_name] = {each.seats[0]: "PA_0"}
        await loop.step(fence)
        for each in meetings:
            seat = await scenario.store.matches.find_by_seat(each.seats[0])
            assert seat is not None
            assert seat.own.present or each is broken
        scenario.clock.pass_time(seconds=SWEEP_EVERY.total_seconds())
    assert len(rooms.calls_of("list_participants")) == 9


async def test_an_order_whose_answer_is_lost(
    scenario: Scenario,
    meeting: Meeting,
    loop: RoomOrderLoop,
    fence: Fence,
    rooms: ScriptedRooms,
    everybody_inside: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is repeated, which does no harm, but not after the member has taken the seat back."""
    remove = rooms.remove_participant

    async def remove_and_fall_silent(room_name: str, identity: str) -> None:
        await remove(room_name, identity)
        rooms.problem = "video_unreachable"
        rooms._record("no answer")

    assert await scenario.redeem(meeting.tokens[0])
    for undoes in (False, True):
        everybody_inside[meeting.seats[0]] = "PA_0"
        rooms.calls.clear()
        await leave(scenario, meeting)
        with monkeypatch.context() as patched:
            patched.setattr(rooms, "remove_participant", remove_and_fall_silent)
            await loop.step(fence)
        assert everybody_inside.keys() == {meeting.seats[1]}
        rooms.problem = None
        if undoes:
            assert await scenario.store.browser_sessions.undo_leaving(meeting.seats[0], scenario.clock.now())
            everybody_inside[meeting.seats[0]] = "PA_again"
        await loop.step(fence)
        assert len(rooms.calls_of("remove_participant")) == (1 if undoes else 2)
        assert (meeting.seats[0] in everybody_inside) is undoes
        if not undoes:
            assert await scenario.store.browser_sessions.undo_leaving(meeting.seats[0], scenario.clock.now())


async def test_a_problem_is_logged_once(
    scenario: Scenario,
    meeting: Meeting,
    loop: RoomOrderLoop,
    fence: Fence,
    rooms: ScriptedRooms,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """There is a warning with the reason for each new problem, and a line for the recovery, but not one per step."""
    await leave(scenario, meeting)
    caplog.set_level(logging.INFO, "web.room_order_loop")
    for problem in ("video_unreachable", "video_unreachable", "video_refused_our_key", "video_refused_our_key", None):
        rooms.problem = problem
        await loop.step(fence)
    rooms.problem = "video_refused_our_key"
    await leave(scenario, meeting, 1)
    await loop.step(fence)
    waiting = "rooms wait to be closed and looked at, because the test says"
    assert caplog.messages == [
        f"{waiting} video_unreachable",
        f"{waiting} video_refused_our_key",
        "rooms are closed and looked at again",
        f"{waiting} video_refused_our_key",
    ]


async def test_a_sweep_every_twenty_seconds(
    scenario: Scenario, meeting: Meeting, loop: RoomOrderLoop, fence: Fence, rooms: ScriptedRooms
) -> None:
    """The first step sweeps, then none before its time."""
    await loop.step(fence)
    assert rooms.calls == [("list_participants", meeting.room_name)]
    scenario.clock.pass_time(seconds=SWEEP_EVERY.total_seconds() - 0.001)
    await loop.step(fence)
    assert len(rooms.calls) == 1
    scenario.clock.pass_time(seconds=0.001)
    await loop.step(fence)
    assert len(rooms.calls) == 2


@pytest.mark.usefixtures("meeting")
async def test_a_failed_sweep_is_repeated_in_the_next_step(
    loop: RoomOrderLoop, fence: Fence, rooms: ScriptedRooms
) -> None:
    """Nobody waits twenty seconds for a sweep that did not work."""
    rooms.problem = "video_unreachable"
    await loop.step(fence)
    rooms.problem = None
    await loop.step(fence)
    assert len(rooms.calls_of("list_participants")) == 2
    await loop.step(fence)
    assert len(rooms.calls_of("list_participants")) == 2


async def test_a_sweep_follows_at_once_when_livekit_is_back(
    scenario: Scenario, meeting: Meeting, loop: RoomOrderLoop, fence: Fence, rooms: ScriptedRooms
) -> None:
    """Whatever happened in the meantime is known a second later, also if the last sweep was no long time ago."""
    await loop.step(fence)
    await leave(scenario, meeting)
    rooms.problem = "video_unreachable"
    await loop.step(fence)
    rooms.problem = None
    rooms.inside[meeting.room_name] = {meeting.seats[1]: "PA_1"}
    await loop.step(fence)
    seat = await scenario.store.matches.find_by_seat(meeting.seats[1])
    assert seat is not None
    assert seat.own.present


async def test_a_removal_of_nobody(
    scenario: Scenario, meeting: Meeting, database: Path, loop: RoomOrderLoop, fence: Fence, rooms: ScriptedRooms
) -> None:
    """An order that names no participant, which no rule writes, is done without touching the room."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("INSERT INTO room_orders (room_name, action) VALUES (?, 'remove')", [meeting.room_name])
    await loop.step(fence)
    assert rooms.calls == [("list_participants", meeting.room_name)]
    assert await scenario.store.room_orders.find_due(9) == []


async def test_an_order_wakes_the_loop(
    scenario: Scenario, meeting: Meeting, loop: RoomOrderLoop, rooms: ScriptedRooms
) -> None:
    """It leads, carries out an order written while it waits, and when it is cancelled another may lead at once."""
    running = asyncio.create_task(loop.run())
    async with asyncio.timeout(TIMEOUT):
        await rooms.wait_for_call("list_participants")
        await leave(scenario, meeting)
        await rooms.wait_for_call("remove_participant")
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await scenario.fence("rooms", holder="another process")
