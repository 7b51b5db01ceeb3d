"""The courier: delivers the outbox, retried and recorded, and keeps what was sent true.

It knows nothing of Discord, nor of its pace.

Every attempt of a message carries the same link and the same nonce, so a crash between sending and recording
duplicates nothing.
"""

import logging
import math
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.clock import Clock
from bot.domain.message import (
    BOT_TOKEN_ROUTES,
    INTERACTION_ROUTES,
    Delivered,
    NotTried,
    Outcome,
    Refused,
    TryAgain,
    Unauthorized,
    next_route,
)
from bot.leader_loop import LeaderLoop, Leadership, RunningTasks
from bot.store.database import Listener, StoreUnavailable
from bot.store.leases import Fence, LostLease
from bot.store.outbox import Outbox, OutboxMessage, StaleMessage


class Work(StrEnum):
    """What is done with a message. Each kind has room of its own; edits by the bot's token let new messages pass."""

    SENDING = "message"
    ANSWER = "edit of answer"  # by an interaction's token, which soon ends and needs no share of Discord's limit
    EDIT = "edit of message"  # by the bot's token


MAX_IN_PROGRESS: Mapping[Work, int] = MappingProxyType({Work.SENDING: 50, Work.ANSWER: 50, Work.EDIT: 5})
"""An edit takes a share of Discord's limit from new messages: there are few at a time."""
FIRST_BACKOFF = timedelta(seconds=1)
LONGEST_BACKOFF = timedelta(minutes=5)
WITHOUT_ATTEMPT = timedelta(seconds=10)  # until the next try of what could not even be tried, if nothing else is said
MAX_ATTEMPTS = 24  # spread over 42 to 84 minutes; most messages are too old before
MAX_DOUBLINGS = 10
MISTAKE = "the attempt met an error of ours"
HIGHEST_BYTE = 255

log = logging.getLogger(__name__)


