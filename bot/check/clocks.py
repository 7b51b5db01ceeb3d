"""Time in a check: how long it waits, and how far other clocks are off by the header Date of their answers.

LiveKit refuses tokens if its clock and ours are a minute apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from bot.check.finding import Finding, describe_duration, found_fault, found_well
from bot.clock import Clock
from web.livekit_rooms import REQUEST_TIMEOUT_S

SUBJECT: Final = "clocks"
TOLERANCE: Final = timedelta(seconds=5)  # a header Date has whole seconds, and the way takes its time
THIS_MACHINE: Final = "this machine's clock"
DISCORD: Final = "Discord's clock"
STAND_IN: Final = "the clock at discord.api_base"
LIVEKIT: Final = "LiveKit's clock"
PAGE: Final = "the clock of the server that answers at web.public_url"
SERVICE: Final = "the clock of `heybuddy run`"
AFFECTS_TOKENS: Final = frozenset({THIS_MACHINE, LIVEKIT, SERVICE})
"""LiveKit refuses tokens if these are apart."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """Seconds to wait for: a connection; an answer by HTTP; an answer of LiveKit's API; the page's answer to an event
    of our own; LiveKit's event; the first message on an open WebSocket; and PostgreSQL, to connect and to answer.
    """

    connection_s: float = 2.0
    answer_s: float = 3.0
    video_s: float = REQUEST_TIMEOUT_S
    own_event_s: float = 2.0
    event_s: float = 10.0
    greeting_s: float = 5.0
    database_s: float = 2.0


class ClockComparison:
    """Collects how far other clocks are ahead of this machine's."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead: dict[str, timedelta] = {}

    def observe(self, whose: str, headers: Mapping[str, str]) -> None:
        """Compare with the header Date of an answer that has just come.

        Nothing is observed without such a header, or if a cache has kept the answer.
        """
        if "Age" in headers:
            return
        try:
            theirs = parsedate_to_datetime(headers.get("Date", ""))
        except ValueError:
            return
        self._ahead[whose] = theirs.replace(tzinfo=UTC) - self._clock.now()

    def findings(self) -> Sequence[Finding]:
        """Which clock is off, by how much, decided by the majority; Discord's counts most. Nothing if none was seen."""
        if not self._ahead:
            return ()
        clocks = {THIS_MACHINE: timedelta(), **self._ahead}
        right = self._ahead.get(DISCORD, _majority(list(clocks.values())))
        if right is None:
            return (self._describe_disagreement(),)
        wrong = [(whose, at - right) for whose, at in clocks.items() if abs(at - right) > TOLERANCE]
        return [_describe_wrong(*each) for each in wrong] or (found_well(SUBJECT, "agree"),)

    def _describe_disagreement(self) -> Finding:
        whose, ahead = max(self._ahead.items(), key=lambda pair: abs(pair[1]))
        text = _describe(whose, ahead)
        return found_fault(
            SUBJECT, f"{text} of this machine's, and no third one tells which is right: synchronise both with NTP"
        )


def _majority(clocks: Sequence[timedelta]) -> timedelta | None:
    """The time with which more than half of the clocks agree, or None."""
    agreeing, time = max((sum(abs(other - each) <= TOLERANCE for other in clocks), each) for each in clocks)
    return time if 2 * agreeing > len(clocks) else None


def _describe_wrong(whose: str, ahead: timedelta) -> Finding:
    consequence = ", or LiveKit refuses tokens" if whose in AFFECTS_TOKENS else ""
    return found_fault(SUBJECT, f"{_describe(whose, ahead)}: synchronise it with NTP{consequence}")


def _describe(whose: str, ahead: timedelta) -> str:
    return f"{whose} is {describe_duration(abs(ahead))} {'ahead' if ahead > timedelta() else 'behind'}"
