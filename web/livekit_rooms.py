"""Video rooms on a LiveKit server. This is the only file that knows LiveKit's API.

Every failure becomes a VideoProblem that says whose side it is on.
"""

import asyncio
import hashlib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from types import MappingProxyType

import aiohttp
import jwt
from google.protobuf.json_format import ParseError
from google.protobuf.message import DecodeError
from livekit import api
from livekit.protocol.models import ClientInfo, TrackSource
from livekit.protocol.rtc import JoinRequest, WrappedJoinRequest

from bot.connection_errors import NO_ANSWER, PROXY_FAILS
from bot.domain.match import EMPTY_ROOM_ENDS_AFTER, NO_SHOW_AFTER
from bot.domain.room import JOIN_TOKEN_LIFETIME, SEATS_PER_ROOM, MediaSource, Participant
from web.livekit_failures import explain_refusal, nothing_answers, something_else_answers
from web.rooms import ForgedWebhook, RoomEvent, Rooms, UnconfiguredRooms, UntimelyWebhook, VideoProblem

# A safety net behind our own rules, which close rooms no later.
EMPTY_TIMEOUT_S = int(NO_SHOW_AFTER.total_seconds())
DEPARTURE_TIMEOUT_S = int(EMPTY_ROOM_ENDS_AFTER.total_seconds())
REQUEST_TIMEOUT_S = 5.0
WEBHOOK_LIFETIME = timedelta(minutes=5)
ANY_CLOCK = timedelta(days=1)
WEBHOOK_CLOCK_LEEWAY = timedelta(minutes=1)
PUBLISH_SOURCES = ("camera", "microphone")
SCREEN_SOURCES = ("screen_share", "screen_share_audio")
SOURCES: Mapping[int, MediaSource] = MappingProxyType(
    {
        TrackSource.CAMERA: MediaSource.CAMERA,
        TrackSource.MICROPHONE: MediaSource.MICROPHONE,
        TrackSource.SCREEN_SHARE: MediaSource.SCREEN,
    }
)
CLIENT_PROTOCOL = 17  # what the page's livekit-client speaks
TWIRP_CODES = frozenset(vars(api.TwirpErrorCode).values()) - {api.TwirpErrorCode.UNKNOWN, api.TwirpErrorCode.BAD_ROUTE}
"""What LiveKit itself answers if it cannot do what we ask."""
PROBE_ROOM = "readiness"  # never exists: real names are random


@dataclass(frozen=True, kw_only=True)
class LiveKitServer:
    """Where LiveKit is: `url` for browsers, `api_url` for us; and the key we sign with."""

    url: str
    api_url: str
    api_key: str
    api_secret: str

    @property
    def http_url(self) -> str:
        """`url` for plain requests, which browsers send as well."""
        return self.url.replace("ws", "http", 1)

    @property
    def api_setting(self) -> str:
        """The key of the setting that `api_url` comes from: that of `url`, unless the two differ."""
        return "livekit.url" if self.api_url == self.http_url else "livekit.api_url"


