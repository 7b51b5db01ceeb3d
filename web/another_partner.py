"""`POST /session/another`: end a match whose partner never came, and search for somebody else."""

from collections.abc import Sequence

from aiohttp import web

from bot.clock import Clock, new_id
from bot.domain.match import ANOTHER_AFTER, EndReason, MatchState
from bot.domain.message import MessageKind
from bot.domain.ticket import Ticket, requeued_ticket
from bot.store.matches import Matches
from bot.store.outbox import message_to_seat
from bot.store.seats import SeatInMatch
from bot.store.tickets import Tickets
from bot.store.video_outages import VideoOutages
from web.problems import HttpProblem
from web.request_body import read_json_object
from web.session_cookies import SessionCookies


class AnotherPartnerHandler:
    """Lets members replace partners who did not come."""

    def __init__(
        self,
        *,
        session_cookies: SessionCookies,
        matches: Matches,
        tickets: Tickets,
        video_outages: VideoOutages,
        clock: Clock,
    ) -> None:
        self._session_cookies = session_cookies
        self._matches = matches
        self._tickets = tickets
        self._video_outages = video_outages
        self._clock = clock

    async def request_another(self, request: web.Request) -> web.Response:
        """End the match, put its member back at the front of the queue, and answer 202.

        Raises HttpProblem `too_early` before the partner could have entered for `ANOTHER_AFTER`, `partner_came`, or
        `match_over`.
        """
        await read_json_object(request)
        seat = (await self._session_cookies.require_active(request)).seat
        await self._require_missing_partner(seat)
        if not await self._end_match(seat):  # the partner came, or the match ended, in the meantime
            await self._require_missing_partner((await self._session_cookies.require_active(request)).seat)
            raise HttpProblem("match_over")
        return web.json_response({}, status=202)

    async def _require_missing_partner(self, seat: SeatInMatch) -> None:
        if seat.match.state is MatchState.ENDED:
            raise HttpProblem("match_over")
        if seat.is_trial or seat.match.state is MatchState.MEETING or seat.partner.entered_at is not None:
            raise HttpProblem("partner_came")
        now = self._clock.now()
        if now < max(seat.match.created_at, await self._video_outages.enterable_since(now)) + ANOTHER_AFTER:
            raise HttpProblem("too_early")

    async def _end_match(self, seat: SeatInMatch) -> bool:
        requeue, now = await self._new_tickets(seat), self._clock.now()
        notice = message_to_seat(MessageKind.MATCH_OVER, seat.partner, message_id=new_id(self._clock), due_at=now)
        return await self._matches.end(seat.match.id, EndReason.REPLACED, now=now, messages=[notice], requeue=requeue)

    async def _new_tickets(self, seat: SeatInMatch) -> Sequence[Ticket]:
        spent = await self._tickets.find_by_seat(seat.own.id)
        if spent is None:
            return []
        now = self._clock.now()
        return [requeued_ticket(spent.ticket, new_id=new_id(self._clock), matched_at=spent.ended_at, now=now)]
