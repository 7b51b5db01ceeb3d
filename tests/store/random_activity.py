"""A dozen members do everything that the product allows, concurrently and in random order; also as a process."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from multiprocessing.connection import Connection

from bot.clock import new_id
from bot.domain.invitation import digest, link_token
from bot.domain.match import EndReason
from bot.domain.message import MessageKind
from bot.domain.pseudonym import NOBODY_BYTES, nobody_of
from bot.domain.ticket import requeued_ticket
from bot.store import Fence
from bot.store.outbox import NewMessage, message_to_seat
from bot.store.seats import SeatInMatch
from bot.store.tickets import AlreadyWaiting, BarredMeanwhile, InMatch, NotAgreed
from tests.clocks import START, VirtualClock
from tests.store.opening import open_store
from tests.store.scenario import LINK_KEY, Meeting, Scenario

MEMBERS = range(1, 13)


class RandomActivity:
    """Random actions over one store, most of them badly timed."""

    def __init__(self, scenario: Scenario, chance: random.Random) -> None:
        self._scenario = scenario
        self._store = scenario.store
        self._fence: Fence | None = None
        self._chance = chance
        self._meetings: list[Meeting] = []
        frequent = (self._wait, self._match, self._redeem, self._join)
        rare = (self._sweep, self._leave, self._undo, self._end, self._new_link, self._block, self._stop_waiting)
        deletion = (self._delete_data, self._finish_deletions)
        self._actions: Sequence[Callable[[], Awaitable[str | None]]] = (*frequent, *frequent, *rare, *deletion)

    async def act_at_once(self, count: int) -> list[str]:
        """Carry out `count` random actions at the same moment, then let some time pass.

        Returns what was acknowledged, as `TABLE ID`.
        """
        self._fence = await self._scenario.fence()
        results = await asyncio.gather(*(self._chance.choice(self._actions)() for _ in range(count)))
        self._scenario.clock.pass_time(seconds=self._chance.choice((0, 1, 4, 9)))
        return [result for result in results if result]

    def _member(self) -> int:
        return self._chance.choice(MEMBERS)

    async def _seat(self) -> SeatInMatch | None:
        member = self._member()
        matches = self._store.matches
        return await matches.find_by_member(member) or await matches.find_latest_by_member(member)

    async def _wait(self) -> str | None:
        ticket = replace(self._scenario.ticket(self._member()), id=new_id(self._scenario.clock))
        await self._scenario.agreed(ticket.member_id)
        try:
            await self._store.tickets.start_waiting(ticket)
        except (AlreadyWaiting, BarredMeanwhile, InMatch, NotAgreed):
            return None
        return f"tickets {ticket.id}"

    async def _stop_waiting(self) -> None:
        await self._store.tickets.stop_waiting(self._member(), self._scenario.clock.now())

    async def _match(self) -> str | None:
        waiting = await self._scenario.waiting_tickets()
        if len(waiting) < 2:
            return None
        new, meeting = self._scenario.match_of(*self._chance.sample(waiting, 2))
        assert self._fence is not None
        if not await self._store.matches.create(new, fence=self._fence):
            return None
        self._meetings.append(meeting)
        return f"matches {new.id}"

    async def _redeem(self) -> None:
        if self._meetings:
            await self._scenario.redeem(self._chance.choice(self._chance.choice(self._meetings[-9:]).tokens))

    async def _new_link(self) -> None:
        seat = await self._seat()
        if seat is not None:
            invitation, now = new_id(self._scenario.clock), self._scenario.clock.now()
            token = link_token(LINK_KEY, invitation)
            if await self._store.invitations.issue(seat.own.id, invitation, digest(token), now=now):
                await self._scenario.redeem(token)

    async def _join(self) -> None:
        seat = await self._seat()
        if seat is not None:
            sid, now = f"PA_{self._chance.random()}", self._scenario.clock.now()
            await self._store.presence.participant_joined(seat.own.id, sid, seat.match.room_name, now)

    async def _sweep(self) -> None:
        seat = await self._seat()
        if seat is not None:
            for room in await self._store.presence.rooms_in_use():
                if room.match_id == seat.match.id:
                    await self._store.presence.set_participants(room, {}, self._scenario.clock.now())

    async def _leave(self) -> None:
        seat = await self._seat()
        if seat is not None:
            await self._store.browser_sessions.leave_seat(seat.own.id, self._scenario.clock.now())

    async def _undo(self) -> None:
        seat = await self._seat()
        if seat is not None:
            await self._store.browser_sessions.undo_leaving(seat.own.id, self._scenario.clock.now())

    async def _end(self) -> None:
        seat = await self._seat()
        spent = await self._store.tickets.find_by_seat(seat.own.id) if seat else None
        if seat is None or spent is None:
            return
        clock = self._scenario.clock
        again = requeued_ticket(spent.ticket, new_id=new_id(clock), matched_at=spent.ended_at, now=clock.now())
        await self._store.matches.end(
            seat.match.id,
            self._chance.choice(list(EndReason)),
            now=clock.now(),
            messages=[self._message(seat)],
            requeue=[again],
        )

    def _message(self, seat: SeatInMatch) -> NewMessage:
        clock = self._scenario.clock
        return message_to_seat(MessageKind.MATCH_OVER, seat.own, message_id=new_id(clock), due_at=clock.now())

    async def _block(self) -> None:
        blocker, blocked, now = self._member(), self._member(), self._scenario.clock.now()
        if blocker != blocked and self._chance.random() < 0.3:
            await self._store.blocks.add(blocker, blocked, now)
        await self._store.blocks.remove(blocker, blocked)

    async def _delete_data(self) -> None:
        now, nobody = self._scenario.clock.now(), nobody_of(self._scenario.clock.random_bytes(NOBODY_BYTES))
        await self._store.personal_data.erase(self._member(), nobody=nobody, now=now)

    async def _finish_deletions(self) -> None:
        now, nobody = self._scenario.clock.now(), nobody_of(self._scenario.clock.random_bytes(NOBODY_BYTES))
        await self._store.personal_data.finish_erasing(nobody=nobody, now=now)


def act_until_killed(database: str, seed: int, acknowledged: Connection) -> None:
    """The work of a process until it is killed: random actions, each sent to `acknowledged` once confirmed."""
    asyncio.run(_act_until_killed(database, seed, acknowledged))


async def _act_until_killed(database: str, seed: int, acknowledged: Connection) -> None:
    clock = VirtualClock(START + timedelta(days=seed))
    clock.drawn = seed * 1_000_000
    async with open_store(database) as store:
        activity = RandomActivity(Scenario(store, clock), random.Random(seed))
        while True:
            for result in await activity.act_at_once(8):
                acknowledged.send(result)
