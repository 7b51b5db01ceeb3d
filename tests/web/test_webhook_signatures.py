"""Webhooks with LiveKit's real signatures over real sockets: forged, altered and replayed a hundred times each."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import jwt
import pytest

from bot.store.seats import SeatInMatch
from tests.store.scenario import Meeting, Scenario
from tests.web.browsers import Browser, Browsers
from tests.web.webhooks import JOINED, LEFT
from web.livekit_rooms import LiveKitRooms, LiveKitServer
from web.part import WebPart
from web.webhook import WEBHOOK_PATH

KEY = "the-key"
SECRET = "s" * 32
TIMES = 100


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Sends webhooks to the web part; `rooms` signs them as LiveKit does."""

    rooms: LiveKitRooms
    livekit: Browser

    async def send(self, body: bytes, authorization: str) -> int:
        """Send `body`; returns the status of the answer."""
        headers = {"Authorization": authorization} if authorization else {}
        return (await self.livekit.request("POST", WEBHOOK_PATH, data=body, headers=headers)).status

    async def send_signed(self, body: bytes) -> int:
        """Send `body` with a genuine signature."""
        return await self.send(body, self.rooms.sign_webhook(body))


@pytest.fixture
async def sender(web_part: WebPart) -> AsyncIterator[Sender]:
    address = LiveKitServer(url="ws://127.0.0.1:9", api_url="http://127.0.0.1:9", api_key=KEY, api_secret=SECRET)
    async with aiohttp.ClientSession() as http:
        rooms = LiveKitRooms(address, http)
        async with web_part.serve(rooms) as site:
            browsers = Browsers(site.port)
            livekit = browsers.open()
            livekit.always = {}
            yield Sender(rooms=rooms, livekit=livekit)
            await browsers.close()


def event(meeting: Meeting, kind: str, event_id: str, sid: str = "PA_1") -> bytes:
    """A webhook's body about the first seat."""
    participant = {"identity": meeting.seats[0], "sid": sid}
    return json.dumps(
        {"id": event_id, "event": kind, "room": {"name": meeting.room_name}, "participant": participant}
    ).encode()


async def seat_of(scenario: Scenario, meeting: Meeting) -> SeatInMatch:
    seat = await scenario.store.matches.find_by_seat(meeting.seats[0])
    assert seat is not None
    return seat


def forged(genuine: str, number: int) -> str:
    """A signature that somebody could make who knows a genuine one, but not the secret."""
    claims = jwt.decode(genuine, options={"verify_signature": False})
    head, payload, signed = genuine.split(".")
    made_up = [
        "",
        f"made up {number}",
        jwt.encode(claims, f"{number:032}", algorithm="HS256"),
        jwt.encode({**claims, "iss": f"key {number}"}, SECRET, algorithm="HS256"),
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims, SECRET * 2, algorithm="HS512"),
        f"{head}.{payload}.",
        f"{head}.{payload}.{signed[: number % len(signed)]}",
        f"{head}.{payload[1:]}.{signed}",
        f"Bearer {signed}",
    ]
    return made_up[number % len(made_up)]


async def test_a_hundred_forged_ones(scenario: Scenario, meeting: Meeting, sender: Sender) -> None:
    """Each is refused, and changes nothing; the genuine one counts afterwards."""
    body = event(meeting, JOINED, "EV_1")
    genuine = sender.rooms.sign_webhook(body)
    statuses = [await sender.send(body, forged(genuine, number)) for number in range(TIMES)]
    assert statuses == [401] * TIMES
    assert not (await seat_of(scenario, meeting)).own.present
    assert await sender.send_signed(body) == 200
    assert (await seat_of(scenario, meeting)).own.present


async def test_a_hundred_altered_ones(scenario: Scenario, meeting: Meeting, sender: Sender) -> None:
    """A genuine signature fits no other body, whichever byte is another; the genuine one counts afterwards."""
    body = event(meeting, JOINED, "EV_1")
    genuine = sender.rooms.sign_webhook(body)
    for number in range(TIMES):
        at = number * len(body) // TIMES
        altered = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
        assert await sender.send(altered, genuine) == 401, altered
    assert not (await seat_of(scenario, meeting)).own.present
    assert await sender.send_signed(body) == 200
    assert (await seat_of(scenario, meeting)).own.present


async def test_a_hundred_replayed_ones(scenario: Scenario, meeting: Meeting, sender: Sender) -> None:
    """Each is answered as the first, which had its one effect, also after a newer connection and after the end of all.

    Without that the end of an older connection would be taken for that of the newer one.
    """
    sent = [event(meeting, JOINED, "EV_1"), event(meeting, JOINED, "EV_2", sid="PA_2"), event(meeting, LEFT, "EV_3")]
    before = (await seat_of(scenario, meeting)).match.version
    for body in sent:
        assert [await sender.send_signed(each) for each in [body, *[sent[0]] * TIMES]] == [200] * (TIMES + 1)
        seat = await seat_of(scenario, meeting)
        assert (seat.own.present, seat.match.version) == (True, before + 1)
    assert await sender.send_signed(event(meeting, LEFT, "EV_4", sid="PA_2")) == 200
    gone = await seat_of(scenario, meeting)
    assert not gone.own.present
    assert [await sender.send_signed(each) for each in sent * TIMES] == [200] * (TIMES * len(sent))
    assert await seat_of(scenario, meeting) == gone