class LiveKitRooms:
    """Rooms on `server`; requests go through `http`, which the caller closes; each has `answer_within_s` seconds."""

    def __init__(
        self, server: LiveKitServer, http: aiohttp.ClientSession, *, answer_within_s: float = REQUEST_TIMEOUT_S
    ) -> None:
        key, secret = server.api_key, server.api_secret
        self.server = server
        self.url = server.url
        self._http = http
        self._answer_within_s = answer_within_s
        self._key = key
        self._secret = secret
        self._api = api.LiveKitAPI(server.api_url, key, secret, session=http, failover=False)
        self._webhooks = api.WebhookReceiver(api.TokenVerifier(key, secret, leeway=WEBHOOK_CLOCK_LEEWAY))

    async def ensure_room(self, room_name: str) -> int:
        """Create the room for two participants if it does not exist; returns how many are in it."""
        wanted = api.CreateRoomRequest(
            name=room_name,
            empty_timeout=EMPTY_TIMEOUT_S,
            departure_timeout=DEPARTURE_TIMEOUT_S,
            max_participants=SEATS_PER_ROOM,
        )
        async with self._failures_as_problems():
            room = await self._api.room.create_room(wanted)
        if room.name != room_name:
            raise await self._explain_foreign_answer(HTTPStatus.OK)
        return int(room.num_participants)

    async def close_room(self, room_name: str) -> None:
        """Close a room and disconnect everybody in it; does nothing if the room does not exist."""
        async with self._failures_as_problems(missing_ok=True):
            await self._api.room.delete_room(api.DeleteRoomRequest(room=room_name))

    async def remove_participant(self, room_name: str, identity: str) -> None:
        """Disconnect one participant; does nothing if they are not in the room."""
        async with self._failures_as_problems(missing_ok=True):
            await self._api.room.remove_participant(api.RoomParticipantIdentity(room=room_name, identity=identity))

    async def list_participants(self, room_name: str) -> Mapping[str, Participant]:
        """Who is in a room, by identity; empty if the room does not exist."""
        listed = api.ListParticipantsResponse()
        async with self._failures_as_problems(missing_ok=True):
            listed = await self._api.room.list_participants(api.ListParticipantsRequest(room=room_name))
        return {each.identity: Participant(sid=each.sid, tracks=_tracks_of(each)) for each in listed.participants}

    async def check_connection(self) -> None:
        """Raise VideoProblem unless LiveKit answers and accepts our key; asks for a room that cannot exist.

        Join tokens are tried as well: they live shorter than the API's, so a clock that is behind hurts them first.
        """
        async with self._failures_as_problems():
            await self._api.room.list_rooms(api.ListRoomsRequest(names=[PROBE_ROOM]))
        problem = await self._explain_refusal()
        if problem and problem.code != "video_unreachable":  # the way to LiveKit's API may lead nowhere else
            raise problem

    def join_token(self, *, identity: str, room_name: str, shares_screen: bool = False) -> str:
        grants = api.VideoGrants(
            room_join=True,
            room=room_name,
            can_publish=True,
            can_subscribe=True,
            can_publish_data=True,
            can_publish_sources=[*PUBLISH_SOURCES, *(SCREEN_SOURCES if shares_screen else ())],
        )
        token = api.AccessToken(self._key, self._secret).with_identity(identity).with_grants(grants)
        return token.with_ttl(JOIN_TOKEN_LIFETIME).to_jwt()

    def sign_webhook(self, body: bytes, *, lifetime: timedelta = WEBHOOK_LIFETIME) -> str:
        """The header Authorization with which LiveKit would send `body` as a webhook."""
        digest = b64encode(hashlib.sha256(body).digest()).decode("ascii")
        return api.AccessToken(self._key, self._secret).with_ttl(lifetime).with_sha256(digest).to_jwt()

    def sign_webhook_for_any_clock(self, body: bytes) -> str:
        """As `sign_webhook`, but accepted by every clock that is less than `ANY_CLOCK` ahead of ours, or behind it."""
        token = self.sign_webhook(body, lifetime=ANY_CLOCK)
        claims = jwt.decode(token, options={"verify_signature": False})
        return jwt.encode({**claims, "nbf": 0}, self._secret)

    def read_webhook(self, body: bytes, authorization: str) -> RoomEvent:
        """Verify and parse a webhook.

        Raises ForgedWebhook if its signature or its body is not LiveKit's, and UntimelyWebhook, which is one as well,
        if the signature is right but belongs to another time.
        """
        try:
            event = self._webhooks.receive(body.decode(), authorization)
        except (jwt.ExpiredSignatureError, jwt.ImmatureSignatureError) as error:
            raise UntimelyWebhook(type(error).__name__) from None
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
            source=SOURCES.get(event.track.source),
            track_sid=event.track.sid,
        )

    @asynccontextmanager
    async def _failures_as_problems(self, *, missing_ok: bool = False) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._answer_within_s):  # livekit-api ignores its `timeout` beside a `session`
                yield
        except api.TwirpError as error:
            if error.code != "not_found" or not missing_ok:
                raise await self._explain_error(error) from None
        except (DecodeError, AttributeError) as error:  # the latter for an error in JSON that is not an object
            raise await self._explain_foreign_answer(HTTPStatus.OK) from error
        except TimeoutError as error:
            raise nothing_answers(self.server.api_setting, error) from error
        except NO_ANSWER as error:  # perhaps not of LiveKit: livekit-api follows redirects
            raise await self._explain_refusal() or nothing_answers(self.server.api_setting, error) from error

    async def _explain_error(self, error: api.TwirpError) -> VideoProblem:
        if error.status == HTTPStatus.UNAUTHORIZED or error.code == api.TwirpErrorCode.PERMISSION_DENIED:
            reason = (
                "LiveKit lets livekit.api_key enter rooms but not manage them: give the key all rights, "
                "and have a proxy in between forward the header Authorization"
            )
            return await self._explain_refusal() or VideoProblem(
                "video_refused_our_key", setting="livekit.api_key", reason=reason
            )
        if error.code not in TWIRP_CODES:
            return await self._explain_foreign_answer(error.status)
        reason = f"LiveKit can't do what it is asked ({error.code}): see its log"
        return VideoProblem("video_unreachable", setting=self.server.api_setting, reason=reason)

    async def _explain_foreign_answer(self, status: int) -> VideoProblem:
        """Who has answered `status` in the place of LiveKit's API: ask where browsers ask, and look at the answer."""
        setting = self.server.api_setting
        if status in PROXY_FAILS:
            return something_else_answers(setting, status, {})
        reason = (
            f"something else answers where LiveKit's API should be (status {status}): have the proxy forward /twirp"
        )
        return await self._explain_refusal() or VideoProblem("video_unreachable", setting=setting, reason=reason)

    async def _explain_refusal(self) -> VideoProblem | None:
        """Why LiveKit refuses a join token; None if it does not. livekit-api does not keep the text of a refusal."""
        token = self.join_token(identity=PROBE_ROOM, room_name=PROBE_ROOM)
        address, setting = f"{self.server.api_url}/rtc/validate", self.server.api_setting
        try:
            async with (
                asyncio.timeout(self._answer_within_s),
                self._http.get(address, params={"access_token": token}, allow_redirects=False) as answer,
            ):
                return await explain_refusal(setting, answer)
        except NO_ANSWER as error:
            return nothing_answers(setting, error)


def _tracks_of(participant: api.ParticipantInfo) -> Mapping[MediaSource, str]:
    return {SOURCES[track.source]: track.sid for track in participant.tracks if track.source in SOURCES}


def browser_parameters(token: str) -> Mapping[str, str]:
    """The query with which livekit-client opens its WebSocket at `/rtc/v1`."""
    request = JoinRequest(client_info=ClientInfo(sdk=ClientInfo.JS, protocol=CLIENT_PROTOCOL))
    wrapped = WrappedJoinRequest(join_request=request.SerializeToString()).SerializeToString()
    return {"access_token": token, "join_request": urlsafe_b64encode(wrapped).decode("ascii")}


def connect_rooms(
    server: LiveKitServer | None, http: aiohttp.ClientSession, *, answer_within_s: float = REQUEST_TIMEOUT_S
) -> Rooms:
    """The rooms of `server`, or the stand-in if there is none. Nothing is sent yet."""
    return UnconfiguredRooms() if server is None else LiveKitRooms(server, http, answer_within_s=answer_within_s)
