"""Assertions about every response: all security headers, and nothing of the request repeated."""

from collections.abc import Mapping

from multidict import CIMultiDictProxy

from tests.web.browsers import Answer
from tests.web.conftest import PUBLIC_URL

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


def assert_security_headers(headers: CIMultiDictProxy[str]) -> None:
    assert {name: headers.getall(name) for name in ALWAYS} == {name: [value] for name, value in ALWAYS.items()}
    directives = (part.strip().partition(" ") for part in headers["Content-Security-Policy"].split(";"))
    assert {name: values for name, _, values in directives} == POLICY
    assert PUBLIC_URL.startswith("https:")


def assert_nothing_repeated(answer: Answer) -> None:
    everything = answer.body.decode() + "".join(f"{name}: {value}\n" for name, value in answer.headers.items())
    assert CANARY not in everything.lower()
    assert "aiohttp" not in everything.lower()
    assert "python" not in everything.lower()
