"""Memberships: what Discord has told of members of servers, and the questions that chat is to put to Discord."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.age_group import AgeGroup, pool_of
from bot.domain.membership import ASK_AGAIN_AFTER, Bar, Barred, KnownMembership, is_barred
from bot.store.codec import encode
from bot.store.database import Database, Row, Statement, StoreError, UnexpectedRowCount, Value
from bot.store.leaving import TOPICS
from bot.store.removal import Removals, holds_nothing
from bot.store.rows import RowReader
from bot.store.times import from_ms, to_ms

RECORD = "memberships.record"
IS_JUDGED_BY = "memberships.is_judged_by"
NO_POOL = ""
"""In which nobody is: a member who is barred belongs nowhere."""


class JudgedByOldSettings(StoreError):
    """The server's settings are not those any more by which news of a member was judged. Judge it again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberQuestion:
    """A question about one member of one server; `urgent` while somebody waits for the answer."""

    server_id: int
    member_id: int
    urgent: bool


class Memberships:
    """What is known of members, over all servers."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._removals = Removals(database)
        self._times = {name: _time_reader(name) for name in ("told_at", "barred_until", "urgent_at", "joined_at")}
        self._age_group = RowReader("age_group of membership", _read_age_group, key="member_id")

    async def find(self, server_id: int, member_id: int) -> KnownMembership:
        """What is known of a member; every field is None for one never heard of. What cannot be read is not known."""
        row = await self._database.one("memberships.find", server_id=server_id, member_id=member_id)
        times = {name: reader.read_one(row) for name, reader in self._times.items()}
        return KnownMembership(**times, age_group=self._age_group.read_one(row))

    async def record(
        self,
        server_id: int,
        member_id: int,
        *,
        bar: Bar | None,
        told_at: datetime,
        now: datetime,
        age_group: AgeGroup | None = None,
        joined_at: datetime | None = None,
        judged_by: int | None = None,
    ) -> bool:
        """Record what Discord told at `told_at`, and settle the questions asked before.

        A member who is barred, or belongs to another pool by now, loses ticket and seat in this server, as if they had
        left them for good, in the same transaction. They get a message that says why; who has left the server gets one
        about a search only. `judged_by` is the version of the settings that say what the member's roles mean, None for
        news that they have no part in.

        False, and nothing changes, if something newer is known. Repeating it changes nothing. Raises
        JudgedByOldSettings.
        """
        in_force = bar if bar is not None and is_barred(bar.until, now) else None
        belongs_to = NO_POOL if in_force else pool_of(server_id, age_group)
        of_member = {"server_id": server_id, "member_id": member_id}
        member: dict[str, Value] = {**of_member, "now": to_ms(now), "pool": belongs_to}
        news = {
            **member,
            "told_at": to_ms(told_at),
            "barred_until": to_ms(bar.until) if bar else None,
            "reason": bar.reason if bar else None,
            "age_group": age_group,
            "joined_at": to_ms(joined_at),
            "judged_by": judged_by,
        }
        records = [
            Statement(name=IS_JUDGED_BY, values=news, expect_rows=1),
            Statement(name=RECORD, values=news, expect_rows=1),
        ]
        reason = in_force or Bar(reason=Barred.OTHER_POOL, until=now)
        if in_force is not None and in_force.reason is Barred.NOT_MEMBER:
            records.append(Statement(name="gate_reminders.delete", values=member))
        removal: Sequence[Statement] = () if in_force is None else await self._removals.statements(member, reason, now)
        while True:
            try:
                await self._database.write(
                    [*records, *(removal or holds_nothing(member))], notify=TOPICS if removal else ()
                )
            except UnexpectedRowCount as error:
                if error.statement == IS_JUDGED_BY:
                    raise JudgedByOldSettings(JudgedByOldSettings.__doc__) from error
                if error.statement == RECORD:
                    return False
                # A search or a match has begun or ended meanwhile.
                removal = await self._removals.statements(member, reason, now)
                continue
            return True

    async def ask(self, server_id: int, member_id: int, now: datetime) -> None:
        """Ask about one member because somebody waits for the answer. Repeating it changes nothing."""
        values = {"server_id": server_id, "member_id": member_id, "now": to_ms(now)}
        await self._write_questions("memberships.ask", values)

    async def doubt(self, server_id: int, member_id: int, now: datetime) -> None:
        """What was told of a member counts no more, because they have changed somehow: ask at once if it matters.

        A bar stays until the answer. Nothing happens to members of whom nothing is known. Repeating it changes nothing.
        """
        values = {"server_id": server_id, "member_id": member_id, "now": to_ms(now)}
        await self._write_questions("memberships.doubt", values)

    async def ask_again(self, now: datetime) -> None:
        """Ask about everybody who waits or has a live seat, if nothing was told of them for `ASK_AGAIN_AFTER`."""
        values = {"now": to_ms(now), "told_before": to_ms(now - ASK_AGAIN_AFTER)}
        await self._write_questions("memberships.ask_again", values)

    async def _write_questions(self, name: str, values: dict[str, int]) -> None:
        await self._database.write([Statement(name=name, values=values)], notify=("memberships",))

    async def open_questions(
        self, server_ids: Collection[int], *, urgent: bool, limit: int
    ) -> Sequence[MemberQuestion]:
        """Up to `limit` open questions about members of these servers, the oldest first: the urgent, or the others."""
        servers = encode(list(server_ids))
        return [
            MemberQuestion(server_id=row["server_id"], member_id=row["member_id"], urgent=urgent)
            for row in await self._database.all(
                "memberships.find_asked", server_ids=servers, urgent=urgent, limit=limit
            )
        ]


def _read_age_group(row: Row) -> AgeGroup | None:
    return AgeGroup(row["age_group"]) if row["age_group"] else None


def _time_reader(name: str) -> RowReader[datetime | None]:
    return RowReader(f"{name} of membership", lambda row: from_ms(row[name]), key="member_id")
