"""Browsers for tests: each has its own address and cookie and talks to the web part over real sockets."""

import asyncio
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

import aiohttp
from multidict import CIMultiDictProxy

from tests.polling import TIMEOUT
from web.session_cookies import COOKIE_NAME, SECOND_COOKIE_NAME

HERE = "127.0.0.1"
SAME_ORIGIN: Mapping[str, str] = {"Sec-Fetch-Site": "same-origin"}
ATTEMPT = "00000000-0000-4000-8000-000000000001"
OTHER_ATTEMPT = "00000000-0000-4000-8000-000000000002"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One HTTP response."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The problem's code, or "" if the answer is not a problem."""
        is_problem = self.headers.get("Content-Type", "").startswith("application/problem+json")
        return str(self.json["code"]) if is_problem else ""


@dataclass(kw_only=True, slots=True)
class Browser:
    """One browser at one address. It keeps the session cookie it is given, and sends `seat` once it knows it.

    Of several `bases`, each request goes to another one: these are processes behind one public address.
    """

    http: aiohttp.ClientSession
    bases: deque[str]
    cookie: str | None = None
    cookie_name: str = COOKIE_NAME
    seat: str | None = None
    always: dict[str, str] = field(default_factory=lambda: dict(SAME_ORIGIN))

    @property
    def base(self) -> str:
        """Where the next request goes."""
        return self.bases[0]

    async def request(
        self,
        method: str,
        path: str,
        sent: object = None,
        *,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request as the page would, or with other bytes and headers."""
        own = {} if sent is None and data is None else {"Content-Type": "application/json"}
        own |= {"Cookie": f"{self.cookie_name}={self.cookie}"} if self.cookie else {}
        own |= {"X-Seat": self.seat} if self.seat else {}
        body = json.dumps(sent).encode() if sent is not None else data
        base = self.base
        self.bases.rotate()
        async with self.http.request(
            method,
            base + path,
            data=body,
            headers={**self.always, **own, **(headers or {})},
            allow_redirects=False,
        ) as answer:
            self._keep(answer.headers.getall("Set-Cookie", []))
            return Answer(status=answer.status, headers=answer.headers, body=await answer.read())

    def _keep(self, cookies: list[str]) -> None:
        for line in cookies:
            for name in (COOKIE_NAME, SECOND_COOKIE_NAME):
                morsel = SimpleCookie(line).get(name)
                if morsel is not None:
                    self.cookie, self.cookie_name = morsel.value, name

    async def get(self, path: str = "/session") -> Answer:
        return await self.request("GET", path)

    async def post(self, path: str, sent: object = None) -> Answer:
        return await self.request("POST", path, {} if sent is None else sent)

    async def leave(self) -> Answer:
        return await self.request("DELETE", "/session", {})

    async def inspect(self, token: str, attempt: str = ATTEMPT, **headers: str) -> Answer:
        """Ask whether a link could be redeemed."""
        return await self.request("POST", "/invitation/inspect", {"token": token, "attempt": attempt}, headers=headers)

    async def redeem(self, token: str, attempt: str = ATTEMPT, **more: object) -> Answer:
        """Redeem a link; from then on the browser sends which seat it means."""
        answer = await self.post("/session", {"token": token, "attempt": attempt, **more})
        if answer.status in {200, 201}:
            self.seat = answer.json["seat"]
        return answer


class Browsers:
    """Opens browsers at one port, or at several in turn, and closes them all."""

    def __init__(self, port: int, *others: int) -> None:
        self.port = port
        self._bases = [f"http://{HERE}:{each}" for each in (port, *others)]
        self._opened: list[Browser] = []

    def open(self, address: str = HERE) -> Browser:
        """Open a browser at a loopback address."""
        connector = aiohttp.TCPConnector(local_addr=(address, 0))
        http = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False)
        self._opened.append(Browser(http=http, bases=deque(self._bases)))
        return self._opened[-1]

    async def close(self) -> None:
        for browser in self._opened:
            await browser.http.close()


async def exchange(port: int, sent: bytes, *, within: float = TIMEOUT) -> bytes:
    """Send bytes over a raw socket; returns everything received until the server closes the connection."""
    reader, writer = await asyncio.open_connection(HERE, port)
    try:
        writer.write(sent)
        async with asyncio.timeout(within):
            return await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()
