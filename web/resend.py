"""`POST /invitation/resend`: a new link goes to the seat's owner in Discord, whatever became of the given one."""

from math import ceil

from aiohttp import web

from bot.clock import Clock, new_id
from bot.domain.invitation import LINKS_PER_WINDOW, LINKS_WINDOW, digest, link_token
from bot.domain.match import MatchState
from bot.domain.message import MatchDetails, MessageKind
from bot.store.invitations import Invitation, Invitations
from bot.store.matches import Matches
from bot.store.outbox import NewMessage, message_to_seat
from web import body
from web.problems import HttpProblem
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
        invitation = await self._invitations.find_by_token(digest(token))
        if invitation is None:
            self._unknown.mark(self._addresses.of(request))
        else:
            await self._send(invitation)
        return web.json_response({}, status=202)

    async def _send(self, invitation: Invitation) -> None:
        if invitation.match_state is MatchState.ENDED or invitation.seat_left:
            raise HttpProblem("match_over")
        self._per_seat.mark(invitation.seat_id)  # the store knows of links by other ways too, but not of two at once
        now = self._clock.now()
        if await self._invitations.count_reissued(invitation.seat_id, now - LINKS_WINDOW) >= LINKS_PER_WINDOW:
            raise HttpProblem("slow_down", retry_after=ceil(LINKS_WINDOW.total_seconds()))
        invitation_id = new_id(self._clock)
        token_hash = digest(link_token(self._link_key, invitation_id))
        messages = [await self._message(invitation, invitation_id)]
        if not await self._invitations.issue(invitation.seat_id, invitation_id, token_hash, now=now, messages=messages):
            raise HttpProblem("match_over")

    async def _message(self, invitation: Invitation, invitation_id: str) -> NewMessage:
        seat = await self._matches.find_by_seat(invitation.seat_id)
        if seat is None:
            raise HttpProblem("match_over")
        return message_to_seat(
            MessageKind.NEW_LINK,
            seat.own,
            message_id=new_id(self._clock),
            due_at=self._clock.now(),
            invitation_id=invitation_id,
            payload=MatchDetails(partner=seat.partner.name, agreement=seat.match.agreement),
        )
