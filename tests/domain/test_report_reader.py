"""Who reads reports in a server, by roles and permissions."""

import pytest

from bot.domain.report_reader import StaffStanding, standing_of
from bot.domain.server import Server

READS, SEES = StaffStanding.READS, StaffStanding.SEES_ALERTS
ROLE = 5


@pytest.mark.parametrize(
    ("reader_role_id", "role_ids", "manages", "sees_alerts", "expected"),
    [
        (ROLE, {ROLE}, False, False, READS),
        (ROLE, {ROLE, 6}, True, True, READS),
        (ROLE, {6}, True, False, SEES),
        (ROLE, {6}, False, True, SEES),
        (ROLE, {6}, False, False, None),
        (None, {ROLE}, False, False, None),
        (None, set(), True, False, READS),
        (None, set(), False, True, SEES),
    ],
)
def test_standing(
    reader_role_id: int | None, role_ids: set[int], manages: bool, sees_alerts: bool, expected: StaffStanding | None
) -> None:
    """With a role for it, its members read; without one, those who manage the server."""
    server = Server(server_id=1, name="Study Hall", reader_role_id=reader_role_id)
    assert standing_of(server, role_ids, manages=manages, sees_alerts=sees_alerts) is expected
