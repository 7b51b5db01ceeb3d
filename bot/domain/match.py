"""A match's life as data: its states, the signals it can receive, and its transitions."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

MINUTE = timedelta(minutes=1)

# Counted from the creation of the match, until the two have been in the room together:
REMINDER_AFTER = timedelta(minutes=4)
ANOTHER_AFTER = timedelta(minutes=7)
NO_SHOW_AFTER = timedelta(minutes=15)

EMPTY_ROOM_ENDS_AFTER = timedelta(minutes=5)
OVERTIME = timedelta(minutes=10)
"""How long a meeting may continue after the agreed length."""
MET_AFTER = timedelta(seconds=60)
"""Two members who were in the room together for this long count as having met."""
UNDO_FOR = timedelta(seconds=10)
"""How long leaving can be undone."""
APART_FOR = timedelta(minutes=60)
"""How long two members are kept apart after a match of theirs came to nothing."""


class MatchKind(StrEnum):
    """What a match is for."""

    STUDY = "study"
    TRIAL = "trial"  # an admin meets themselves; see bot/domain/trial.py


class MatchState(StrEnum):
    """The state of a match."""

    INVITING = "inviting"
    MEETING = "meeting"
    ENDED = "ended"


class EndReason(StrEnum):
    """Why a match ended."""

    DONE = "done"
    DECLINED = "declined"
    NO_SHOW = "no_show"
    REPLACED = "replaced"


CAME_TO_NOTHING = frozenset({EndReason.DECLINED, EndReason.REPLACED, EndReason.NO_SHOW})
"""The reasons for which a match ends although the two have never been in the room together."""


class Signal(StrEnum):
    """What can happen to a match; the values are the sentences of docs/states.md."""

    BOTH_IN = "both are in the room for the first time"
    DECLINED = f"one gives up the seat and does not undo it within {UNDO_FOR.seconds} seconds"
    NEVER_BOTH_IN = f"the two have not been in the room together within {NO_SHOW_AFTER // MINUTE} minutes"
    ANOTHER_WANTED = f"one is in the room alone and asks for somebody else after {ANOTHER_AFTER // MINUTE} minutes"
    EVERYBODY_LEFT = "both have left for good"
    ROOM_EMPTY = f"the room has been empty for {EMPTY_ROOM_ENDS_AFTER // MINUTE} minutes"
    TIME_OVER = f"the agreed length and {OVERTIME // MINUTE} more minutes are over"


TRANSITIONS: Mapping[tuple[MatchState, Signal], tuple[MatchState, EndReason | None]] = MappingProxyType(
    {
        (MatchState.INVITING, Signal.BOTH_IN): (MatchState.MEETING, None),
        (MatchState.INVITING, Signal.DECLINED): (MatchState.ENDED, EndReason.DECLINED),
        (MatchState.INVITING, Signal.NEVER_BOTH_IN): (MatchState.ENDED, EndReason.NO_SHOW),
        (MatchState.INVITING, Signal.ANOTHER_WANTED): (MatchState.ENDED, EndReason.REPLACED),
        (MatchState.MEETING, Signal.EVERYBODY_LEFT): (MatchState.ENDED, EndReason.DONE),
        (MatchState.MEETING, Signal.ROOM_EMPTY): (MatchState.ENDED, EndReason.DONE),
        (MatchState.MEETING, Signal.TIME_OVER): (MatchState.ENDED, EndReason.DONE),
    }
)
"""State and signal → next state and reason. Other signals are ignored: late, repeated or reordered ones do no harm."""


def states_before_meeting() -> frozenset[MatchState]:
    """The states in which a meeting can begin."""
    return frozenset(state for (state, _), (then, _) in TRANSITIONS.items() if then is MatchState.MEETING)


def states_ending_with(reason: EndReason) -> frozenset[MatchState]:
    """The states in which a match can end for `reason`."""
    return frozenset(state for (state, _), (_, why) in TRANSITIONS.items() if why is reason)
