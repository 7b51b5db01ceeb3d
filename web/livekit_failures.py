"""Which side is to blame if LiveKit does not do what we ask: its answers, read as they really come.

LiveKit refuses a token in plain text, with the token in it: the text is read here and never passed on.
"""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

import aiohttp

from bot.connection_errors import PROXY_FAILS, describe_connection_error
from web.rooms import VideoProblem
from web.security_headers import come_from_us

CLOCK_FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "token is not valid yet": "is behind",
        "token used before issued": "is behind",
        "token is expired": "is ahead of",
    }
)
"""By what LiveKit says about a fresh token: its clock as seen from ours, more than a minute away."""

TOKEN_ACCEPTED = frozenset({(HTTPStatus.OK, "success"), (HTTPStatus.NOT_FOUND, "requested room does not exist")})
"""LiveKit's answers to a token that it accepts: the browser may come in, or the room is not there."""


async def explain_refusal(setting: str, answer: aiohttp.ClientResponse) -> VideoProblem | None:
    """Why the LiveKit at `setting` has answered so to a fresh join token; None if it accepts the token."""
    text = (await answer.text(errors="replace")).strip()
    if (answer.status, text) in TOKEN_ACCEPTED:
        return None
    if "invalid API key" in text:
        reason = "LiveKit doesn't know livekit.api_key: copy it from LiveKit's configuration"
        return VideoProblem("video_refused_our_key", setting="livekit.api_key", reason=reason)
    if "signature is invalid" in text:
        reason = "LiveKit knows livekit.api_key, but livekit.api_secret doesn't belong to it: copy the secret again"
        return VideoProblem("video_refused_our_key", setting="livekit.api_secret", reason=reason)
    for said, relation in CLOCK_FAULTS.items():
        if said in text:
            reason = f"LiveKit's clock {relation} this machine's by more than a minute: synchronise both with NTP"
            return VideoProblem("video_clock_differs", setting=setting, reason=reason)
    return something_else_answers(setting, answer.status, answer.headers)


def something_else_answers(setting: str, status: int, headers: Mapping[str, str]) -> VideoProblem:
    """The problem that an answer with `status` and `headers` at the address in `setting` is not LiveKit's own."""
    if come_from_us(headers):
        reason = f"Hey Buddy's own page answers at {setting}: write LiveKit's address, or correct the proxy"
    elif status in PROXY_FAILS:
        reason = f"a proxy answers at {setting} (status {status}), but doesn't reach LiveKit: is LiveKit running?"
    elif location := headers.get("Location"):
        reason = f"{setting} is redirected to {_without_query(location)}: write that address"
    else:
        reason = (
            f"something other than LiveKit answers at {setting} (status {status}): look at the address and the proxy"
        )
    return VideoProblem("video_unreachable", setting=setting, reason=reason)


def nothing_answers(setting: str, error: Exception) -> VideoProblem:
    """The problem that a request to the address in `setting` has failed with `error`, one of NO_ANSWER."""
    reason = f"LiveKit can't be reached at {setting}: {describe_connection_error(error)}"
    return VideoProblem("video_unreachable", setting=setting, reason=reason)


def _without_query(url: str) -> str:
    return url.partition("?")[0]
