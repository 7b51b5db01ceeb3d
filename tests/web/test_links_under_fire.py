"""Links in large numbers: races, lost answers, one device after the other, and ten minutes without LiveKit."""

import asyncio
import json
import logging
from collections import Counter
from itertools import repeat

import pytest

from bot.clock import new_id
from bot.domain.invitation import LINKS_PER_WINDOW, LINKS_WINDOW, InvitationState, digest
from tests.both_databases import on_both_databases
from tests.loops.factories import make_janitor
from tests.store.scenario import Scenario
from tests.web.browsers import ATTEMPT, OTHER_ATTEMPT, Browser, Browsers
from tests.web.scripted_rooms import ScriptedRooms
from web.part import WebPart

DEVICES = 10


@on_both_databases
@pytest.mark.parametrize(
    ("links", "clients"), [(4, 50), pytest.param(20, 1000, marks=pytest.mark.faults, id="20 links, 1,000 clients")]
)
async def test_many_clients_race_for_each_link(
    scenario: Scenario, browsers: Browsers, caplog: pytest.LogCaptureFixture, links: int, clients: int
) -> None:
    """Each link becomes one session for one of them; all others get 410, and nothing fails."""
    meetings = [await scenario.matched(2 * number, 2 * number + 1) for number in range(1, links // 2 + 1)]
    for token in (token for meeting in meetings for token in meeting.tokens):
        racers = [browsers.open(f"127.0.{1 + number // 200}.{1 + number % 200}") for number in range(clients)]
        attempts = (f"{number:08}{ATTEMPT[8:]}" for number in range(clients))
        answers = await asyncio.gather(*map(Browser.redeem, racers, repeat(token), attempts))
        assert Counter((answer.status, answer.code) for answer in answers) == {
            (201, ""): 1,
            (410, "link_used"): clients - 1,
        }
        [winner] = [racer for racer in racers if racer.cookie]
        assert (await winner.get()).status == 200
        await asyncio.gather(*(racer.http.close() for racer in racers))
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def redeem_and_hang_up(scenario: Scenario, port: int, token: str) -> None:
    """Send what the page sends, and cut the connection as soon as the link is redeemed, without reading an answer."""
    body = json.dumps({"token": token, "attempt": ATTEMPT}).encode()
    head = (
        "POST /session HTTP/1.1\r\nHost: study.example\r\nContent-Type: application/json\r\n"
        f"Sec-Fetch-Site: same-origin\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head.encode() + body)
    while (await scenario.invitation(token)).state is InvitationState.OPEN:
        await asyncio.sleep(0)
    writer.transport.abort()


@on_both_databases
@pytest.mark.parametrize("times", [40, pytest.param(200, marks=pytest.mark.faults)])
async def test_the_connection_is_cut_after_the_commit(scenario: Scenario, browsers: Browsers, times: int) -> None:
    """The same attempt gets in each time: the link is not lost with its answer."""
    for number in range(times):
        meeting = await scenario.matched(2 * number + 1, 2 * number + 2)
        await redeem_and_hang_up(scenario, browsers.port, meeting.tokens[0])
        again, other = browsers.open(), browsers.open(f"127.0.3.{1 + number}")
        assert (await again.redeem(meeting.tokens[0])).status == 201
        assert (await again.get()).json["seat"] == meeting.seats[0]
        assert (await other.redeem(meeting.tokens[0], OTHER_ATTEMPT)).code == "link_used"
        await again.http.close()
        await other.http.close()


@on_both_databases
@pytest.mark.parametrize(
    "first_member", [1, *(pytest.param(2 * n + 1, marks=pytest.mark.faults) for n in range(1, 10))]
)
async def test_one_device_after_the_other(
    scenario: Scenario, browsers: Browsers, rooms: ScriptedRooms, web_part: WebPart, first_member: int
) -> None:
    """Each new device puts the last one out: its session, its room and its place; two are in the newest room."""
    members = (first_member, first_member + 1)
    meeting = await scenario.matched(*members)
    await asyncio.gather(*map(scenario.told, members))
    partner, old, loop = browsers.open(), browsers.open(), web_part.room_order_loop(rooms)
    await partner.redeem(meeting.tokens[1])
    await old.redeem(meeting.tokens[0])
    former_rooms = set[str]()
    for number in range(DEVICES):
        seat = await scenario.store.matches.find_by_seat(meeting.seats[0])
        assert seat is not None
        former, token = seat.match.room_name, f"device {number}"
        rooms.inside[former] = dict.fromkeys(meeting.seats, f"PA_{number}")
        await loop.step(await scenario.fence("rooms"))
        former_rooms.add(former)
        now = scenario.clock.now()
        assert await scenario.store.invitations.issue(meeting.seats[0], new_id(scenario.clock), digest(token), now=now)
        new = browsers.open()
        assert (await new.redeem(token, OTHER_ATTEMPT)).status == 201
        await loop.step(await scenario.fence("rooms"))
        assert former not in rooms.inside
        assert (await old.post("/session/join-token")).code == "session_replaced"
        scenario.clock.pass_time(seconds=(LINKS_WINDOW / LINKS_PER_WINDOW).total_seconds() + 1)
        await asyncio.gather(*map(scenario.told, members))
        grants = [(await browser.post("/session/join-token")).json["token"] for browser in (new, partner)]
        entered = {grant.rpartition(" ")[2] for grant in grants}
        assert len(entered) == 1
        assert not entered & former_rooms
        await old.http.close()
        old = new


@on_both_databases
@pytest.mark.parametrize("students", [20, pytest.param(100, marks=pytest.mark.faults)])
async def test_ten_minutes_without_livekit(
    scenario: Scenario, browsers: Browsers, rooms: ScriptedRooms, web_part: WebPart, students: int
) -> None:
    """All who try meanwhile are told so, keep their links and their matches, and get in at their next try."""
    meetings = [await scenario.matched(2 * number + 1, 2 * number + 2) for number in range(students // 2)]
    tokens = [token for meeting in meetings for token in meeting.tokens]
    janitor, loop = make_janitor(scenario.store, scenario.clock), web_part.room_order_loop(rooms)
    opened = [browsers.open() for _ in tokens]
    scenario.clock.pass_time(minutes=6)
    rooms.problem = "video_unreachable"
    for _ in range(10):
        answers = await asyncio.gather(*map(Browser.redeem, opened, tokens))
        assert {(answer.status, answer.code) for answer in answers} == {(503, "video_unreachable")}
        assert {answer.json["next"] for answer in answers} == {"Try again in a few seconds."}
        for _ in range(6):
            scenario.clock.pass_time(seconds=10)
            await loop.step(await scenario.fence("rooms"))
            await janitor.step(await scenario.fence("janitor"))
    states = {(await scenario.invitation(token)).state for token in tokens}
    assert states == {InvitationState.OPEN}
    rooms.problem = None
    answers = await asyncio.gather(*map(Browser.redeem, opened, tokens))
    assert {answer.status for answer in answers} == {201}
    await loop.step(await scenario.fence("rooms"))
    scenario.clock.pass_time(minutes=14)
    await janitor.step(await scenario.fence("janitor"))
    assert {(await browser.get()).json["state"] for browser in opened} == {"inviting"}
