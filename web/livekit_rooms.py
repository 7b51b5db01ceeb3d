"""Video rooms on a LiveKit server. This is the only file that knows LiveKit's API.

Its failures become one of three problems: not configured, our key refused, not reachable.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

import aiohttp
import jwt
from google.protobuf.json_format import ParseError
from livekit import api

from bot.domain.match import EMPTY_ROOM_ENDS_AFTER, NO_SHOW_AFTER
from bot.domain.room import JOIN_TOKEN_LIFETIME, SEATS_PER_ROOM
from web.problems import HttpProblem
from web.rooms import ForgedWebhook, RoomEvent, Rooms, UnconfiguredRooms

# A safety net behind our own rules, which close rooms no later.
EMPTY_TIMEOUT_S = int(NO_SHOW_AFTER.total_seconds())
DEPARTURE_TIMEOUT_S = int(EMPTY_ROOM_ENDS_AFTER.total_seconds())
REQUEST_TIMEOUT = aiohttp.ClientTimeout(total=5)
WEBHOOK_CLOCK_LEEWAY = timedelta(minutes=1)
PUBLISH_SOURCES = ("camera", "microphone", "screen_share", "screen_share_audio")
KEY_REFUSED_CODES = frozenset({"unauthenticated", "permission_denied"})
PROBE_ROOM = "readiness"  # never exists: real names are random

# What the log and `heybuddy check` say about each problem with LiveKit.
VIDEO_PROBLEMS: Mapping[str, str] = MappingProxyType(
    {
        "video_not_configured": "there is no video: set livekit.url, livekit.api_key and livekit.api_secret",
        "video_refused_our_key": "LiveKit refuses livekit.api_key or livekit.api_secret: nobody can enter a room",
        "video_unreachable": "LiveKit does not answer at livekit.api_url: nobody can enter a room",
    }
)


@dataclass(frozen=True, kw_only=True)
class LiveKitServer:
    """Where LiveKit is: `url` for browsers, `api_url` for us; and the key we sign with."""

    url: str
    api_url: str
    api_key: str
    api_secret: str


class LiveKitRooms:
    """Rooms on `server`; requests go through `http`, which the caller closes."""

    def __init__(self, server: LiveKitServer, http: aiohttp.ClientSession) -> None:
        key, secret = server.api_key, server.api_secret
        self.url = server.url
        self._key = key
        self._secret = secret
        self._api = api.LiveKitAPI(server.api_url, key, secret, session=http, timeout=REQUEST_TIMEOUT, failover=False)
        self._webhooks = api.WebhookReceiver(api.TokenVerifier(key, secret, leeway=WEBHOOK_CLOCK_LEEWAY))

    async def ensure_room(self, room_name: str) -> int:
        """Create the room for two participants if it does not exist; returns how many are in it."""
        wanted = api.CreateRoomRequest(
            name=room_name,
            empty_timeout=EMPTY_TIMEOUT_S,
            departure_timeout=DEPARTURE_TIMEOUT_S,
            max_participants=SEATS_PER_ROOM,
        )
        async with _failures_as_problems():
            room = await self._api.room.create_room(wanted)
        return int(room.num_participants)

    async def close_room(self, room_name: str) -> None:
        """Close a room and disconnect everybody in it; does nothing if the room does not exist."""
        async with _failures_as_problems(missing_ok=True):
            await self._api.room.delete_room(api.DeleteRoomRequest(room=room_name))

    async def remove_participant(self, room_name: str, identity: str) -> None:
        """Disconnect one participant; does nothing if they are not in the room."""
        async with _failures_as_problems(missing_ok=True):
            await self._api.room.remove_participant(api.RoomParticipantIdentity(room=room_name, identity=identity))

    async def list_participants(self, room_name: str) -> Mapping[str, str]:
        """Connection ids by identity; empty if the room does not exist."""
        listed = api.ListParticipantsResponse()
        async with _failures_as_problems(missing_ok=True):
            listed = await self._api.room.list_participants(api.ListParticipantsRequest(room=room_name))
        return {participant.identity: participant.sid for participant in listed.participants}

    async def check_connection(self) -> None:
        """Raise HttpProblem unless LiveKit answers and accepts our key; asks for a room that cannot exist."""
        async with _failures_as_problems():
            await self._api.room.list_rooms(api.ListRoomsRequest(names=[PROBE_ROOM]))

    def join_token(self, *, identity: str, room_name: str) -> str:
        """A join token for one seat in one room, valid for JOIN_TOKEN_LIFETIME, with the fewest grants possible."""
        grants = api.VideoGrants(
            room_join=True,
            room=room_name,
            can_publish=True,
            can_subscribe=True,
            can_publish_data=True,
            can_publish_sources=list(PUBLISH_SOURCES),
        )
        token = api.AccessToken(self._key, self._secret).with_identity(identity).with_grants(grants)
        return token.with_ttl(JOIN_TOKEN_LIFETIME).to_jwt()

    def read_webhook(self, body: bytes, authorization: str) -> RoomEvent:
        """Verify and parse a webhook; raises ForgedWebhook if its signature or its body is not LiveKit's."""
        try:
            event = self._webhooks.receive(body.decode(), authorization)
        except (jwt.PyJWTError, ParseError, ValueError) as error:
            raise ForgedWebhook(type(error).__name__) from None
        except Exception as error:
            if type(error) is Exception:  # what the library raises for a wrong hash
                raise ForgedWebhook(str(error)) from None
            raise
        return RoomEvent(
            id=event.id,
            kind=event.event,
            room_name=event.room.name,
            identity=event.participant.identity,
            sid=event.participant.sid,
        )


def connect_rooms(server: LiveKitServer | None, http: aiohttp.ClientSession) -> Rooms:
    """The rooms of `server`, or the stand-in if there is none. Nothing is sent yet."""
    return UnconfiguredRooms() if server is None else LiveKitRooms(server, http)


@asynccontextmanager
async def _failures_as_problems(*, missing_ok: bool = False) -> AsyncIterator[None]:
    try:
        yield
    except api.TwirpError as error:
        if error.code == "not_found" and missing_ok:
            return
        if error.code in KEY_REFUSED_CODES:
            raise HttpProblem("video_refused_our_key") from None
        raise HttpProblem("video_unreachable") from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise HttpProblem("video_unreachable") from error
