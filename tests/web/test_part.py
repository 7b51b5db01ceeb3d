"""The door as a whole: the same headers on every answer, our own words, nothing of a request in answers or logs."""

import json
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

import aiohttp
import pytest
from multidict import CIMultiDictProxy

from bot.domain.invitation import InvitationState
from bot.store import Store, StoreUnavailable
from tests.store.scenario import Meeting, Scenario
from tests.web.browsers import Answer, Browser, Browsers
from tests.web.conftest import PUBLIC_URL
from tests.web.scripted_rooms import ScriptedRooms
from web.part import WebPart
from web.problems import STATUS_BY_CODE

CANARY = "canary-7f3a"
JSON = {"Content-Type": "application/json"}
ALWAYS: Mapping[str, str] = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(self), microphone=(self), display-capture=(self), autoplay=(self), fullscreen=(self)"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "Cache-Control": "no-store",
    "Server": "Hey Buddy",
}
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self' ws://127.0.0.1:7880 http://127.0.0.1:7880",
    "media-src": "'self' blob:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}
ERRORS: list[tuple[tuple[str, str], int, Mapping[str, str], bytes | None]] = [
    (("GET", f"/{CANARY}"), 404, {}, None),
    (("HEAD", f"/{CANARY}"), 404, {}, None),
    (("GET", "/"), 404, {}, None),
    (("GET", f"/assets/{CANARY}.js"), 404, {}, None),
    (("GET", "/assets/"), 404, {}, None),
    (("GET", "/assets/..%2f..%2fapp.py"), 404, {}, None),
    (("GET", "/assets/%00"), 404, {}, None),
    (("GET", "/assets/" + "x" * 4000), 404, {}, None),
    (("GET", "//evil.example/j"), 404, {}, None),
    (("GET", f"/%0d%0aX-{CANARY}:%201"), 404, {}, None),
    (("GET", "/session"), 401, {}, None),
    (("GET", f"/session?{CANARY}"), 401, {"Cookie": f"__Host-heybuddy={CANARY}"}, None),
    (("HEAD", "/session"), 401, {}, None),
    (("PUT", "/session"), 405, JSON, b"{}"),
    (("PATCH", "/j"), 405, JSON, b"{}"),
    (("POST", "/j"), 405, JSON, b"{}"),
    (("OPTIONS", "/session"), 405, {}, None),
    (("TRACE", "/session"), 405, {}, None),
    ((CANARY.upper(), "/session"), 400, {}, None),
    (("GET", "/session/join-token"), 405, {}, None),
    (("POST", "/session"), 415, {"Content-Type": f"text/{CANARY}"}, b"{}"),
    (("POST", "/session"), 415, {**JSON, "Content-Encoding": "gzip"}, b"{}"),
    (("POST", "/session"), 415, {**JSON, "Content-Encoding": CANARY}, b"{}"),
    (("POST", "/session"), 400, JSON, b'{"token":"' + CANARY.encode()),
    (("POST", "/session"), 413, JSON, b" " * (16 * 1024 + 1)),
    (("POST", "/session"), 400, JSON, b"[" * 8000),
    (("POST", "/session"), 400, {**JSON, "Expect": CANARY}, b"{}"),
    (("GET", "/j"), 400, {"Expect": CANARY}, None),
    (("GET", f"/{CANARY}"), 400, {"Expect": CANARY}, None),
    (("POST", "/session"), 403, {**JSON, "Origin": f"https://{CANARY}"}, b"{}"),
    (("POST", f"/{CANARY}"), 404, JSON, b"{}"),
    (("DELETE", "/session"), 401, JSON, b"{}"),
    (("POST", "/session/undo"), 401, JSON, b"{}"),
    (("POST", "/livekit/webhook"), 401, {"Authorization": CANARY}, b"{}"),
    (("POST", "/livekit/webhook"), 413, {}, b" " * (16 * 1024 + 1)),
    (("POST", "/livekit/webhook"), 415, {"Content-Encoding": "gzip"}, b"{}"),
    (("GET", "/livekit/webhook"), 405, {}, None),
]


@pytest.mark.parametrize(("asked", "status", "headers", "sent"), ERRORS)
async def test_errors(
    browser: Browser, asked: tuple[str, str], status: int, headers: Mapping[str, str], sent: bytes | None
) -> None:
    """Each refusal has its status, all the headers, our own words, and nothing of what was sent."""
    answer = await browser.ask(*asked, data=sent, headers={"Content-Type": "text/plain", **headers})
    assert answer.status == status
    _has_all_headers(answer.headers)
    _repeats_nothing(answer)
    if asked[0] != "HEAD" and "Authorization" not in headers:
        assert STATUS_BY_CODE[answer.code] == status
    assert (status == 405) is ("Allow" in answer.headers)


@pytest.mark.parametrize("path", ["/j", "/room", "/healthz", "/readyz", "/session"])
async def test_good_answers(inside: tuple[Browser, Browser], path: str) -> None:
    """What works carries the same headers."""
    answer = await inside[0].get(path)
    assert answer.status == 200
    _has_all_headers(answer.headers)


