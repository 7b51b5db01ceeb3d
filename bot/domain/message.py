"""Messages to members: their kinds, what each carries, the routes it may take, and the outcome of one attempt."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.domain.agreement import Agreement
from bot.domain.invitation import LINK_LIFETIME
from bot.domain.match import MINUTE, NO_SHOW_AFTER, REMINDER_AFTER
from bot.domain.membership import Bar
from bot.domain.report import ReportReaders, ReportReason
from bot.domain.ticket import LONGEST_WAIT_MINUTES, Ticket
from bot.domain.trial import TRIAL_LASTS
from bot.domain.verdict import AppealOutcome, Decision


class MessageKind(StrEnum):
    """What a message is about."""

    CARD = "card"  # the member's own card: written when it is shown, edited when what it shows has changed
    INVITATION = "invitation"
    REMINDER = "reminder"  # to a member who has not entered the room yet
    NEW_LINK = "new_link"
    PARTNER_DECLINED = "partner_declined"  # before the meeting; this member is requeued at the front
    NO_SHOW = "no_show"  # the two were not in the room together in time
    MATCH_OVER = "match_over"  # the match ended; the text does not say why
    UNMATCHED = "unmatched"  # the ticket expired, or its member was barred, perhaps when it had become a seat
    PAUSED = "paused"  # the server was closed while this member waits
    GATE_OPEN = "gate_open"  # this member wanted to hear when they may search
    TRIAL = "trial"  # how far a trial has come: sent at its beginning, and edited as it goes on
    REPORT_RECEIVED = "report_received"  # to the reporter, as the four that follow
    REPORT_LATE = "report_late"  # nobody has read it in time
    REPORT_DECIDED = "report_decided"  # not what was decided
    REPORT_QUESTION = "report_question"  # a reader asks something
    APPEAL_DECIDED = "appeal_decided"  # to whoever asked for a second look
    SANCTION = "sanction"  # to the reported member
    STAFF_ALERT = "staff_alert"  # to nobody in particular, in the staff's channel
    READER_ALERT = "reader_alert"  # to one reader of reports
    OPERATOR_ALERT = "operator_alert"
    CHECK_IN = "check_in"  # how was the session?


class Route(StrEnum):
    """A way to reach a member."""

    CARD = "card"  # edits the answer to the member's interaction
    DIRECT = "direct"
    FOLLOW_UP = "follow_up"  # an ephemeral message, while the token of an interaction is valid
    MENTION = "mention"  # a mention in the study channel with a button to an ephemeral answer
    STAFF = "staff"  # a message in the staff's channel; links never go there


BOT_TOKEN_ROUTES = frozenset({Route.DIRECT, Route.MENTION, Route.STAFF})
"""Routes that use the bot's token: only these count towards Discord's limit, and only a 401 here refuses the token."""

INTERACTION_ROUTES = frozenset(Route) - BOT_TOKEN_ROUTES
"""Routes that use the token of an interaction."""


class MessageState(StrEnum):
    """The state of a message in the outbox."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"  # no route reached the member
    WITHDRAWN = "withdrawn"  # before it was sent: its link stopped working, it was too old, or the bot left the server


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchDetails:
    """The payload of a message with a link: the terms. No name: that is read from the match while it is kept.

    `is_trial`: the member is an admin who tries the way into a room.
    """

    agreement: Agreement
    is_trial: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class SearchDetails:
    """The payload of a message about a search that ended without a match: its duration in whole `minutes`, its subject.

    `bar` is what ended it, None if its time was over. `was_matched`: it had led to a match, and the bar took the seat.
    """

    minutes: int
    subject: str
    bar: Bar | None = None
    was_matched: bool = False


def search_details(
    ticket: Ticket, *, ended_at: datetime | None = None, bar: Bar | None = None, was_matched: bool = False
) -> SearchDetails:
    """What to say of the search of `ticket`, which ended at `ended_at`, by default when its time was over.

    Minutes are cut off, not rounded: of a search of 14:40 nobody can say that it took 15.
    """
    minutes = ((ended_at or ticket.expires_at) - ticket.waiting_since) // MINUTE
    return SearchDetails(minutes=minutes, subject=ticket.wishes.subject, bar=bar, was_matched=was_matched)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportDetails:
    """The payload of a receipt; `question`: what a reader asks.

    `is_late`: it counts later, because its reporter files many.
    """

    report_id: str
    number: int
    is_late: bool = False
    read_by: ReportReaders = ReportReaders.ADMINS
    question: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertDetails:
    """The payload of what staff or the operator are told of a report or, with `is_appeal`, of an appeal: no more.

    `again`: it was told before, and nobody has read it; with `is_opened` a reader has, and nobody has decided.
    """

    number: int
    reason: ReportReason
    since: datetime
    again: bool = False
    is_opened: bool = False
    is_appeal: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class SanctionDetails:
    """The payload of what a member is told of a sanction: `report_id` is for the appeal and says nothing.

    It begins with the message and ends before `until`, None for one without an end.
    """

    report_id: str
    decision: Decision
    rule: int
    until: datetime | None = None
    everywhere: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class AppealDetails:
    """The payload of what a second look came to. `number` is for the reporter only."""

    report_id: str
    outcome: AppealOutcome
    number: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckInDetails:
    """The payload of the question how a session was: the seat of the member who is asked."""

    seat_id: str


