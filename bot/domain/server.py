"""A Discord server as its admins set it up, and why its members may not be matched there."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.gate import GATES, Gate
from bot.domain.ticket import LENGTHS


class Audience(StrEnum):
    """Who is in the server, as its admins say."""

    UNSAID = "unsaid"
    ADULTS = "adults"
    MIXED = "mixed"
    UNSURE = "unsure"


class Closed(StrEnum):
    """Why nobody can be matched in a server."""

    NOT_SET_UP = "not_set_up"
    BOT_REMOVED = "bot_removed"
    MINORS_NOT_ALLOWED = "minors_not_allowed"  # by the operator, where some may be under 18
    NO_AGE_ROLES = "no_age_roles"  # that keep them apart from adults
    NO_READER = "no_reader"  # of reports, where some may be under 18
    NO_CHANNEL = "no_channel"
    NO_REQUIRED_ROLE = "no_required_role"  # though the gate asks for one
    PAUSED = "paused"


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """Something to study; two subjects of one group fit each other by half."""

    name: str
    group: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """The settings of one Discord server; `version` 0 means they were never saved.

    `role_id`: the role that members need, if any. `minor_role_id` and `adult_role_id` are of members under 18 and of
    the others, where there are both. `staff_channel_id` is told that there is a report; members with `reader_role_id`
    read it, those who manage the server if it is None. `gate` is None until an admin has chosen. `panel_text` and
    `rules` are None while our words stand there; `rules_version` grows with each change. `left_at`: when the bot was
    removed from the server, None while it is there. `minors_allowed` is the operator's word and not stored.
    """

    server_id: int
    name: str
    audience: Audience = Audience.UNSAID
    channel_id: int | None = None
    role_id: int | None = None
    minor_role_id: int | None = None
    adult_role_id: int | None = None
    staff_channel_id: int | None = None
    reader_role_id: int | None = None
    gate: Gate | None = None
    hides_partner_video: bool = False
    panel_message_id: int | None = None
    panel_text: str | None = None
    rules: tuple[str, ...] | None = None
    rules_version: int = 1
    subjects: tuple[Subject, ...] = ()
    lengths: tuple[int, ...] = LENGTHS
    languages: tuple[str, ...] = ("en",)
    paused: bool = False
    locale: str = "en"
    version: int = 0
    left_at: datetime | None = None
    minors_allowed: bool = False


def why_closed(server: Server | None) -> Closed | None:
    """The first reason why members cannot be matched in `server`, or None if they can."""
    if server is not None and server.left_at is not None:
        return Closed.BOT_REMOVED
    if server is None or server.audience is Audience.UNSAID:
        return Closed.NOT_SET_UP
    if pools_are_separated(server):
        missing = _missing_for_minors(server)
        if missing is not None:
            return missing
    if server.channel_id is None:
        return Closed.NO_CHANNEL
    if lacks_required_role(server):
        return Closed.NO_REQUIRED_ROLE
    if server.paused:
        return Closed.PAUSED
    return None


def is_open(server: Server) -> bool:
    """Whether members can be matched in `server`."""
    return why_closed(server) is None


def lacks_required_role(server: Server) -> bool:
    """Whether the gate of `server` asks for a role, and none is chosen."""
    return server.gate is not None and GATES[server.gate].needs_role and server.role_id is None


def pools_are_separated(server: Server | None) -> bool:
    """Whether some members of `server` must not meet others, because some are under 18 or may be.

    Then nobody is matched or enters a room before Discord answers for them.
    """
    return server is not None and server.audience in {Audience.MIXED, Audience.UNSURE}


def _missing_for_minors(server: Server) -> Closed | None:
    """What must be there before members under 18 can be matched with each other, and adults with adults."""
    if not server.minors_allowed:
        return Closed.MINORS_NOT_ALLOWED
    if server.minor_role_id is None or server.adult_role_id is None or server.minor_role_id == server.adult_role_id:
        return Closed.NO_AGE_ROLES
    return Closed.NO_READER if server.reader_role_id is None else None
