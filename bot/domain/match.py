"""A match's life as data: its states, what can happen to it, and which signal leads where."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

MINUTE = timedelta(minutes=1)
REMINDER_AFTER = timedelta(minutes=4)
ANOTHER_AFTER = timedelta(minutes=7)
NO_SHOW_AFTER = timedelta(minutes=15)
EMPTY_ROOM_ENDS_AFTER = timedelta(minutes=5)
OVERTIME = timedelta(minutes=10)
MET_AFTER = timedelta(seconds=60)
UNDO_FOR = timedelta(seconds=10)


class MatchState(StrEnum):
    """Where a match stands."""

    INVITING = "inviting"
    MEETING = "meeting"
    ENDED = "ended"


class EndReason(StrEnum):
    """Why a match ended."""

    DONE = "done"
    DECLINED = "declined"
    NO_SHOW = "no_show"
    REPLACED = "replaced"
    BLOCKED = "blocked"


class Signal(StrEnum):
    """What can happen to a match, in words."""

    BOTH_IN = "both are in the room for the first time"
    DECLINED = f"one gave up the seat before that, and did not take it back within {UNDO_FOR.seconds} seconds"
    NEVER_BOTH_IN = f"{NO_SHOW_AFTER // MINUTE} minutes have passed and the two were never in together"
    ANOTHER_WANTED = (
        f"one is there, the other is not, and after {ANOTHER_AFTER // MINUTE} minutes somebody else is asked for"
    )
    EVERYBODY_LEFT = "both have left for good"
    ROOM_EMPTY = f"the room has been empty for {EMPTY_ROOM_ENDS_AFTER // MINUTE} minutes"
    TIME_OVER = f"the agreed length is over, and {OVERTIME // MINUTE} minutes more"
    BLOCKED = "one of the two blocks the other"


# A pair that is absent is a harmless repeat: a late, doubled or reordered signal changes nothing.
TRANSITIONS: Mapping[tuple[MatchState, Signal], tuple[MatchState, EndReason | None]] = {
    (MatchState.INVITING, Signal.BOTH_IN): (MatchState.MEETING, None),
    (MatchState.INVITING, Signal.DECLINED): (MatchState.ENDED, EndReason.DECLINED),
    (MatchState.INVITING, Signal.NEVER_BOTH_IN): (MatchState.ENDED, EndReason.NO_SHOW),
    (MatchState.INVITING, Signal.ANOTHER_WANTED): (MatchState.ENDED, EndReason.REPLACED),
    (MatchState.INVITING, Signal.BLOCKED): (MatchState.ENDED, EndReason.BLOCKED),
    (MatchState.MEETING, Signal.EVERYBODY_LEFT): (MatchState.ENDED, EndReason.DONE),
    (MatchState.MEETING, Signal.ROOM_EMPTY): (MatchState.ENDED, EndReason.DONE),
    (MatchState.MEETING, Signal.TIME_OVER): (MatchState.ENDED, EndReason.DONE),
    (MatchState.MEETING, Signal.BLOCKED): (MatchState.ENDED, EndReason.BLOCKED),
}


def states_before_meeting() -> frozenset[MatchState]:
    """The states in which a meeting can begin."""
    return frozenset(state for (state, _), (then, _) in TRANSITIONS.items() if then is MatchState.MEETING)


def states_ending_with(reason: EndReason) -> frozenset[MatchState]:
    """The states in which a match can end for `reason`."""
    return frozenset(state for (state, _), (_, why) in TRANSITIONS.items() if why is reason)