REPORT_PAYLOADS = frozenset({ReportDetails, AlertDetails, SanctionDetails, AppealDetails, CheckInDetails})

Payload = (
    MatchDetails
    | SearchDetails
    | ReportDetails
    | AlertDetails
    | SanctionDetails
    | AppealDetails
    | CheckInDetails
    | None
)
PayloadType = (
    type[MatchDetails]
    | type[SearchDetails]
    | type[ReportDetails]
    | type[AlertDetails]
    | type[SanctionDetails]
    | type[AppealDetails]
    | type[CheckInDetails]
)


@dataclass(frozen=True, kw_only=True, slots=True)
class CardNote:
    """The note of a card as its member was shown it, and the digest of the card that it belongs to."""

    text: str
    shows: str


class Offer(StrEnum):
    """What a member can do next from a message without a payload."""

    SEARCH = "search"  # find a partner
    WAITING = "waiting"  # change the wishes or stop waiting


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """How a kind of message is delivered: the routes to try, in order, its payload, and what it offers, if anything.

    It is sent while it is useful: `useful_for` counts from when it was due, that is from what it reports.
    """

    routes: tuple[Route, ...]
    useful_for: timedelta
    payload: PayloadType | None = None
    offer: Offer | None = None


PRIVATE = (Route.DIRECT, Route.FOLLOW_UP)
PRIVATE_OR_MENTION = (*PRIVATE, Route.MENTION)
NEWS_USEFUL_FOR = LONGEST_WAIT_MINUTES * MINUTE
"""How long a member may be glad to hear how a search or a match has ended: as long as the longest wait."""
RECEIPT_USEFUL_FOR = timedelta(days=14)
"""Receipts wait for so long for a member whose direct messages are closed to use the bot again."""
SANCTION_USEFUL_FOR = timedelta(days=30)
ALERT_USEFUL_FOR = timedelta(days=2)
"""After that staff have been told again, or the operator has."""
OPERATOR_ALERT_USEFUL_FOR = timedelta(days=30)
"""The operator is the last who is told: an alert to them outlasts a long outage of Discord."""

GATE_NEWS_USEFUL_FOR = timedelta(days=1)

