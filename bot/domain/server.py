"""A Discord server as its admins set it up, and why its members may not be matched there."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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
    NOT_ADULTS = "not_adults"
    NO_CHANNEL = "no_channel"
    PAUSED = "paused"


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """Something to study; two subjects of one group fit each other by half."""

    name: str
    group: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """The settings of one Discord server; `version` 0 means they were never saved.

    `left_at`: when the bot was removed from the server, None while it is there.
    """

    server_id: int
    name: str
    audience: Audience = Audience.UNSAID
    channel_id: int | None = None
    role_id: int | None = None
    panel_message_id: int | None = None
    subjects: tuple[Subject, ...] = ()
    lengths: tuple[int, ...] = LENGTHS
    languages: tuple[str, ...] = ("en",)
    paused: bool = False
    locale: str = "en"
    version: int = 0
    left_at: datetime | None = None


def why_closed(server: Server | None) -> Closed | None:
    """The first reason why members cannot be matched in `server`, or None if they can."""
    if server is not None and server.left_at is not None:
        return Closed.BOT_REMOVED
    if server is None or server.audience is Audience.UNSAID:
        return Closed.NOT_SET_UP
    if server.audience is not Audience.ADULTS:
        return Closed.NOT_ADULTS  # until there are pools for minors
    if server.channel_id is None:
        return Closed.NO_CHANNEL
    if server.paused:
        return Closed.PAUSED
    return None


def is_open(server: Server) -> bool:
    """Whether members can be matched in `server`."""
    return why_closed(server) is None


def pools_are_separated(server: Server | None) -> bool:
    """Whether some members of `server` must not meet others; then nobody enters a room before Discord answers for them.

    Never so far: members are matched only where all of them are adults.
    """
    del server
    return False
