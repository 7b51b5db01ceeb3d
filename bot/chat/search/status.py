"""How a member's search stands: waiting, matched, or how it ended. Reads only; every card is drawn from it."""

from enum import StrEnum

from bot.chat.meeting.actions import MeetingActions
from bot.chat.search.answers import FoundNobody, SearchAnswer, Waiting
from bot.chat.search.servers import SearchServers
from bot.chat.search.wait_estimator import WaitEstimator
from bot.chat.ui.notices import Notice
from bot.domain.message import search_details
from bot.domain.ticket import Ticket, TicketState
from bot.store.tickets import Tickets


class Looking(StrEnum):
    """Whether somebody is being looked for with a ticket."""

    YES = "yes"
    PAUSED = "paused"
    NO = "no"


class SearchStatus:
    """Reads how searches stand."""

    def __init__(
        self,
        *,
        servers: SearchServers,
        tickets: Tickets,
        meetings: MeetingActions,
        wait_estimator: WaitEstimator,
    ) -> None:
        self._servers = servers
        self._tickets = tickets
        self._meetings = meetings
        self._wait_estimator = wait_estimator

    async def now(self, member_id: int, *, server_id: int | None = None, note: str = "") -> SearchAnswer:
        """The live match, else the search, else a notice that there is neither, with an offer to search in `server_id`.

        `note` goes on the card of a match.
        """
        live_match = await self._meetings.live_match(member_id, note=note)
        if live_match is not None:
            return live_match
        ticket = await self._tickets.find_by_member(member_id)
        return Notice(key="idle", search_in=server_id) if ticket is None else await self._waiting(ticket)

    async def with_outcome(self, member_id: int, *, server_id: int | None = None) -> SearchAnswer:
        """As `now`; with neither search nor match, how the last one ended."""
        present = await self.now(member_id, server_id=server_id)
        return await self._outcome(member_id) or present if isinstance(present, Notice) else present

    async def looking_with(self, ticket_id: str | None) -> Looking:
        """Whether somebody is being looked for with this ticket."""
        found = await self._tickets.find_waiting([ticket_id]) if ticket_id else ()
        if not found:
            return Looking.NO
        return Looking.YES if await self._servers.is_open(found[0].server_id) else Looking.PAUSED

    async def changed_meanwhile(self, member_id: int, shown: SearchAnswer) -> SearchAnswer | None:
        """What to show instead of `shown`, a waiting card, if the search ended while that was being sent."""
        if not isinstance(shown, Waiting):
            return None
        present = await self.with_outcome(member_id, server_id=shown.server_id)
        return None if isinstance(present, Waiting) else present

    async def is_free(self, member_id: int) -> bool:
        """Whether the member has neither a search nor a live match, and may begin one."""
        return isinstance(await self.now(member_id), Notice)

    async def _waiting(self, ticket: Ticket) -> Waiting:
        paused = not await self._servers.is_open(ticket.server_id)
        return Waiting(
            wishes=ticket.wishes,
            server_id=ticket.server_id,
            expires_at=ticket.expires_at,
            estimate=None if paused else await self._wait_estimator.estimate(ticket),
            paused=paused,
        )

    async def _outcome(self, member_id: int) -> SearchAnswer | None:
        last = await self._tickets.find_last_ended(member_id)
        if last is None:
            return None
        ticket = last.ticket
        match last.state:
            case TicketState.EXPIRED:
                return FoundNobody(search=search_details(ticket), server_id=ticket.server_id)
            case TicketState.MATCHED:
                return await self._meetings.last_match(member_id)
            case _:
                return await self._stopped(ticket.server_id)

    async def _stopped(self, server_id: int) -> Notice:
        if await self._servers.was_left(server_id):
            return Notice(key="no.bot_removed", values={"server": await self._servers.name_of(server_id)})
        return Notice(key="stopped", search_in=server_id)
