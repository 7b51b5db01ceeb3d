"""The audit: what staff did with reports, and about whom, by pseudonym. The database refuses to change it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.pseudonym import pseudonym_of
from bot.domain.report_reader import Reader, ReportAction
from bot.store.database import Database, Row, Statement
from bot.store.report_rows import Report
from bot.store.rows import RowReader
from bot.store.times import from_ms, to_ms


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditEntry:
    """What a member of the staff did. Who it was, and about whom, is None once they have deleted their data.

    `number` is that of the report, None when it is deleted.
    """

    action: ReportAction
    at: datetime
    actor_id: int | None
    about_id: int | None
    number: int | None
    rule: int | None
    sentence: str


class Audit:
    """The audit of all servers, for readers."""

    def __init__(self, database: Database, *, privacy_key: bytes) -> None:
        self._database = database
        self._privacy_key = privacy_key
        self._rows = RowReader("audit", _entry)

    async def list_newest(self, reader: Reader, *, limit: int) -> Sequence[AuditEntry]:
        """The newest entries of the reader's server: none about them, nor about a report that they have filed."""
        rows = await self._database.all(
            "audit.list",
            server_id=reader.server_id,
            reader_id=reader.member_id,
            reader=pseudonym_of(self._privacy_key, reader.member_id),
            limit=limit,
        )
        return self._rows.read_all(rows)


class AuditWriter:
    """Makes the statements that write entries, for the transaction of what they are about."""

    def __init__(self, *, privacy_key: bytes) -> None:
        self._privacy_key = privacy_key

    def record(
        self,
        reader: Reader,
        report: Report,
        action: ReportAction,
        now: datetime,
        *,
        rule: int | None = None,
        sentence: str = "",
    ) -> Sequence[Statement]:
        """The statements that write what a reader does with a report, and whom the pseudonyms stand for."""
        entry = {"server_id": report.server_id, "report_id": report.id, "rule": rule, "sentence": sentence}
        return self._written(entry, reader.member_id, report.reported_id, action, now)

    def record_about(
        self, server_id: int, actor_id: int, about_id: int, action: ReportAction, now: datetime, *, sentence: str
    ) -> Sequence[Statement]:
        """The statements that write what an admin does about a member without a report."""
        entry: Mapping[str, object] = {"server_id": server_id, "report_id": None, "rule": None, "sentence": sentence}
        return self._written(entry, actor_id, about_id, action, now)

    def _written(
        self, entry: Mapping[str, object], actor_id: int, about_id: int, action: ReportAction, now: datetime
    ) -> Sequence[Statement]:
        """`about_id` is a pseudonym already if the member has deleted their data."""
        actor = pseudonym_of(self._privacy_key, actor_id)
        is_known = about_id > 0
        about = pseudonym_of(self._privacy_key, about_id) if is_known else about_id
        people = [{"pseudonym": actor, "member_id": actor_id}]
        people += [{"pseudonym": about, "member_id": about_id}] if is_known else []
        values = {**entry, "actor": actor, "about": about, "action": action, "now": to_ms(now)}
        return [
            Statement(name="audit.add", values=values),
            *(Statement(name="pseudonyms.remember", values={**each, "now": to_ms(now)}) for each in people),
        ]


def _entry(row: Row) -> AuditEntry:
    return AuditEntry(
        action=ReportAction(row["action"]),
        at=from_ms(int(row["at"])),
        actor_id=row["actor_id"],
        about_id=row["about_id"],
        number=row["number"],
        rule=row["rule"],
        sentence=row["sentence"] or "",
    )
