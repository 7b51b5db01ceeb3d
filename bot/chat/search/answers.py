"""The answers of a search's actions, as values: codes, times and numbers, no text."""

from dataclasses import dataclass
from datetime import datetime

from bot.chat.meeting.actions import SeatAnswer
from bot.domain.message import SearchDetails
from bot.domain.ticket import Wishes
from bot.matching.wait_estimate import WaitEstimate


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """The member is waiting until `expires_at`; `estimate` is None if nothing is known about the wait.

    `paused`: nobody is matched in the server at the moment.
    """

    wishes: Wishes
    server_id: int
    expires_at: datetime
    estimate: WaitEstimate | None
    changed: bool = False
    paused: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingElsewhere:
    """The member is waiting in another server; `server_id` is the one they are using now."""

    other_server: str
    server_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundNobody:
    """The member's last search, in this server, found nobody."""

    search: SearchDetails
    server_id: int


SearchAnswer = Waiting | WaitingElsewhere | FoundNobody | SeatAnswer
