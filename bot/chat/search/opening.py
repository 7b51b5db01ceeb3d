"""Opens searches: begins to wait, or changes what waits already, or asks for what has to come first."""

from dataclasses import replace
from datetime import timedelta

from bot.chat.search.answers import SearchAnswer, Waiting, WaitingElsewhere
from bot.chat.search.rules import SearchRules
from bot.chat.search.servers import SearchServers
from bot.chat.search.status import SearchStatus
from bot.chat.ui.actor import Actor
from bot.clock import Clock, new_id
from bot.domain.server import Server, is_open
from bot.domain.ticket import Ticket
from bot.store.postponed_searches import PostponedSearch
from bot.store.tickets import (
    AlreadyWaiting,
    BarredMeanwhile,
    InMatch,
    NotAgreed,
    PoolUncertain,
    RestrictedMeanwhile,
    Tickets,
)


class SearchOpening:
    """Writes the ticket of a search. `wait_minutes` is how long it lasts unless the member says otherwise."""

    def __init__(
        self,
        *,
        servers: SearchServers,
        tickets: Tickets,
        rules: SearchRules,
        status: SearchStatus,
        clock: Clock,
        wait_minutes: int,
    ) -> None:
        self._servers = servers
        self._tickets = tickets
        self._rules = rules
        self._status = status
        self._clock = clock
        self._wait_minutes = wait_minutes

    async def find_place(self, actor: Actor, *, moves: bool) -> tuple[Server, Ticket | None]:
        """The actor's server, and the ticket with which they wait there. Raises NotPossible if they may not search.

        A search that `moves` begins anew, although there is one in another server.
        """
        current = await self._tickets.find_by_member(actor.member_id)
        waiting = current if current and current.server_id == actor.server_id else None
        begins = (moves and waiting is None) or await self._status.is_free(actor.member_id)
        return await self._servers.eligible(actor, is_waiting=waiting is not None, begins=begins), waiting

    async def open(
        self, actor: Actor, server: Server, search: PostponedSearch, *, waiting: Ticket | None
    ) -> SearchAnswer:
        """Begin `search`, or change the ticket with which the actor is `waiting` in this server. Raises NotPossible.

        Without the actor's consent to the rules that count there now, nothing begins: they are asked for it.
        """
        actor = await self._with_known_name(actor)
        ticket = self._new_ticket(actor, await self._servers.pool_for(actor, server), search)
        if waiting is not None and not is_open(server):  # no new search can begin here, should this one end meanwhile
            return await self._change_ticket(waiting, ticket, search)
        return await self._start_waiting(actor, ticket, search)

    async def _with_known_name(self, actor: Actor) -> Actor:
        """The actor with the name of their last search in this server, if their interaction does not tell it."""
        last = await self._tickets.find_last_ended(actor.member_id) if actor.membership is None else None
        is_named = last is not None and last.ticket.server_id == actor.server_id and last.ticket.name
        return replace(actor, name=last.ticket.name) if last and is_named else actor

    def _new_ticket(self, actor: Actor, pool: str, search: PostponedSearch) -> Ticket:
        now = self._clock.now()
        return Ticket(
            id=new_id(self._clock),
            member_id=actor.member_id,
            server_id=actor.server_id,
            pool=pool,
            name=actor.name,
            wishes=search.wishes,
            waiting_since=now,
            expires_at=now + timedelta(minutes=search.wait_minutes or self._wait_minutes),
            locale=actor.locale,
        )

    async def _start_waiting(self, actor: Actor, ticket: Ticket, search: PostponedSearch) -> SearchAnswer:
        member_id, server_id = ticket.member_id, ticket.server_id
        try:
            await self._tickets.start_waiting(ticket, remembered=search.remembered, moves=search.moves)
        except AlreadyWaiting as already:
            return await self._change_ticket(already.ticket, ticket, search)
        except NotAgreed:
            return await self._rules.ask(actor, search)
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

    async def _change_ticket(self, current: Ticket, wanted: Ticket, search: PostponedSearch) -> SearchAnswer:
        if current.server_id != wanted.server_id:
            other_server = await self._servers.name_of(current.server_id)
            return WaitingElsewhere(other_server=other_server, server_id=wanted.server_id)
        longer = max(wanted.expires_at, current.expires_at)
        await self._tickets.change_wishes(
            wanted.member_id,
            wanted.wishes,
            expires_at=longer if search.wait_minutes is None else wanted.expires_at,
            now=wanted.waiting_since,
            remembered=search.remembered,
        )
        answer = await self._status.now(wanted.member_id, server_id=wanted.server_id)
        changed = wanted.wishes != current.wishes
        return replace(answer, changed=changed) if isinstance(answer, Waiting) else answer
