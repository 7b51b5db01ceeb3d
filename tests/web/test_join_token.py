"""Join tokens: for the seat's own room, while the match is running, and not too often."""

import asyncio
import logging
from typing import Any

import pytest

from bot.clock import new_id
from bot.domain.invitation import digest
from tests.store.scenario import Meeting, Scenario
from tests.web.browsers import Browser
from tests.web.endings import end_match
from tests.web.scripted_rooms import URL, ScriptedRooms

Both = tuple[Browser, Browser]
ROUTE = "/session/join-token"


async def test_join_token(meeting: Meeting, inside: Both) -> None:
    """The answer holds LiveKit's address, a token for the own seat in the own room, and when it expires."""
    answer = await inside[0].post(ROUTE)
    assert answer.json == {
        "url": URL,
        "token": f"token of {meeting.seats[0]} for {meeting.room_name} with the screen",
        "expires_at": "2026-03-02T16:10:00.000Z",
    }


async def test_eleven_tokens_in_a_minute(scenario: Scenario, inside: Both) -> None:
    """The eleventh is refused with the true time to wait; the partner is not affected."""
    me, partner = inside
    for _ in range(10):
        assert (await me.post(ROUTE)).status == 200
        scenario.clock.pass_time(seconds=1)
    answer = await me.post(ROUTE)
    assert (answer.status, answer.code, answer.json["retry_after"]) == (429, "slow_down", 50)
    assert answer.headers["Retry-After"] == "50"
    assert (await partner.post(ROUTE)).status == 200
    scenario.clock.pass_time(seconds=49.999)
    assert (await me.post(ROUTE)).status == 429
    scenario.clock.pass_time(seconds=0.001)
    assert (await me.post(ROUTE)).status == 200


@pytest.mark.parametrize(
    ("others", "status"), [((0, 2), 409), ((1, 1), 200), ((2, 0), 200), ((1, 2), 409), ((0, 1), 200)]
)
async def test_full_room(
    meeting: Meeting, inside: Both, rooms: ScriptedRooms, others: tuple[int, int], status: int
) -> None:
    """The room is full for a seat when two others are in it; a seat that is in it itself may come back."""
    seated, strangers = others
    who = [*meeting.seats[:seated], *(f"stranger {number}" for number in range(strangers))]
    rooms.inside[meeting.room_name] = dict.fromkeys(who, "PA")
    answer = await inside[0].post(ROUTE)
    assert (answer.status, answer.code) == (status, "" if status == 200 else "room_full")


@pytest.mark.parametrize("trouble", ["video_not_configured", "video_refused_our_key", "video_unreachable"])
async def test_livekit_fails(inside: Both, rooms: ScriptedRooms, trouble: str) -> None:
    """The answer names the problem with LiveKit; afterwards it works again."""
    rooms.problem = trouble
    answer = await inside[0].post(ROUTE)
    assert (answer.status, answer.code) == (503, trouble)
    rooms.problem = None
    assert (await inside[0].post(ROUTE)).status == 200


async def test_match_over(scenario: Scenario, meeting: Meeting, inside: Both, rooms: ScriptedRooms) -> None:
    """There is no token, and no room is created for one."""
    await end_match(scenario, meeting)
    rooms.calls.clear()
    answer = await inside[0].post(ROUTE)
    assert (answer.status, answer.code, rooms.calls) == (410, "match_over", [])


async def test_match_ends_while_the_room_is_created(
    scenario: Scenario, meeting: Meeting, inside: Both, rooms: ScriptedRooms
) -> None:
    """The room is closed again and there is no token."""
    answering = await _request_until_creation(inside[0], rooms)
    await end_match(scenario, meeting)
    rooms.creation_allowed.set()
    answer = await answering
    assert (answer.status, answer.code) == (410, "match_over")
    assert rooms.calls_of("close_room") == [("close_room", meeting.room_name)]


async def test_seat_is_left_while_the_room_is_created(
    scenario: Scenario, meeting: Meeting, inside: Both, rooms: ScriptedRooms
) -> None:
    """There is no token, but the room stays: the partner may be in it."""
    answering = await _request_until_creation(inside[0], rooms)
    await scenario.store.browser_sessions.leave_seat(meeting.seats[0], scenario.clock.now())
    rooms.creation_allowed.set()
    assert (await answering).code == "match_over"
    assert rooms.calls_of("close_room") == []


@pytest.mark.parametrize("side", [0, 1])
async def test_room_moves_while_it_is_created(
    scenario: Scenario, meeting: Meeting, inside: Both, rooms: ScriptedRooms, side: int
) -> None:
    """If a new device takes a seat meanwhile, the old room is closed; the partner gets a token for the new one."""
    answering = await _request_until_creation(inside[0], rooms)
    assert await scenario.store.invitations.issue(
        meeting.seats[side], new_id(scenario.clock), digest("new"), now=scenario.clock.now()
    )
    assert await scenario.redeem("new")
    rooms.creation_allowed.set()
    answer = await answering
    assert (answer.status, answer.code) == ((410, "session_replaced") if side == 0 else (200, ""))
    assert rooms.calls_of("close_room") == [("close_room", meeting.room_name)]
    seat = await scenario.store.matches.find_by_seat(meeting.seats[0])
    assert seat is not None
    created = [room_name for _, room_name in rooms.calls_of("ensure_room")]
    assert created == [meeting.room_name, *([] if side == 0 else [seat.match.room_name])]


async def test_without_a_session(browser: Browser, rooms: ScriptedRooms) -> None:
    """A browser without a session gets no token and creates no room."""
    answer = await browser.post(ROUTE)
    assert (answer.status, answer.code, rooms.calls) == (401, "no_session", [])


async def _request_until_creation(browser: Browser, rooms: ScriptedRooms) -> "asyncio.Task[Any]":
    """A request for a token that has got as far as creating the room."""
    rooms.calls.clear()
    rooms.creation_started.clear()
    rooms.creation_allowed.clear()
    answering = asyncio.create_task(browser.post(ROUTE))
    await rooms.creation_started.wait()
    return answering


async def test_a_member_who_has_left_creates_no_room(inside: Both, rooms: ScriptedRooms) -> None:
    """The session may still read, but the refusal comes before LiveKit is asked for anything."""
    me, _ = inside
    await me.leave()
    rooms.calls.clear()
    assert (await me.post(ROUTE)).code == "match_over"
    assert rooms.calls == []


async def test_a_refused_entry_is_one_line_in_the_log(
    scenario: Scenario, meeting: Meeting, inside: Both, caplog: pytest.LogCaptureFixture
) -> None:
    """A browser without a session leaves none: `heybuddy check` is one."""
    caplog.set_level(logging.INFO, "web")
    await end_match(scenario, meeting)
    assert (await inside[0].post(ROUTE)).code == "match_over"
    inside[1].cookie = ""
    assert (await inside[1].post(ROUTE)).code == "no_session"
    assert caplog.messages == [f"entry refused (match_over): match {meeting.match_id}, seat {meeting.seats[0]}"]
