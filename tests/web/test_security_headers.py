"""Every response has the same headers, and errors repeat nothing of the request."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy

from tests.web.browsers import Browser, Browsers
from tests.web.response_checks import CANARY, JSON, assert_nothing_repeated, assert_security_headers
from tests.web.scripted_rooms import ScriptedRooms
from web.part import WebPart
from web.problems import STATUS_BY_CODE
from web.security_headers import SecurityHeaders

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


@pytest.mark.parametrize(("method_and_path", "status", "headers", "sent"), ERRORS)
async def test_errors(
    browser: Browser, method_and_path: tuple[str, str], status: int, headers: Mapping[str, str], sent: bytes | None
) -> None:
    """Each refusal has its status, all headers, our own text, and nothing of what was sent."""
    answer = await browser.request(*method_and_path, data=sent, headers={"Content-Type": "text/plain", **headers})
    assert answer.status == status
    assert_security_headers(answer.headers)
    assert_nothing_repeated(answer)
    if method_and_path[0] != "HEAD" and "Authorization" not in headers:
        assert STATUS_BY_CODE[answer.code] == status
    assert (status == 405) is ("Allow" in answer.headers)


@pytest.mark.parametrize("path", ["/j", "/room", "/healthz", "/readyz", "/session"])
async def test_successful_responses(inside: tuple[Browser, Browser], path: str) -> None:
    """Successful responses have the same headers."""
    answer = await inside[0].get(path)
    assert answer.status == 200
    assert_security_headers(answer.headers)


async def test_hsts_only_with_https(web_part: WebPart, rooms: ScriptedRooms) -> None:
    """A page on this machine's plain HTTP sends no HSTS header."""
    async with replace(web_part, public_url="http://localhost:8080").serve(rooms) as site:
        browsers = Browsers(site.port)
        answer = await browsers.open().get("/j")
        assert "Strict-Transport-Security" not in answer.headers
        await browsers.close()


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({}, ()),
        ({"Strict-Transport-Security": "max-age=1"}, ()),
        ({"Strict-Transport-Security": None}, ("Strict-Transport-Security",)),
        ({"Content-Security-Policy": "default-src *"}, ("Content-Security-Policy",)),
        ({"Referrer-Policy": None, "X-Content-Type-Options": None}, ("Referrer-Policy", "X-Content-Type-Options")),
    ],
)
def test_what_a_proxy_has_changed(changed: Mapping[str, str | None], missing: tuple[str, ...]) -> None:
    """A header that is gone or changed is named; only HSTS may be a proxy's own."""
    headers = SecurityHeaders(public_url="https://study.example.org", livekit_url="wss://video.example.org")
    response = web.Response()
    headers.add_to(response)
    for name, value in changed.items():
        del response.headers[name]
        if value is not None:
            response.headers[name] = value
    assert headers.missing_from(CIMultiDictProxy(response.headers)) == missing


def test_a_header_that_a_proxy_adds_once_more() -> None:
    """Browsers obey both, so ours still counts."""
    headers = SecurityHeaders(public_url="http://localhost", livekit_url="")
    response = web.Response(headers={"Referrer-Policy": "origin"})
    ours = web.Response()
    headers.add_to(ours)
    doubled = CIMultiDict([*response.headers.items(), *ours.headers.items()])
    assert headers.missing_from(CIMultiDictProxy(doubled)) == ()
