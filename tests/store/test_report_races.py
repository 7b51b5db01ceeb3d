"""Reports whose members delete their data, come back or find a seat in the moment in which something is written."""

import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import pytest

from bot.domain.pseudonym import pseudonym_of
from bot.domain.report import ReportReason
from bot.domain.verdict import LAST_DELAY, Decision
from bot.store.database import Row
from tests.store.deleted_members import ALICE, ALICE_AWAY, BOB, erase, met, tables_with
from tests.store.interleaving import just_before_writing
from tests.store.opening import PRIVACY_KEY
from tests.store.reporting import decide, file, reader, restrictions_of, step, verdict
from tests.store.rows import change_rows, fetch_rows
from tests.store.scenario import Meeting, Scenario

Act: TypeAlias = Callable[[], Awaitable[object]]
Prepare: TypeAlias = Callable[[Scenario, Meeting], Awaitable[Act]]


async def filing(scenario: Scenario, meeting: Meeting) -> Act:
    return lambda: file(scenario, meeting, ReportReason.SEXUAL, side=1)


async def saying_more(scenario: Scenario, meeting: Meeting) -> Act:
    await file(scenario, meeting, side=1)
    return await filing(scenario, meeting)


async def undoing(scenario: Scenario, meeting: Meeting) -> Act:
    await (await filing(scenario, meeting))()
    return lambda: scenario.store.reports.undo(meeting.seats[1], scenario.clock.now())


async def counting_late(scenario: Scenario, meeting: Meeting) -> Act:
    """A report that holds nobody before it counts."""
    await (await filing(scenario, meeting))()
    await change_rows(scenario.store, "UPDATE reports SET announced = 0")
    await change_rows(scenario.store, "DELETE FROM restrictions")
    return lambda: scenario.store.report_timers.announce_late(scenario.clock.now())


async def renewing_a_hold(scenario: Scenario, meeting: Meeting) -> Act:
    report = await file(scenario, meeting, side=1)
    scenario.clock.set(report.undo_until)
    desk = scenario.store.report_desk
    return lambda: desk.renew_hold(report.report_id, reader(), "Wait.", scenario.clock.now())


async def deciding(scenario: Scenario, meeting: Meeting) -> Act:
    report = await file(scenario, meeting, side=1)
    scenario.clock.set(report.undo_until)
    return lambda: decide(scenario, report.report_id, verdict(Decision.OUT))


async def beginning_a_sanction(scenario: Scenario, meeting: Meeting) -> Act:
    assert await (await deciding(scenario, meeting))()
    scenario.clock.set(scenario.clock.now() + LAST_DELAY)
    return lambda: scenario.store.report_timers.begin_sanctions(scenario.clock.now())


ACTS = (filing, saying_more, undoing, counting_late, renewing_a_hold, deciding, beginning_a_sanction)


async def finished(prepare: Prepare, act: Act) -> object:
    """Act again where a reader or the next second does; what comes of it is the same as without the moment."""
    return await act() if prepare in {counting_late, renewing_a_hold, deciding, beginning_a_sanction} else None


async def blocks_and_restrictions(scenario: Scenario) -> tuple[object, ...]:
    return (
        await fetch_rows(scenario.store, "SELECT blocker_id, blocked_id FROM blocks"),
        await fetch_rows(scenario.store, "SELECT member_id, kind FROM restrictions WHERE lifted_at IS NULL"),
    )


def expected(prepare: Prepare, name: int) -> tuple[object, ...]:
    """The block and the restriction that the act leaves, of the reported member under this name."""
    kinds: dict[Prepare, list[str]] = {undoing: [], deciding: [], beginning_a_sanction: ["ban"]}
    return ([] if prepare is undoing else [(BOB, name)], [(name, kind) for kind in kinds.get(prepare, ["hold"])])


