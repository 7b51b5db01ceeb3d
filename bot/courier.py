"""The courier: what lies in the outbox is delivered, paced, retried and recorded. It knows no Discord.

A message's try is given to it; a repeated try carries the same link and the same nonce, so a crash between sending and
recording doubles nothing.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.domain.message import Delivered, Outcome, Refused, Route, TryAgain, Unauthorized, next_route
from bot.leader_loop import Leadership
from bot.store.database import Listener, StoreUnavailable
from bot.store.leases import Fence, LostLease
from bot.store.outbox import Outbox, OutboxMessage

TICK = 1.0  # seconds
AT_ONCE = 50
A_SECOND = 45  # of the fifty requests a second that Discord allows a bot
PACED = frozenset({Route.DIRECT, Route.MENTION})  # the others do not count towards them
FIRST_RETRY = timedelta(seconds=1)
LONGEST_RETRY = timedelta(minutes=5)
TRIES = 24  # a good hour and a half
FINISH_WITHIN = 6.0  # seconds, at a stop

log = logging.getLogger(__name__)


class Pace:
    """Turns at once while there are few, and never more than `a_second` of them in any second."""

    def __init__(self, *, clock: Clock, a_second: int = A_SECOND) -> None:
        self._clock = clock
        self._turns: deque[datetime] = deque(maxlen=a_second)

    async def turn(self) -> None:
        """Return when it is this caller's turn, in the order of asking."""
        now = self._clock.now()
        full = len(self._turns) == self._turns.maxlen
        mine = max(now, self._turns[0] + timedelta(seconds=1)) if full else now
        self._turns.append(mine)
        if mine > now:
            await self._clock.sleep((mine - now).total_seconds())


class Courier:
    """Delivers the outbox while it leads: one sender for the whole installation."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        leadership: Leadership,
        deliver: Callable[[OutboxMessage], Awaitable[Outcome]],
        pace: Pace,
        clock: Clock,
        listener: Listener,
    ) -> None:
        self._outbox = outbox
        self._leadership = leadership
        self._deliver = deliver
        self._pace = pace
        self._clock = clock
        self._listener = listener
        self._in_hand: dict[tuple[int, bool], asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Deliver until cancelled, then finish what is in hand. Raises Unauthorized when nothing can be sent."""
        trouble: str | None = None
        try:
            while True:
                heard = await self._round()
                if heard and heard != trouble:
                    log.warning("the courier rests: %s", heard)
                trouble = heard
                await self._rest()
        finally:
            await self._finish()

    async def _round(self) -> str | None:
        try:
            fence = await self._leadership.hold()
            if fence is not None:
                await self.step(fence)
        except LostLease:
            self._leadership.lost()
            return "another process leads now"
        except StoreUnavailable as unavailable:
            return str(unavailable)
        return None

    async def step(self, fence: Fence) -> int:
        """Take up what is due, one message a member at a time; how many were taken up."""
        taken = 0
        for message in await self._outbox.find_due(self._clock.now(), 2 * AT_ONCE):
            line = (message.member_id, message.route is Route.CARD)
            if line not in self._in_hand and len(self._in_hand) < AT_ONCE:
                self._in_hand[line] = asyncio.create_task(self._carry(message, fence), name=f"message {message.id}")
                taken += 1
        return taken

    async def _rest(self) -> None:
        """Until something new is due, a message is done or the lease wants renewing."""
        waking = asyncio.create_task(self._listener.wait(await self._until_next()))
        try:
            await asyncio.wait({waking, *self._in_hand.values()}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waking.cancel()
        self._put_down()

    async def _until_next(self) -> float:
        try:
            due_at = await self._outbox.next_due_at()
        except StoreUnavailable:
            return TICK
        now = self._clock.now()
        return TICK if due_at is None or due_at <= now else min(TICK, (due_at - now).total_seconds())

    def _put_down(self) -> None:
        for line, task in list(self._in_hand.items()):
            if task.done():
                del self._in_hand[line]
                task.result()

    async def settled(self) -> None:
        """Return when nothing is in hand any more."""
        while self._in_hand:
            await asyncio.wait(self._in_hand.values())
            self._put_down()

    async def _finish(self) -> None:
        try:
            async with asyncio.timeout(FINISH_WITHIN):
                await self.settled()
            await self._leadership.resign()
        except (TimeoutError, StoreUnavailable, LostLease, Unauthorized) as cut_short:
            log.info("the courier stops with work in hand: %s", type(cut_short).__name__)

    async def _carry(self, message: OutboxMessage, fence: Fence) -> None:
        if message.route in PACED:
            await self._pace.turn()
        outcome = await self._try(message)
        try:
            await self._record(message, outcome, fence)
        except (StoreUnavailable, LostLease) as lost:
            log.warning("message %s is tried again: %s", message.id, type(lost).__name__)

    async def _try(self, message: OutboxMessage) -> Outcome:
        try:
            return await self._deliver(message)
        except Unauthorized:
            raise
        except Exception:  # a mistake of ours in one message must not keep the others from being sent
            log.exception("message %s (%s) could not be tried", message.id, message.kind)
            return TryAgain(reason="mistake")

    async def _record(self, message: OutboxMessage, outcome: Outcome, fence: Fence) -> None:
        now = self._clock.now()
        match outcome:
            case Delivered():
                await self._outbox.mark_sent(message, outcome, now, fence)
            case Refused(reason=reason):
                await self._next_way(message, reason, now, fence)
            case TryAgain(reason=reason, after=after):
                await self._again(message, reason, after, fence)

    async def _next_way(self, message: OutboxMessage, reason: str, now: datetime, fence: Fence) -> None:
        route = next_route(message.kind, message.route)
        if route is None:
            log.info("message %s (%s) reached nobody: %s", message.id, message.kind, reason)
            await self._outbox.mark_failed(message, reason=reason, now=now, fence=fence)
        else:
            await self._outbox.reroute(message, route, due_at=now, reason=reason, now=now, fence=fence)

    async def _again(self, message: OutboxMessage, reason: str, after: timedelta | None, fence: Fence) -> None:
        now = self._clock.now()
        if message.attempts + 1 >= TRIES:
            await self._outbox.mark_failed(message, reason=reason, now=now, fence=fence)
            return
        due_at = now + max(self._backoff(message.attempts), after or timedelta())
        await self._outbox.postpone(message, due_at=due_at, reason=reason, now=now, fence=fence)

    def _backoff(self, attempts: int) -> timedelta:
        longest: timedelta = min(LONGEST_RETRY, FIRST_RETRY * 2**attempts)
        return longest * (0.5 + self._clock.random_bytes(1)[0] / 510)
