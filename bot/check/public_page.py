"""Opens `web.public_url` as a student's browser would, and tells from the answer who gave it."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urljoin, urlsplit

import aiohttp

from bot.check.answer import CHECK_HEADER, Answer, fetch
from bot.check.clocks import PAGE, ClockComparison
from bot.check.finding import Finding, found_fault, found_well
from bot.check.local_page import LocalPage, Occupant
from bot.check.page_requests import find_lost_request
from bot.check.places import describe_private_address
from bot.connection_errors import NO_ANSWER, PROXY_FAILS, describe_connection_error
from bot.domain.address import Address
from web.built_page import BuiltPage, NotBuilt
from web.security_headers import SecurityHeaders

SUBJECT: Final = "web.public_url"
OUR_TITLE: Final = b"<title>Hey Buddy</title>"
RESTART: Final = "restart `heybuddy run`"


@dataclass(frozen=True, kw_only=True)
class OpenedPage:
    """What is found at the address, and whether a page of ours runs there."""

    finding: Finding
    is_running_page: bool


@dataclass(frozen=True, kw_only=True)
class PublicPage:
    """The page as it should be at `url`; `local` is its own place, and a check that listens there answers `nonce`.

    `livekit_url` is empty without LiveKit.
    """

    url: str
    livekit_url: str
    nonce: str
    local: LocalPage

    async def open(self, http: aiohttp.ClientSession, clocks: ClockComparison) -> OpenedPage:
        """Ask for the page by name, and send what it sends, without following redirects."""
        try:
            page = BuiltPage()
            answer = await fetch(http, "GET", f"{self.url}/room", headers={CHECK_HEADER: self.nonce})
        except NotBuilt as missing:
            return OpenedPage(finding=found_fault(SUBJECT, str(missing)), is_running_page=False)
        except NO_ANSWER as error:
            message = f"{self.url} can't be opened: {describe_connection_error(error)}"
            return OpenedPage(finding=found_fault(SUBJECT, message), is_running_page=False)
        is_check = CHECK_HEADER in answer.headers
        if not is_check:
            clocks.observe(PAGE, answer.headers)
        fault = self._find_fault(answer, page) or await find_lost_request(http, self.url, self.local)
        what = "leads here; the page itself isn't running" if is_check else "opens the page"
        finding = (
            found_fault(SUBJECT, fault)
            if fault
            else found_well(SUBJECT, f"{what}{await describe_private_address(self.url)}")
        )
        return OpenedPage(finding=finding, is_running_page=answer.is_ours and not is_check)

    def _find_fault(self, answer: Answer, page: BuiltPage) -> str | None:
        """What is wrong with the answer, or None."""
        if CHECK_HEADER in answer.headers:
            ours = answer.headers[CHECK_HEADER] == self.nonce
            return None if ours else "another `heybuddy check` answers at this moment: run it again"
        if location := answer.headers.get("Location"):
            return self._describe_redirect(location)
        if answer.problem:
            return f"`heybuddy run` itself answers with a problem ({answer.problem}): see its log"
        if answer.status != HTTPStatus.OK or OUR_TITLE not in answer.body:
            return self._describe_stranger(answer)
        return self._find_change(answer, page)

    def _describe_stranger(self, answer: Answer) -> str:
        status = answer.status
        if status in PROXY_FAILS:
            return f"the proxy answers (status {status}), but doesn't reach {self.local.place}: {self._why_not()}"
        if status == HTTPStatus.UNAUTHORIZED:
            return (
                f"something before the page asks for a password (status {status}): remove it, students don't have one"
            )
        if status == HTTPStatus.FORBIDDEN:
            return (
                f"something before the page refuses visitors (status {status}): look at the rules of the proxy, "
                "or its protection against bots"
            )
        return (
            f"another site answers at {self.url} (status {status}): correct the address, or have the proxy lead "
            f"to {self.local.place}"
        )

    def _find_change(self, answer: Answer, page: BuiltPage) -> str | None:
        """How the page differs from the one of this version and these settings, and on whose side that is."""
        direct = self.local.answer
        expected = SecurityHeaders(public_url=self.url, livekit_url=self.livekit_url)
        if missing := expected.missing_from(answer.headers):
            names = ", ".join(missing)
            if direct is None:
                return f"the page comes without its header {names}: have the proxy forward it unchanged, or {RESTART}"
            if expected.missing_from(direct.headers):
                return f"the settings have changed since `heybuddy run` started ({names} shows it): restart it"
            return f"the proxy drops or changes the page's header {names}: have it forward that unchanged"
        if page.is_document(answer.body):
            return None
        if direct and page.is_document(direct.body):
            return (
                "the proxy, or a cache before it, changes the page or keeps an old one: have it forward that unchanged"
            )
        return f"an older or newer version of the page answers: {RESTART}, and make sure nothing caches it"

    def _describe_redirect(self, location: str) -> str:
        try:
            there = urlsplit(urljoin(f"{self.url}/room", location))
            origin = Address.parse(f"{there.scheme}://{there.netloc}").origin
        except ValueError:
            return "sends visitors on to something that isn't an address: correct the redirect in the proxy"
        if origin == self.url and (there.path, there.query) == ("/room", ""):
            return "sends visitors in circles: two proxies disagree about HTTPS; have only the outer one redirect to it"
        if origin == self.url:
            return f"sends visitors on to {there.path}: is there a login page before it? Students have no account there"
        return (
            f"sends visitors on to {origin}: set web.public_url to that, if that is the page, because links lead here"
        )

    def _why_not(self) -> str:
        if self.local.occupant in {Occupant.CHECK, Occupant.HEY_BUDDY}:
            return "correct that address in its settings; in a container, 127.0.0.1 is the container itself"
        return "see web.port" if self.local.fault else "start `heybuddy run` there"
