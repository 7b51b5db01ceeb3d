"""A LiveKit as the page's processes see it: rooms, who is in them, and webhooks, which get lost if nobody listens.

Media and browsers' connections are left out: who would connect calls `join` with the token that the page was given.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Mapping

import aiohttp
import jwt
from aiohttp import web
from livekit import api
from livekit.protocol.models import ParticipantInfo, Room

from bot.clock import SystemClock, new_id
from tests.web.browsers import HERE
from web.livekit_rooms import LiveKitRooms, LiveKitServer

KEY, SECRET = "key", "secret of the stand-in, long enough"
SERVICE = "/twirp/livekit.RoomService/"
LOST_WITHIN = aiohttp.ClientTimeout(total=5)


class NotLetIn(Exception):
    """LiveKit refuses a join token: its room is gone or full, or its identity is in another room."""


class RoomServer:
    """Serves rooms on loopback. `webhook_address()` says where the next webhook goes; `pairs` are all who met."""

    def __init__(self, webhook_address: Callable[[], str]) -> None:
        self._webhook_address = webhook_address
        self._clock = SystemClock()
        self._runner: web.AppRunner | None = None
        self._sending: set[asyncio.Task[None]] = set()
        self.url = ""
        self.rooms: dict[str, dict[str, str]] = {}
        self.pairs: set[frozenset[str]] = set()
        self.rooms_of: defaultdict[str, set[str]] = defaultdict(set)

    @property
    def environment(self) -> Mapping[str, str]:
        """What a process needs to use it."""
        return {"LIVEKIT_URL": self.url, "LIVEKIT_API_KEY": KEY, "LIVEKIT_API_SECRET": SECRET}

    async def start(self) -> None:
        """Listen on any free port."""
        app = web.Application()
        app.router.add_post(SERVICE + "{method}", self._answer)
        app.router.add_get("/rtc/validate", _know_no_room)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, HERE, 0).start()
        self.url = f"ws://{HERE}:{self._runner.addresses[0][1]}"
        self._http = aiohttp.ClientSession(timeout=LOST_WITHIN)
        server = LiveKitServer(url=self.url, api_url=self.url.replace("ws", "http"), api_key=KEY, api_secret=SECRET)
        self._signer = LiveKitRooms(server, self._http)

    async def stop(self) -> None:
        """Stop listening, and send nothing more."""
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)
        if self._runner is not None:
            await self._http.close()
            await self._runner.cleanup()

    def join(self, token: str) -> str:
        """Let the bearer of a join token in; returns the room's name. Raises NotLetIn."""
        grants = jwt.decode(token, SECRET, algorithms=["HS256"])
        identity, name = grants["sub"], grants["video"]["room"]
        inside = self.rooms.get(name)
        if inside is None or (identity not in inside and len(inside) >= 2):
            raise NotLetIn
        inside[identity] = f"PA_{new_id(self._clock)}"
        self.rooms_of[identity].add(name)
        if len(inside) == 2:
            self.pairs.add(frozenset(inside))
        self._tell("participant_joined", name, identity, inside[identity])
        return str(name)

    def leave(self, name: str, identity: str) -> None:
        """A browser disconnects."""
        sid = self.rooms.get(name, {}).pop(identity, None)
        if sid is not None:
            self._tell("participant_left", name, identity, sid)

    def _tell(self, event: str, room_name: str, identity: str, sid: str) -> None:
        body = {
            "id": f"EV_{new_id(self._clock)}",
            "event": event,
            "room": {"name": room_name},
            "participant": {"identity": identity, "sid": sid},
        }
        task = asyncio.create_task(self._send_webhook(json.dumps(body).encode()))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _send_webhook(self, body: bytes) -> None:
        headers = {"Authorization": self._signer.sign_webhook(body), "Content-Type": "application/webhook+json"}
        try:
            await self._http.post(self._webhook_address(), data=body, headers=headers)
        except (aiohttp.ClientError, TimeoutError):
            return  # it is lost: LiveKit itself would try again for a while

    async def _answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        match request.match_info["method"]:
            case "CreateRoom":
                name = api.CreateRoomRequest.FromString(body).name
                inside = self.rooms.setdefault(name, {})
                return _protobuf(Room(name=name, num_participants=len(inside)).SerializeToString())
            case "DeleteRoom":
                self._empty(api.DeleteRoomRequest.FromString(body).room)
                return _protobuf(b"")
            case "RemoveParticipant":
                wanted = api.RoomParticipantIdentity.FromString(body)
                self.leave(wanted.room, wanted.identity)
                return _protobuf(b"")
            case "ListParticipants":
                listed = self.rooms.get(api.ListParticipantsRequest.FromString(body).room, {})
                people = [ParticipantInfo(identity=identity, sid=sid) for identity, sid in listed.items()]
                return _protobuf(api.ListParticipantsResponse(participants=people).SerializeToString())
            case _:
                return _protobuf(api.ListRoomsResponse().SerializeToString())

    def _empty(self, name: str) -> None:
        for identity in list(self.rooms.get(name, {})):
            self.leave(name, identity)
        self.rooms.pop(name, None)


async def _know_no_room(_: web.Request) -> web.Response:
    return web.Response(status=404, text="requested room does not exist")


def _protobuf(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="application/protobuf")
