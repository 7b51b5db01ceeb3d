"""How long a check waits for each answer, so that all of it ends in time."""

from dataclasses import dataclass

from web.livekit_rooms import REQUEST_TIMEOUT_S


@dataclass(frozen=True, kw_only=True)
class Patience:
    """Seconds to wait for: a connection; an answer by HTTP; an answer of LiveKit's API; the page's answer to an event
    of our own; LiveKit's event; and the first message on an open WebSocket.
    """

    connection_s: float = 2.0
    answer_s: float = 3.0
    video_s: float = REQUEST_TIMEOUT_S
    own_event_s: float = 2.0
    event_s: float = 10.0
    greeting_s: float = 5.0
