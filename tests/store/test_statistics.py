"""Statistics are read from what is kept, and no number in them is about fewer than five people."""

from datetime import UTC, date, datetime, timedelta

from bot.domain.match import EndReason
from bot.domain.message import Delivered, Route
from bot.domain.statistics import Series, Statistics
from tests.store.scenario import SERVER, Scenario

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


async def read(scenario: Scenario, days: int = 7) -> Statistics:
    """The statistics as they are shown now."""
    return await scenario.store.statistics.read(SERVER, days=days, now=scenario.clock.now())


async def meet(scenario: Scenario, first: int, second: int, *, wait: timedelta = 3 * MINUTE) -> None:
    """Two members are matched after a wait, meet, and are free again."""
    tickets = await scenario.waiting(first), await scenario.waiting(second)
    scenario.clock.set(scenario.clock.now() + wait)
    new, meeting = scenario.match_of(*tickets)
    fence = await scenario.fence()
    assert await scenario.store.matches.create(new, fence=fence)
    await send(scenario, Route.DIRECT)
    await scenario.in_the_room(meeting)
    for seat in meeting.seats:
        assert await scenario.store.browser_sessions.leave_seat(seat, scenario.clock.now(), for_good=True)
    scenario.clock.set(scenario.clock.now() + MINUTE)
    assert await scenario.store.matches.end(meeting.match_id, EndReason.DONE, now=scenario.clock.now())


async def miss(scenario: Scenario, first: int, second: int, route: Route = Route.DIRECT) -> None:
    """Two members are matched, only the first comes, and their links came by this route."""
    meeting = await scenario.matched(first, second)
    await send(scenario, route)
    await scenario.in_the_room(meeting, 0)
    scenario.clock.set(scenario.clock.now() + 20 * MINUTE)
    assert await scenario.store.matches.end(meeting.match_id, EndReason.NO_SHOW, now=scenario.clock.now())


async def send(scenario: Scenario, route: Route) -> None:
    """Deliver what waits in the outbox by this route."""
    outbox, now, fence = scenario.store.outbox, scenario.clock.now(), await scenario.fence("courier")
    for message in await outbox.find_due(now, 99):
        if route is not Route.DIRECT:
            await outbox.reroute(message, route, due_at=now, reason="closed", now=now, fence=fence)
    for message in await outbox.find_due(now, 99):
        assert await outbox.mark_sent(message, Delivered(channel_id=1, message_id=2), now, fence)


async def five_meet(scenario: Scenario, first: int = 1) -> None:
    """Ten members meet in five matches."""
    for number in range(5):
        await meet(scenario, first + 2 * number, first + 2 * number + 1, wait=(1 + number) * MINUTE)


async def test_what_is_counted_by_day(scenario: Scenario) -> None:
    """Matches by what became of them, waits, and how links came; neither today nor another server counts."""
    scenario.clock.set(MONDAY)
    await five_meet(scenario)
    for number in range(5):
        await miss(scenario, 101 + 2 * number, 102 + 2 * number, Route.FOLLOW_UP)
    today = await read(scenario)
    assert (today.batches, today.wait) == ({}, None)
    scenario.clock.set(MONDAY + DAY)
    shown = await read(scenario)
    counts = {
        series: [(each.first, each.last, each.count) for each in found] for series, found in shown.batches.items()
    }
    on_monday = (MONDAY.date(), MONDAY.date())
    assert counts == {
        Series.MET: [(*on_monday, 5)],
        Series.NO_SHOW: [(*on_monday, 5)],
        Series.FOUND: [(*on_monday, 20)],
        Series.DIRECT: [(*on_monday, 10)],
        Series.NOT_DIRECT: [(*on_monday, 10)],
    }
    assert shown.wait is not None
    assert (shown.wait.half, shown.wait.most) == (1, 5)
    other = await scenario.store.statistics.read(SERVER + 1, days=7, now=scenario.clock.now())
    assert (other.batches, other.unmatched) == ({}, {})


async def test_one_person_who_often_does_not_come_is_not_shown(scenario: Scenario) -> None:
    """Behind a number of no-shows are those who did not come, not those who waited for them."""
    scenario.clock.set(MONDAY)
    for number in range(6):
        await miss(scenario, 101 + number, 7)
    scenario.clock.set(MONDAY + DAY)
    assert Series.NO_SHOW not in (await read(scenario)).batches


async def test_searches_without_a_partner_by_subject(scenario: Scenario) -> None:
    """A subject is shown once five people have searched for it in vain."""
    scenario.clock.set(MONDAY)
    for member in range(1, 10):
        await scenario.waiting(member, subject="Law" if member <= 5 else "Maths")
    scenario.clock.set(MONDAY + timedelta(hours=2))
    now, fence = scenario.clock.now(), await scenario.fence("janitor")
    for ticket in await scenario.store.tickets.find_expired(now):
        assert await scenario.store.tickets.expire(ticket, now=now, messages=(), fence=fence)
    scenario.clock.set(MONDAY + DAY)
    assert (await read(scenario)).unmatched == {"Law": 5}


async def test_who_meets_every_day_is_one_person(scenario: Scenario) -> None:
    """Days are put together until there are five different people, and then the days are shown as one number."""
    for day in range(4):
        scenario.clock.set(MONDAY + day * DAY)
        for _ in range(2):
            await meet(scenario, 1, 2)
    scenario.clock.set(MONDAY + 4 * DAY)
    assert (await read(scenario)).batches == {}
    await meet(scenario, 3, 4)
    await meet(scenario, 5, 1)
    scenario.clock.set(MONDAY + 5 * DAY)
    [met] = (await read(scenario)).batches[Series.MET]
    assert (met.first, met.last, met.count) == (date(2026, 3, 2), date(2026, 3, 6), 10)


async def test_nothing_changes_when_rows_get_old(scenario: Scenario) -> None:
    """A batch is the same from day to day, until a whole week of it is not kept any more."""
    scenario.clock.set(MONDAY)
    await five_meet(scenario)
    seen = []
    for day in range(1, 40):
        scenario.clock.set(MONDAY + day * DAY + timedelta(hours=11))
        while await scenario.store.retention.delete_expired(scenario.clock.now()):
            pass
        seen.append([each.count for each in (await read(scenario, 28)).batches.get(Series.MET, ())])
    assert seen == [[5]] * 28 + [[]] * 11
