"""How many requests Discord may have counted within one second of its own, however the network bunches them together.

It counts a request between the moments when we send it and when its answer comes. The quickest way there and back is
part of every request's way and moves all of them alike; what an answer took beyond it may have been before the count.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from bot.clock import Clock

A_SECOND: Final = 1.001  # a little more, for roundings
LONGEST_WAY: Final = 1.0  # seconds until a request without an answer has been counted, or never is
LOOK_AGAIN_IN: Final = 0.02  # seconds; an answer may make room at any moment
QUICKEST_OF: Final = 500  # answers; ten seconds of them at the full rate


@dataclass(kw_only=True, slots=True)
class _Request:
    """Times in seconds of the monotonic clock; `counted_by` may be as late as this."""

    sent_at: float
    counted_by: float


class RequestWindow:
    """The requests that Discord may still count with the next one; `most()` of them may be there together."""

    def __init__(self, clock: Clock, most: Callable[[], int]) -> None:
        self._clock = clock
        self._most = most
        self._requests: list[_Request] = []
        self._ways: deque[float] = deque(maxlen=QUICKEST_OF)  # there and back, in seconds

    def begin(self) -> Callable[[], None]:
        """A request is sent now; call what is returned when its answer has come, or will not come any more."""
        now = self._clock.monotonic()
        request = _Request(sent_at=now, counted_by=now + LONGEST_WAY)
        self._requests.append(request)
        return partial(self._note_answered, request)

    def seconds_to_room(self) -> float:
        """The seconds until there may be room for one more request, 0 if there is: then ask again."""
        now = self._clock.monotonic()
        self._requests = [each for each in self._requests if each.counted_by > now - A_SECOND]
        if len(self._requests) < self._most():
            return 0.0
        return min(LOOK_AGAIN_IN, min(each.counted_by for each in self._requests) + A_SECOND - now)

    def _note_answered(self, request: _Request) -> None:
        way = self._clock.monotonic() - request.sent_at
        self._ways.append(way)
        request.counted_by = min(request.counted_by, request.sent_at + way - min(self._ways))
