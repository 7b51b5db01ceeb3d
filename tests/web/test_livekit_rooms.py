"""LiveKit's API and signatures: requests over a real socket, failures distinguished, forged webhooks refused."""

import hashlib
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import aiohttp
import jwt
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from livekit import api
from livekit.protocol.models import TrackInfo, TrackSource

from bot.clock import SystemClock
from bot.domain.room import MediaSource, Participant
from tests.web.token_times import shift_token_times
from web.livekit_rooms import LiveKitRooms, LiveKitServer, connect_rooms
from web.problems import HttpProblem
from web.rooms import ForgedWebhook, RoomEvent, Rooms, UnconfiguredRooms, UntimelyWebhook

KEY = "the-key"
SECRET = "s" * 32
JOINED = b'{"id":"EV_1","event":"participant_joined","room":{"name":"R"},"participant":{"identity":"me","sid":"PA_1"}}'


class PaperLiveKit:
    """A fake LiveKit API: it answers every method with one response, and records which were called."""

    def __init__(self) -> None:
        self.status = 200
        self.body = b""
        self.called: list[str] = []

    def refuse(self, status: int, code: str) -> None:
        """From now on answer with an error as Twirp spells it."""
        self.status, self.body = status, json.dumps({"code": code, "msg": "as the test says"}).encode()

    async def answer(self, request: web.Request) -> web.Response:
        self.called.append(request.match_info["method"])
        content_type = "application/protobuf" if self.status == 200 else "application/json"
        return web.Response(status=self.status, body=self.body, content_type=content_type)


@pytest.fixture
def livekit() -> PaperLiveKit:
    return PaperLiveKit()


@pytest.fixture
async def rooms(livekit: PaperLiveKit) -> AsyncIterator[Rooms]:
    """Rooms on the fake LiveKit API."""
    app = web.Application()
    app.router.add_post("/twirp/livekit.RoomService/{method}", livekit.answer)
    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        address = f"127.0.0.1:{server.port}"
        place = LiveKitServer(url=f"ws://{address}", api_url=f"http://{address}", api_key=KEY, api_secret=SECRET)
        yield connect_rooms(place, http)


CALLS: dict[str, Callable[[Rooms], Awaitable[object]]] = {
    "CreateRoom": lambda rooms: rooms.ensure_room("R"),
    "DeleteRoom": lambda rooms: rooms.close_room("R"),
    "RemoveParticipant": lambda rooms: rooms.remove_participant("R", "seat"),
    "ListParticipants": lambda rooms: rooms.list_participants("R"),
    "ListRooms": lambda rooms: rooms.check_connection(),
}
MISSING_IS_FINE: dict[str, object] = {"DeleteRoom": None, "RemoveParticipant": None, "ListParticipants": {}}


@pytest.mark.parametrize("method", CALLS)
@pytest.mark.parametrize(
    ("status", "code", "problem"),
    [
        (500, "internal", "video_unreachable"),
        (503, "unavailable", "video_unreachable"),
        (404, "not_found", "video_unreachable"),
    ],
)
async def test_failures(rooms: Rooms, livekit: PaperLiveKit, method: str, status: int, code: str, problem: str) -> None:
    """A failing server is not reachable; a missing room needs no closing, removing or listing."""
    livekit.refuse(status, code)
    if code == "not_found" and method in MISSING_IS_FINE:
        assert await CALLS[method](rooms) == MISSING_IS_FINE[method]
    else:
        with pytest.raises(HttpProblem, match=problem):
            await CALLS[method](rooms)
    assert livekit.called == [method]


async def test_nobody_listens() -> None:
    """A connection that is refused means that LiveKit is not reachable."""
    async with aiohttp.ClientSession() as http:
        nowhere = LiveKitServer(url="", api_url="http://127.0.0.1:1", api_key=KEY, api_secret=SECRET)
        with pytest.raises(HttpProblem, match="video_unreachable"):
            await LiveKitRooms(nowhere, http).check_connection()


async def test_answers_are_read(rooms: Rooms, livekit: PaperLiveKit) -> None:
    """How many are in a new room; who is in it, by identity, and what they publish, muted or not."""
    livekit.body = api.Room(name="R", num_participants=1).SerializeToString()
    assert await rooms.ensure_room("R") == 1
    tracks = [
        TrackInfo(sid="TR_1", source=TrackSource.CAMERA, muted=True),
        TrackInfo(sid="TR_2", source=TrackSource.SCREEN_SHARE_AUDIO),
    ]
    people = [
        api.ParticipantInfo(identity="seat", sid="PA_1", tracks=tracks),
        api.ParticipantInfo(identity="other", sid="PA_2"),
    ]
    livekit.body = api.ListParticipantsResponse(participants=people).SerializeToString()
    assert await rooms.list_participants("R") == {
        "seat": Participant(sid="PA_1", tracks={MediaSource.CAMERA: "TR_1"}),
        "other": Participant(sid="PA_2"),
    }


async def test_a_join_token_grants_one_seat_in_one_room(rooms: Rooms) -> None:
    """It lasts ten minutes and may neither create nor administer rooms, nor publish under another name."""
    claims = jwt.decode(rooms.join_token(identity="seat", room_name="R"), SECRET, algorithms=["HS256"])
    assert (claims["sub"], claims["iss"]) == ("seat", KEY)
    assert claims["exp"] - claims["nbf"] == 600
    grants = {name: value for name, value in claims["video"].items() if value}
    assert grants.pop("canPublishSources") == ["camera", "microphone"]
    assert grants == {
        "roomJoin": True,
        "room": "R",
        "canPublish": True,
        "canSubscribe": True,
        "canPublishData": True,
    }


