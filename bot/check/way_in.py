"""Goes the members' way to LiveKit: a WebSocket with a real token into a room that was made for the test."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import aiohttp

from bot.check.clocks import LIVEKIT, ClockComparison
from bot.check.clocks import SUBJECT as CLOCKS
from bot.check.finding import Finding, found_fault, found_well
from bot.check.places import DESCRIPTIONS, describe_private_address, reach_of_name
from web.connection_errors import NO_ANSWER
from web.livekit_failures import explain_refusal, nothing_answers
from web.livekit_rooms import LiveKitRooms, browser_parameters
from web.rooms import VideoProblem

URL: Final = "livekit.url"
JOIN_TIMEOUT_S: Final = 5.0


@dataclass(frozen=True, kw_only=True)
class WayIn:
    """The way to LiveKit at `url` that students take from the page at `public_url`."""

    url: str
    public_url: str
    rooms: LiveKitRooms
    http: aiohttp.ClientSession
    clocks: ClockComparison

    @property
    def http_url(self) -> str:
        """The same address for plain requests, which the page's client sends as well."""
        return self.url.replace("ws", "http", 1)

    async def check(self, *, room_name: str | None, missing_room: str) -> Finding:
        """Enter the room as a browser does, if there is one; then be refused at a room that is not there."""
        if reach_of_name(self.url) < reach_of_name(self.public_url):
            where = DESCRIPTIONS[reach_of_name(self.url)]
            message = (
                f"leads into {where} only, while the page is for everybody: browsers would look for it on their side"
            )
            return found_fault(URL, message)
        try:
            fault = (room_name and await self._try_entering(room_name)) or await self._try_missing_room(missing_room)
        except VideoProblem as problem:
            return describe_video_problem(problem)
        message = "lets browsers in by WebSocket, and nobody into a room that is not there"
        return fault or found_well(URL, message + await describe_private_address(self.url))

    async def _try_entering(self, room_name: str) -> Finding | None:
        parameters = browser_parameters(self.rooms.join_token(identity="check", room_name=room_name))
        try:
            async with self.http.ws_connect(f"{self.url}/rtc/v1", params=parameters) as connection:
                message = await connection.receive(JOIN_TIMEOUT_S)
        except aiohttp.WSServerHandshakeError as error:
            return await self._explain_handshake(error.status, room_name)
        except NO_ANSWER as error:
            raise nothing_answers(URL, error) from error
        if message.type is not aiohttp.WSMsgType.BINARY:
            return found_fault(URL, "the WebSocket is closed as soon as it is open: look into LiveKit's log")
        return None

    async def _explain_handshake(self, status: int, room_name: str) -> Finding:
        """Why the WebSocket was refused: ask by plain HTTP, as the page's client does."""
        accepted, reason = await self._ask(room_name)
        if reason:
            raise reason
        if accepted:
            message = (
                f"LiveKit answers, but not by WebSocket (status {status}): let the proxy pass Upgrade and Connection on"
            )
            return found_fault(URL, message)
        return found_fault(
            URL, "another LiveKit answers here than at livekit.api_url: it does not have the room made there"
        )

    async def _try_missing_room(self, room_name: str) -> Finding | None:
        accepted, reason = await self._ask(room_name)
        if reason:
            raise reason
        if accepted:
            message = "LiveKit makes rooms for whoever comes: set room.auto_create to false in its configuration"
            return found_fault(URL, message)
        return None

    async def _ask(self, room_name: str) -> tuple[bool, VideoProblem | None]:
        """Whether LiveKit would let a browser into a room, or the problem that it has with our token."""
        address = f"{self.http_url}/rtc/validate"
        token = self.rooms.join_token(identity="check", room_name=room_name)
        try:
            async with self.http.get(address, params={"access_token": token}, allow_redirects=False) as answer:
                self.clocks.observe(LIVEKIT, answer.headers)
                return answer.status == HTTPStatus.OK, explain_refusal(URL, answer.status, await answer.text())
        except NO_ANSWER as error:
            return False, nothing_answers(URL, error)


def describe_video_problem(problem: VideoProblem) -> Finding:
    """A problem with LiveKit as a finding about the setting to look at, or about the clocks."""
    subject = CLOCKS if problem.code == "video_clock_differs" else problem.setting
    return found_fault(subject, problem.reason)
