"""A match's life as data: its states, what can happen to it, and what two tickets agree on."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.pairing.ticket import Camera, Level, Style

SECOND_MESSAGE_AFTER = timedelta(minutes=4)
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
    """What can happen to a match."""

    BOTH_IN = "both_in"
    DECLINED = "declined"
    NEVER_BOTH_IN = "never_both_in"
    ANOTHER_WANTED = "another_wanted"
    EVERYBODY_LEFT = "everybody_left"
    ROOM_EMPTY = "room_empty"
    TIME_OVER = "time_over"
    BLOCKED = "blocked"


# A pair that is absent is a harmless repeat: a late, doubled or reordered signal changes nothing.
TRANSITIONS: dict[tuple[MatchState, Signal], tuple[MatchState, EndReason | None]] = {
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


def after(state: MatchState, signal: Signal) -> tuple[MatchState, EndReason | None] | None:
    """The state that follows and, at the end, why; None when the signal means nothing in this state."""
    return TRANSITIONS.get((state, signal))


class Why(StrEnum):
    """What speaks for a pair, most telling first."""

    SUBJECT = "subject"
    SUBJECT_GROUP = "subject_group"
    STYLE = "style"
    LEVEL = "level"
    CAMERA = "camera"
    FAVOURITE = "favourite"


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreement:
    """What two tickets agree on. `length` in minutes; `why` in the order it is told."""

    subject: str
    length: int
    language: str
    style: Style
    camera: Camera
    level: Level | None
    why: tuple[Why, ...]
