"""A real LiveKit server is killed in mid-call, comes back empty, and loses nobody's match."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from livekit import rtc

from bot.clock import new_id
from bot.domain.invitation import digest
from bot.domain.match import EMPTY_ROOM_ENDS_AFTER, NO_SHOW_AFTER, EndReason, MatchState
from bot.domain.room import MediaSource
from bot.sandbox.livekit_binary import find_or_build
from bot.store.seats import SeatInMatch
from tests.flow.real_livekit import RealLiveKit, running_livekit
from tests.loops.factories import make_janitor
from tests.polling import until
from tests.store.scenario import Meeting, Scenario
from tests.web.browsers import OTHER_ATTEMPT, Browser

pytestmark = pytest.mark.dose


@pytest.fixture(scope="module")
def binary() -> Path:
    return asyncio.run(find_or_build(lambda _: None))


@pytest.fixture
async def livekit(binary: Path, scenario: Scenario) -> AsyncIterator[RealLiveKit]:
    async with running_livekit(binary, scenario) as running:
        yield running


async def seat_of(scenario: Scenario, meeting: Meeting) -> SeatInMatch:
    """The first seat as the store knows it."""
    seat = await scenario.store.matches.find_by_seat(meeting.seats[0])
    assert seat is not None
    return seat


async def both_present(scenario: Scenario, meeting: Meeting) -> bool:
    seat = await seat_of(scenario, meeting)
    return seat.own.present and seat.partner.present


async def inside(livekit: RealLiveKit, meeting: Meeting) -> tuple[Browser, Browser]:
    """Both redeem their links and enter; the webhooks have told of it."""
    first, second = livekit.browsers.open(), livekit.browsers.open()
    for browser, token in zip((first, second), meeting.tokens, strict=True):
        answer = await browser.redeem(token, enter=True)
        await livekit.enter(answer.json["way"])
    await until(lambda: both_present(livekit.scenario, meeting))
    return first, second


async def microphones(scenario: Scenario, meeting: Meeting) -> list[bool]:
    """For each seat whose microphone was on: whether it still is, as the store knows it."""
    rows = await scenario.store.database.all("media_times.by_match", match_id=meeting.match_id)
    return [row["last_at"] is None for row in rows if row["source"] == MediaSource.MICROPHONE]


async def let_time_pass(livekit: RealLiveKit, minutes: int) -> None:
    """Minutes in which the loop of room orders and the janitor run, and Discord tells of all members in the end."""
    scenario = livekit.scenario
    for _ in range(minutes * 6):
        scenario.clock.pass_time(seconds=10)
        await livekit.step()
        await make_janitor(scenario.store, scenario.clock).step(await scenario.fence("janitor"))
    for member_id in (1, 2):
        await scenario.told(member_id)


async def test_what_is_sent_is_noted(livekit: RealLiveKit, scenario: Scenario) -> None:
    """LiveKit's webhooks tell who has a microphone on; of a server that was killed, the next list tells."""
    meeting = await scenario.matched(1, 2)
    await inside(livekit, meeting)

    async def are(*expected: bool) -> bool:
        return await microphones(scenario, meeting) == [*expected]

    await until(lambda: are(True, True))
    await livekit.leave(livekit.clients[0])
    await until(lambda: are(False, True))
    await livekit.kill()
    await livekit.server.restart()
    await livekit.sweep()
    assert await are(False, False)


