"""How a message reaches a member: its kinds, the routes each may take, and what became of a try."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from bot.domain.match import Agreement


class MessageKind(StrEnum):
    """What a message tells."""

    CARD = "card"  # the waiting card itself becomes the invitation; costs nothing of Discord's 50 a second
    INVITATION = "invitation"
    REMINDER = "reminder"  # the second message after four minutes
    NEW_LINK = "new_link"
    PARTNER_DECLINED = "partner_declined"  # the partner cannot come or has left before both were in; back at the front
    NO_SHOW = "no_show"  # nobody, or not both, came within fifteen minutes
    MATCH_OVER = "match_over"  # neutral words: the meeting has ended
    UNMATCHED = "unmatched"  # patience is over


class Route(StrEnum):
    """By which way a message is tried."""

    CARD = "card"  # edit of the interaction's own answer
    DIRECT = "direct"
    FOLLOW_UP = "follow_up"  # ephemeral, while an interaction's token lives
    MENTION = "mention"  # a mention in the study channel that leads to an ephemeral answer


ROUTES: dict[MessageKind, tuple[Route, ...]] = {
    MessageKind.CARD: (Route.CARD,),
    MessageKind.INVITATION: (Route.DIRECT, Route.FOLLOW_UP, Route.MENTION),
    MessageKind.REMINDER: (Route.DIRECT, Route.FOLLOW_UP),
    MessageKind.NEW_LINK: (Route.DIRECT, Route.FOLLOW_UP),
    MessageKind.PARTNER_DECLINED: (Route.DIRECT, Route.FOLLOW_UP, Route.MENTION),
    MessageKind.NO_SHOW: (Route.DIRECT, Route.FOLLOW_UP),
    MessageKind.MATCH_OVER: (Route.DIRECT, Route.FOLLOW_UP),
    MessageKind.UNMATCHED: (Route.DIRECT, Route.FOLLOW_UP, Route.MENTION),
}


def next_route(kind: MessageKind, tried: Route) -> Route | None:
    """The route to try after `tried` was refused for good; None when there is no other."""
    routes = ROUTES[kind]
    following = routes.index(tried) + 1
    return routes[following] if following < len(routes) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivered:
    """The message is there; `message_id` and `channel_id` are Discord's, where there is one to speak of."""

    channel_id: int | None = None
    message_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """This route will never work for this message: try the next one."""

    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TryAgain:
    """Not now. `after` is what the other side asked for, or None where we choose."""

    reason: str
    after: timedelta | None = None


Outcome = Delivered | Refused | TryAgain


class Unauthorized(Exception):
    """The other side no longer knows us: every sending must stop at once."""


def terms(agreement: Agreement, partner: str) -> Mapping[str, Any]:
    """What every message with a link tells of the match: codes and numbers for the words to be made of."""
    return {
        "partner": partner,
        "subject": agreement.subject,
        "other_subject": agreement.other_subject,
        "length": agreement.length,
        "language": agreement.language,
        "style": agreement.style,
        "camera": agreement.camera,
        "level": agreement.level,
        "why": list(agreement.why),
        "stretched": list(agreement.stretched),
    }
