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

from bot.check.answer import CHECK_HEADER, Answer, fetch
from bot.check.clocks import SUBJECT as CLOCKS
from bot.check.clocks import Patience
from bot.check.finding import Finding, found_fault, found_well
from bot.check.receiver import WEBHOOK_TYPE, Receiver
from bot.connection_errors import NO_ANSWER, PROXY_FAILS
from web.livekit_rooms import LiveKitRooms
from web.webhook import WEBHOOK_PATH

SUBJECT: Final = "webhook"
LOOK_EVERY_S: Final = 0.2
LOST_SIGNATURE: Final = "the proxy drops or changes the header Authorization of events: have it forward that"

ReadNote = Callable[[], Awaitable[str | None]]


@dataclass(frozen=True, kw_only=True)
class WebhookTrial:
    """The way of LiveKit's events to the page at `public_url`, whose place is that of `receiver`.

    `read_note` reads the room of the last test about which the running service got an event.
    """

    public_url: str
    rooms: LiveKitRooms
    http: aiohttp.ClientSession
    receiver: Receiver
    patience: Patience
    read_note: ReadNote

    @property
    def address(self) -> str:
        """Where LiveKit should send its events."""
        return f"{self.public_url}{WEBHOOK_PATH}"

    async def try_own_event(self, room_name: str) -> Finding | None:
        """Send an event of our own about a made-up room; returns what is wrong with the way, None if it arrives."""
        body = json.dumps({"event": "room_started", "id": room_name, "room": {"name": room_name}}).encode()
        try:
            answer = await self._send(self.public_url, body, self.rooms.sign_webhook(body))
            if answer.is_ours and answer.status == HTTPStatus.UNAUTHORIZED:
                return await self._explain_refusal(answer, body)
        except NO_ANSWER:
            return found_fault(SUBJECT, f"no event can arrive at {self.address} before web.public_url is right")
        if answer.status != HTTPStatus.OK or not answer.is_ours:
            return found_fault(SUBJECT, self._describe_loss(answer))
        if not await self._has_arrived(room_name):
            message = (
                f"the `heybuddy run` that answers at {self.address} uses another database than this check: "
                "start both in the same folder with the same settings"
            )
            return found_fault(SUBJECT, message)
        return None

    async def wait_for_event(self, room_name: str, *, fault_of_way: Finding | None) -> Finding:
        """Whether LiveKit's event about this room arrives, here or at the running service, and else whose fault it is.

        `fault_of_way` is what `try_own_event` has found.
        """
        try:
            async with asyncio.timeout(self.patience.event_s):
                while not await self._has_arrived(room_name):  # noqa: ASYNC110 -- another process writes the note
                    await asyncio.sleep(LOOK_EVERY_S)
        except TimeoutError:
            return fault_of_way or self._explain_silence()
        return found_well(SUBJECT, "LiveKit's events arrive")

    async def _send(self, base: str, body: bytes, signature: str) -> Answer:
        headers = {"Authorization": signature, "Content-Type": WEBHOOK_TYPE}
        timeout = aiohttp.ClientTimeout(total=self.patience.own_event_s)
        return await fetch(self.http, "POST", f"{base}{WEBHOOK_PATH}", data=body, headers=headers, timeout=timeout)

    async def _explain_refusal(self, refusal: Answer, body: bytes) -> Finding:
        """Why our own signature is refused: for its time, because it got lost on the way, or for its secret."""
        if CHECK_HEADER in refusal.headers:
            return found_fault(SUBJECT, LOST_SIGNATURE)
        signature = self.rooms.sign_webhook_for_any_clock(body)
        if (await self._send(self.public_url, body, signature)).status == HTTPStatus.OK:
            message = "the clock of `heybuddy run` differs from this check's, so it refuses LiveKit's events"
            return found_fault(CLOCKS, f"{message}: synchronise it with NTP")
        if await self._is_accepted_directly(body, signature):
            return found_fault(SUBJECT, LOST_SIGNATURE)
        message = "`heybuddy run` refuses events signed with livekit.api_secret: restart it with these settings"
        return found_fault(SUBJECT, message)

    async def _is_accepted_directly(self, body: bytes, signature: str) -> bool:
        try:
            return (await self._send(self.receiver.address, body, signature)).status == HTTPStatus.OK
        except NO_ANSWER:
            return False

    def _describe_loss(self, answer: Answer) -> str:
        """Why an event of ours does not arrive, from an answer that is no refusal of its signature."""
        status = answer.status
        if answer.problem == "not_found":
            return "the `heybuddy run` that answers is of another version: restart it"
        if answer.problem:
            return f"`heybuddy run` can't take LiveKit's events ({answer.problem}): see its log"
        if location := answer.headers.get("Location"):
            return (
                f"events are redirected to {location}, where none arrives: have {self.address} lead to the page itself"
            )
        if status in PROXY_FAILS:
            return f"the proxy at {self.address} doesn't reach the page (status {status}): correct its settings"
        return (
            f"something else takes the events at {self.address} (status {status}): have the proxy forward POST requests"
        )

    async def _has_arrived(self, room_name: str) -> bool:
        return room_name in self.receiver.arrived or await self.read_note() == room_name

    def _explain_silence(self) -> Finding:
        """Why nothing comes by a way that is open: LiveKit is to blame."""
        if self.receiver.untimely:
            return found_fault(CLOCKS, "LiveKit's clock and this machine's differ: synchronise both with NTP")
        if self.receiver.forged:
            message = "LiveKit signs its events with another key: in its configuration, set webhook.api_key"
            return found_fault(SUBJECT, f"{message} to the value of livekit.api_key")
        if self.receiver.stray_path:
            message = (
                f"LiveKit sends its events to {self.receiver.stray_path}: set webhook.urls in it to {self.address}"
            )
            return found_fault(SUBJECT, message)
        hint = (
            "" if self.receiver.listens else " (if it signs with another key, the log says that a webhook was refused)"
        )
        message = (
            f"the way to {self.address} is open, but LiveKit sent nothing there within {self.patience.event_s:.0f} s"
            f"{hint}: set webhook.urls and webhook.api_key in its configuration, and see its log"
        )
        return found_fault(SUBJECT, message)
