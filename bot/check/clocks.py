"""Compares clocks by the header Date of answers: LiveKit refuses tokens if its clock and ours are a minute apart."""

from collections.abc import Mapping, Sequence
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from bot.check.finding import Finding, describe_duration, found_fault, found_well
from bot.clock import Clock

SUBJECT: Final = "clocks"
TOLERANCE: Final = timedelta(seconds=5)  # a header Date has whole seconds, and the way takes its time
DISCORD, LIVEKIT, PAGE = "Discord", "LiveKit", "the page's proxy"


class ClockComparison:
    """Collects how far other clocks are ahead of this machine's."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead: dict[str, timedelta] = {}

    def observe(self, whose: str, headers: Mapping[str, str]) -> None:
        """Compare with the header Date of an answer that has just come; without such a header nothing is observed."""
        try:
            theirs = parsedate_to_datetime(headers.get("Date", ""))
        except ValueError:
            return
        self._ahead[whose] = theirs.replace(tzinfo=UTC) - self._clock.now()

    def findings(self) -> Sequence[Finding]:
        """Which clock is off, by how much, decided by the majority; Discord's counts most. Nothing if none was seen."""
        if not self._ahead:
            return ()
        right = self._right_time()
        if right is None:
            return (self._describe_disagreement(),)
        clocks = {"this machine's clock": timedelta(), **{f"{whose}'s clock": at for whose, at in self._ahead.items()}}
        wrong = [_describe(name, at - right) for name, at in clocks.items() if abs(at - right) > TOLERANCE]
        if not wrong:
            return (found_well(SUBJECT, "agree"),)
        return tuple(found_fault(SUBJECT, f"{text}: set it by NTP, or LiveKit refuses tokens") for text in wrong)

    def _right_time(self) -> timedelta | None:
        """How far the right time is ahead of this machine's clock; None if two disagree and there is no third."""
        if DISCORD in self._ahead:
            return self._ahead[DISCORD]
        values = sorted([timedelta(), *self._ahead.values()])
        if values[-1] - values[0] <= TOLERANCE:
            return timedelta()
        return values[1] if _has_majority(values) else None

    def _describe_disagreement(self) -> Finding:
        whose, ahead = max(self._ahead.items(), key=lambda pair: abs(pair[1]))
        text = _describe(f"{whose}'s clock", ahead)
        return found_fault(SUBJECT, f"{text} of this machine's, and no third one tells which is right: set both by NTP")


def _has_majority(values: Sequence[timedelta]) -> bool:
    """Whether there are three, and the middle one agrees with one of its neighbors."""
    return len(values) == len(("this machine", LIVEKIT, PAGE)) and (
        min(values[1] - values[0], values[2] - values[1]) <= TOLERANCE
    )


def _describe(name: str, ahead: timedelta) -> str:
    return f"{name} is {describe_duration(abs(ahead))} {'ahead' if ahead > timedelta() else 'behind'}"
