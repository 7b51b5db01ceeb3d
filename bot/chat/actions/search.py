"""Looking for a partner: begin, change, move, stop, and how it stands."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

from bot.chat import wishes
from bot.chat.actions.gate import Who, refusal
from bot.chat.actions.meetings import Meetings
from bot.chat.answers import Answer, Elsewhere, News, No, Waiting
from bot.chat.wishes import Asked
from bot.clock import Clock, new_id
from bot.domain.server import Server
from bot.domain.ticket import ANY, Ticket, Wishes
from bot.matching.fit import Weights
from bot.matching.wait_estimate import WaitEstimate
from bot.matching.wait_replay import MAX_REPLAYED, REPLAY_WINDOW, estimate_wait_by_replay
from bot.store.members import Members
from bot.store.servers import Servers
from bot.store.tickets import AlreadyWaiting, InMatch, Tickets


class Search:
    """What a member can do in the line. `language_names` are the languages' names by code."""

    def __init__(
        self,
        *,
        servers: Servers,
        members: Members,
        tickets: Tickets,
        meetings: Meetings,
        clock: Clock,
        wait_minutes: int,
        language_names: Mapping[str, str],
        weights: Weights,
    ) -> None:
        self._servers = servers
        self._members = members
        self._tickets = tickets
        self._meetings = meetings
        self._clock = clock
        self._wait_minutes = wait_minutes
        self._language_names = language_names
        self._weights = weights

    async def now(self, who: Who, asked: Asked) -> Answer:
        """Start waiting, or change the wishes of the ticket there is. Asking again is safe."""
        server = await self._servers.get(who.server_id)
        refused = refusal(who, server)
        if refused or server is None:
            return refused or No(reason="not_set_up")
        saved = await self._members.last_wishes(who.member_id)
        read = wishes.read(
            asked,
            last=saved.wishes if saved else None,
            server=server,
            spoken=who.locale.partition("-")[0],
            names=self._language_names,
        )
        if isinstance(read, No):
            return read
        wait = asked.wait or (saved.wait_minutes if saved else self._wait_minutes)
        return await self._wait_for(who, read, wait)

    async def _wait_for(self, who: Who, wanted: Wishes, wait: int) -> Answer:
        now = self._clock.now()
        ticket = Ticket(
            id=new_id(self._clock),
            member_id=who.member_id,
            server_id=who.server_id,
            pool=str(who.server_id),
            name=who.name,
            wishes=wanted,
            waiting_since=now,
            expires_at=now + timedelta(minutes=wait),
            locale=who.locale,
        )
        try:
            await self._tickets.start_waiting(ticket, wait_minutes=wait)
        except AlreadyWaiting as already:
            return await self._change(already.ticket, ticket, wait)
        except InMatch:
            return await self._how_it_stands(who.member_id, note="running")
        return await self._how_it_stands(who.member_id)

    async def _change(self, waiting: Ticket, wanted: Ticket, wait: int) -> Answer:
        if waiting.server_id != wanted.server_id:
            there = await self._servers.get(waiting.server_id)
            return Elsewhere(server_name=there.name if there else str(waiting.server_id), here=wanted.server_id)
        await self._tickets.change_wishes(
            wanted.member_id, wanted.wishes, expires_at=wanted.expires_at, wait_minutes=wait
        )
        return await self._how_it_stands(wanted.member_id, changed=wanted.wishes != waiting.wishes)

    async def again(self, who: Who, *, any_subject: bool) -> Answer:
        """Wait once more with the last wishes, or with any subject."""
        return await self.now(who, Asked(subject=ANY) if any_subject else Asked())

    async def move(self, who: Who) -> Answer:
        """Give up the ticket in the other server and wait here, with the same wishes as far as they are offered."""
        refused = refusal(who, await self._servers.get(who.server_id))
        if refused is not None:
            return refused
        await self._tickets.stop_waiting(who.member_id, self._clock.now())
        return await self.now(who, Asked())

    async def stop(self, member_id: int, *, here: int | None) -> Answer:
        """Leave the line; a match that was made meanwhile stays."""
        ticket = await self._tickets.stop_waiting(member_id, self._clock.now())
        return await self._how_it_stands(member_id, here=here) if ticket is None else _stopped(ticket)

    async def leave(self, member_id: int, *, here: int | None) -> Answer:
        """Leave the line, or give up the place in the running match. Leaving again changes nothing."""
        ticket = await self._tickets.stop_waiting(member_id, self._clock.now())
        if ticket is not None:
            return _stopped(ticket)
        return await self._meetings.give_up(member_id) or News(key="idle", search_in=here)

    async def status(self, member_id: int, *, here: int | None = None) -> Answer:
        """How it stands: the search, the meeting, or neither. `here` is where to search from then."""
        return await self._how_it_stands(member_id, here=here)

    async def news(self, member_id: int, *, here: int | None) -> Answer:
        """What a mention leads to: a link where a match runs, the search that goes on, or that it came to nothing."""
        answer = await self._meetings.link(member_id)
        if not isinstance(answer, No):
            return answer
        stands = await self._how_it_stands(member_id, here=here)
        return News(key="came_to_nothing", search_in=here) if isinstance(stands, News) else stands

    async def _how_it_stands(
        self, member_id: int, *, note: str = "", changed: bool = False, here: int | None = None
    ) -> Answer:
        meeting = await self._meetings.of(member_id, note=note)
        if meeting is not None:
            return meeting
        ticket = await self._tickets.find_by_member(member_id)
        if ticket is None:
            return News(key="idle", search_in=here)
        return Waiting(
            wishes=ticket.wishes,
            server_id=ticket.server_id,
            expires_at=ticket.expires_at,
            wait_estimate=await self._wait_estimate(ticket),
            changed=changed,
        )

    async def _wait_estimate(self, ticket: Ticket) -> WaitEstimate | None:
        now = self._clock.now()
        came = await self._tickets.recent_in_pool(ticket.pool, now - REPLAY_WINDOW, limit=MAX_REPLAYED)
        # Away from the loop: it takes longer than others should wait for their answers.
        return await asyncio.to_thread(estimate_wait_by_replay, ticket, came, weights=self._weights, now=now)

    async def wishes_of(self, member_id: int) -> Wishes | None:
        """The wishes of the ticket there is, or the last ones."""
        ticket = await self._tickets.find_by_member(member_id)
        saved = None if ticket else await self._members.last_wishes(member_id)
        return ticket.wishes if ticket else saved.wishes if saved else None

    async def server(self, server_id: int) -> Server | None:
        """The server's settings, or None before its first setup."""
        return await self._servers.get(server_id)


def _stopped(ticket: Ticket) -> News:
    return News(key="stopped", search_in=ticket.server_id)
