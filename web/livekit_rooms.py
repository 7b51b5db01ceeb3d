"""LiveKit: rooms made, looked into and closed, join tokens, the signature of its webhooks. Only this file knows it.

Its troubles are told apart: not configured, our key refused, not reachable.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import aiohttp
import jwt
from google.protobuf.json_format import ParseError
from livekit import api

from bot.domain.room import JOIN_TOKEN_LIFETIME, SEATS_PER_ROOM
from web.problems import HttpProblem

EMPTY_TIMEOUT = 15 * 60  # seconds; a net behind our own rules
DEPARTURE_TIMEOUT = 5 * 60
PATIENCE = aiohttp.ClientTimeout(total=5)
SOURCES = ("camera", "microphone", "screen_share", "screen_share_audio")
REFUSED = frozenset({"unauthenticated", "permission_denied"})
NOBODY = "readiness"


@dataclass(frozen=True, kw_only=True, slots=True)
class RoomEvent:
    """What a webhook tells: `kind` as LiveKit names it, with who and where, as far as it says."""

    id: str
    kind: str
    room_name: str
    identity: str
    sid: str


class Forged(Exception):
    """The webhook's signature is not LiveKit's."""


class Rooms(Protocol):
    """Video rooms. Every method raises HttpProblem with a `video_*` code where LiveKit cannot do it."""

    url: str

    async def ensure(self, name: str) -> int:
        """Make sure that the room is there with its two places; how many are in it."""
        ...

    async def close(self, name: str) -> None:
        """Close a room and put everybody out; a room that is not there is closed."""
        ...

    async def remove(self, name: str, identity: str) -> None:
        """Put one participant out; one that is not there is out."""
        ...

    async def present(self, name: str) -> Mapping[str, str]:
        """Who is in: connection ids by identity; nobody in a room that is not there."""
        ...

    async def check(self) -> None:
        """Learn whether LiveKit answers and takes our key."""
        ...

    def token(self, *, identity: str, room_name: str) -> str:
        """A join token of ten minutes with the least grants for one seat in one room."""
        ...

    def event(self, body: bytes, authorization: str) -> RoomEvent:
        """Read a webhook; raises Forged."""
        ...


class LiveKitRooms:
    """Rooms on a LiveKit server: `url` for browsers, `api_url` for ourselves."""

    def __init__(self, *, url: str, api_url: str, api_key: str, api_secret: str, http: aiohttp.ClientSession) -> None:
        self.url = url
        self._key = api_key
        self._secret = api_secret
        self._api = api.LiveKitAPI(api_url, api_key, api_secret, session=http, timeout=PATIENCE, failover=False)
        self._receiver = api.WebhookReceiver(api.TokenVerifier(api_key, api_secret, leeway=timedelta(minutes=1)))

    async def ensure(self, name: str) -> int:
        """Make sure that the room is there with its two places; how many are in it."""
        wanted = api.CreateRoomRequest(
            name=name, empty_timeout=EMPTY_TIMEOUT, departure_timeout=DEPARTURE_TIMEOUT, max_participants=SEATS_PER_ROOM
        )
        async with _told_apart():
            room = await self._api.room.create_room(wanted)
        return int(room.num_participants)

    async def close(self, name: str) -> None:
        """Close a room and put everybody out; a room that is not there is closed."""
        async with _told_apart(missing_is_fine=True):
            await self._api.room.delete_room(api.DeleteRoomRequest(room=name))

    async def remove(self, name: str, identity: str) -> None:
        """Put one participant out; one that is not there is out."""
        async with _told_apart(missing_is_fine=True):
            await self._api.room.remove_participant(api.RoomParticipantIdentity(room=name, identity=identity))

    async def present(self, name: str) -> Mapping[str, str]:
        """Who is in: connection ids by identity; nobody in a room that is not there."""
        listed = api.ListParticipantsResponse()
        async with _told_apart(missing_is_fine=True):
            listed = await self._api.room.list_participants(api.ListParticipantsRequest(room=name))
        return {participant.identity: participant.sid for participant in listed.participants}

    async def check(self) -> None:
        """Learn whether LiveKit answers and takes our key, by asking for a room that cannot be."""
        async with _told_apart():
            await self._api.room.list_rooms(api.ListRoomsRequest(names=[NOBODY]))

    def token(self, *, identity: str, room_name: str) -> str:
        """A join token of ten minutes with the least grants for one seat in one room."""
        grants = api.VideoGrants(
            room_join=True,
            room=room_name,
            can_publish=True,
            can_subscribe=True,
            can_publish_data=True,
            can_publish_sources=list(SOURCES),
        )
        token = api.AccessToken(self._key, self._secret).with_identity(identity).with_grants(grants)
        return token.with_ttl(JOIN_TOKEN_LIFETIME).to_jwt()

    def event(self, body: bytes, authorization: str) -> RoomEvent:
        """Read a webhook; raises Forged where its signature or its body is not LiveKit's."""
        try:
            told = self._receiver.receive(body.decode(), authorization)
        except (jwt.PyJWTError, ParseError, ValueError) as forged:
            raise Forged(type(forged).__name__) from None
        except Exception as forged:  # the library raises bare ones for a wrong hash
            if type(forged) is Exception:
                raise Forged(str(forged)) from None
            raise
        return RoomEvent(
            id=told.id,
            kind=told.event,
            room_name=told.room.name,
            identity=told.participant.identity,
            sid=told.participant.sid,
        )


class NoRooms:
    """What stands in where no LiveKit server is configured: nothing can be entered, nothing needs closing."""

    url = ""

    async def ensure(self, name: str) -> int:
        raise HttpProblem("video_not_configured")

    async def close(self, name: str) -> None:
        return

    async def remove(self, name: str, identity: str) -> None:
        return

    async def present(self, name: str) -> Mapping[str, str]:
        return {}

    async def check(self) -> None:
        raise HttpProblem("video_not_configured")

    def token(self, *, identity: str, room_name: str) -> str:
        raise HttpProblem("video_not_configured")

    def event(self, body: bytes, authorization: str) -> RoomEvent:
        raise Forged("nobody sends webhooks here")


@asynccontextmanager
async def _told_apart(*, missing_is_fine: bool = False) -> AsyncIterator[None]:
    try:
        yield
    except api.TwirpError as trouble:
        if trouble.code == "not_found" and missing_is_fine:
            return
        if trouble.code in REFUSED:
            raise HttpProblem("video_refused_our_key") from None
        raise HttpProblem("video_unreachable") from trouble
    except (aiohttp.ClientError, TimeoutError, OSError) as trouble:
        raise HttpProblem("video_unreachable") from trouble
