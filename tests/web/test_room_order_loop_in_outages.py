"""LiveKit's silences and outages are recorded, whichever process leads the loop of room orders."""

from contextlib import suppress
from datetime import timedelta

import pytest

from bot.store import LostLease
from bot.store.leases import LEASE_LENGTH
from bot.store.video_outages import OUTAGE_AFTER, SAME_SILENCE_WITHIN
from tests.store.scenario import Scenario
from tests.web.scripted_rooms import ScriptedRooms
from web.part import WebPart
from web.room_order_loop import SWEEP_EVERY, RoomOrderLoop
from web.rooms import VideoProblem


@pytest.fixture
def loop(web_part: WebPart, rooms: ScriptedRooms) -> RoomOrderLoop:
    return web_part.room_order_loop(rooms)


@pytest.mark.usefixtures("meeting")
async def test_an_outage_is_recorded_after_half_a_minute(
    scenario: Scenario, loop: RoomOrderLoop, rooms: ScriptedRooms
) -> None:
    """A shorter silence is none; each time it counts anew, and its end is recorded in the first step after it."""
    clock = scenario.clock
    for _ in range(2):
        rooms.problem = "video_unreachable"
        for seconds in range(OUTAGE_AFTER // timedelta(seconds=1) + 1):
            assert not await scenario.is_outage_on(), f"after {seconds} seconds"
            await loop.step(await scenario.fence("rooms"))
            clock.pass_time(seconds=1)
        assert await scenario.is_outage_on()
        await loop.step(await scenario.fence("rooms"))
        rooms.problem = None
        await loop.step(await scenario.fence("rooms"))
        assert await scenario.store.video_outages.enterable_since(clock.now()) == clock.now()
        assert not await scenario.is_outage_on()
        clock.pass_time(seconds=SWEEP_EVERY.total_seconds())


@pytest.mark.parametrize(("apart", "is_outage"), [(timedelta(seconds=40), True), (timedelta(hours=2), False)])
async def test_a_silence_that_processes_meet_in_turns(
    scenario: Scenario, web_part: WebPart, rooms: ScriptedRooms, apart: timedelta, is_outage: bool
) -> None:
    """It is one silence, however long ago each of them has led; not so one from hours ago, when nobody asked."""
    loops = [web_part.room_order_loop(rooms) for _ in range(3)]
    assert apart * len(loops) > SAME_SILENCE_WITHIN
    rooms.problem = "video_unreachable"
    await scenario.matched(1, 2)
    for loop in loops:
        await loop.step(await scenario.fence("rooms"))
        scenario.clock.pass_time(seconds=apart.total_seconds())
    assert await scenario.is_outage_on() == is_outage


async def test_an_answer_that_another_process_got(scenario: Scenario, web_part: WebPart, rooms: ScriptedRooms) -> None:
    """Failures before and after it are two silences, and each is too short for an outage."""
    mine, other = (web_part.room_order_loop(rooms) for _ in range(2))
    await scenario.matched(1, 2)
    for loop, problem in ((mine, "video_unreachable"), (other, None), (mine, "video_unreachable")):
        rooms.problem = problem
        await loop.step(await scenario.fence("rooms"))
        scenario.clock.pass_time(seconds=20)
    assert not await scenario.is_outage_on()


@pytest.mark.parametrize("another_leads", [False, True])
async def test_a_leader_that_freezes_after_livekit_has_answered(
    scenario: Scenario,
    web_part: WebPart,
    rooms: ScriptedRooms,
    monkeypatch: pytest.MonkeyPatch,
    another_leads: bool,
) -> None:
    """The outage goes on if LiveKit has fallen silent again since, or if another process leads."""
    frozen, other = (web_part.room_order_loop(rooms) for _ in range(2))
    await scenario.livekit_is_away()
    fence = await scenario.fence("rooms", holder="frozen")

    async def freeze() -> None:
        monkeypatch.undo()
        scenario.clock.pass_time(seconds=SAME_SILENCE_WITHIN.total_seconds())
        rooms.problem = "video_unreachable"
        if another_leads:
            await scenario.fence("rooms", holder="other")
        else:
            await other.step(await scenario.fence("rooms", holder="frozen"))

    monkeypatch.setattr(rooms, "check_connection", freeze)
    with suppress(LostLease):
        await frozen.step(fence)
    assert await scenario.is_outage_on()


async def test_a_silence_that_outlasts_the_lease(
    scenario: Scenario, loop: RoomOrderLoop, rooms: ScriptedRooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An outage is recorded although no process leads any more when LiveKit's answer is given up."""
    await scenario.matched(1, 2)

    async def wait_in_vain() -> None:
        scenario.clock.pass_time(seconds=LEASE_LENGTH.total_seconds() + 1)
        raise VideoProblem("video_unreachable", setting="livekit.url", reason="the test says so")

    rooms.problem = "video_unreachable"
    monkeypatch.setattr(rooms, "check_connection", wait_in_vain)
    for holder in ("a", "b", "a", "b"):
        assert not await scenario.is_outage_on()
        await loop.step(await scenario.fence("rooms", holder=holder))
    assert await scenario.is_outage_on()


async def test_an_outage_that_another_process_recorded(
    scenario: Scenario, loop: RoomOrderLoop, rooms: ScriptedRooms
) -> None:
    """It ends in the next step, even without a room in use, but only once LiveKit has answered."""
    await loop.step(await scenario.fence("rooms"))
    await scenario.livekit_is_away()
    rooms.problem = "video_unreachable"
    scenario.clock.pass_time(seconds=SWEEP_EVERY.total_seconds())
    await loop.step(await scenario.fence("rooms"))
    assert await scenario.is_outage_on()
    rooms.problem = None
    await loop.step(await scenario.fence("rooms"))
    assert not await scenario.is_outage_on()