@pytest.mark.parametrize("prepare", ACTS)
async def test_who_deletes_their_data_in_that_moment_is_named_nowhere(scenario: Scenario, prepare: Prepare) -> None:
    """Everything is written under their pseudonym."""
    act = await prepare(scenario, await met(scenario))
    with just_before_writing(scenario.store, lambda: erase(scenario, ALICE)):
        await act()
    await finished(prepare, act)
    assert await tables_with(scenario.store, ALICE) <= {"deletions"}
    assert await blocks_and_restrictions(scenario) == expected(prepare, ALICE_AWAY)


@pytest.mark.parametrize("prepare", ACTS)
async def test_who_is_back_in_that_moment_is_named_by_their_id(scenario: Scenario, prepare: Prepare) -> None:
    """Nothing is left under a pseudonym that names somebody who is here."""
    meeting = await met(scenario)
    await erase(scenario, ALICE)
    act = await prepare(scenario, meeting)
    with just_before_writing(scenario.store, lambda: scenario.store.personal_data.recognize(ALICE)):
        await act()
    await finished(prepare, act)
    assert await is_recognized(scenario, ALICE)
    assert await blocks_and_restrictions(scenario) == expected(prepare, ALICE)


async def is_recognized(scenario: Scenario, member_id: int) -> Row | None:
    """Whether nothing names a member by their pseudonym."""
    pseudonym = pseudonym_of(PRIVACY_KEY, member_id)
    return await scenario.store.database.one("deletions.is_recognized", pseudonym=pseudonym)


async def test_who_has_only_a_report_is_recognized(scenario: Scenario) -> None:
    """Also after their seats are gone: a mark for made-up reports and the reports about them are theirs again."""
    for reporter, side, column in ((BOB, 1, "reported_id"), (ALICE, 0, "member_id")):
        report = await file(scenario, await met(scenario), side=side)
        scenario.clock.set(report.undo_until)
        is_malicious = reporter == ALICE
        assert await decide(scenario, report.report_id, verdict(Decision.CLOSE, is_malicious=is_malicious))
        await erase(scenario, ALICE)
        for table in ("blocks", "restrictions", "last_meetings", "seats"):
            await change_rows(scenario.store, f"DELETE FROM {table}")  # noqa: S608 -- as if it were old
        table = "malicious_reporters" if is_malicious else "reports"
        assert await fetch_rows(scenario.store, f"SELECT {column} FROM {table}") == [(ALICE_AWAY,)]  # noqa: S608
        await scenario.store.personal_data.recognize(ALICE)
        assert await fetch_rows(scenario.store, f"SELECT {column} FROM {table}") == [(ALICE,)]  # noqa: S608
        await change_rows(scenario.store, "DELETE FROM reports")


async def test_a_sanction_that_cannot_begin_is_told_and_tried_again(
    scenario: Scenario, caplog: pytest.LogCaptureFixture
) -> None:
    """Its member finds a seat in that moment, so the list fails. The log names nobody; the next second it begins."""
    begin = await beginning_a_sanction(scenario, await met(scenario))
    with caplog.at_level(logging.WARNING), just_before_writing(scenario.store, lambda: scenario.matched(ALICE, 40)):
        await begin()
    [line] = [record.getMessage() for record in caplog.records]
    assert "could not begin, and is tried again" in line
    assert not any(str(name) in line for name in (ALICE, BOB, 40))
    assert await restrictions_of(scenario, ALICE) == []
    scenario.clock.pass_time(seconds=1)
    await step(scenario)
    assert await restrictions_of(scenario, ALICE) == ["ban"]
    assert await scenario.store.matches.find_by_member(ALICE) is None


async def test_one_that_begins_in_that_moment_is_no_trouble(
    scenario: Scenario, caplog: pytest.LogCaptureFixture
) -> None:
    """It is not due any more, so nothing is told and nothing begins."""
    begin = await beginning_a_sanction(scenario, await met(scenario))
    with caplog.at_level(logging.WARNING), just_before_writing(scenario.store, begin):
        await begin()
    assert caplog.records == []
    assert await restrictions_of(scenario, ALICE) == ["ban"]
