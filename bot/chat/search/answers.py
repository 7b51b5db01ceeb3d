"""The answers of a search's actions, as values: codes, times and numbers, no text."""

from dataclasses import dataclass
from datetime import datetime

from bot.chat.meeting.actions import SeatAnswer
from bot.chat.ui.notices import NotPossible
from bot.domain.membership import Bar
from bot.domain.message import SearchDetails
from bot.domain.restriction import Restriction
from bot.domain.server import Closed, Server
from bot.domain.ticket import Wishes
from bot.matching.wait_estimate import WaitEstimate


@dataclass(frozen=True, kw_only=True, slots=True)
class Closure:
    """Why nobody is matched in a server at the moment, and the server's name."""

    reason: Closed
    server: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """The member is waiting until `expires_at`; `estimate` is None if nothing is known about the wait.

    `closure`: why nobody is matched in the server at the moment, None if members are.
    """

    wishes: Wishes
    server_id: int
    expires_at: datetime
    estimate: WaitEstimate | None
    changed: bool = False
    closure: Closure | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingElsewhere:
    """The member is waiting in another server; `server_id` is the one they are using now."""

    other_server: str
    server_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundNobody:
    """The member's last search, in this server, found nobody. `closure`: why another one cannot begin there now."""

    search: SearchDetails
    server_id: int
    closure: Closure | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class BarredSearch:
    """The member's last search, in this server, ended because they were barred there.

    `was_matched`: it had led to a match by then, and the bar took the seat.
    """

    bar: Bar
    server_id: int
    server: str
    was_matched: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Restricted:
    """The member has neither a search nor a match, and something keeps them from one in this server."""

    restriction: Restriction
    server: str

    @property
    def refusal(self) -> NotPossible:
        """What to answer to a search that they try."""
        return NotPossible(f"restricted.{self.restriction.kind}", server=self.server, until=self.restriction.told_until)


@dataclass(frozen=True, kw_only=True, slots=True)
class NotWaiting:
    """The member has neither a search nor a match. `has_stopped`: they have just ended a search themselves.

    `server_id` is the server to search in, if one is known; `closure`: why that is not possible there now.
    """

    has_stopped: bool = False
    server_id: int | None = None
    closure: Closure | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RulesFirst:
    """The member is to agree to this server's rules before the search that they asked for begins.

    `changed`: they have just agreed to rules that count no more.
    """

    server: Server
    changed: bool = False


SearchAnswer = (
    Waiting | WaitingElsewhere | FoundNobody | BarredSearch | Restricted | NotWaiting | RulesFirst | SeatAnswer
)