async def test_killed_in_mid_call(livekit: RealLiveKit, scenario: Scenario) -> None:
    """After ten minutes without LiveKit both enter the same room of the same match again, with their tokens renewed."""
    meeting = await scenario.matched(1, 2)
    browsers = await inside(livekit, meeting)
    before = (await seat_of(scenario, meeting)).match
    assert before.state is MatchState.MEETING
    await livekit.kill()
    answer = await browsers[0].post("/session/join-token")
    assert (answer.status, answer.code) == (503, "video_unreachable")
    await livekit.give_up()
    await let_time_pass(livekit, 10)
    assert await both_present(scenario, meeting), "no answer does not mean that they have gone"
    await livekit.server.restart()
    await livekit.sweep()
    seat = await seat_of(scenario, meeting)
    assert not seat.own.present
    assert not seat.partner.present
    await let_time_pass(livekit, EMPTY_ROOM_ENDS_AFTER.seconds // 60 - 1)
    for browser in browsers:
        await livekit.enter(await livekit.grant(browser))
    await until(lambda: both_present(scenario, meeting))
    after = (await seat_of(scenario, meeting)).match
    assert (after.state, after.room_name, after.met_at, after.ends_at) == (
        MatchState.MEETING,
        before.room_name,
        before.met_at,
        before.ends_at,
    )


async def test_away_before_the_two_have_met(livekit: RealLiveKit, scenario: Scenario) -> None:
    """Ten minutes without LiveKit make nobody a no-show: both enter a quarter of an hour after the match."""
    meeting = await scenario.matched(1, 2)
    first, second = livekit.browsers.open(), livekit.browsers.open()
    await livekit.enter((await first.redeem(meeting.tokens[0], enter=True)).json["way"])
    await let_time_pass(livekit, 2)
    await livekit.kill()
    answer = await second.redeem(meeting.tokens[1], enter=True)
    assert (answer.status, answer.code) == (503, "video_unreachable")
    await livekit.give_up()
    await let_time_pass(livekit, 10)
    await livekit.server.restart()
    await let_time_pass(livekit, 4)
    assert scenario.clock.now() >= (await seat_of(scenario, meeting)).match.created_at + NO_SHOW_AFTER
    await livekit.enter((await second.redeem(meeting.tokens[1], enter=True)).json["way"])
    await livekit.enter(await livekit.grant(first))
    await until(lambda: both_present(scenario, meeting))
    assert (await seat_of(scenario, meeting)).match.state is MatchState.MEETING


async def test_a_match_that_ends_while_livekit_is_away(livekit: RealLiveKit, scenario: Scenario) -> None:
    """Its order is carried out by the LiveKit that comes back: the old token lets nobody into a room."""
    meeting, other = await scenario.matched(1, 2), await scenario.matched(3, 4)
    browser = livekit.browsers.open()
    grant = (await browser.redeem(meeting.tokens[0], enter=True)).json["way"]
    await livekit.enter((await livekit.browsers.open().redeem(other.tokens[0], enter=True)).json["way"])
    await livekit.kill()
    assert await scenario.store.matches.end(meeting.match_id, EndReason.NO_SHOW, now=scenario.clock.now())
    await livekit.step()
    assert len(await scenario.store.room_orders.find_due(9)) == 1
    await livekit.server.restart()
    await livekit.step()
    assert await scenario.store.room_orders.find_due(9) == []
    answer = await browser.post("/session/join-token")
    assert (answer.status, answer.code) == (410, "match_over")
    with pytest.raises(rtc.ConnectError):
        await livekit.enter(grant)


async def test_only_two_and_only_while_the_room_is_open(livekit: RealLiveKit, scenario: Scenario) -> None:
    """A third identity is refused, whatever its token; a kept token opens neither a deleted nor a former room."""
    meeting = await scenario.matched(1, 2)
    browsers = await inside(livekit, meeting)
    third = livekit.rooms.join_token(identity="third", room_name=meeting.room_name)
    with pytest.raises(rtc.ConnectError):
        await livekit.enter({"url": livekit.rooms.url, "token": third})
    kept = [await livekit.grant(browser) for browser in browsers]
    assert await scenario.store.invitations.issue(
        meeting.seats[0], new_id(scenario.clock), digest("new device"), now=scenario.clock.now()
    )
    device = livekit.browsers.open()
    assert (await device.redeem("new device", OTHER_ATTEMPT)).status == 201
    await livekit.step()
    for grant in kept:
        with pytest.raises(rtc.ConnectError):
            await livekit.enter(grant)
    for browser in (device, browsers[1]):
        kept.append(await livekit.grant(browser))
        await livekit.enter(kept[-1])
    await until(lambda: both_present(scenario, meeting))
    assert (await browsers[0].post("/session/join-token")).code == "session_replaced"
    for side in (0, 1):
        await scenario.store.browser_sessions.leave_seat(meeting.seats[side], scenario.clock.now())
    scenario.clock.pass_time(minutes=1)
    assert await scenario.store.matches.end(meeting.match_id, EndReason.DONE, now=scenario.clock.now())
    await livekit.step()
    for grant in kept:
        with pytest.raises(rtc.ConnectError):
            await livekit.enter(grant)


async def _differences(livekit: RealLiveKit, meetings: Sequence[Meeting]) -> list[str]:
    """The checker: the seats of which the store says something else than LiveKit's list."""
    found = []
    for meeting in meetings:
        listed = await livekit.rooms.list_participants(meeting.room_name)
        for seat_id in meeting.seats:
            seat = await livekit.scenario.store.matches.find_by_seat(seat_id)
            assert seat is not None
            found += [seat_id] if seat.own.present != (seat_id in listed) else []
    return found


async def _agree(livekit: RealLiveKit, meetings: Sequence[Meeting]) -> bool:
    """Whether a sweep brings the store to LiveKit's list, which a client may come to or leave a moment later."""
    await livekit.sweep()
    return await _differences(livekit, meetings) == []


@pytest.mark.parametrize("acts", [12, pytest.param(300, marks=pytest.mark.faults)])
async def test_random_comings_and_goings(livekit: RealLiveKit, scenario: Scenario, acts: int) -> None:
    """Joins, leaves, replaced connections and a kill: after each sweep the store has what LiveKit lists."""
    chance = random.Random(acts)
    meetings = [await scenario.matched(1, 2), await scenario.matched(3, 4)]
    seats = [(meeting, seat) for meeting in meetings for seat in meeting.seats]
    clients: dict[str, rtc.Room] = {}
    for number in range(acts):
        meeting, seat = chance.choice(seats)
        if number == acts // 2:
            await livekit.kill()
            await livekit.server.restart()
            for client in clients.values():
                await livekit.leave(client)
            clients.clear()
        elif seat in clients and chance.random() < 0.6:
            await livekit.leave(clients.pop(seat))
        else:
            await livekit.rooms.ensure_room(meeting.room_name)
            token = livekit.rooms.join_token(identity=seat, room_name=meeting.room_name)
            former = clients.get(seat)
            clients[seat] = await livekit.enter({"url": livekit.rooms.url, "token": token})
            if former:
                await livekit.leave(former)
        await until(lambda: _agree(livekit, meetings))