DELIVERIES: Mapping[MessageKind, Delivery] = MappingProxyType(
    {
        MessageKind.CARD: Delivery(routes=(Route.CARD,), useful_for=NEWS_USEFUL_FOR),
        MessageKind.INVITATION: Delivery(routes=PRIVATE_OR_MENTION, useful_for=NO_SHOW_AFTER, payload=MatchDetails),
        MessageKind.REMINDER: Delivery(routes=PRIVATE, useful_for=NO_SHOW_AFTER - REMINDER_AFTER, payload=MatchDetails),
        MessageKind.NEW_LINK: Delivery(routes=PRIVATE, useful_for=LINK_LIFETIME, payload=MatchDetails),
        MessageKind.PARTNER_DECLINED: Delivery(
            routes=PRIVATE_OR_MENTION, useful_for=NEWS_USEFUL_FOR, offer=Offer.WAITING
        ),
        MessageKind.NO_SHOW: Delivery(routes=PRIVATE, useful_for=NEWS_USEFUL_FOR, offer=Offer.SEARCH),
        MessageKind.MATCH_OVER: Delivery(routes=PRIVATE, useful_for=NEWS_USEFUL_FOR, offer=Offer.SEARCH),
        MessageKind.UNMATCHED: Delivery(routes=PRIVATE_OR_MENTION, useful_for=NEWS_USEFUL_FOR, payload=SearchDetails),
        MessageKind.GATE_OPEN: Delivery(routes=PRIVATE_OR_MENTION, useful_for=GATE_NEWS_USEFUL_FOR, offer=Offer.SEARCH),
        MessageKind.PAUSED: Delivery(routes=PRIVATE, useful_for=NEWS_USEFUL_FOR, offer=Offer.WAITING),
        MessageKind.TRIAL: Delivery(routes=(Route.FOLLOW_UP,), useful_for=TRIAL_LASTS),
        MessageKind.REPORT_RECEIVED: Delivery(routes=PRIVATE, useful_for=RECEIPT_USEFUL_FOR, payload=ReportDetails),
        MessageKind.REPORT_LATE: Delivery(routes=PRIVATE, useful_for=RECEIPT_USEFUL_FOR, payload=ReportDetails),
        MessageKind.REPORT_DECIDED: Delivery(routes=PRIVATE, useful_for=RECEIPT_USEFUL_FOR, payload=ReportDetails),
        MessageKind.REPORT_QUESTION: Delivery(routes=PRIVATE, useful_for=RECEIPT_USEFUL_FOR, payload=ReportDetails),
        MessageKind.APPEAL_DECIDED: Delivery(routes=PRIVATE, useful_for=SANCTION_USEFUL_FOR, payload=AppealDetails),
        MessageKind.SANCTION: Delivery(routes=PRIVATE, useful_for=SANCTION_USEFUL_FOR, payload=SanctionDetails),
        MessageKind.STAFF_ALERT: Delivery(routes=(Route.STAFF,), useful_for=ALERT_USEFUL_FOR, payload=AlertDetails),
        MessageKind.READER_ALERT: Delivery(routes=PRIVATE, useful_for=ALERT_USEFUL_FOR, payload=AlertDetails),
        MessageKind.OPERATOR_ALERT: Delivery(
            routes=PRIVATE, useful_for=OPERATOR_ALERT_USEFUL_FOR, payload=AlertDetails
        ),
        MessageKind.CHECK_IN: Delivery(routes=PRIVATE, useful_for=NEWS_USEFUL_FOR, payload=CheckInDetails),
    }
)

LINK_KINDS = frozenset(kind for kind, delivery in DELIVERIES.items() if delivery.payload is MatchDetails)
"""The kinds that carry a link: they are withdrawn when the match ends or the seat is left."""

MATCH_KINDS = LINK_KINDS | {MessageKind.TRIAL}
"""The kinds that speak of a match: what they say can change with it."""

SEARCH_KINDS = frozenset({MessageKind.CARD, MessageKind.PARTNER_DECLINED, MessageKind.UNMATCHED, MessageKind.PAUSED})
"""The kinds that speak of a search: what they say can change with it, as that of `MATCH_KINDS` with the match."""


REPORT_KINDS = frozenset(kind for kind, each in DELIVERIES.items() if each.payload in REPORT_PAYLOADS)
"""The kinds that speak of reports, and of how a session was."""

RECEIPT_KINDS = frozenset(
    kind for kind, each in DELIVERIES.items() if each.payload in {ReportDetails, SanctionDetails, AppealDetails}
)
"""The kinds that wait for their member's next interaction if no route has reached them."""


def useful_until(kind: MessageKind, due_at: datetime) -> datetime:
    """When a message that was due at `due_at` is too old to be sent."""
    return due_at + DELIVERIES[kind].useful_for


def next_route(kind: MessageKind, payload: Payload, tried: Route) -> Route | None:
    """The route to try after `tried` was refused, or None after the last one.

    A member who was barred is not mentioned in the channel: they may not see it, or not be allowed to answer. Nor is an
    admin in a trial: that is nobody else's business.
    """
    is_barred = isinstance(payload, SearchDetails) and payload.bar is not None
    is_trial = isinstance(payload, MatchDetails) and payload.is_trial
    routes = PRIVATE if is_barred or is_trial else DELIVERIES[kind].routes
    following = routes.index(tried) + 1
    return routes[following] if following < len(routes) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivered:
    """The message has arrived, or shows the present state again; the ids are Discord's, None for an edited card.

    `shows` is a digest of what it shows, and `changes_at` says when time alone will change that.
    """

    channel_id: int | None = None
    message_id: int | None = None
    shows: str | None = None
    changes_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """This route will never work for this message; try the next one. `reason` is a clause for the log and the store.

    `attempted` is False if it was clear without asking.
    """

    reason: str
    attempted: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class TryAgain:
    """It did not succeed for now. `after` is the delay that Discord asked for, or None if we choose it.

    `attempted` is False if nothing was sent at all; an attempt may have arrived although it failed.
    """

    reason: str
    after: timedelta | None = None
    attempted: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class NotTried:
    """There is no way to send anything: the message stays as it is until there is one. `reason` is a clause."""

    reason: str


Outcome = Delivered | Refused | TryAgain | NotTried


class Unauthorized(Exception):
    """Discord refuses our token: stop sending immediately."""
