"""Holds: a severe report stops new matches at once and for a day, however many there are, until a person decides."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.domain.report import SEVERE_REASONS, ReportReason
from bot.domain.restriction import HOLD_FOR
from bot.domain.verdict import HEEDLESS_FOR, Decision
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
)
from tests.store.scenario import Meeting, Scenario

FIRST_COLLUDING = 100


async def test_the_next_search_is_refused_at_once(scenario: Scenario) -> None:
    """And again until a moment before a day is over; then it is as before. Somebody else's is not concerned."""
    meeting = await met(scenario)
    await scenario.store.browser_sessions.leave_seat(meeting.seats[1], scenario.clock.now())
    waiting = await scenario.waiting(REPORTED)
    await file(scenario, meeting, ReportReason.SEXUAL)
    assert await scenario.waiting_tickets() == []
    del waiting
    for wait in (timedelta(), HOLD_FOR - SECOND):
        scenario.clock.set(scenario.clock.now() + wait)
        with pytest.raises(RestrictedMeanwhile):
            await scenario.waiting(REPORTED)
    scenario.clock.set(scenario.clock.now() + SECOND)
    await scenario.waiting(REPORTED)


@pytest.mark.parametrize("reason", ReportReason)
async def test_which_reasons_hold(scenario: Scenario, reason: ReportReason) -> None:
    """The severe ones, and no other: least of all a worry."""
    await file(scenario, await met(scenario), reason)
    assert await restrictions_of(scenario) == (["hold"] if reason in SEVERE_REASONS else [])


async def test_two_who_were_never_together_hold_nobody(scenario: Scenario) -> None:
    """What such a report says cannot have happened. It is filed all the same, and the two stay apart."""
    meeting = await scenario.matched(REPORTER, REPORTED)
    await file(scenario, meeting, ReportReason.SEXUAL)
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
        if await restrictions_of(scenario):
            held.append(hour)
        scenario.clock.pass_time(hours=1)
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
    """It holds no longer than a day at a time either, and then not for another day."""
    meetings = await meet_all(scenario, 60)

    held = []
    for hour, meeting in enumerate(meetings):
        await file(scenario, meeting, ReportReason.SEXUAL)
        held += [hour] if await restrictions_of(scenario) else []
        scenario.clock.pass_time(seconds=29)
        assert await scenario.store.reports.undo(meeting.seats[0], scenario.clock.now())
        assert await restrictions_of(scenario) == []
        scenario.clock.pass_time(seconds=60 * 60 - 29)
    assert held == [*range(24), *range(48, 60)]


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


@pytest.mark.parametrize(("later", "holds"), [(HEEDLESS_FOR - SECOND, []), (HEEDLESS_FOR, ["hold"])])
async def test_a_malicious_reporter(scenario: Scenario, later: timedelta, holds: list[str]) -> None:
    """Their reports hold nobody for 90 days; they are stored and block as before."""
    report = await filed(scenario, ReportReason.SEXUAL)
    assert await decide(scenario, report.report_id, verdict(is_malicious=True))
    decided_at = scenario.clock.now()
    scenario.clock.set(decided_at + later - timedelta(minutes=2))
    await file(scenario, await met(scenario, REPORTER, 9), ReportReason.SEXUAL)
    assert await restrictions_of(scenario, 9) == holds
    assert 9 in await scenario.store.blocks.blocked_by(REPORTER)


async def test_a_sanction_takes_the_place_of_the_hold(scenario: Scenario) -> None:
    """There is no moment between the two in which the member could be matched."""
    report = await filed(scenario, ReportReason.SEXUAL)
    assert await decide(scenario, report.report_id, verdict(Decision.PAUSE, 7))
    assert await restrictions_of(scenario) == ["hold"]
    await step(scenario)
    assert await restrictions_of(scenario) == ["pause"]
