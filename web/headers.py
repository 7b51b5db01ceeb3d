"""The headers on every answer, errors included: what a browser may do with our pages, and what it may not."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from aiohttp import web

HSTS = "max-age=63072000; includeSubDomains"
PERMISSIONS = "camera=(self), microphone=(self), display-capture=(self), autoplay=(self), fullscreen=(self)"


class SecurityHeaders:
    """Made once, from our address and LiveKit's (empty where there is none)."""

    def __init__(self, *, public_url: str, livekit_url: str) -> None:
        self._headers: Mapping[str, str] = {
            "Content-Security-Policy": _policy(livekit_url),
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": PERMISSIONS,
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            **({"Strict-Transport-Security": HSTS} if public_url.startswith("https:") else {}),
        }

    def put_on(self, response: web.StreamResponse) -> None:
        """Complete an answer; what it says of caching already stays."""
        response.headers.update(self._headers)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Server"] = "Hey Buddy"

    async def on_prepare(self, _request: web.Request, response: web.StreamResponse) -> None:
        """The signal aiohttp sends before every answer it makes by itself or through us."""
        self.put_on(response)


def _policy(livekit_url: str) -> str:
    connect = " ".join(["'self'", *_addresses(livekit_url)])
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        f"connect-src {connect}; media-src 'self' blob:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _addresses(livekit_url: str) -> list[str]:
    """LiveKit by both schemes: its client also fetches over HTTP; the Cloud answers from many names."""
    if not livekit_url:
        return []
    parts = urlsplit(livekit_url)
    hosts = [parts.netloc, *(["*.livekit.cloud"] if (parts.hostname or "").endswith(".livekit.cloud") else [])]
    schemes = ("wss", "https") if parts.scheme == "wss" else ("ws", "http")
    return [f"{scheme}://{host}" for host in hosts for scheme in schemes]
