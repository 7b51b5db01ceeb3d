"""Bans by admins, without a report: nobody is matched with a banned member in that server until the ban is lifted."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.report_reader import ReportAction
from bot.domain.restriction import Restriction, RestrictionKind
from bot.store.audit import AuditWriter
from bot.store.database import Database, Statement, UnexpectedRowCount
from bot.store.leaving import TOPICS
from bot.store.removal import find_ban_removal
from bot.store.restrictions import restricted_values, restriction_statements


class Bans:
    """Bans and lifts bans. Each is in the audit, in the same transaction."""

    def __init__(self, database: Database, *, privacy_key: bytes) -> None:
        self._database = database
        self._privacy_key = privacy_key
        self._audit = AuditWriter(privacy_key=privacy_key)

    async def ban(
        self, server_id: int, member_id: int, *, admin_id: int, ban_id: str, sentence: str, now: datetime
    ) -> bool:
        """Ban a member from being matched in this server; search and seat end as by an ordinary Leave, a trial too.

        `ban_id` is a new random id. False, and nothing changes, if they are banned there already.
        """
        values = restricted_values(self._privacy_key, server_id, member_id, now)
        while await self._database.one("restrictions.not_banned", **values):
            removal = await find_ban_removal(self._database, member_id, server_id, now)
            new = Restriction(id=ban_id, kind=RestrictionKind.BAN, member_id=member_id, server_id=server_id, since=now)
            written = await self._written(
                [
                    Statement(name="restrictions.not_banned", values=values, expect_rows=1),
                    *restriction_statements(new, now),
                    *removal,
                    *self._audit.record_about(
                        server_id, admin_id, member_id, ReportAction.BANNED, now, sentence=sentence
                    ),
                ]
            )
            if written:
                return True
        return False

    async def unban(self, server_id: int, member_id: int, *, admin_id: int, sentence: str, now: datetime) -> bool:
        """Lift all bans of a member in this server. False if there is none; one in all servers is the operator's."""
        values = restricted_values(self._privacy_key, server_id, member_id, now)
        return await self._written(
            [
                Statement(name="restrictions.is_banned", values=values, expect_rows=1),
                Statement(name="restrictions.lift_bans", values=values),
                *self._audit.record_about(
                    server_id, admin_id, member_id, ReportAction.UNBANNED, now, sentence=sentence
                ),
            ]
        )

    async def _written(self, statements: Sequence[Statement]) -> bool:
        """Write. False if something that it depends on has changed."""
        try:
            await self._database.write(statements, notify=(*TOPICS, "tickets"))
        except UnexpectedRowCount:
            return False
        return True
