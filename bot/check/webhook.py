"""Follows LiveKit's webhook back to us: an event about a room that was made for the test has to arrive.

An event of our own, sent to the same address with our own signature, tells whose side is at fault if none arrives.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import aiohttp

from bot.check.finding import Finding, found_fault, found_well
from bot.check.receiver import WEBHOOK_TYPE, Receiver
from web.connection_errors import NO_ANSWER, describe_connection_error
from web.livekit_rooms import LiveKitRooms
from web.webhook import WEBHOOK_PATH

SUBJECT: Final = "webhook"
WAIT_S: Final = 10.0
OWN_EVENT_TIMEOUT: Final = aiohttp.ClientTimeout(total=2)
LOOK_EVERY_S: Final = 0.2

ReadNote = Callable[[], Awaitable[str | None]]


@dataclass(frozen=True, kw_only=True)
class WebhookTrial:
    """`read_note` reads the room of the last test about which the running service got an event."""

    public_url: str
    rooms: LiveKitRooms
    http: aiohttp.ClientSession
    receiver: Receiver
    read_note: ReadNote

    @property
    def address(self) -> str:
        """Where LiveKit should send its events."""
        return f"{self.public_url}{WEBHOOK_PATH}"

    async def try_own_event(self, room_name: str) -> str | None:
        """Send an event of our own about a made-up room; returns what is wrong with the way, None if it arrives."""
        body = json.dumps({"event": "room_started", "id": room_name, "room": {"name": room_name}}).encode()
        headers = {"Authorization": self.rooms.sign_webhook(body), "Content-Type": WEBHOOK_TYPE}
        try:
            async with self.http.post(
                self.address, data=body, headers=headers, allow_redirects=False, timeout=OWN_EVENT_TIMEOUT
            ) as answer:
                status = answer.status
        except NO_ANSWER as error:
            return f"no event can arrive at {self.address}: {describe_connection_error(error)}"
        if status == HTTPStatus.UNAUTHORIZED:
            return "`heybuddy run` refuses events signed with livekit.api_secret: restart it with these settings"
        if status != HTTPStatus.OK:
            return f"no event can arrive at {self.address} (status {status}): does the proxy pass POST requests on?"
        if not await self._has_arrived(room_name):
            return f"what answers at {self.address} is not `heybuddy run` with this database: does an older one run?"
        return None

    async def wait_for_event(self, room_name: str, *, fault_of_way: str | None) -> Finding:
        """Whether LiveKit's event about this room arrives, here or at the running service, and else whose fault it is.

        `fault_of_way` is what `try_own_event` has found.
        """
        try:
            async with asyncio.timeout(WAIT_S):
                while not await self._has_arrived(room_name):  # noqa: ASYNC110 -- another process writes the note
                    await asyncio.sleep(LOOK_EVERY_S)
        except TimeoutError:
            return found_fault(SUBJECT, self._explain_silence(fault_of_way))
        return found_well(SUBJECT, "LiveKit's events arrive")

    async def _has_arrived(self, room_name: str) -> bool:
        return room_name in self.receiver.arrived or await self.read_note() == room_name

    def _explain_silence(self, fault_of_way: str | None) -> str:
        if self.receiver.forged:
            return (
                "LiveKit signs its events with another key: set webhook.api_key in its configuration to livekit.api_key"
            )
        if self.receiver.stray_path:
            return f"LiveKit sends its events to {self.receiver.stray_path}: set webhook.urls in it to {self.address}"
        if fault_of_way:
            return fault_of_way
        hint = (
            "" if self.receiver.listens else " (if it signs with another key, the log says that a webhook was refused)"
        )
        return (
            f"the way to {self.address} is open, but LiveKit sent nothing there within {WAIT_S:.0f} s{hint}: "
            "set webhook.urls and webhook.api_key in its configuration"
        )
