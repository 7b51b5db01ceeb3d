"""Somebody who follows a link of the sandbox into its room, as the page does, without a browser."""

import asyncio
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import aiohttp
from livekit import rtc

from bot.sandbox.sandbox import Sandbox
from tests.flow.real_livekit import ENTER_WITHIN

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


class RoomVisitor:
    """One browser, with its cookie, and its client of LiveKit. All is closed at the end of the block."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._url = sandbox.addresses.web
        self._room: rtc.Room | None = None

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(headers=SAME_ORIGIN, raise_for_status=True)
        self._attempt = str(uuid4())
        self._cookie = ""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        await self.leave_video()
        await self._http.close()

    async def open_page(self, link: str) -> None:
        """Load the page of a link, which asks at once whether the link works."""
        async with self._http.get(f"{self._url}/j") as answer:
            await answer.read()
        await self.ask("POST", "/invitation/inspect", self._body_about(link))

    async def redeem(self, link: str) -> None:
        """Redeem a link, and keep the session's cookie."""
        async with self._http.post(f"{self._url}/session", json=self._body_about(link)) as answer:
            self._cookie = answer.headers["Set-Cookie"].partition(";")[0]

    def _body_about(self, link: str) -> dict[str, object]:
        return {"token": link.partition("#")[2], "attempt": self._attempt}

    async def ask(self, method: str, path: str, body: dict[str, object] | None = None) -> Any:
        """The JSON that the web part answers; None if it says nothing."""
        sent = None if method == "GET" else (body or {})
        headers = {"Cookie": self._cookie}
        async with self._http.request(method, f"{self._url}{path}", json=sent, headers=headers) as answer:
            return await answer.json() if answer.content_type == "application/json" else None

    async def enter(self) -> None:
        """Get a join token, and enter the room with it."""
        grant = await self.ask("POST", "/session/join-token")
        self._room = rtc.Room()
        async with asyncio.timeout(ENTER_WITHIN):
            await self._room.connect(grant["url"], grant["token"])

    async def leave(self) -> None:
        """Leave as the button *Leave* does."""
        await self.ask("DELETE", "/session")
        await self.leave_video()

    async def leave_video(self) -> None:
        """Leave LiveKit's room, if it was entered."""
        if self._room is not None:
            room, self._room = self._room, None
            await room.disconnect()
