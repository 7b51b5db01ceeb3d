"""Restrictions: which members are kept from being matched because of what they did."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.pseudonym import pseudonym_of
from bot.domain.restriction import Restriction, RestrictionKind
from bot.store.database import Database, Row, Statement
from bot.store.rows import RowReader
from bot.store.stale import mark_search
from bot.store.times import from_ms, to_ms

AT_ONCE = 50
NOT_RESTRICTED = "restrictions.not_restricted"
NOT_BANNED = "restrictions.none_bans_from"


class Restrictions:
    """All restrictions, over all servers. Members who have deleted their data are found by their pseudonym."""

    def __init__(self, database: Database, *, privacy_key: bytes) -> None:
        self._database = database
        self._privacy_key = privacy_key
        self._rows = RowReader("restrictions", _restriction)

    async def add(self, new: Restriction, now: datetime) -> bool:
        """Restrict a member; a search of theirs that it concerns ends when it begins. Running matches go on.

        False, and nothing changes, if there is a restriction with this id; so repeating it returns False.
        """
        statements = restriction_statements(new, now)
        [rows, *_] = await self._database.write(statements, notify=("tickets", "outbox"))
        return bool(rows)

    async def lift(self, restriction_id: str, now: datetime) -> bool:
        """End a restriction. False if it has ended, so repeating it returns False."""
        lifted = Statement(name="restrictions.lift", values={"id": restriction_id, "now": to_ms(now)})
        [rows] = await self._database.write([lifted])
        return bool(rows)

    async def end_searches(self, now: datetime) -> None:
        """End the searches of members whose holds were written before they began, and have begun."""
        for row in await self._database.all("restrictions.find_begun", now=to_ms(now), limit=AT_ONCE):
            statements = end_search(row["id"], row["member_id"], row["server_id"], now)
            await self._database.write(statements, notify=("tickets", "outbox"))

    async def find_active(self, server_id: int, member_id: int, now: datetime) -> Sequence[Restriction]:
        """What keeps a member from being matched in this server at `now`."""
        values = restricted_values(self._privacy_key, server_id, member_id, now)
        return self._rows.read_all(await self._database.all("restrictions.find_active", **values))


def restriction_statements(new: Restriction, now: datetime) -> Sequence[Statement]:
    """The statements that restrict a member; the first returns a row if it is new.

    A search of theirs ends. If the restriction begins later, it goes on until then, and leads to no match any more.
    """
    values = {
        "id": new.id,
        "member_id": new.member_id,
        "server_id": new.server_id,
        "kind": new.kind,
        "since": to_ms(new.since),
        "until": to_ms(new.until),
        "report_id": new.report_id,
    }
    added = Statement(name="restrictions.add", values=values)
    return [added] if new.since > now else [added, *end_search(new.id, new.member_id, new.server_id, now)]


def end_search(restriction_id: str, member_id: int, server_id: int | None, now: datetime) -> Sequence[Statement]:
    """The statements that end the search of a member whom a restriction keeps from being matched by now."""
    values = {"id": restriction_id, "member_id": member_id, "server_id": server_id, "now": to_ms(now)}
    return [Statement(name="tickets.end_restricted", values=values), mark_search(member_id, now)]


def restricted_values(privacy_key: bytes, server_id: int, member_id: int, now: datetime) -> dict[str, int]:
    """The values by which the restrictions of a member are found."""
    pseudonym = pseudonym_of(privacy_key, member_id)
    return {"server_id": server_id, "member_id": member_id, "pseudonym": pseudonym, "now": to_ms(now)}


def not_restricted(privacy_key: bytes, server_id: int, member_id: int, now: datetime) -> Statement:
    """The statement that fails if something keeps the member from being matched in this server at `now`."""
    values = restricted_values(privacy_key, server_id, member_id, now)
    return Statement(name=NOT_RESTRICTED, values=values, expect_rows=1)


def not_banned(privacy_key: bytes, server_id: int, member_id: int, now: datetime) -> Statement:
    """The statement that fails if a ban keeps the member from everything in this server at `now`."""
    values = restricted_values(privacy_key, server_id, member_id, now)
    return Statement(name=NOT_BANNED, values=values, expect_rows=1)


def _restriction(row: Row) -> Restriction:
    return Restriction(
        id=row["id"],
        kind=RestrictionKind(row["kind"]),
        member_id=row["member_id"],
        server_id=row["server_id"],
        since=from_ms(int(row["since"])),
        until=from_ms(row["until"]),
        report_id=row["report_id"],
    )
