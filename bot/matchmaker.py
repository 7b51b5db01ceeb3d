"""The matchmaker: waiting tickets become matches, with seats, invitations and messages as one fact.

Whom to put together is `bot.pairing.engine`'s decision; that nobody sits twice, the ledger's.
"""

from collections.abc import Sequence

from bot.clock import Clock, new_id
from bot.pairing.agreement import agreement
from bot.pairing.delivery import Kind, terms
from bot.pairing.engine import Engine, Pair
from bot.pairing.fit import History, Weights
from bot.pairing.invitation import digest, link_token
from bot.pairing.match import Agreement
from bot.pairing.room import NAME_BYTES, room_name
from bot.pairing.ticket import Ticket
from bot.store.blocks import Blocks
from bot.store.engine import Wake
from bot.store.leadership import Leadership, lead
from bot.store.leases import Fence
from bot.store.matches import Matches, NewMatch, NewSeat
from bot.store.met import Met
from bot.store.outbox import OutboxRow
from bot.store.servers import Servers
from bot.store.tickets import Tickets

TICK = 2.0  # seconds: a lease wants renewing every three


class Matchmaker:
    """Pairs those who wait, at each arrival and on a tick, while it leads."""

    def __init__(
        self,
        *,
        tickets: Tickets,
        matches: Matches,
        servers: Servers,
        blocks: Blocks,
        met: Met,
        leadership: Leadership,
        clock: Clock,
        wake: Wake,
        link_key: bytes,
        weights: Weights,
    ) -> None:
        self._tickets = tickets
        self._matches = matches
        self._servers = servers
        self._blocks = blocks
        self._met = met
        self._leadership = leadership
        self._clock = clock
        self._wake = wake
        self._link_key = link_key
        self._weights = weights

    async def run(self) -> None:
        """Pair until cancelled."""
        await lead(self._leadership, self.step, wake=self._wake, tick=TICK)

    async def step(self, fence: Fence) -> int:
        """One round over all pools; how many matches it made."""
        made = 0
        for pair in await self._pairs(await self._waiting()):
            made += await self._matches.record(self._match(pair), fence=fence)
        return made

    async def _waiting(self) -> Sequence[Ticket]:
        opened = {server.server_id for server in await self._servers.all() if server.open}
        return [ticket for ticket in await self._tickets.waiting() if ticket.server_id in opened]

    async def _pairs(self, tickets: Sequence[Ticket]) -> Sequence[Pair]:
        members = [ticket.member_id for ticket in tickets]
        engine = Engine(weights=self._weights)
        engine.learn(History(blocks=await self._blocks.among(members), met=await self._met.among(members)))
        for ticket in tickets:
            engine.arrive(ticket)
        return engine.decide(self._clock.now().timestamp())

    def _match(self, pair: Pair) -> NewMatch:
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

    def _messages(self, match_id: str, agreed: Agreement, seat: NewSeat, partner: Ticket) -> Sequence[OutboxRow]:
        return [
            OutboxRow(
                id=new_id(self._clock),
                kind=kind,
                member_id=seat.ticket.member_id,
                match_id=match_id,
                seat_id=seat.id,
                invitation_id=seat.invitation_id,
                values=terms(agreed, partner.name),
                due_at=self._clock.now(),
            )
            for kind in (Kind.CARD, Kind.INVITATION)
        ]
