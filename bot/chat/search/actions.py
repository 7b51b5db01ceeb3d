"""What a member can do about their search: start, change, move and stop it, and see its status."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta

from bot.chat.meeting.actions import MeetingActions
from bot.chat.search.answers import SearchAnswer, Waiting, WaitingElsewhere
from bot.chat.search.servers import SearchServers
from bot.chat.search.status import SearchStatus
from bot.chat.search.wishes import RawWishes, changed_wishes, named_wishes, read_wishes, wishes_offered, with_wishes
from bot.chat.ui.actor import Actor
from bot.chat.ui.notices import NotPossible
from bot.clock import Clock, new_id
from bot.domain.server import Server, is_open
from bot.domain.ticket import ANY, Ticket, Wishes
from bot.store.members import Members
from bot.store.tickets import (
    AlreadyWaiting,
    BarredMeanwhile,
    InMatch,
    PoolUncertain,
    RestrictedMeanwhile,
    Tickets,
)


class SearchActions:
    """Changes a member's search. `wait_minutes` is how long it lasts unless the member says otherwise.

    `language_names` are the names of languages by code.
    """

    def __init__(
        self,
        *,
        servers: SearchServers,
        members: Members,
        tickets: Tickets,
        meetings: MeetingActions,
        status: SearchStatus,
        clock: Clock,
        wait_minutes: int,
        language_names: Mapping[str, str],
    ) -> None:
        self._servers = servers
        self._members = members
        self._tickets = tickets
        self._meetings = meetings
        self._status = status
        self._clock = clock
        self._wait_minutes = wait_minutes
        self._language_names = language_names

    async def start(self, actor: Actor, raw: RawWishes) -> SearchAnswer:
        """Start waiting, or change the waiting ticket, and remember what is named.

        What is left out comes from the waiting ticket, else from the last search. Safe to repeat. Raises NotPossible.
        """
        return await self._search(actor, raw, remember=named_wishes(raw))

    async def submit_form(self, actor: Actor, raw: RawWishes) -> SearchAnswer:
        """As `start`, but what the form merely repeats is not remembered: it may be meant for this search only."""
        return await self._search(actor, raw, remember=None)

    async def wait_again(self, actor: Actor, *, any_subject: bool) -> SearchAnswer:
        """Wait with the wishes of the search that ended, or this once with any subject. Raises NotPossible."""
        ended = await self._tickets.find_last_ended(actor.member_id)
        base = ended.ticket.wishes if ended and ended.ticket.server_id == actor.server_id else None
        raw = RawWishes(subject=ANY) if any_subject else RawWishes()
        return await self._search(actor, raw, remember=(), base=base)

    async def move_here(self, actor: Actor) -> SearchAnswer:
        """End the search in the other server and start it here, keeping the wishes that this server offers.

        If it raises NotPossible, the other search goes on.
        """
        await self._servers.eligible(actor)
        moved = await self._tickets.stop_waiting(actor.member_id, self._clock.now())
        return await self._search(actor, RawWishes(), remember=(), base=moved.wishes if moved else None)

    async def stop(self, member_id: int, *, server_id: int | None) -> SearchAnswer:
        """Stop waiting. A match made in the meantime stays, and becomes the answer."""
        await self._tickets.stop_waiting(member_id, self._clock.now())
        return await self._status.now(member_id, server_id=server_id)

    async def leave(self, member_id: int, *, server_id: int | None) -> SearchAnswer:
        """Stop waiting, or give up the seat in the live match. Repeating it changes nothing."""
        stopped = await self._tickets.stop_waiting(member_id, self._clock.now())
        left = None if stopped else await self._meetings.leave_match(member_id)
        return left or await self._status.now(member_id, server_id=server_id)

    async def latest_news(self, member_id: int, *, server_id: int | None) -> SearchAnswer:
        """What a mention is about: a new link to the live match, else the search, else how that ended."""
        try:
            return await self._meetings.new_link(member_id)
        except NotPossible:
            return await self._status.now(member_id, server_id=server_id)

    async def to_change(self, member_id: int, server_id: int) -> Server:
        """The server whose wishes a member is about to fill in.

        Raises NotPossible if they would be lost: the server is closed, and the member does not wait there.
        """
        ticket = await self._tickets.find_by_member(member_id)
        if ticket is None or ticket.server_id != server_id:
            await self._servers.opened(server_id)
        return await self.server(server_id)

    async def current_wishes(self, member_id: int, server: Server, locale: str) -> Wishes:
        """The wishes of the waiting ticket, else those of the last search, as far as `server` offers them."""
        ticket = await self._tickets.find_by_member(member_id)
        saved = None if ticket else await self._members.last_wishes(member_id)
        last = ticket.wishes if ticket else saved.wishes if saved else None
        return wishes_offered(last, server, locale)

    async def server(self, server_id: int) -> Server:
        """The server's settings. Raises NotPossible before its first setup."""
        return await self._servers.configured(server_id)

    async def last_server(self, member_id: int) -> int | None:
        """The server of the member's last search, for direct messages, which belong to none; None before the first."""
        saved = await self._members.last_wishes(member_id)
        return saved.server_id if saved else None

    async def _search(
        self, actor: Actor, raw: RawWishes, *, remember: Collection[str] | None, base: Wishes | None = None
    ) -> SearchAnswer:
        """Start or change the search. `remember` names the wishes to remember; None stands for those that change.

        What is left out comes from the waiting ticket, else from `base`, else from the last search.
        """
        current = await self._tickets.find_by_member(actor.member_id)
        waiting = current if current and current.server_id == actor.server_id else None
        begins = await self._status.is_free(actor.member_id)
        server = await self._servers.eligible(actor, is_waiting=waiting is not None, begins=begins)
        actor = await self._with_known_name(actor)
        saved = await self._members.last_wishes(actor.member_id)
        last = saved.wishes if saved else None
        now_wanted = waiting.wishes if waiting else base or last
        wishes = self._read(raw, now_wanted, server, actor)
        if remember is None:
            remember = changed_wishes(self._read(RawWishes(), now_wanted, server, actor), wishes)
        remembered = with_wishes(last or self._read(RawWishes(), None, server, actor), remember, wishes)
        ticket = self._new_ticket(actor, await self._servers.pool_for(actor, server), wishes, raw.wait)
        if waiting is not None and not is_open(server):  # no new search can begin here, should this one end meanwhile
            return await self._change_ticket(waiting, ticket, remembered, wait_named=raw.wait is not None)
        return await self._open_ticket(ticket, remembered, actor, wait_named=raw.wait is not None)

    async def _with_known_name(self, actor: Actor) -> Actor:
        """The actor with the name of their last search in this server, if their interaction does not tell it."""
        last = await self._tickets.find_last_ended(actor.member_id) if actor.membership is None else None
        is_named = last is not None and last.ticket.server_id == actor.server_id and last.ticket.name
        return replace(actor, name=last.ticket.name) if last and is_named else actor

    def _read(self, raw: RawWishes, last: Wishes | None, server: Server, actor: Actor) -> Wishes:
        return read_wishes(
            raw,
            last=last,
            server=server,
            locale=actor.locale,
            language_names=self._language_names,
        )

    def _new_ticket(self, actor: Actor, pool: str, wishes: Wishes, wait_minutes: int | None) -> Ticket:
        now = self._clock.now()
        return Ticket(
            id=new_id(self._clock),
            member_id=actor.member_id,
            server_id=actor.server_id,
            pool=pool,
            name=actor.name,
            wishes=wishes,
            waiting_since=now,
            expires_at=now + timedelta(minutes=wait_minutes or self._wait_minutes),
            locale=actor.locale,
        )

    async def _open_ticket(self, ticket: Ticket, remembered: Wishes, actor: Actor, *, wait_named: bool) -> SearchAnswer:
        member_id, server_id = ticket.member_id, ticket.server_id
        try:
            await self._tickets.start_waiting(ticket, remembered=remembered)
        except AlreadyWaiting as already:
            return await self._change_ticket(already.ticket, ticket, remembered, wait_named=wait_named)
        except BarredMeanwhile as barred:
            raise await self._servers.refusal_of_barred(actor) from barred
        except PoolUncertain as uncertain:
            raise await self._servers.refusal_of_uncertain(actor) from uncertain
        except RestrictedMeanwhile:
            await self._servers.require_no_restriction(actor)
            return await self._status.now(member_id, server_id=server_id)  # it has just been lifted
        except InMatch:
            return await self._status.now(member_id, server_id=server_id, note="running")
        return await self._status.now(member_id, server_id=server_id)

    async def _change_ticket(
        self, current: Ticket, wanted: Ticket, remembered: Wishes, *, wait_named: bool
    ) -> SearchAnswer:
        if current.server_id != wanted.server_id:
            other_server = await self._servers.name_of(current.server_id)
            return WaitingElsewhere(other_server=other_server, server_id=wanted.server_id)
        expires_at = wanted.expires_at if wait_named else max(wanted.expires_at, current.expires_at)
        await self._tickets.change_wishes(
            wanted.member_id, wanted.wishes, expires_at=expires_at, now=wanted.waiting_since, remembered=remembered
        )
        answer = await self._status.now(wanted.member_id, server_id=wanted.server_id)
        changed = wanted.wishes != current.wishes
        return replace(answer, changed=changed) if isinstance(answer, Waiting) else answer
