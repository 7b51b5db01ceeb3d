"""Opens searches: begins to wait, or changes what waits already, or asks for what has to come first."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeAlias

from bot.chat.search.answers import SearchAnswer, Waiting, WaitingElsewhere
from bot.chat.search.rules import SearchRules
from bot.chat.search.servers import SearchServers
from bot.chat.search.status import SearchStatus
from bot.chat.ui.actor import Actor
from bot.clock import Clock, new_id
from bot.domain.server import Server
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

ReadSearch: TypeAlias = Callable[[Server, Ticket | None], Awaitable[PostponedSearch]]
"""What a member asks for in a server, by the ticket with which they wait there, if they do. Raises NotPossible."""


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

    async def open(
        self, actor: Actor, read_search: ReadSearch, *, moves: bool = False, rules_changed: bool = False
    ) -> SearchAnswer:
        """Begin the search that the actor asks for in their server, or change theirs there. Raises NotPossible.

        One that `moves` begins anew, although there is one in another server. A search begins only after all that has
        to come before one was checked: whoever had another search or a match until a moment ago is looked at again.
        Without the actor's consent to the rules that count there now, nothing begins: they are asked for it;
        `rules_changed` if they have just agreed to others.
        """
        while True:
            answer = await self._open(actor, read_search, moves=moves, rules_changed=rules_changed)
            if answer is not None:
                return answer

    async def _open(
        self, actor: Actor, read_search: ReadSearch, *, moves: bool, rules_changed: bool
    ) -> SearchAnswer | None:
        """None if what the actor has was looked at and has ended meanwhile."""
        current = await self._tickets.find_by_member(actor.member_id)
        waiting = current if current and current.server_id == actor.server_id else None
        leaves_other = moves and current is not None
        begins = waiting is None and (leaves_other or await self._status.is_free(actor.member_id))
        server = await self._servers.eligible(actor, is_waiting=waiting is not None, begins=begins)
        search = replace(await read_search(server, waiting), moves=moves)
        actor = await self._with_known_name(actor)
        ticket = self._new_ticket(actor, await self._servers.pool_for(actor, server), search)
        if begins:
            return await self._start_waiting(actor, ticket, search, rules_changed=rules_changed)
        if current is not None:
            return await self._change_ticket(current, ticket, search)
        if await self._status.is_matched(actor.member_id):
            return await self._status.now(actor.member_id, server_id=server.server_id, note="running")
        return None

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

    async def _start_waiting(
        self, actor: Actor, ticket: Ticket, search: PostponedSearch, *, rules_changed: bool
    ) -> SearchAnswer | None:
        member_id, server_id = ticket.member_id, ticket.server_id
        try:
            await self._tickets.start_waiting(ticket, remembered=search.remembered, moves=search.moves)
        except AlreadyWaiting as already:
            return await self._change_ticket(already.ticket, ticket, search)
        except NotAgreed:
            return await self._rules.ask(actor, search, changed=rules_changed)
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

    async def _change_ticket(self, current: Ticket, wanted: Ticket, search: PostponedSearch) -> SearchAnswer | None:
        """None if the ticket does not wait any more."""
        if current.server_id != wanted.server_id:
            other_server = await self._servers.name_of(current.server_id)
            return WaitingElsewhere(other_server=other_server, server_id=wanted.server_id)
        longer = max(wanted.expires_at, current.expires_at)
        changed = await self._tickets.change_wishes(
            wanted.member_id,
            wanted.wishes,
            server_id=wanted.server_id,
            expires_at=longer if search.wait_minutes is None else wanted.expires_at,
            now=wanted.waiting_since,
            remembered=search.remembered,
        )
        if changed is None:
            return None
        answer = await self._status.now(wanted.member_id, server_id=wanted.server_id)
        is_changed = wanted.wishes != current.wishes
        return replace(answer, changed=is_changed) if isinstance(answer, Waiting) else answer
