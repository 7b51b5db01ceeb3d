"""Housekeeping: what the janitor does once a minute for data that nobody asks for.

It pulls back times that were written while the clock was ahead, ends what cannot be read, answers searches whose answer
was cut off, tells whose gate has opened, finishes deletions that members asked for, withdraws messages that are too old
to be sent, and deletes what is old.
"""

import logging
from typing import Final

from bot.clock import Clock, new_id
from bot.domain.message import MessageKind
from bot.domain.pseudonym import NOBODY_BYTES, nobody_of
from bot.gate_news import GateNews
from bot.store.clock_correction import ClockCorrection
from bot.store.interactions import Interactions
from bot.store.matches import Matches
from bot.store.outbox import Outbox, message_to_seat
from bot.store.personal_data import PersonalData
from bot.store.retention import ROWS_PER_WRITE, Retention
from bot.store.tickets import Tickets

HOUSEKEEPING_EVERY: Final = 60.0  # seconds

log = logging.getLogger(__name__)


class Housekeeping:
    """Runs under the janitor's lease; each change holds only if it is still due."""

    def __init__(
        self,
        *,
        tickets: Tickets,
        matches: Matches,
        outbox: Outbox,
        interactions: Interactions,
        retention: Retention,
        personal_data: PersonalData,
        clock_correction: ClockCorrection,
        gate_news: GateNews,
        clock: Clock,
    ) -> None:
        self._tickets = tickets
        self._matches = matches
        self._outbox = outbox
        self._interactions = interactions
        self._retention = retention
        self._personal_data = personal_data
        self._clock_correction = clock_correction
        self._gate_news = gate_news
        self._clock = clock
        self._done_at: float | None = None  # in seconds of the monotonic clock

    async def do_if_due(self) -> None:
        """Do everything if `HOUSEKEEPING_EVERY` has passed since the last time, whatever the time of day says.

        Withdrawing and deleting go on in the next call while more is left.
        """
        started = self._clock.monotonic()
        if self._done_at is not None and started - self._done_at < HOUSEKEEPING_EVERY:
            return
        now = self._clock.now()
        await self._clock_correction.pull_back_times(now)
        await self._tickets.let_unreadable_expire(now)
        await self._end_unreadable_matches()
        await self._answer_cut_off_searches()
        await self._gate_news.tell_whose_gate_is_open()
        await self._personal_data.finish_erasing(nobody=nobody_of(self._clock.random_bytes(NOBODY_BYTES)), now=now)
        more_to_withdraw = await self._withdraw_useless_messages()
        more_to_delete = await self._retention.delete_expired(now)
        self._done_at = None if more_to_withdraw or more_to_delete else started

    async def _answer_cut_off_searches(self) -> None:
        found = await self._interactions.adopt_unanswered(self._clock.now())
        if found:
            log.info("searches whose answer was cut off, and that are answered now: %d", found)

    async def _withdraw_useless_messages(self) -> bool:
        withdrawn = await self._outbox.withdraw_useless(self._clock.now(), limit=ROWS_PER_WRITE)
        if withdrawn:
            log.info("messages that were too old to be useful and were not sent: %d", withdrawn)
        return withdrawn == ROWS_PER_WRITE

    async def _end_unreadable_matches(self) -> None:
        """Nobody can enter a match that cannot be read, so both members are told and are free again."""
        now = self._clock.now()
        for seats in await self._matches.find_unreadable():
            messages = [
                message_to_seat(MessageKind.MATCH_OVER, seat, message_id=new_id(self._clock), due_at=now)
                for seat in seats
            ]
            await self._matches.end_unreadable(seats[0].match_id, now=now, messages=messages)
