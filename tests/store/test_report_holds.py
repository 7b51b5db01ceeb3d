"""Holds: a severe report stops new matches at once and for a day, however many there are, until a person decides.

While the report can be undone, the reported member searches as before and is not matched; then the hold begins.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.domain.report import SEVERE_REASONS, UNDO_REPORT_FOR, ReportReason
from bot.domain.restriction import HOLD_FOR
from bot.domain.ticket import Ticket
from bot.domain.verdict import MALICIOUS_FOR, Decision
from bot.store.tickets import RestrictedMeanwhile
from tests.store.reporting import (
    REPORTED,
    REPORTER,
    SECOND,
    decide,
    file,
    filed,
    met,
    reader,
    restrictions_of,
    step,
    verdict,
    with_staff,
)
from tests.store.scenario import SERVER, Meeting, Scenario

FIRST_COLLUDING = 100
HOUR = timedelta(hours=1)


async def test_the_next_search_is_refused_when_undoing_is_over(scenario: Scenario) -> None:
    """Until a moment before a day is over since the report was filed; then it is as before."""
    meeting = await met(scenario)
    await leave(scenario)
    await file(scenario, meeting, ReportReason.SEXUAL)
    filed_at = scenario.clock.now()
    for passed in (UNDO_REPORT_FOR, HOLD_FOR - SECOND):
        scenario.clock.set(filed_at + passed)
        with pytest.raises(RestrictedMeanwhile):
            await scenario.waiting(REPORTED)
    scenario.clock.set(filed_at + HOLD_FOR)
    await scenario.waiting(REPORTED)


async def can_match(scenario: Scenario, ticket: Ticket, other: Ticket) -> bool:
    """Whether the matchmaker sees that both wait, or the store takes a match of them."""
    seen = await scenario.store.tickets.waiting_versions(scenario.clock.now())
    new, _ = scenario.match_of(ticket, other)
    return {ticket.id, other.id} <= seen.keys() or await scenario.store.matches.create(
        new, fence=await scenario.fence()
    )


@pytest.mark.parametrize("waits_before", [True, False])
async def test_a_search_goes_on_without_a_match_until_undoing_is_over(scenario: Scenario, waits_before: bool) -> None:
    """Whether it began before the report or after: nobody meets its member, who sees it end half a minute later."""
    await with_staff(scenario)
    meeting = await met(scenario)
    await leave(scenario)
    other = await scenario.waiting(9)
    ticket = await scenario.waiting(REPORTED) if waits_before else None
    report = await file(scenario, meeting, ReportReason.SEXUAL)
    ticket = ticket or await scenario.waiting(REPORTED)
    while scenario.clock.now() < report.undo_until:
        await step(scenario)
        assert await scenario.store.tickets.find_by_member(REPORTED) == ticket
        assert not await can_match(scenario, ticket, other)
        scenario.clock.pass_time(seconds=1)
    assert not await can_match(scenario, ticket, other)
    await step(scenario)
    assert await scenario.waiting_tickets() == [other]
    assert not await can_match(scenario, ticket, other)


async def test_a_member_whose_match_falls_through_waits_again_without_a_match(scenario: Scenario) -> None:
    """While the report can be undone; then that search ends as well."""
    await with_staff(scenario)
    meeting = await met(scenario)
    await leave(scenario)
    second = await scenario.matched(3, REPORTED)
    await scenario.store.browser_sessions.leave_seat(second.seats[0], scenario.clock.now())
    scenario.clock.pass_time(seconds=9)
    await file(scenario, meeting, ReportReason.SEXUAL)
    scenario.clock.pass_time(seconds=1)
    await step(scenario)
    ticket = await scenario.store.tickets.find_by_member(REPORTED)
    assert ticket is not None
    assert not await can_match(scenario, ticket, await scenario.waiting(9))
    scenario.clock.pass_time(seconds=29)
    await step(scenario)
    assert await scenario.store.tickets.find_by_member(REPORTED) is None


async def test_a_report_from_a_clock_that_was_ahead(scenario: Scenario) -> None:
    """It can be undone for half a minute from now on, and its hold begins after that, for as long as it was to last."""
    await with_staff(scenario)
    meeting = await met(scenario)
    await leave(scenario)
    ticket = await scenario.waiting(REPORTED)
    scenario.clock.correct(hours=9)
    await file(scenario, meeting, ReportReason.SEXUAL)
    scenario.clock.correct(hours=-9)
    now = scenario.clock.now()
    for _ in range(2):
        await scenario.store.clock_correction.pull_back_times(now)
    await step(scenario)
    assert await scenario.store.tickets.find_by_member(REPORTED) == ticket
    for passed, kinds in ((UNDO_REPORT_FOR - SECOND, []), (UNDO_REPORT_FOR, ["hold"]), (HOLD_FOR, [])):
        scenario.clock.set(now + passed)
        assert await restrictions_of(scenario) == kinds


async def test_two_reports_within_half_a_minute(scenario: Scenario) -> None:
    """Each holds, so that undoing one shortens none; together they hold no longer than a day."""
    meetings = await meet_all(scenario, 2)
    first = scenario.clock.now()
    await file(scenario, meetings[0], ReportReason.SEXUAL)
    scenario.clock.pass_time(seconds=20)
    await file(scenario, meetings[1], ReportReason.SEXUAL)
    began = first + UNDO_REPORT_FOR
    for at, holds in ((began, True), (began + HOLD_FOR - 10 * SECOND - SECOND, True), (began + HOLD_FOR, False)):
        scenario.clock.set(at)
        assert bool(await restrictions_of(scenario)) is holds


@pytest.mark.parametrize("reason", ReportReason)
async def test_which_reasons_hold(scenario: Scenario, reason: ReportReason) -> None:
    """The severe ones, and no other: least of all a worry."""
    await filed(scenario, reason)
    assert await restrictions_of(scenario) == (["hold"] if reason in SEVERE_REASONS else [])


async def test_two_who_were_never_together_hold_nobody(scenario: Scenario) -> None:
    """What such a report says cannot have happened. It is filed all the same, and the two stay apart."""
    meeting = await scenario.matched(REPORTER, REPORTED)
    report = await file(scenario, meeting, ReportReason.SEXUAL)
    scenario.clock.set(report.undo_until)
    assert await restrictions_of(scenario) == []
    assert await scenario.store.blocks.blocked_by(REPORTER) == [REPORTED]


async def leave(scenario: Scenario) -> None:
    """The reported member, who has stayed in the room, leaves it."""
    seat = await scenario.store.matches.find_by_member(REPORTED)
    assert seat is not None
    await scenario.store.browser_sessions.leave_seat(seat.own.id, scenario.clock.now())


async def meet_all(scenario: Scenario, count: int = 20) -> list[Meeting]:
    """The member has met everybody who colludes against them."""
    meetings = []
    for other in range(FIRST_COLLUDING, FIRST_COLLUDING + count):
        meetings.append(await met(scenario, other, REPORTED))
        await scenario.store.browser_sessions.leave_seat(meetings[-1].seats[1], scenario.clock.now())
    return meetings


async def hours_held(scenario: Scenario, happens: Callable[[int], object], hours: int = 14 * 24) -> list[int]:
    """The hours at which the reported member is kept from new matches, while something happens each hour."""
    held = []
    for hour in range(hours):
        await happens(hour)  # type: ignore[misc]  # a coroutine
        scenario.clock.set(scenario.clock.now() + UNDO_REPORT_FOR)
        if await restrictions_of(scenario):
            held.append(hour)
        scenario.clock.set(scenario.clock.now() + HOUR - UNDO_REPORT_FOR)
    return held


async def test_twenty_who_collude(scenario: Scenario) -> None:
    """One an hour reports something severe, and keeps the member out no longer than a day."""
    meetings = await meet_all(scenario)

    async def report(hour: int) -> None:
        if hour < len(meetings):
            await file(scenario, meetings[hour], ReportReason.SEXUAL)

    held = await hours_held(scenario, report, hours=5 * 24)
    assert held == list(range(24)), f"{len(meetings)} severe reports without a moderator have held {len(held)} hours"


async def test_one_after_the_other_each_day(scenario: Scenario) -> None:
    """While nobody has decided about the first, no other holds."""
    meetings = await meet_all(scenario)

    async def report(hour: int) -> None:
        if hour % 24 == 0 and hour // 24 < 12:
            await file(scenario, meetings[hour // 24], ReportReason.SEXUAL)

    assert await hours_held(scenario, report) == list(range(24))


async def test_filing_and_undoing_again_and_again(scenario: Scenario) -> None:
    """It never holds."""
    meetings = await meet_all(scenario)

    async def report_and_undo(hour: int) -> None:
        if hour < len(meetings):
            await file(scenario, meetings[hour], ReportReason.SEXUAL)
            scenario.clock.pass_time(seconds=29)
            assert await restrictions_of(scenario) == []
            assert await scenario.store.reports.undo(meetings[hour].seats[0], scenario.clock.now())

    assert await hours_held(scenario, report_and_undo, hours=30) == []


async def test_a_decision_ends_the_hold(scenario: Scenario) -> None:
    """Afterwards a new severe report holds again, for a day of its own."""
    report = await filed(scenario, ReportReason.SEXUAL)
    assert await restrictions_of(scenario) == ["hold"]
    scenario.clock.pass_time(hours=20)
    assert await decide(scenario, report.report_id, verdict())
    assert await restrictions_of(scenario) == []
    await leave(scenario)
    scenario.clock.pass_time(hours=1)
    await file(scenario, await met(scenario, 3), ReportReason.SEXUAL)
    scenario.clock.set(scenario.clock.now() + HOLD_FOR - SECOND)
    assert await restrictions_of(scenario) == ["hold"]
    scenario.clock.set(scenario.clock.now() + SECOND)
    assert await restrictions_of(scenario) == []


async def test_a_person_renews_or_ends_it(scenario: Scenario) -> None:
    """Renewed, it lasts a day from then on; ended, the member searches at once."""
    report = await filed(scenario, ReportReason.SEXUAL)
    desk = scenario.store.report_desk
    scenario.clock.pass_time(hours=23)
    assert await desk.renew_hold(report.report_id, reader(), "Still reading.", scenario.clock.now())
    scenario.clock.pass_time(hours=23)
    assert await restrictions_of(scenario) == ["hold"]
    assert await desk.end_hold(report.report_id, reader(), "Nothing in it.", scenario.clock.now())
    assert await restrictions_of(scenario) == []
    await leave(scenario)
    await scenario.waiting(REPORTED)


async def test_a_hold_is_renewed_in_the_moment_it_begins(scenario: Scenario) -> None:
    """It is another one, although both begin at the same time."""
    report = await filed(scenario, ReportReason.SEXUAL)
    now = scenario.clock.now()
    assert await scenario.store.report_desk.renew_hold(report.report_id, reader(), "More time.", now)
    [hold] = await scenario.store.restrictions.find_active(SERVER, REPORTED, now)
    assert hold.until == now + HOLD_FOR


@pytest.mark.parametrize(("later", "holds"), [(MALICIOUS_FOR - SECOND, []), (MALICIOUS_FOR, ["hold"])])
async def test_a_malicious_reporter(scenario: Scenario, later: timedelta, holds: list[str]) -> None:
    """Their reports hold nobody for 90 days; they are stored and block as before."""
    report = await filed(scenario, ReportReason.SEXUAL)
    assert await decide(scenario, report.report_id, verdict(is_malicious=True))
    decided_at = scenario.clock.now()
    scenario.clock.set(decided_at + later - timedelta(minutes=2))
    report = await file(scenario, await met(scenario, REPORTER, 9), ReportReason.SEXUAL)
    scenario.clock.set(report.undo_until)
    assert await restrictions_of(scenario, 9) == holds
    assert 9 in await scenario.store.blocks.blocked_by(REPORTER)


async def test_a_sanction_takes_the_place_of_the_hold(scenario: Scenario) -> None:
    """There is no moment between the two in which the member could be matched."""
    report = await filed(scenario, ReportReason.SEXUAL)
    assert await decide(scenario, report.report_id, verdict(Decision.PAUSE, 7))
    assert await restrictions_of(scenario) == ["hold"]
    await step(scenario)
    assert await restrictions_of(scenario) == ["pause"]