async def test_a_thousand_join_tokens_grant_the_same(rooms: Rooms) -> None:
    """Each names its own seat and room, and grants little more: nobody may be hidden, and only some share a screen."""
    for number in range(1000):
        shares = number % 2 == 0
        token = rooms.join_token(identity=f"seat {number}", room_name=f"room {number}", shares_screen=shares)
        claims = jwt.decode(token, SECRET, algorithms=["HS256"])
        assert (claims["sub"], claims["exp"] - claims["nbf"]) == (f"seat {number}", 600)
        assert {name: value for name, value in claims["video"].items() if value} == {
            "roomJoin": True,
            "room": f"room {number}",
            "canPublish": True,
            "canSubscribe": True,
            "canPublishData": True,
            "canPublishSources": ["camera", "microphone", "screen_share", "screen_share_audio"][: 4 if shares else 2],
        }
        assert claims.keys() <= {"sub", "iss", "nbf", "exp", "video"}, "no kind, no name, no metadata"


def signature(body: bytes, *, key: str = KEY, secret: str = SECRET, age: timedelta = timedelta()) -> str:
    """The header Authorization as LiveKit sends it, `age` ago, valid for five minutes."""
    issued_at = SystemClock().now() - age
    claims = {
        "iss": key,
        "nbf": issued_at,
        "exp": issued_at + timedelta(minutes=5),
        "sha256": b64encode(hashlib.sha256(body).digest()).decode(),
    }
    return jwt.encode(claims, secret, algorithm="HS256")


async def test_a_genuine_webhook(rooms: Rooms) -> None:
    """Its fields become a room event; fields it does not have are empty."""
    assert rooms.read_webhook(JOINED, signature(JOINED)) == RoomEvent(
        id="EV_1", kind="participant_joined", room_name="R", identity="me", sid="PA_1"
    )
    finished = b'{"id":"EV_2","event":"room_finished","futureField":1}'
    event = rooms.read_webhook(finished, signature(finished))
    assert (event.kind, event.room_name, event.identity) == ("room_finished", "", "")


FORGED: dict[str, tuple[bytes, Callable[[], str]]] = {
    "no signature": (JOINED, lambda: ""),
    "no token": (JOINED, lambda: "not a token"),
    "another secret": (JOINED, lambda: signature(JOINED, secret="t" * 32)),
    "another key": (JOINED, lambda: signature(JOINED, key="another-key")),
    "expired": (JOINED, lambda: signature(JOINED, age=timedelta(minutes=7))),
    "from the future": (JOINED, lambda: signature(JOINED, age=timedelta(minutes=-7))),
    "another body": (JOINED.replace(b"me", b"it"), lambda: signature(JOINED)),
    "empty": (b"", lambda: signature(b"")),
    "not JSON": (b"not JSON", lambda: signature(b"not JSON")),
    "not UTF-8": (b"\xff", lambda: signature(b"\xff")),
}
"""Bodies, and what signs each when the test runs: a signature made at import would be minutes old by then."""


@pytest.mark.parametrize("forged", FORGED)
async def test_forged_webhooks(rooms: Rooms, forged: str) -> None:
    """A wrong signature or an unreadable body is refused, and raises nothing else."""
    body, sign = FORGED[forged]
    with pytest.raises(ForgedWebhook):
        rooms.read_webhook(body, sign())


@pytest.mark.parametrize("age", [timedelta(minutes=7), timedelta(minutes=-7), timedelta(hours=23)])
async def test_a_webhook_of_another_time(rooms: Rooms, age: timedelta) -> None:
    """A right signature with a wrong time is told from a forged one; one that is forged as well is not."""
    with pytest.raises(UntimelyWebhook):
        rooms.read_webhook(JOINED, signature(JOINED, age=age))
    with pytest.raises(ForgedWebhook) as caught:
        rooms.read_webhook(JOINED, signature(JOINED, age=age, secret="t" * 32))
    assert not isinstance(caught.value, UntimelyWebhook)


@pytest.mark.parametrize("off", [timedelta(hours=-23), timedelta(), timedelta(hours=23)])
async def test_a_signature_for_any_clock(monkeypatch: pytest.MonkeyPatch, off: timedelta) -> None:
    """It is accepted by a clock that is hours away, but for no other body."""
    async with aiohttp.ClientSession() as http:
        rooms = LiveKitRooms(LiveKitServer(url="ws://a", api_url="http://a", api_key=KEY, api_secret=SECRET), http)
        shift_token_times(monkeypatch, off)
        authorization = rooms.sign_webhook_for_any_clock(JOINED)
        assert rooms.read_webhook(JOINED, authorization).id == "EV_1"
        with pytest.raises(ForgedWebhook):
            rooms.read_webhook(JOINED.replace(b"me", b"it"), authorization)


async def test_without_livekit() -> None:
    """Nobody can enter, no webhook is genuine, and closing or removing does nothing."""
    async with aiohttp.ClientSession() as http:
        rooms = connect_rooms(None, http)
    assert isinstance(rooms, UnconfiguredRooms)
    for call in (rooms.ensure_room("R"), rooms.check_connection()):
        with pytest.raises(HttpProblem, match="video_not_configured"):
            await call
    with pytest.raises(HttpProblem, match="video_not_configured"):
        rooms.join_token(identity="seat", room_name="R")
    with pytest.raises(ForgedWebhook):
        rooms.read_webhook(JOINED, signature(JOINED))
    await rooms.close_room("R")
    await rooms.remove_participant("R", "seat")
    assert await rooms.list_participants("R") == {}
