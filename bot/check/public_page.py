"""Opens `web.public_url` as a student's browser would, and tells from the answer who gave it."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urljoin, urlsplit

import aiohttp

from bot.check.clocks import PAGE, ClockComparison
from bot.check.finding import Finding, found_fault, found_well
from bot.check.places import describe_private_address
from bot.check.receiver import CHECK_HEADER, Receiver
from web.built_page import BuiltPage, NotBuilt
from web.connection_errors import NO_ANSWER, PROXY_FAILS, describe_connection_error
from web.security_headers import SecurityHeaders

SUBJECT: Final = "web.public_url"
LARGEST_PAGE: Final = 2_000_000  # bytes; ours is smaller
OUR_TITLE: Final = b"<title>Hey Buddy</title>"


@dataclass(frozen=True, kw_only=True)
class PublicPage:
    """The page as it should be at `url`; `receiver` answers in its place if `heybuddy run` does not run.

    `livekit_url` is empty without LiveKit.
    """

    url: str
    livekit_url: str
    receiver: Receiver

    async def check(self, http: aiohttp.ClientSession, clocks: ClockComparison) -> Sequence[Finding]:
        """Ask for the page once, by name, without following redirects."""
        try:
            return (await self._open(BuiltPage(), http, clocks),)
        except NotBuilt as missing:
            return (found_fault(SUBJECT, str(missing)),)

    async def _open(self, page: BuiltPage, http: aiohttp.ClientSession, clocks: ClockComparison) -> Finding:
        try:
            async with http.get(f"{self.url}/room", allow_redirects=False) as answer:
                clocks.observe(PAGE, answer.headers)
                body = await _read_start(answer)
        except NO_ANSWER as error:
            message = f"{self.url} does not answer: {describe_connection_error(error)}"
            return found_fault(SUBJECT, message)
        if fault := self._find_fault(answer, body, page):
            return found_fault(SUBJECT, fault)
        what = "opens the page" if CHECK_HEADER not in answer.headers else "leads here; the page itself is not running"
        return found_well(SUBJECT, f"{what}{await describe_private_address(self.url)}")

    def _find_fault(self, answer: aiohttp.ClientResponse, body: bytes, page: BuiltPage) -> str | None:
        """What is wrong with the answer, or None."""
        status = answer.status
        if CHECK_HEADER in answer.headers:
            ours = answer.headers[CHECK_HEADER] == self.receiver.nonce
            return None if ours else "another `heybuddy check` answers at this moment: run it again"
        if location := answer.headers.get("Location"):
            return self._describe_redirect(urljoin(f"{self.url}/room", location))
        if status in PROXY_FAILS:
            return f"the proxy answers (status {status}), but does not reach {self.receiver.place}: {self._why_not()}"
        if status != HTTPStatus.OK or OUR_TITLE not in body:
            return (
                f"another site answers at {self.url} (status {status}): does the proxy lead to {self.receiver.place}?"
            )
        if missing := self._missing_headers(answer):
            names = ", ".join(missing)
            return (
                f"the page comes without our header {names}: the proxy changes it, or the settings have changed since"
            )
        if not page.is_document(body):
            return (
                "an older or newer version of the page answers: restart `heybuddy run`, and see that nothing caches it"
            )
        return None

    def _missing_headers(self, answer: aiohttp.ClientResponse) -> tuple[str, ...]:
        expected = SecurityHeaders(public_url=self.url, livekit_url=self.livekit_url)
        return expected.missing_from(answer.headers)

    def _describe_redirect(self, target: str) -> str:
        here, there = urlsplit(self.url), urlsplit(target)
        if here.netloc == there.netloc:
            return f"sends visitors on to {there.path}: is there a login page before it? Students have no account there"
        address = f"{there.scheme}://{there.netloc}"
        return f"sends visitors on to {address}: set web.public_url to that, if it is the page, for links lead here"

    def _why_not(self) -> str:
        return (
            "is it its address in the proxy's settings?" if self.receiver.listens else "does `heybuddy run` run there?"
        )


async def _read_start(answer: aiohttp.ClientResponse) -> bytes:
    """The body, or the start of one that is larger than our page ever is."""
    body = b""
    async for piece in answer.content.iter_any():
        body += piece
        if len(body) > LARGEST_PAGE:
            break
    return body
