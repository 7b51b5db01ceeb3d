"""Messages about reports: receipts for reporters, alerts for staff and the operator. No message names anybody."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.message import (
    AlertDetails,
    AppealDetails,
    MessageKind,
    Payload,
    ReportDetails,
    SanctionDetails,
)
from bot.domain.report import NOBODY, SEVERE_REASONS, Escalation, ReportReaders, ReportSide, derived_id
from bot.domain.verdict import AppealOutcome
from bot.store.codec import encode
from bot.store.database import Statement
from bot.store.outbox import NewMessage, insert_message
from bot.store.report_rows import Report, Staff
from bot.store.times import to_ms

ALERT_KINDS = frozenset({MessageKind.STAFF_ALERT, MessageKind.READER_ALERT})
UNDONE_KINDS = ALERT_KINDS | {MessageKind.REPORT_RECEIVED}
"""What was written when a report was filed, and waits until it cannot be undone any more."""


def receipt(
    kind: MessageKind,
    report: Report,
    due_at: datetime,
    *,
    read_by: ReportReaders = ReportReaders.ADMINS,
    question: str = "",
) -> Sequence[Statement]:
    """A message to the reporter; none if they have deleted their data."""
    if report.reporter_id is None:
        return []
    details = ReportDetails(
        report_id=report.id,
        number=report.number,
        is_late=not report.announced,
        read_by=read_by,
        question=question,
    )
    return [_message(kind, report, report.reporter_id, report.reporter_locale, due_at, details)]


def alerts(
    report: Report, staff: Staff, due_at: datetime, *, again: bool = False, after: int = 0
) -> Sequence[Statement]:
    """What staff are told: in their channel or, if there is none, each known reader in a message; `again`, both.

    Of a report about one of them only the other readers are told, each in a message. `after` is the number of messages
    about this report so far: one that says what an earlier one said is another one nevertheless.
    """
    is_opened = again and report.read_at is not None
    details = AlertDetails(
        number=report.number, reason=report.reason, since=report.counts_at, again=again, is_opened=is_opened
    )
    return _alerts(report, staff, due_at, details, to_all=again, after=after)


def appeal_alerts(report: Report, staff: Staff, now: datetime) -> Sequence[Statement]:
    """What staff are told of an appeal, as of a report."""
    details = AlertDetails(number=report.number, reason=report.reason, since=now, is_appeal=True)
    return _alerts(report, staff, now, details, to_all=False)


def reader_alerts(report: Report, staff: Staff, details: AlertDetails, now: datetime) -> Sequence[Statement]:
    """What the known readers are told in a message each, because Discord did not take it in their channel."""
    told = staff.readers_of([report.reporter_id, report.reported_id])
    return [_alert(report, staff, member_id, now, details) for member_id in told]


def operator_alert(report: Report, locale: str, operator_id: int, now: datetime) -> Statement:
    """What the operator is told of a report that they read."""
    details = AlertDetails(
        number=report.number,
        reason=report.reason,
        since=report.counts_at,
        again=report.escalation > Escalation.NOTHING,
        is_opened=report.escalation is Escalation.UNDECIDED,
    )
    return _message(MessageKind.OPERATOR_ALERT, report, operator_id, locale, now, details)


def sanction_message(report: Report, details: SanctionDetails, now: datetime) -> Sequence[Statement]:
    """What the reported member is told when their sanction begins; none if they have deleted their data."""
    if report.reported_id < NOBODY:
        return []
    return [_message(MessageKind.SANCTION, report, report.reported_id, report.reported_locale, now, details)]


def appeal_message(report: Report, side: ReportSide, outcome: AppealOutcome, now: datetime) -> Sequence[Statement]:
    """What the member is told who has asked for a second look; none if they have deleted their data."""
    is_reporter = side is ReportSide.REPORTER
    member_id = report.reporter_id if is_reporter else report.reported_id
    locale = report.reporter_locale if is_reporter else report.reported_locale
    if member_id is None or member_id < NOBODY:
        return []
    details = AppealDetails(report_id=report.id, outcome=outcome, number=report.number if is_reporter else None)
    return [_message(MessageKind.APPEAL_DECIDED, report, member_id, locale, now, details)]


def withdraw_alerts(report_id: str, now: datetime) -> Statement:
    """The statement that withdraws the alerts that wait, because the report says something else now."""
    return _withdrawal(report_id, ALERT_KINDS, now)


def withdraw_decided_alerts(report_id: str, now: datetime) -> Statement:
    """The statement that withdraws the alerts that wait, because the report is decided."""
    return _withdrawal(report_id, ALERT_KINDS | {MessageKind.OPERATOR_ALERT}, now)


def withdraw_messages(report_id: str, now: datetime) -> Statement:
    """The statement that withdraws all that waits about a report that is undone."""
    return _withdrawal(report_id, UNDONE_KINDS, now)


def counted_messages(report_id: str) -> dict[str, str]:
    """The values by which messages about a report are counted, and among them alerts with a severe reason."""
    return {
        "report_id": report_id,
        "kinds": encode(sorted(ALERT_KINDS)),
        "severe_reasons": encode(sorted(SEVERE_REASONS)),
    }


def _withdrawal(report_id: str, kinds: frozenset[MessageKind], now: datetime) -> Statement:
    values = {"report_id": report_id, "kinds": encode(sorted(kinds)), "now": to_ms(now)}
    return Statement(name="outbox.withdraw_by_report", values=values)


def _alerts(
    report: Report, staff: Staff, due_at: datetime, details: AlertDetails, *, to_all: bool, after: int = 0
) -> Sequence[Statement]:
    in_channel = staff.channel_id is not None and not report.about_staff
    told = [NOBODY] if in_channel else []
    if to_all or not in_channel:
        told += staff.readers_of([report.reporter_id, report.reported_id])
    return [_alert(report, staff, member_id, due_at, details, after=after) for member_id in told]


def _alert(
    report: Report, staff: Staff, member_id: int, due_at: datetime, details: AlertDetails, *, after: int = 0
) -> Statement:
    kind = MessageKind.STAFF_ALERT if member_id == NOBODY else MessageKind.READER_ALERT
    return _message(kind, report, member_id, staff.locale, due_at, details, after=after)


def _message(  # noqa: PLR0917 -- all belong to one message
    kind: MessageKind,
    report: Report,
    member_id: int,
    locale: str,
    due_at: datetime,
    payload: Payload,
    *,
    after: int = 0,
) -> Statement:
    return insert_message(
        NewMessage(
            id=derived_id(report.id, kind, member_id, to_ms(due_at), encode(payload), *([after] if after else [])),
            kind=kind,
            member_id=member_id,
            payload=payload,
            due_at=due_at,
            server_id=report.server_id,
            locale=locale,
            report_id=report.id,
        )
    )
