"""The gate opens at one moment, for accounts and memberships alike."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.gate import Gate, account_created_at, opens_at

JOINED = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def account_made_at(moment: datetime) -> int:
    """The id of an account that was made at `moment`."""
    return int((moment - datetime(2015, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1)) << 22


def test_when_an_account_was_made() -> None:
    """The example of Discord's documentation, to the millisecond."""
    assert account_created_at(175928847299117063) == datetime(2016, 4, 30, 11, 18, 25, 796000, tzinfo=UTC)


@pytest.mark.parametrize(("gate", "days"), [(Gate.OPEN, 0), (Gate.CAREFUL, 3), (Gate.STRICT, 14)])
def test_an_old_account_waits_for_its_membership(gate: Gate, days: int) -> None:
    """It counts from when the member joined, so who leaves and comes back waits again."""
    old = account_made_at(JOINED - timedelta(days=400))
    assert opens_at(gate, member_id=old, joined_at=JOINED) == JOINED + timedelta(days=days)


@pytest.mark.parametrize(("gate", "days"), [(Gate.OPEN, 0), (Gate.CAREFUL, 14), (Gate.STRICT, 30)])
def test_a_new_account_waits_for_its_age(gate: Gate, days: int) -> None:
    """The later of the two times counts."""
    new = account_made_at(JOINED)
    assert opens_at(gate, member_id=new, joined_at=JOINED) == JOINED + timedelta(days=days)
