"""When two members last met, and until when they are kept apart.

Presence and the end of a match write it; matching reads it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from bot.domain.match import APART_FOR, UNDO_FOR, states_before_meeting
from bot.domain.member_pair import MemberPair
from bot.store.codec import encode
from bot.store.database import Database, Row
from bot.store.rows import RowReader
from bot.store.times import from_ms, to_ms


def apart_at_most(now: datetime) -> datetime:
    """The latest time until which two can be kept apart at `now`: by a match whose second seat was left just then."""
    return now + UNDO_FOR + APART_FOR


class LastMeetings:
    """The last meeting, or the last match that came to nothing, of every two members."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = RowReader("last_meetings", _pair_and_time, key="low_id")
        self._times = self._rows.reading(lambda row: from_ms(int(row["last_at"])))
        self._apart_rows = self._rows.reading(_pair_and_end)

    async def find_with_waiting(self, member_ids: Collection[int]) -> Mapping[MemberPair, datetime]:
        """When these members last met those who wait."""
        rows = await self._database.all("last_meetings.find_with_waiting", member_ids=encode(list(member_ids)))
        return dict(self._rows.read_all(rows))

    async def find_met_at(self, member_id: int, since: datetime, now: datetime) -> Sequence[datetime]:
        """For each partner whom this member has met between `since` and `now`, when the two were last together.

        Partners in matches that came to nothing do not count.
        """
        values = {"member_id": member_id, "since": to_ms(since), "now": to_ms(now)}
        return self._times.read_all(await self._database.all("last_meetings.find_met_at", **values))

    async def apart_from_waiting(self, member_ids: Collection[int], now: datetime) -> Mapping[MemberPair, datetime]:
        """Until when, after `now`, these members are kept apart from those who wait.

        If both have left a match that has not ended yet, it is the latest time that its end can set.
        """
        rows = await self._database.all(
            "last_meetings.apart_from_waiting",
            member_ids=encode(list(member_ids)),
            now=to_ms(now),
            states=encode(sorted(states_before_meeting())),
            at_most=to_ms(apart_at_most(now)),
        )
        return dict(self._apart_rows.read_all(rows))


def _pair_and_time(row: Row) -> tuple[MemberPair, datetime]:
    return (row["low_id"], row["high_id"]), from_ms(int(row["last_at"]))


def _pair_and_end(row: Row) -> tuple[MemberPair, datetime]:
    return (row["low_id"], row["high_id"]), from_ms(int(row["apart_until"]))
