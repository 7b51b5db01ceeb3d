"""How a member's search stands: waiting, matched, or how it ended. Reads only; every card is drawn from it.

Commands and what is drawn again later show the same, so that no card changes its story without a reason.
"""

from datetime import datetime

from bot.chat.meeting.actions import LeftSeat, MeetingActions
from bot.chat.search.answers import BarredSearch, FoundNobody, NotWaiting, Restricted, SearchAnswer, Waiting
from bot.chat.search.rules import SearchRules
from bot.chat.search.servers import SearchServers
from bot.chat.search.wait_estimator import WaitEstimator
from bot.clock import Clock
from bot.domain.membership import Bar
from bot.domain.message import NEWS_USEFUL_FOR, SearchDetails, search_details
from bot.domain.ticket import Ticket, TicketState
from bot.store.outbox import Outbox
from bot.store.tickets import Tickets


class SearchStatus:
    """Reads how searches stand."""

    def __init__(
        self,
        *,
        servers: SearchServers,
        tickets: Tickets,
        outbox: Outbox,
        meetings: MeetingActions,
        rules: SearchRules,
        wait_estimator: WaitEstimator,
        clock: Clock,
    ) -> None:
        self._servers = servers
        self._tickets = tickets
        self._outbox = outbox
        self._meetings = meetings
        self._rules = rules
        self._wait_estimator = wait_estimator
        self._clock = clock

    async def now(self, member_id: int, *, server_id: int | None = None, note: str = "") -> SearchAnswer:
        """The live match, else the search, else the rules to agree to first, else how the last search ended.

        That is left out if it is not news any more. Without any of these, that there is none, with an offer to search
        in `server_id`. The rules are those of this server, by default of the one asked last. `note` goes on the card of
        a match.
        """
        live_match = await self._meetings.live_match(member_id, note=note)
        if live_match is not None:
            return live_match
        ticket = await self._tickets.find_by_member(member_id)
        if ticket is not None:
            return await self._waiting(ticket)
        question = await self._rules.open_question(member_id, server_id)
        return question or await self._outcome(member_id) or await self._not_waiting(member_id, server_id)

    async def waiting_with(self, ticket_id: str | None) -> Waiting | None:
        """The search with this ticket, without an estimate; None if it is over."""
        found = await self._tickets.find_waiting([ticket_id]) if ticket_id else ()
        return await self._waiting(found[0], has_estimate=False) if found else None

    async def end_of_search(self, search: SearchDetails, server_id: int) -> FoundNobody | BarredSearch:
        """How a search in this server ended without a match."""
        if search.bar is None:
            return FoundNobody(search=search, server_id=server_id)
        return await self._barred(search.bar, server_id, was_matched=search.was_matched)

    async def changed_meanwhile(self, member_id: int, shown: SearchAnswer) -> SearchAnswer | None:
        """What to show instead of `shown`, a waiting card, if the search ended while that was being sent."""
        if not isinstance(shown, Waiting):
            return None
        present = await self.now(member_id, server_id=shown.server_id)
        return None if isinstance(present, Waiting) else present

    async def server_name(self, server_id: int) -> str:
        """The name of a server, or its id if it has no name yet."""
        return await self._servers.name_of(server_id)

    async def has_led_to_match(self, ticket_id: str | None) -> bool:
        """Whether the search with this ticket has found a partner."""
        return ticket_id is not None and await self._tickets.find_state(ticket_id) is TicketState.MATCHED

    async def offers_another(self, member_id: int, ticket_id: str | None) -> bool:
        """Whether a message about the end of this search still offers another one: none followed it so far."""
        last = await self._tickets.find_last_ended(member_id)
        return (last is None or last.ticket.id == ticket_id) and await self.is_free(member_id)

    async def is_free(self, member_id: int) -> bool:
        """Whether the member has neither a search nor a live match, and may begin one."""
        waits = await self._tickets.find_by_member(member_id) is not None
        return not waits and not await self.is_matched(member_id)

    async def is_matched(self, member_id: int) -> bool:
        """Whether the member has a live match."""
        return await self._meetings.live_match(member_id) is not None

    async def _waiting(self, ticket: Ticket, *, has_estimate: bool = True) -> Waiting:
        closure = await self._servers.closure(ticket.server_id)
        is_estimated = has_estimate and closure is None
        return Waiting(
            wishes=ticket.wishes,
            server_id=ticket.server_id,
            expires_at=ticket.expires_at,
            estimate=await self._wait_estimator.estimate(ticket) if is_estimated else None,
            closure=closure,
        )

    async def _outcome(self, member_id: int) -> SearchAnswer | None:
        last, news_since = await self._tickets.find_last_ended(member_id), self._clock.now() - NEWS_USEFUL_FOR
        if last is None:
            return None
        if last.state is TicketState.MATCHED:
            return await self._last_match(last.ticket, since=news_since)
        if last.ended_at < news_since:
            return None
        server_id = last.ticket.server_id
        if last.state is TicketState.EXPIRED:
            closure = await self._servers.closure(server_id)
            return FoundNobody(search=search_details(last.ticket), server_id=server_id, closure=closure)
        bar = await self._outbox.find_bar(member_id, last.ticket.id)
        if bar is None:
            return await self._not_waiting(member_id, server_id, has_stopped=True)
        return await self._barred(bar, server_id, was_matched=False)

    async def _last_match(self, ticket: Ticket, *, since: datetime) -> SearchAnswer | None:
        """The match of this ticket, or why its member has lost the seat, or cannot begin another search."""
        match = await self._meetings.last_match(ticket.member_id, since=since)
        if not isinstance(match, LeftSeat):
            return match
        bar = await self._outbox.find_bar(ticket.member_id, ticket.id)
        if bar is not None:
            return await self._barred(bar, ticket.server_id, was_matched=True)
        restricted = None if match.undo_until else await self._restricted(ticket.member_id, ticket.server_id)
        return restricted or match

    async def _barred(self, bar: Bar, server_id: int, *, was_matched: bool) -> BarredSearch:
        server = await self._servers.name_of(server_id)
        return BarredSearch(bar=bar, server_id=server_id, server=server, was_matched=was_matched)

    async def _not_waiting(
        self, member_id: int, server_id: int | None, *, has_stopped: bool = False
    ) -> NotWaiting | Restricted:
        """There is no search: it may have ended because of a restriction, or another cannot begin because of one."""
        if server_id is None:
            return NotWaiting(has_stopped=has_stopped)
        closure = await self._servers.closure(server_id)
        waits_for_nobody = NotWaiting(has_stopped=has_stopped, server_id=server_id, closure=closure)
        return await self._restricted(member_id, server_id) or waits_for_nobody

    async def _restricted(self, member_id: int, server_id: int) -> Restricted | None:
        restriction = await self._servers.restriction(server_id, member_id, self._clock.now())
        if restriction is None:
            return None
        return Restricted(restriction=restriction, server=await self._servers.name_of(server_id))