async def test_a_problem_for_a_reader(browser: Browser) -> None:
    """A browser that asks for a page gets a small one, with the code on it."""
    answer = await browser.ask("GET", f"/<script>{CANARY}", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (answer.status, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert b"not_found" in answer.body
    _has_all_headers(answer.headers)
    _repeats_nothing(answer)


async def test_expecting_to_go_on(meeting: Meeting, browser: Browser) -> None:
    """The one expectation that HTTP knows is met."""
    sent = json.dumps({"token": meeting.tokens[0], "attempt": "00000000-0000-4000-8000-000000000001"}).encode()
    assert (await browser.ask("POST", "/session", data=sent, headers={"Expect": "100-continue"})).status == 201


@pytest.mark.parametrize("agent", ["Discordbot/2.0", "Slackbot-LinkExpanding 1.0", "Mozilla/5.0"])
async def test_looking_spends_nothing(scenario: Scenario, meeting: Meeting, browser: Browser, agent: str) -> None:
    """Crawlers may fetch every address, with the token wherever they put it: the link still works."""
    token = meeting.tokens[0]
    for method in ("GET", "HEAD"):
        for path in ("/j", f"/j?{token}", f"/j/{token}", "/room", "/session", f"/session?token={token}"):
            await browser.ask(method, path, headers={"User-Agent": agent, "Sec-Fetch-Site": "none"})
    assert (await scenario.invitation(token)).state is InvitationState.OPEN
    assert browser.cookie is None
    assert (await browser.redeem(token)).status == 201


async def test_hsts_only_with_https(web_part: WebPart, rooms: ScriptedRooms) -> None:
    """A page on this machine's plain HTTP sends no HSTS header."""
    async with replace(web_part, public_url="http://localhost:8080").serve(rooms) as site:
        browsers = Browsers(site.port)
        answer = await browsers.open().get("/j")
        assert "Strict-Transport-Security" not in answer.headers
        await browsers.close()


class BrokenStore:
    """A store that breaks at whatever is asked of it, saying a secret as it does."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def find_by_cookie(self, *_: object) -> None:
        raise self.error

    async def find_by_token(self, *_: object) -> None:
        raise self.error


@pytest.fixture(params=[StoreUnavailable("the disk is full"), KeyError("mistake")], ids=["full", "mistake"])
async def broken(
    request: pytest.FixtureRequest, web_part: WebPart, store: Store, rooms: ScriptedRooms
) -> AsyncIterator[tuple[Browser, str]]:
    """A browser at a server whose store is broken, and the code that it should meet."""
    subject = BrokenStore(request.param)
    broken_store = replace(store, browser_sessions=subject, invitations=subject)  # type: ignore[arg-type]  # by its own two methods
    async with replace(web_part, store=broken_store).serve(rooms) as site:
        browsers = Browsers(site.port)
        yield browsers.open(), "store_unavailable" if isinstance(request.param, StoreUnavailable) else "internal"
        await browsers.close()


async def test_when_we_break(broken: tuple[Browser, str], caplog: pytest.LogCaptureFixture) -> None:
    """503 or 500 in our words with all headers; a mistake is logged without token, cookie or query."""
    browser, code = broken
    browser.cookie = f"cookie-{CANARY}"
    for answer in [
        await browser.get(f"/session?{CANARY}"),
        await browser.post("/session", {"token": CANARY, "attempt": "00000000-0000-4000-8000-000000000001"}),
        await browser.post("/invitation/resend", {"token": CANARY}),
        await browser.leave(),
    ]:
        assert (answer.status, answer.code) == (STATUS_BY_CODE[code], code)
        _has_all_headers(answer.headers)
        _repeats_nothing(answer)
    assert any(record.levelno == logging.ERROR for record in caplog.records) is (code == "internal")
    assert CANARY not in caplog.text


async def test_no_secret_is_logged(
    caplog: pytest.LogCaptureFixture, meeting: Meeting, browsers: Browsers, rooms: ScriptedRooms
) -> None:
    """A whole story, with its troubles, at the finest level of logging: no token, no cookie, no query."""
    caplog.set_level(logging.DEBUG)
    browser = browsers.open()
    rooms.problem = "video_unreachable"
    await browser.redeem(meeting.tokens[0])
    rooms.problem = None
    await browser.redeem(meeting.tokens[0])
    join = (await browser.post("/session/join-token")).json["token"]
    await browser.get(f"/session?{CANARY}")
    await browser.ask("POST", "/session", data=meeting.tokens[1].encode())
    await browsers.open().redeem(meeting.tokens[0], "00000000-0000-4000-8000-000000000002")
    await browser.post("/invitation/resend", {"token": meeting.tokens[0]})
    await browser.leave()
    said = caplog.text
    for secret in (*meeting.tokens, browser.cookie, join, CANARY):
        assert secret
        assert secret not in said


async def test_a_browser_that_goes_away(browsers: Browsers, caplog: pytest.LogCaptureFixture) -> None:
    """Half a body and a closed connection are no mistake of ours: nothing is logged as one."""
    browser = browsers.open()

    async def half() -> AsyncIterator[bytes]:
        yield b'{"token":'
        raise ConnectionAbortedError

    with pytest.raises((aiohttp.ClientError, ConnectionAbortedError)):
        await browser.http.post(f"{browser.base}/session", data=half(), headers={**JSON, **browser.always})
    assert (await browser.get()).status == 401
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def _has_all_headers(headers: CIMultiDictProxy[str]) -> None:
    assert {name: headers.getall(name) for name in ALWAYS} == {name: [value] for name, value in ALWAYS.items()}
    said = (part.strip().partition(" ") for part in headers["Content-Security-Policy"].split(";"))
    assert {name: values for name, _, values in said} == POLICY
    assert PUBLIC_URL.startswith("https:")


def _repeats_nothing(answer: Answer) -> None:
    everything = answer.body.decode() + "".join(f"{name}: {value}\n" for name, value in answer.headers.items())
    assert CANARY not in everything.lower()
    assert "aiohttp" not in everything.lower()
    assert "python" not in everything.lower()
