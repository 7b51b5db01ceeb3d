"""What a member can do about their search: start, change, move and stop it, and see its status."""

from collections.abc import Mapping
from datetime import timedelta

from bot.chat.meeting.actions import LiveMatch, MeetingActions
from bot.chat.search.answers import SearchAnswer, Waiting, WaitingElsewhere
from bot.chat.search.servers import SearchServers
from bot.chat.search.wait_estimator import WaitEstimator
from bot.chat.search.wishes import RawWishes, read_wishes
from bot.chat.ui.actor import Actor
from bot.chat.ui.notices import Notice, NotPossible
from bot.clock import Clock, new_id
from bot.domain.server import Server
from bot.domain.ticket import ANY, Ticket, Wishes
from bot.store.members import Members
from bot.store.tickets import AlreadyWaiting, InMatch, Tickets


class SearchActions:
    """Reads and changes a member's search. `wait_minutes` is the wait of members who never chose one.

    `language_names` are the names of languages by code.
    """

    def __init__(
        self,
        *,
        servers: SearchServers,
        members: Members,
        tickets: Tickets,
        meetings: MeetingActions,
        clock: Clock,
        wait_minutes: int,
        language_names: Mapping[str, str],
        wait_estimator: WaitEstimator,
    ) -> None:
        self._servers = servers
        self._members = members
        self._tickets = tickets
        self._meetings = meetings
        self._clock = clock
        self._wait_minutes = wait_minutes
        self._language_names = language_names
        self._wait_estimator = wait_estimator

    async def start(self, actor: Actor, raw: RawWishes) -> SearchAnswer:
        """Start waiting, or change the wishes of the waiting ticket. Safe to repeat. Raises NotPossible."""
        server = await self._servers.eligible(actor)
        saved = await self._members.last_wishes(actor.member_id)
        wishes = read_wishes(
            raw,
            last=saved.wishes if saved else None,
            server=server,
            own_language=actor.locale.partition("-")[0],
            language_names=self._language_names,
        )
        wait_minutes = raw.wait or (saved.wait_minutes if saved else self._wait_minutes)
        return await self._open_ticket(self._new_ticket(actor, wishes, wait_minutes), wait_minutes)

    async def wait_again(self, actor: Actor, *, any_subject: bool) -> SearchAnswer:
        """Wait with the last wishes, or with any subject. Raises NotPossible."""
        return await self.start(actor, RawWishes(subject=ANY) if any_subject else RawWishes())

    async def move_here(self, actor: Actor) -> SearchAnswer:
        """End the search in the other server and start it here, keeping the wishes that this server offers.

        If it raises NotPossible, the other search goes on.
        """
        await self._servers.eligible(actor)
        await self._tickets.stop_waiting(actor.member_id, self._clock.now())
        return await self.start(actor, RawWishes())

    async def stop(self, member_id: int, *, server_id: int | None) -> SearchAnswer:
        """Stop waiting. A match made in the meantime stays, and becomes the answer."""
        ticket = await self._tickets.stop_waiting(member_id, self._clock.now())
        return await self.status(member_id, server_id=server_id) if ticket is None else _stopped(ticket)

    async def leave(self, member_id: int, *, server_id: int | None) -> Notice:
        """Stop waiting, or give up the seat in the live match. Repeating it changes nothing."""
        ticket = await self._tickets.stop_waiting(member_id, self._clock.now())
        if ticket is not None:
            return _stopped(ticket)
        return await self._meetings.leave_match(member_id) or Notice(key="idle", search_in=server_id)

    async def status(
        self, member_id: int, *, server_id: int | None = None, note: str = "", changed: bool = False
    ) -> SearchAnswer:
        """The live match, else the search, else a notice that there is neither, with an offer to search in `server_id`.

        `note` goes on the card of a match; `changed` tells that the wishes were just changed.
        """
        live_match = await self._meetings.live_match(member_id, note=note)
        if live_match is not None:
            return live_match
        ticket = await self._tickets.find_by_member(member_id)
        if ticket is None:
            return Notice(key="idle", search_in=server_id)
        return Waiting(
            wishes=ticket.wishes,
            server_id=ticket.server_id,
            expires_at=ticket.expires_at,
            estimate=await self._wait_estimator.estimate(ticket),
            changed=changed,
        )

    async def latest_news(self, member_id: int, *, server_id: int | None) -> SearchAnswer:
        """What a mention is about: a new link to the live match, else the search, else its end."""
        try:
            return await self._meetings.new_link(member_id)
        except NotPossible:
            status = await self.status(member_id, server_id=server_id)
        return Notice(key="came_to_nothing", search_in=server_id) if isinstance(status, Notice) else status

    async def match_made_meanwhile(self, member_id: int, shown: SearchAnswer) -> LiveMatch | None:
        """The match, if any, that was made while `shown`, a waiting card, was being sent and covered the invitation."""
        return await self._meetings.live_match(member_id) if isinstance(shown, Waiting) else None

    async def current_wishes(self, member_id: int) -> Wishes:
        """The wishes of the waiting ticket, else those of the last search, else the defaults."""
        ticket = await self._tickets.find_by_member(member_id)
        saved = None if ticket else await self._members.last_wishes(member_id)
        return ticket.wishes if ticket else saved.wishes if saved else Wishes()

    async def server(self, server_id: int) -> Server:
        """The server's settings. Raises NotPossible before its first setup."""
        return await self._servers.configured(server_id)

    def _new_ticket(self, actor: Actor, wishes: Wishes, wait_minutes: int) -> Ticket:
        now = self._clock.now()
        return Ticket(
            id=new_id(self._clock),
            member_id=actor.member_id,
            server_id=actor.server_id,
            pool=str(actor.server_id),
            name=actor.name,
            wishes=wishes,
            waiting_since=now,
            expires_at=now + timedelta(minutes=wait_minutes),
            locale=actor.locale,
        )

    async def _open_ticket(self, ticket: Ticket, wait_minutes: int) -> SearchAnswer:
        try:
            await self._tickets.start_waiting(ticket, wait_minutes=wait_minutes)
        except AlreadyWaiting as already:
            return await self._change_ticket(already.ticket, ticket, wait_minutes)
        except InMatch:
            return await self.status(ticket.member_id, note="running")
        return await self.status(ticket.member_id)

    async def _change_ticket(self, current: Ticket, wanted: Ticket, wait_minutes: int) -> SearchAnswer:
        if current.server_id != wanted.server_id:
            other_server = await self._servers.name_of(current.server_id)
            return WaitingElsewhere(other_server=other_server, server_id=wanted.server_id)
        await self._tickets.change_wishes(
            wanted.member_id, wanted.wishes, expires_at=wanted.expires_at, wait_minutes=wait_minutes
        )
        return await self.status(wanted.member_id, changed=wanted.wishes != current.wishes)


def _stopped(ticket: Ticket) -> Notice:
    return Notice(key="stopped", search_in=ticket.server_id)
