"""Turn a pair into a match to record: seats, links and messages. The store decides whether it is still possible."""

from bot.clock import Clock, new_id
from bot.domain.agreement import Agreement, agree
from bot.domain.invitation import digest, link_token
from bot.domain.message import MatchDetails, MessageKind
from bot.domain.room import NAME_BYTES, room_name
from bot.domain.ticket import Ticket
from bot.matching.engine import Pair
from bot.store.matches import NewMatch, NewSeat
from bot.store.outbox import NewMessage, message_to_seat


def new_match(pair: Pair, *, clock: Clock, link_key: bytes) -> NewMatch:
    """A match of the two tickets in `pair`, with fresh ids, and one link per seat with the message that brings it.

    `link_key` (32 bytes) is the key that link tokens are derived from. Nothing is written.
    """
    match_id, agreement = new_id(clock), agree(pair.a, pair.b)
    first, second = (_new_seat(match_id, ticket, clock, link_key) for ticket in (pair.a, pair.b))
    return NewMatch(
        id=match_id,
        agreement=agreement,
        room_name=room_name(clock.random_bytes(NAME_BYTES)),
        created_at=clock.now(),
        seats=(first, second),
        messages=[
            _invitation(first, agreement, clock),
            _invitation(second, agreement, clock),
        ],
    )


def _new_seat(match_id: str, ticket: Ticket, clock: Clock, link_key: bytes) -> NewSeat:
    invitation_id = new_id(clock)
    return NewSeat(
        id=new_id(clock),
        match_id=match_id,
        ticket=ticket,
        invitation_id=invitation_id,
        token_hash=digest(link_token(link_key, invitation_id)),
    )


def _invitation(seat: NewSeat, agreement: Agreement, clock: Clock) -> NewMessage:
    return message_to_seat(
        MessageKind.INVITATION,
        seat,
        message_id=new_id(clock),
        due_at=clock.now(),
        invitation_id=seat.invitation_id,
        payload=MatchDetails(agreement=agreement),
    )
