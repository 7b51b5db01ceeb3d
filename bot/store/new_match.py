"""A new match as statements: two tickets become seats with links, and messages about them are written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.agreement import Agreement
from bot.domain.match import states_before_meeting
from bot.domain.pseudonym import pseudonym_of
from bot.domain.ticket import Ticket
from bot.store.codec import encode
from bot.store.database import Statement
from bot.store.last_meetings import apart_at_most
from bot.store.outbox import NewMessage, insert_message
from bot.store.pools import in_pool
from bot.store.stale import mark_search
from bot.store.tickets import spend_ticket
from bot.store.times import to_ms


@dataclass(frozen=True, kw_only=True, slots=True)
class NewSeat:
    """A seat for the member of `ticket`, with its first invitation."""

    id: str
    match_id: str
    ticket: Ticket
    invitation_id: str
    token_hash: bytes

    @property
    def member_id(self) -> int:
        """The member whose seat it is."""
        return self.ticket.member_id


@dataclass(frozen=True, kw_only=True, slots=True)
class NewMatch:
    """A match to create; the seat of the ticket that waited longer comes first in `seats`."""

    id: str
    agreement: Agreement
    room_name: str
    created_at: datetime
    seats: tuple[NewSeat, NewSeat]
    messages: Sequence[NewMessage]


def match_statements(new: NewMatch, privacy_key: bytes) -> Sequence[Statement]:
    """The statements that create a match; the list fails if a ticket has ended or changed, or the two may not meet.

    They may not if either belongs to another pool than the match, nor if a block or a restriction names one of them,
    by id or by the pseudonym that `privacy_key` makes.
    """
    pool = new.seats[0].ticket.pool
    return [
        *(in_pool(seat.ticket, pool, new.created_at) for seat in new.seats),
        *(spend_ticket(seat.ticket, pool, new.created_at) for seat in new.seats),
        *(mark_search(seat.member_id, new.created_at) for seat in new.seats),
        _insert_match(new, privacy_key),
        *(statement for side in (0, 1) for statement in _insert_seat(new, side)),
        *map(insert_message, new.messages),
    ]


def _insert_match(new: NewMatch, privacy_key: bytes) -> Statement:
    first, second = new.seats
    values = {
        "id": new.id,
        "server_id": first.ticket.server_id,
        "pool": first.ticket.pool,
        "agreement": encode(new.agreement),
        "length": new.agreement.length,
        "room_name": new.room_name,
        "created_at": to_ms(new.created_at),
        "member_0": first.member_id,
        "member_1": second.member_id,
        "pseudonym_0": pseudonym_of(privacy_key, first.member_id),
        "pseudonym_1": pseudonym_of(privacy_key, second.member_id),
        "states": encode(sorted(states_before_meeting())),
        "apart_at_most": to_ms(apart_at_most(new.created_at)),
    }
    return Statement(name="matches.create", values=values, expect_rows=1)


def _insert_seat(new: NewMatch, side: int) -> Sequence[Statement]:
    seat = new.seats[side]
    values = {
        "id": seat.id,
        "match_id": seat.match_id,
        "member_id": seat.member_id,
        "ticket_id": seat.ticket.id,
        "name": seat.ticket.name,
        "locale": seat.ticket.locale,
        "side": side,
    }
    invitation = {
        "id": seat.invitation_id,
        "seat_id": seat.id,
        "token_hash": seat.token_hash,
        "now": to_ms(new.created_at),
    }
    return [
        Statement(name="seats.create", values=values),
        Statement(name="invitations.issue", values=invitation, expect_rows=1),
    ]
