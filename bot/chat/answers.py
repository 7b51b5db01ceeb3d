"""What an action found, as values: codes, times and numbers. `cards` turns them into words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.agreement import Agreement
from bot.domain.ticket import Wishes
from bot.matching.wait_estimate import WaitEstimate


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """The member waits; `wait_estimate` is what they may expect, None when nothing is known of it."""

    wishes: Wishes
    server_id: int
    expires_at: datetime
    wait_estimate: WaitEstimate | None
    changed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Meeting:
    """The member has a partner. `link` is the way in, good until `until`; `note` names a text that stands first."""

    seat_id: str
    partner: str
    agreement: Agreement
    link: str | None = None
    until: datetime | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Elsewhere:
    """The member waits in another server; `here` is where they asked now."""

    server_name: str
    here: int


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """Something is so; `key` names its words. With a `search_in` one may look for a partner there."""

    key: str
    search_in: int | None = None
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class No:
    """It cannot be done; `reason` names the words that say why and what to do."""

    reason: str
    values: Mapping[str, object] = field(default_factory=dict)


Answer = Waiting | Meeting | Elsewhere | News | No
