"""Two tickets become a match to record: seats, links and messages. That it holds is for the store to say."""

from collections.abc import Sequence

from bot.clock import Clock, new_id
from bot.domain.agreement import Agreement, agree
from bot.domain.invitation import digest, link_token
from bot.domain.message import MatchDetails, MessageKind
from bot.domain.room import NAME_BYTES, room_name
from bot.domain.ticket import Ticket
from bot.matching.engine import Pair
from bot.store.matches import NewMatch, NewSeat
from bot.store.outbox import NewMessage, message_to_seat


class Arrangement:
    """Makes matches; each link follows from `link_key` and its invitation's id."""

    def __init__(self, *, clock: Clock, link_key: bytes) -> None:
        self._clock = clock
        self._link_key = link_key

    def __call__(self, pair: Pair) -> NewMatch:
        """The match of a pair, with everything that makes it one fact."""
        match_id, agreed = new_id(self._clock), agree(pair.a, pair.b)
        first, second = self._seat(match_id, pair.a), self._seat(match_id, pair.b)
        return NewMatch(
            id=match_id,
            agreement=agreed,
            room_name=room_name(self._clock.random_bytes(NAME_BYTES)),
            created_at=self._clock.now(),
            seats=(first, second),
            messages=[*self._messages(agreed, first, pair.b), *self._messages(agreed, second, pair.a)],
        )

    def _seat(self, match_id: str, ticket: Ticket) -> NewSeat:
        invitation_id = new_id(self._clock)
        token_hash = digest(link_token(self._link_key, invitation_id))
        return NewSeat(
            id=new_id(self._clock),
            match_id=match_id,
            ticket=ticket,
            invitation_id=invitation_id,
            token_hash=token_hash,
        )

    def _messages(self, agreed: Agreement, seat: NewSeat, partner: Ticket) -> Sequence[NewMessage]:
        payload = MatchDetails(partner=partner.name, agreement=agreed)
        return [
            message_to_seat(
                kind,
                seat,
                message_id=new_id(self._clock),
                due_at=self._clock.now(),
                invitation_id=seat.invitation_id,
                payload=payload,
            )
            for kind in (MessageKind.CARD, MessageKind.INVITATION)
        ]