class Courier:
    """Delivers the outbox while it leads: one sender for the whole installation.

    `can_send` tells whether anything can be sent at all; while it cannot, nothing is started and nothing is written, so
    that afterwards all goes on in the order in which it was due. `deliver` makes one attempt; `redraw` draws a message
    that was sent from the present state, edits it if it shows something else by now, and paces itself. Both raise
    Unauthorized when nothing can be sent any more; any other exception counts as a failed attempt.
    """

    def __init__(
        self,
        *,
        outbox: Outbox,
        leadership: Leadership,
        deliver: Callable[[OutboxMessage], Awaitable[Outcome]],
        redraw: Callable[[StaleMessage], Awaitable[Outcome]],
        can_send: Callable[[], bool],
        clock: Clock,
        listener: Listener,
    ) -> None:
        self._outbox = outbox
        self._leadership = leadership
        self._deliver = deliver
        self._redraw = redraw
        self._can_send = can_send
        self._clock = clock
        self._listener = listener
        self.in_progress: RunningTasks[tuple[Work, Hashable]] = RunningTasks()

    async def run(self) -> None:
        """Deliver until cancelled, then finish the messages in progress. Raises Unauthorized if it may not send."""
        loop = LeaderLoop(
            leadership=self._leadership,
            listener=self._listener,
            step=self.step,
            seconds_to_next=self._seconds_to_next_due,
            tasks=self.in_progress,
        )
        await loop.run()

    async def step(self, fence: Fence) -> int:
        """Start to edit stale answers to interactions, to send due messages, and when none waits, other edits.

        A member is sent one message at a time. Returns how many edits and messages were started.
        """
        if not self._can_send():
            return 0
        now = self._clock.now()
        due = await self._outbox.find_due(now, 2 * MAX_IN_PROGRESS[Work.SENDING])
        answers = await self._outbox.find_stale(now, 2 * MAX_IN_PROGRESS[Work.ANSWER], routes=INTERACTION_ROUTES)
        edits = await self._outbox.find_stale(now, 2 * MAX_IN_PROGRESS[Work.EDIT], routes=BOT_TOKEN_ROUTES)
        waiting = [each for each in due if (Work.SENDING, each.member_id) not in self.in_progress]
        started = sum(self._start_drawing(each, Work.ANSWER, fence) for each in answers)
        started += sum(self._start_sending(each, fence) for each in waiting)
        if not waiting:
            started += sum(self._start_drawing(each, Work.EDIT, fence) for each in edits)
        return started

    def _start_sending(self, message: OutboxMessage, fence: Fence) -> bool:
        if not self._has_room(Work.SENDING, message.member_id):
            return False
        self._start(Work.SENDING, message.member_id, self._send(message, fence), message)
        return True

    def _start_drawing(self, stale: StaleMessage, work: Work, fence: Fence) -> bool:
        message = stale.message
        if not self._has_room(work, message.id):
            return False
        self._start(work, message.id, self._draw(stale, fence), message)
        return True

    def _has_room(self, work: Work, key: Hashable) -> bool:
        """Whether more may be started, and nothing of this kind is in progress for `key`."""
        in_progress = sum(each is work for each, _ in self.in_progress)
        return (work, key) not in self.in_progress and in_progress < MAX_IN_PROGRESS[work]

    def _start(self, work: Work, key: Hashable, task: Coroutine[None, None, None], message: OutboxMessage) -> None:
        self.in_progress.start((work, key), task, name=f"{work} {message.id}")

    async def _seconds_to_next_due(self) -> float:
        """Seconds until the next message is due. Overdue ones do not count: they wait for another message to finish."""
        due_at = await self._outbox.next_due_at()
        now = self._clock.now()
        return math.inf if due_at is None or due_at <= now else (due_at - now).total_seconds()

    async def _send(self, message: OutboxMessage, fence: Fence) -> None:
        outcome = await self._attempt(message, self._deliver(message))
        try:
            await self._record(message, outcome, fence)
        except (StoreUnavailable, LostLease) as lost:
            log.warning("message %s will be sent again, under the same id: %s", message.id, lost)

    async def _draw(self, stale: StaleMessage, fence: Fence) -> None:
        outcome = await self._attempt(stale.message, self._redraw(stale))
        now = self._clock.now()
        try:
            match outcome:
                case Delivered():
                    await self._outbox.mark_drawn(stale, outcome, now, fence)
                case NotTried():
                    pass
                case TryAgain() if outcome.reason != MISTAKE or stale.message.attempts + 1 < MAX_ATTEMPTS:
                    # However long Discord is down: until the message is edited, or forgotten a day after what it
                    # is about, it offers what is not there. A request every five minutes behind others costs little.
                    again_at = now + self._pause_after(outcome, stale.message.attempts)
                    await self._outbox.postpone_drawing(stale, again_at=again_at, failed=outcome, now=now, fence=fence)
                case _:  # gone, or for ever out of reach: its buttons still answer by the present state
                    await self._outbox.mark_drawn(stale, Delivered(shows=stale.shows), now, fence)
        except (StoreUnavailable, LostLease) as lost:
            log.warning("message %s will be drawn again later: %s", stale.message.id, lost)

    async def _attempt(self, message: OutboxMessage, attempt: Awaitable[Outcome]) -> Outcome:
        try:
            return await attempt
        except Unauthorized:
            raise
        except Exception:  # a bug that one message triggers must not block the others
            log.exception("message %s (%s): the attempt raised an exception", message.id, message.kind)
            return TryAgain(reason=MISTAKE)

    async def _record(self, message: OutboxMessage, outcome: Outcome, fence: Fence) -> None:
        match outcome:
            case Delivered():
                await self._outbox.mark_sent(message, outcome, self._clock.now(), fence)
            case Refused(reason=reason):
                await self._try_next_route(message, reason, fence)
            case TryAgain():
                await self._retry(message, outcome, fence)
            case NotTried():  # still due
                pass

    async def _try_next_route(self, message: OutboxMessage, reason: str, fence: Fence) -> None:
        now, route = self._clock.now(), next_route(message.kind, message.payload, message.route)
        if route is None:
            await self._give_up(message, reason, fence)
        else:
            await self._outbox.reroute(message, route, due_at=now, reason=reason, now=now, fence=fence)

    async def _retry(self, message: OutboxMessage, failed: TryAgain, fence: Fence) -> None:
        if failed.attempted and message.attempts + 1 >= MAX_ATTEMPTS:
            await self._give_up(message, failed.reason, fence)
            return
        now = self._clock.now()
        due_at = now + self._pause_after(failed, message.attempts)
        await self._outbox.postpone(message, due_at=due_at, failed=failed, now=now, fence=fence)

    async def _give_up(self, message: OutboxMessage, reason: str, fence: Fence) -> None:
        log.info("message %s (%s) reached nobody: %s", message.id, message.kind.replace("_", " "), reason)
        await self._outbox.mark_failed(message, reason=reason, now=self._clock.now(), fence=fence)

    def _pause_after(self, failed: TryAgain, attempts: int) -> timedelta:
        """The delay after a failure that followed `attempts` others: never less than was asked for."""
        if not failed.attempted:
            return failed.after or WITHOUT_ATTEMPT
        return max(self._backoff(attempts), failed.after or timedelta())

    def _backoff(self, attempts: int) -> timedelta:
        """The delay doubles with each attempt up to `LONGEST_BACKOFF`; the result is a random 50 to 100 % of it."""
        longest: timedelta = min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** min(attempts, MAX_DOUBLINGS))
        return longest * (0.5 + 0.5 * self._clock.random_bytes(1)[0] / HIGHEST_BYTE)
