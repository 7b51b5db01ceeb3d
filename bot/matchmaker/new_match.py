"""Two tickets become a match to record: seats, links and messages. That it holds is for the store to say."""

from collections.abc import Sequence

from bot.clock import Clock, new_id
from bot.domain.agreement import agreement
from bot.domain.invitation import digest, link_token
from bot.domain.match import Agreement
from bot.domain.message import MessageKind, terms
from bot.domain.room import NAME_BYTES, room_name
from bot.domain.ticket import Ticket
from bot.matching.engine import Pair
from bot.store.matches import NewMatch, NewSeat
from bot.store.outbox import NewMessage


class Arrangement:
    """Makes matches; each link follows from `link_key` and its invitation's id."""

    def __init__(self, *, clock: Clock, link_key: bytes) -> None:
        self._clock = clock
        self._link_key = link_key

    def __call__(self, pair: Pair) -> NewMatch:
        """The match of a pair, with everything that makes it one fact."""
        match_id, agreed = new_id(self._clock), agreement(pair.a, pair.b)
        first, second = self._seat(pair.a), self._seat(pair.b)
        return NewMatch(
            id=match_id,
            agreement=agreed,
            room_name=room_name(self._clock.random_bytes(NAME_BYTES)),
            created_at=self._clock.now(),
            seats=(first, second),
            rows=[*self._messages(match_id, agreed, first, pair.b), *self._messages(match_id, agreed, second, pair.a)],
        )

    def _seat(self, ticket: Ticket) -> NewSeat:
        invitation_id = new_id(self._clock)
        token_hash = digest(link_token(self._link_key, invitation_id))
        return NewSeat(id=new_id(self._clock), ticket=ticket, invitation_id=invitation_id, token_hash=token_hash)

    def _messages(self, match_id: str, agreed: Agreement, seat: NewSeat, partner: Ticket) -> Sequence[NewMessage]:
        return [
            NewMessage(
                id=new_id(self._clock),
                kind=kind,
                member_id=seat.ticket.member_id,
                match_id=match_id,
                seat_id=seat.id,
                invitation_id=seat.invitation_id,
                values=terms(agreed, partner.name),
                due_at=self._clock.now(),
            )
            for kind in (MessageKind.CARD, MessageKind.INVITATION)
        ]
