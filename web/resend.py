"""`POST /invitation/resend`: a new link goes to the seat's owner in Discord, whatever became of the given one."""

from math import ceil

from aiohttp import web

from bot.clock import Clock, new_id
from bot.domain.invitation import LINKS_PER_WINDOW, LINKS_WINDOW, digest, link_token
from bot.domain.match import MatchState
from bot.domain.message import Kind, terms
from bot.store.invitations import Invitations, Look
from bot.store.matches import Matches
from bot.store.outbox import OutboxRow
from web import body
from web.problems import Problem
from web.rate_limits import Addresses, RateLimit


class Resend:
    """Asks the bot to send new links."""

    def __init__(
        self,
        *,
        invitations: Invitations,
        matches: Matches,
        unknown: RateLimit,
        per_seat: RateLimit,
        addresses: Addresses,
        link_key: bytes,
        clock: Clock,
    ) -> None:
        self._invitations = invitations
        self._matches = matches
        self._unknown = unknown
        self._per_seat = per_seat
        self._addresses = addresses
        self._link_key = link_key
        self._clock = clock

    async def post(self, request: web.Request) -> web.Response:
        """202, for unknown tokens too; 410 where the match is over; 429 after three links in ten minutes."""
        token = body.text(await body.json_object(request), "token")
        look = await self._invitations.look(digest(token))
        if look is None:
            self._unknown.mark(self._addresses.of(request))
        else:
            await self._send(look)
        return web.json_response({}, status=202)

    async def _send(self, look: Look) -> None:
        if look.match_state is MatchState.ENDED or look.seat_left:
            raise Problem("match_over")
        self._per_seat.mark(look.seat_id)  # the ledger knows of links by other ways too, but not of two at once
        now = self._clock.now()
        if await self._invitations.issued_lately(look.seat_id, now - LINKS_WINDOW) >= LINKS_PER_WINDOW:
            raise Problem("slow_down", retry_after=ceil(LINKS_WINDOW.total_seconds()))
        invitation_id = new_id(self._clock)
        token_hash = digest(link_token(self._link_key, invitation_id))
        rows = [await self._message(look, invitation_id)]
        if not await self._invitations.issue(look.seat_id, invitation_id, token_hash, now=now, rows=rows):
            raise Problem("match_over")

    async def _message(self, look: Look, invitation_id: str) -> OutboxRow:
        seat = await self._matches.of_seat(look.seat_id)
        if seat is None:
            raise Problem("match_over")
        return OutboxRow(
            id=new_id(self._clock),
            kind=Kind.NEW_LINK,
            member_id=seat.own.member_id,
            match_id=seat.match.id,
            seat_id=seat.own.id,
            invitation_id=invitation_id,
            values=terms(seat.match.agreement, seat.partner.name),
            due_at=self._clock.now(),
        )
