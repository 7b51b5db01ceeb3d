"""The audit: every act of a reader, by pseudonym, in the same transaction; nobody changes it, and it lasts a year."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.pseudonym import pseudonym_of
from bot.domain.report import AUDIT_KEPT_FOR
from bot.domain.report_reader import ReportAction
from bot.domain.verdict import Decision
from bot.store.times import to_ms
from tests.store.opening import PRIVACY_KEY
from tests.store.reporting import OTHER_READER, READER, REPORTED, REPORTER, decide, filed, reader, verdict, with_staff
from tests.store.rows import change_rows, fetch_rows
from tests.store.scenario import SERVER, Scenario

MINUTE = timedelta(minutes=1)


async def entry_of_age(scenario: Scenario, age: timedelta) -> None:
    """An entry that the machine's clock takes to be so old."""
    at = to_ms(datetime.now(UTC) - age)  # the database looks at the machine's clock, too
    await change_rows(
        scenario.store,
        f"INSERT INTO audit (server_id, actor, action, at) VALUES ({SERVER}, -1, 'opened', {at})",  # noqa: S608
    )


async def test_nothing_in_it_is_changed(scenario: Scenario) -> None:
    """The database refuses every UPDATE, also of what is old."""
    await entry_of_age(scenario, 2 * AUDIT_KEPT_FOR)
    with pytest.raises(Exception, match="never changed"):
        await change_rows(scenario.store, "UPDATE audit SET action = 'closed'")
    assert await fetch_rows(scenario.store, "SELECT action FROM audit") == [("opened",)]


async def test_nothing_is_deleted_within_a_year(scenario: Scenario) -> None:
    """The database refuses it until a year is over, and then lets it be deleted."""
    await entry_of_age(scenario, AUDIT_KEPT_FOR - MINUTE)
    with pytest.raises(Exception, match="kept for a year"):
        await change_rows(scenario.store, "DELETE FROM audit")
    assert await fetch_rows(scenario.store, "SELECT count(*) FROM audit") == [(1,)]
    await entry_of_age(scenario, AUDIT_KEPT_FOR + MINUTE)
    await change_rows(scenario.store, "DELETE FROM audit WHERE at = (SELECT min(at) FROM audit)")
    assert await fetch_rows(scenario.store, "SELECT count(*) FROM audit") == [(1,)]


async def test_what_is_over_a_year_old_is_deleted(scenario: Scenario) -> None:
    """By the retention of everything else, a day later, and with it whom it names."""
    await entry_of_age(scenario, AUDIT_KEPT_FOR + timedelta(days=1) + MINUTE)
    await entry_of_age(scenario, AUDIT_KEPT_FOR)
    await scenario.store.retention.delete_expired(datetime.now(UTC))
    assert await fetch_rows(scenario.store, "SELECT count(*) FROM audit") == [(1,)]


async def test_every_act_is_written(scenario: Scenario) -> None:
    """With the rule and the sentence; members are named by pseudonyms, which stand for them while they are here."""
    await with_staff(scenario, READER, OTHER_READER)
    report = await filed(scenario)
    desk, now = scenario.store.report_desk, scenario.clock.now()
    report_id = report.report_id
    assert await desk.find(report_id, reader(), now)
    assert await desk.take(report_id, reader(), now)
    assert await desk.ask_reporter(report_id, reader(), "When?", now)
    assert await desk.renew_hold(report_id, reader(), "Let me look.", now)
    assert await desk.end_hold(report_id, reader(), "Nothing.", now)
    assert await desk.hand_over(report_id, reader(), "Too big for us.", now)
    assert await desk.release(report_id, reader(), now)
    assert await desk.recuse(report_id, reader(OTHER_READER), now)
    assert await decide(scenario, report_id, verdict(Decision.WARN))
    entries = await scenario.store.audit.list_newest(reader(), limit=99)
    assert [entry.action for entry in reversed(entries)] == [
        ReportAction.OPENED,
        ReportAction.TAKEN,
        ReportAction.ASKED,
        ReportAction.HOLD_RENEWED,
        ReportAction.HOLD_ENDED,
        ReportAction.HANDED_OVER,
        ReportAction.RELEASED,
        ReportAction.RECUSED,
        ReportAction.WARNED,
    ]
    assert {entry.actor_id for entry in entries} == {READER, OTHER_READER}
    assert {(entry.about_id, entry.number) for entry in entries} == {(REPORTED, report.number)}
    assert (entries[0].rule, entries[0].sentence) == (1, "It was like this.")
    columns = await fetch_rows(scenario.store, "SELECT actor, about FROM audit")
    assert {about for _, about in columns} == {pseudonym_of(PRIVACY_KEY, REPORTED)}
    assert all(actor < 0 for actor, _ in columns)


async def test_who_sees_what_of_it(scenario: Scenario) -> None:
    """Nobody sees what is about them or about a report that they have filed, nor what happens in another server."""
    report = await filed(scenario)
    assert await scenario.store.report_desk.find(report.report_id, reader(), scenario.clock.now())
    seen = {
        each.member_id: len(await scenario.store.audit.list_newest(each, limit=9))
        for each in (reader(), reader(REPORTED), reader(REPORTER), reader(OTHER_READER, server_id=SERVER + 1))
    }
    assert seen == {READER: 1, REPORTED: 0, REPORTER: 0, OTHER_READER: 0}
