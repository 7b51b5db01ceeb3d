"""The headers on every response, errors included: what a browser may do with our pages."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from aiohttp import web
from multidict import CIMultiDictProxy

HSTS_NAME = "Strict-Transport-Security"
HSTS = "max-age=63072000; includeSubDomains"
PERMISSIONS_NAME = "Permissions-Policy"
PERMISSIONS = "camera=(self), microphone=(self), display-capture=(self), autoplay=(self), fullscreen=(self)"


def come_from_us(headers: Mapping[str, str]) -> bool:
    """Whether an answer with these `headers` is from a page of ours, of this installation or another."""
    return headers.get(PERMISSIONS_NAME) == PERMISSIONS


class SecurityHeaders:
    """The same headers for every response, computed once.

    `public_url` decides about HSTS; `livekit_url` (empty without LiveKit) is the only other host the page may reach.
    """

    def __init__(self, *, public_url: str, livekit_url: str) -> None:
        self._headers: Mapping[str, str] = {
            "Content-Security-Policy": _content_security_policy(livekit_url),
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            PERMISSIONS_NAME: PERMISSIONS,
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            **({HSTS_NAME: HSTS} if public_url.startswith("https:") else {}),
        }

    def missing_from(self, headers: CIMultiDictProxy[str]) -> tuple[str, ...]:
        """The names of our headers that are not in `headers` with our value; a proxy may have an HSTS of its own."""
        return tuple(
            name
            for name, value in self._headers.items()
            if value not in headers.getall(name, ()) and not (name == HSTS_NAME and name in headers)
        )

    def add_to(self, response: web.StreamResponse) -> None:
        """Add the headers to `response`; a Cache-Control that is already set stays."""
        response.headers.update(self._headers)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Server"] = "Hey Buddy"

    async def on_response_prepare(self, _request: web.Request, response: web.StreamResponse) -> None:
        """Handle the signal that aiohttp sends before each response of the application."""
        self.add_to(response)


def _content_security_policy(livekit_url: str) -> str:
    connect = " ".join(["'self'", *_livekit_sources(livekit_url)])
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        f"connect-src {connect}; media-src 'self' blob:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _livekit_sources(livekit_url: str) -> list[str]:
    """LiveKit by both schemes, because its client also fetches over HTTP; LiveKit Cloud uses many host names."""
    if not livekit_url:
        return []
    parts = urlsplit(livekit_url)
    hosts = [parts.netloc, *(["*.livekit.cloud"] if (parts.hostname or "").endswith(".livekit.cloud") else [])]
    schemes = ("wss", "https") if parts.scheme == "wss" else ("ws", "http")
    return [f"{scheme}://{host}" for host in hosts for scheme in schemes]
