"""Staff: members of whom chat has seen that they read a server's reports, or see that there are any."""

from datetime import datetime, timedelta
from typing import Final

from bot.domain.pseudonym import pseudonym_of
from bot.domain.report_reader import StaffStanding
from bot.store.database import Database, Row, Statement
from bot.store.times import to_ms

SEEN_EVERY: Final = timedelta(days=1)


class StaffMembers:
    """What is known of the staff of servers. Whoever is not seen for long is forgotten."""

    def __init__(self, database: Database, *, privacy_key: bytes) -> None:
        self._database = database
        self._privacy_key = privacy_key

    async def record(self, server_id: int, member_id: int, standing: StaffStanding | None, now: datetime) -> None:
        """Record what was seen of a member; None for one who is no staff. It holds for reports about them, too.

        Nothing is written if that is known already, but for once in `SEEN_EVERY`.
        """
        known = await self._database.one("staff_members.find", server_id=server_id, member_id=member_id)
        if _standing(known) is standing and (known is None or known["seen_at"] > to_ms(now - SEEN_EVERY)):
            return
        values = {"server_id": server_id, "member_id": member_id, "now": to_ms(now)}
        if standing is None:
            await self._database.write([Statement(name="staff_members.forget", values=values)])
            return
        reads = int(standing is StaffStanding.READS)
        names = {**values, "pseudonym": pseudonym_of(self._privacy_key, member_id)}
        await self._database.write(
            [
                Statement(name="staff_members.record", values={**values, "reads": reads}),
                Statement(name="reports.mark_about_staff", values=names),
            ]
        )


def _standing(row: Row | None) -> StaffStanding | None:
    if row is None:
        return None
    return StaffStanding.READS if row["reads"] else StaffStanding.SEES_ALERTS
