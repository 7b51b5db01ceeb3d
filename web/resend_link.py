"""`POST /invitation/resend`: send the seat's owner a new link in Discord; the given one may be in any state."""

from aiohttp import web

from bot.clock import Clock, new_id
from bot.domain.invitation import digest, link_token
from bot.domain.match import MatchState
from bot.domain.membership import is_barred
from bot.domain.message import MatchDetails, MessageKind
from bot.store.invitations import Invitation, Invitations
from bot.store.matches import Matches
from bot.store.outbox import NewMessage, message_to_seat
from web.failure_limit import FailureLimit
from web.problems import HttpProblem, seconds_until
from web.request_body import read_json_object, require_text


class ResendHandler:
    """Sends new links. `failure_limit` counts unknown tokens."""

    def __init__(
        self,
        *,
        invitations: Invitations,
        matches: Matches,
        failure_limit: FailureLimit,
        link_key: bytes,
        clock: Clock,
    ) -> None:
        self._invitations = invitations
        self._matches = matches
        self._failure_limit = failure_limit
        self._link_key = link_key
        self._clock = clock

    async def resend_link(self, request: web.Request) -> web.Response:
        """Put a message with a new link into the outbox and answer 202; 202 for unknown tokens, too.

        Raises HttpProblem `not_allowed`, `match_over`, `bot_removed` (then the given link stays as it is), or
        `slow_down` with the seconds until the seat may get another link.
        """
        token = require_text(await read_json_object(request), "token")
        invitation = await self._invitations.find_by_token(digest(token))
        if invitation is None:
            await self._failure_limit.record_failure(request)
        elif not await self._send_new_link(invitation):
            changed = await self._invitations.find_by_token(digest(token))
            self._require_sendable(changed or invitation)
            raise await self._too_many_links(invitation.seat_id)
        return web.json_response({}, status=202)

    async def _send_new_link(self, invitation: Invitation) -> bool:
        self._require_sendable(invitation)
        invitation_id = new_id(self._clock)
        token_hash = digest(link_token(self._link_key, invitation_id))
        messages, now = [await self._new_message(invitation, invitation_id)], self._clock.now()
        return await self._invitations.issue(invitation.seat_id, invitation_id, token_hash, now=now, messages=messages)

    def _require_sendable(self, invitation: Invitation) -> None:
        if is_barred(invitation.barred_until, self._clock.now()):
            raise HttpProblem("not_allowed")
        if invitation.match_state is MatchState.ENDED or invitation.seat_left:
            raise HttpProblem("match_over")
        if invitation.bot_removed:
            raise HttpProblem("bot_removed")

    async def _too_many_links(self, seat_id: str) -> HttpProblem:
        now = self._clock.now()
        next_at = await self._invitations.next_link_at(seat_id, now)
        return HttpProblem("slow_down", retry_after=seconds_until(next_at or now, now))

    async def _new_message(self, invitation: Invitation, invitation_id: str) -> NewMessage:
        seat = await self._matches.find_by_seat(invitation.seat_id)
        if seat is None:
            raise HttpProblem("match_over")
        return message_to_seat(
            MessageKind.NEW_LINK,
            seat.own,
            message_id=new_id(self._clock),
            due_at=self._clock.now(),
            invitation_id=invitation_id,
            payload=MatchDetails(agreement=seat.match.agreement),
        )
