"""Which side is to blame if LiveKit does not do what we ask: its answers, read as they really come.

LiveKit refuses a token in plain text, with the token in it: the text is read here and never passed on.
"""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

from web.rooms import VideoProblem

CLOCK_FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "token is not valid yet": "is behind",
        "token used before issued": "is behind",
        "token is expired": "is ahead of",
    }
)
"""By what LiveKit says about a fresh token: its clock as seen from ours, more than a minute away."""

BEHIND_PROXY_FAILS = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})
ROOM_MISSING = "requested room does not exist"


def explain_refusal(status: int, text: str) -> VideoProblem | None:
    """Why LiveKit answered `status` and `text` to a fresh join token. None if it accepts the token."""
    if ROOM_MISSING in text or status == HTTPStatus.OK:
        return None
    if "invalid API key" in text:
        return VideoProblem(
            "video_refused_our_key", "LiveKit does not know livekit.api_key: copy it from LiveKit's configuration."
        )
    if "signature is invalid" in text:
        return VideoProblem(
            "video_refused_our_key",
            "LiveKit knows livekit.api_key, but livekit.api_secret does not belong to it: copy the secret again.",
        )
    for said, relation in CLOCK_FAULTS.items():
        if said in text:
            reason = f"LiveKit's clock {relation} this machine's by more than a minute: set both by NTP."
            return VideoProblem("video_clock_differs", reason)
    return something_else_answers("livekit.api_url", status)


def something_else_answers(key: str, status: int) -> VideoProblem:
    """The problem that the answer with `status` at the setting `key` is not LiveKit's own."""
    if status in BEHIND_PROXY_FAILS:
        reason = f"A proxy answers at {key} (status {status}), but does not reach LiveKit: is LiveKit running?"
    else:
        reason = f"Something else than LiveKit answers at {key} (status {status}): look at the address and the proxy."
    return VideoProblem("video_unreachable", reason)
