"""Goes the members' way to LiveKit: a WebSocket with a real token into a room that was made for the test."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import aiohttp

from bot.check.clocks import LIVEKIT, ClockComparison
from bot.check.clocks import SUBJECT as CLOCKS
from bot.check.finding import Finding, found_fault, found_well
from bot.check.places import DESCRIPTIONS, describe_private_address, reach_of_name
from bot.connection_errors import NO_ANSWER, PROXY_FAILS
from web.livekit_failures import explain_refusal, nothing_answers
from web.livekit_rooms import LiveKitRooms, browser_parameters
from web.rooms import VideoProblem

URL: Final = "livekit.url"


@dataclass(frozen=True, kw_only=True)
class WayIn:
    """The way to LiveKit that students take from the page at `public_url`.

    LiveKit has `greeting_within_s` seconds for its first message.
    """

    public_url: str
    rooms: LiveKitRooms
    http: aiohttp.ClientSession
    clocks: ClockComparison
    greeting_within_s: float

    async def check(self, *, room_name: str | None, missing_room: str) -> Finding:
        """Be refused at a room that is not there; then enter the other one as a browser does, if there is one."""
        url = self.rooms.url
        if reach_of_name(url) < reach_of_name(self.public_url):
            where = DESCRIPTIONS[reach_of_name(url)]
            message = (
                f"can only be reached from {where}, while the page is for everybody: write an address that students' "
                "browsers reach"
            )
            return found_fault(URL, message)
        try:
            fault = await self._try_missing_room(missing_room) or (room_name and await self._try_entering(room_name))
        except VideoProblem as problem:
            return describe_video_problem(problem)
        message = "accepts browsers over WebSocket, and no one can enter a room that doesn't exist"
        return fault or found_well(URL, message + await describe_private_address(url))

    async def _try_missing_room(self, room_name: str) -> Finding | None:
        if await self._lets_in(room_name):
            message = "LiveKit makes a room for anyone who comes: set room.auto_create to false in its configuration"
            return found_fault(URL, message)
        return None

    async def _try_entering(self, room_name: str) -> Finding | None:
        parameters = browser_parameters(self.rooms.join_token(identity="check", room_name=room_name))
        try:
            async with self.http.ws_connect(f"{self.rooms.url}/rtc/v1", params=parameters) as connection:
                return await _describe_greeting(connection, within_s=self.greeting_within_s)
        except aiohttp.WSServerHandshakeError as error:
            return found_fault(URL, await self._explain_handshake(error.status, room_name))
        except NO_ANSWER as error:
            raise nothing_answers(URL, error) from error

    async def _explain_handshake(self, status: int, room_name: str) -> str:
        """Why the WebSocket was refused, although LiveKit answers plain requests."""
        if not await self._lets_in(room_name):
            return (
                f"another LiveKit answers here than at {self.rooms.server.api_setting}, where rooms are made: "
                "have both lead to the same one"
            )
        if status in PROXY_FAILS:
            return f"the proxy doesn't reach LiveKit by WebSocket (status {status}): look at its settings for Upgrade"
        return (
            f"LiveKit answers, but not by WebSocket (status {status}): have the proxy forward Upgrade and Connection, "
            "for every path"
        )

    async def _lets_in(self, room_name: str) -> bool:
        """Whether LiveKit would let a browser into a room; raises VideoProblem if it does not accept our token."""
        address = f"{self.rooms.server.http_url}/rtc/validate"
        token = self.rooms.join_token(identity="check", room_name=room_name)
        try:
            async with self.http.get(address, params={"access_token": token}, allow_redirects=False) as answer:
                self.clocks.observe(LIVEKIT, answer.headers)
                if problem := await explain_refusal(URL, answer):
                    raise problem
                return answer.status == HTTPStatus.OK
        except NO_ANSWER as error:
            raise nothing_answers(URL, error) from error


async def _describe_greeting(connection: aiohttp.ClientWebSocketResponse, *, within_s: float) -> Finding | None:
    """What is wrong with the first message on an open WebSocket, or None."""
    try:
        message = await connection.receive(within_s)
    except TimeoutError:
        text = (
            "the WebSocket opens, but nothing comes through it: switch off buffering in the proxy, or see LiveKit's log"
        )
        return found_fault(URL, text)
    if message.type is aiohttp.WSMsgType.BINARY:
        return None
    if message.type is aiohttp.WSMsgType.TEXT:
        return found_fault(URL, "a program other than LiveKit answers by WebSocket: look at the address and the proxy")
    return found_fault(URL, "the WebSocket is closed as soon as it is open: see LiveKit's log")


def describe_video_problem(problem: VideoProblem) -> Finding:
    """A problem with LiveKit as a finding about the setting to look at, or about the clocks."""
    subject = CLOCKS if problem.code == "video_clock_differs" else problem.setting
    return found_fault(subject, problem.reason)
