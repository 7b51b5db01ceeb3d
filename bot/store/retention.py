"""Retention: how long data is kept. Nothing is ever deleted that is live, or that something live refers to."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from bot.domain.browser_session import ABSOLUTE_LIFETIME
from bot.domain.invitation import FAILURES_WINDOW
from bot.domain.report import AUDIT_KEPT_FOR, KEPT_UNDECIDED_FOR, REPORTS_WINDOW
from bot.domain.verdict import MALICIOUS_FOR
from bot.store.codec import encode
from bot.store.database import Database, Statement
from bot.store.times import to_ms

MEMBERS_KEPT_FOR: Final = timedelta(days=365)
SERVERS_KEPT_FOR: Final = timedelta(days=30)

KEPT_FOR: Mapping[str, timedelta] = MappingProxyType(
    {
        "failed_attempts": FAILURES_WINDOW,
        "interactions": timedelta(minutes=15),
        "setup_drafts": timedelta(days=1),
        "postponed_searches": timedelta(days=1),
        "memberships": timedelta(days=1),
        "refused_requests": timedelta(hours=1),  # longer than Discord counts them
        "webhook_events": timedelta(hours=1),  # longer than LiveKit goes on repeating an event
        "browser_sessions": ABSOLUTE_LIFETIME,
        "outbox": timedelta(days=1),
        "room_orders": timedelta(days=1),
        "matches": timedelta(days=30),  # with their seats and invitations
        "tickets": timedelta(days=30),  # wait estimates and arrival rates read the last seven
        "last_meetings": timedelta(days=180),
        "restrictions": timedelta(days=180),
        "reports": KEPT_UNDECIDED_FOR,  # at most, while no sanction lasts: each says itself until when
        "former_reporters": REPORTS_WINDOW,  # or as long as their report
        "malicious_reporters": MALICIOUS_FOR,  # each says itself until when
        "audit": AUDIT_KEPT_FOR + timedelta(days=1),  # the database's clock may be behind ours
        "pseudonyms": AUDIT_KEPT_FOR + timedelta(days=1),  # as long as the audit names them
        "staff_members": timedelta(days=90),
        "rules_consents": MEMBERS_KEPT_FOR,
        "members": MEMBERS_KEPT_FOR,
        "servers": SERVERS_KEPT_FOR,
    }
)
"""By table, in the order of deletion.

Counted for messages and room orders from when they were settled, for matches, tickets and restrictions from their end,
for members from when they last did something, for pseudonyms from when the audit last named them, for memberships from
when Discord last told of them, for staff from when they were last seen, for servers from when the bot left them, and
for everything else from its creation. Consents go just before their member or their server does. The statements
themselves say what is kept for longer, because something live refers to it: after a pause of the service, matches and
searches are live at any age.
"""

NAMES_KEPT_FOR: Final = timedelta(days=14)
"""Display names in tickets and seats, counted from the end of the ticket and of its match."""

ABSENT_KEPT_FOR: Final = timedelta(days=1)
"""When somebody who has deleted their data last met others: longer than it counts for the pace, or keeps two apart."""

ROWS_PER_WRITE: Final = 200
"""So that other writes need not wait long."""


class Retention:
    """Deletes data that has been kept long enough, a few rows at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def delete_expired(self, now: datetime) -> bool:
        """Delete or blank up to `ROWS_PER_WRITE` rows of each table that are too old at `now`, and shrink the file.

        True if there may be more.
        """
        written, absent = [await self._blank_names(now)], {"counts_since": to_ms(now - ABSENT_KEPT_FOR)}
        for table, age in KEPT_FOR.items():
            values = {
                **absent,
                "before": to_ms(now - age),
                "after": to_ms(now + age),
                "left_before": to_ms(now - SERVERS_KEPT_FOR),
                "limit": ROWS_PER_WRITE,
            }
            [rows] = await self._database.write([Statement(name=f"{table}.delete_expired", values=values)])
            written.append(len(rows))
        await self._database.shrink()
        return ROWS_PER_WRITE in written

    async def _blank_names(self, now: datetime) -> int:
        before = to_ms(now - NAMES_KEPT_FOR)
        rows = await self._database.all("tickets.find_named", before=before, limit=ROWS_PER_WRITE)
        if rows:
            values = {"ids": encode([row["id"] for row in rows])}
            names = ("tickets.blank_names", "seats.blank_names")
            await self._database.write([Statement(name=name, values=values) for name in names])
        return len(rows)
