"""How long what was decided is kept: as long as a sanction lasts, and half a year more."""

from datetime import timedelta

import pytest

from bot.domain.report import UNDO_REPORT_FOR, ReportReason
from bot.domain.verdict import Decision
from tests.store.reporting import REPORTED, decide, filed, step, verdict
from tests.store.rows import fetch_rows
from tests.store.scenario import SERVER, Scenario

MILLISECOND = timedelta(milliseconds=1)


async def delete_all_after(scenario: Scenario, age: timedelta) -> list[str]:
    """Delete everything that is too old after `age`; returns the decisions of the reports that are left."""
    while await scenario.store.retention.delete_expired(scenario.clock.now() + age):
        pass
    return [str(decision) for (decision,) in await fetch_rows(scenario.store, "SELECT decision FROM reports")]


@pytest.mark.parametrize(
    ("decision", "days", "kept_for"),
    [
        (None, None, timedelta(days=180)),
        (Decision.CLOSE, None, timedelta(days=30)),
        (Decision.NOTE, None, timedelta(days=180)),
        (Decision.WARN, None, timedelta(days=180)),
        (Decision.PAUSE, 7, timedelta(days=7 + 180)),
        (Decision.PAUSE, 30, timedelta(days=30 + 180)),
    ],
)
async def test_how_long_a_report_is_kept(
    scenario: Scenario, decision: Decision | None, days: int | None, kept_for: timedelta
) -> None:
    """Without action 30 days; with one until it has ended and half a year more; undecided half a year."""
    report = await filed(scenario, ReportReason.SEXUAL)
    if decision is None:
        kept_for -= UNDO_REPORT_FOR  # counted from when it was filed
    else:
        assert await decide(scenario, report.report_id, verdict(decision, days))
        await step(scenario)
    assert await delete_all_after(scenario, kept_for) == [str(decision)]
    assert await delete_all_after(scenario, kept_for + MILLISECOND) == []


async def test_a_report_that_led_to_a_ban_is_kept_as_long_as_that(scenario: Scenario) -> None:
    """And half a year after it was lifted."""
    report = await filed(scenario, ReportReason.SEXUAL)
    assert await decide(scenario, report.report_id, verdict(Decision.OUT))
    await step(scenario)
    scenario.clock.pass_time(hours=24 * 999)
    assert await delete_all_after(scenario, timedelta()) == ["out"]
    [ban] = await scenario.store.restrictions.find_active(SERVER, REPORTED, scenario.clock.now())
    assert await scenario.store.restrictions.lift(ban.id, scenario.clock.now())
    assert await delete_all_after(scenario, timedelta(days=180)) == ["out"]
    assert await delete_all_after(scenario, timedelta(days=180) + MILLISECOND) == []
