"""Readers of reports: who reads them in a server, and who may act on one."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.server import Server


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """A member who reads reports of a server, as its staff or as the operator, who reads those that were handed on."""

    member_id: int
    server_id: int
    is_staff: bool = True
    is_operator: bool = False


class StaffStanding(StrEnum):
    """What a member of a server's staff has to do with reports."""

    READS = "reads"  # reads reports and decides
    SEES_ALERTS = "sees_alerts"  # may see in the staff's channel that there are reports


class ReportAction(StrEnum):
    """What staff do with reports and appeals, as the audit keeps it."""

    OPENED = "opened"
    TAKEN = "taken"
    RELEASED = "released"
    RECUSED = "recused"
    ASKED = "asked"  # the reporter
    HANDED_OVER = "handed_over"  # to the operator
    HOLD_RENEWED = "hold_renewed"
    HOLD_ENDED = "hold_ended"
    CLOSED = "close"
    NOTED = "note"
    WARNED = "warn"
    PAUSED = "pause"
    EXCLUDED = "out"
    BANNED = "banned"  # without a report, as what follows
    UNBANNED = "unbanned"
    APPEAL_UPHELD = "upheld"
    APPEAL_LIFTED = "lifted"
    APPEAL_REOPENED = "reopened"


def standing_of(server: Server, role_ids: Collection[int], *, manages: bool, sees_alerts: bool) -> StaffStanding | None:
    """A member's standing by their roles; `manages`: they may manage the server; None for who is no staff.

    Members with the role that an admin chose read reports, or without one those who manage the server.
    """
    reads = manages if server.reader_role_id is None else server.reader_role_id in role_ids
    if reads:
        return StaffStanding.READS
    return StaffStanding.SEES_ALERTS if sees_alerts or manages else None
