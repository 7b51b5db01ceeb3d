"""How a message reaches a member: its kinds, the routes each may take, and what became of a try."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.domain.agreement import Agreement


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


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchDetails:
    """What a message with a link tells: the partner's display name and the terms."""

    partner: str
    agreement: Agreement


@dataclass(frozen=True, kw_only=True, slots=True)
class SearchDetails:
    """What a message about a search that found nobody tells: how many `minutes` it took, and the subject."""

    minutes: int
    subject: str


Payload = MatchDetails | SearchDetails | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """How a kind of message travels: the routes to try, in order, and the type of its payload."""

    routes: tuple[Route, ...]
    payload: type[MatchDetails] | type[SearchDetails] | None = None


PRIVATE = (Route.DIRECT, Route.FOLLOW_UP)
PRIVATE_OR_MENTION = (*PRIVATE, Route.MENTION)

DELIVERIES: Mapping[MessageKind, Delivery] = MappingProxyType(
    {
        MessageKind.CARD: Delivery(routes=(Route.CARD,), payload=MatchDetails),
        MessageKind.INVITATION: Delivery(routes=PRIVATE_OR_MENTION, payload=MatchDetails),
        MessageKind.REMINDER: Delivery(routes=PRIVATE, payload=MatchDetails),
        MessageKind.NEW_LINK: Delivery(routes=PRIVATE, payload=MatchDetails),
        MessageKind.PARTNER_DECLINED: Delivery(routes=PRIVATE_OR_MENTION),
        MessageKind.NO_SHOW: Delivery(routes=PRIVATE),
        MessageKind.MATCH_OVER: Delivery(routes=PRIVATE),
        MessageKind.UNMATCHED: Delivery(routes=PRIVATE_OR_MENTION, payload=SearchDetails),
    }
)

LINK_KINDS = frozenset(kind for kind, delivery in DELIVERIES.items() if delivery.payload is MatchDetails)
"""The kinds that carry a link: they are withdrawn when the match ends or the seat is left."""


def next_route(kind: MessageKind, tried: Route) -> Route | None:
    """The route to try after `tried` was refused for good; None when there is no other."""
    routes = DELIVERIES[kind].routes
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
