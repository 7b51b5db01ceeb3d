"""Puts right what was written while the clock was ahead: otherwise what is due would have to wait for that time."""

from datetime import datetime, timedelta

from bot.domain.invitation import LINK_LIFETIME
from bot.domain.match import MINUTE
from bot.domain.report import ANSWER_WITHIN, LOCK_FOR, UNDO_REPORT_FOR
from bot.domain.ticket import LONGEST_WAIT_MINUTES
from bot.store.database import Database, Statement
from bot.store.outbox import LONGEST_POSTPONEMENT, usefulness
from bot.store.times import MILLISECOND, to_ms

TOLERANCE = timedelta(seconds=10)
"""A time may lie so far ahead, because a write can be delayed and other machines' clocks differ a little."""

PULLED_BACK = (
    *("tickets", "matches", "seats", "media_times", "invitations", "browser_sessions"),
    *("outbox", "interactions", "last_meetings", "reports", "former_reporters", "restrictions"),
)


class ClockCorrection:
    """Pulls times back that lie further ahead than they can."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def pull_back_times(self, now: datetime) -> None:
        """Let nothing live have happened after `now`, and no deadline be further ahead than it can have been set.

        What remains of a ticket's patience stays as it was. Repeating it changes nothing.
        """
        values = {
            "now": to_ms(now),
            "ahead": to_ms(now + TOLERANCE),
            "longest_wait": LONGEST_WAIT_MINUTES * MINUTE // MILLISECOND,
            "link_lifetime": LINK_LIFETIME // MILLISECOND,
            "longest_postponement": LONGEST_POSTPONEMENT // MILLISECOND,
            "useful_for": usefulness(),
            "lock_for": LOCK_FOR // MILLISECOND,
            "answer_within": ANSWER_WITHIN // MILLISECOND,
            "undo_report_for": UNDO_REPORT_FOR // MILLISECOND,
        }
        statements = [Statement(name=f"{table}.pull_back", values=values) for table in PULLED_BACK]
        await self._database.write(statements, notify=("tickets", "outbox"))
