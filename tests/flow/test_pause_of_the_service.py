"""The service did not run for longer than data is kept: what was sent before still becomes true afterwards."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.domain.match import EndReason
from bot.domain.message import Delivered, Outcome
from bot.store.outbox import OutboxMessage, StaleMessage
from tests.loops.factories import make_courier, make_janitor, open_server
from tests.store.rows import change_rows
from tests.store.scenario import Meeting, Scenario
from tests.store.test_stale import drawn, send_all


async def nothing_happened(scenario: Scenario, meeting: Meeting) -> None:
    """The match was just made."""


async def they_met(scenario: Scenario, meeting: Meeting) -> None:
    """Both were in the room together."""
    await scenario.in_the_room(meeting)
    await drawn(scenario)


async def one_had_left(scenario: Scenario, meeting: Meeting) -> None:
    """One has given up the seat, which both could see."""
    await scenario.store.browser_sessions.leave_seat(meeting.seats[0], scenario.clock.now())
    await drawn(scenario)


async def had_ended(scenario: Scenario, meeting: Meeting) -> None:
    """The match ended just before the pause, and nobody had edited the messages yet."""
    assert await scenario.store.matches.end(meeting.match_id, EndReason.NO_SHOW, now=scenario.clock.now())


async def is_unreadable(scenario: Scenario, meeting: Meeting) -> None:
    """The match cannot be read any more, so that housekeeping ends it."""
    await change_rows(scenario.store, "UPDATE matches SET agreement = '[]'")


@pytest.mark.parametrize("pause", [timedelta(hours=25), timedelta(days=10), timedelta(days=100)])
@pytest.mark.parametrize("before", [nothing_happened, they_met, one_had_left, had_ended, is_unreadable])
async def test_messages_about_a_match_become_true(
    scenario: Scenario, before: Callable[[Scenario, Meeting], Awaitable[None]], pause: timedelta
) -> None:
    """Whoever reads "You're matched" after the pause would press its button in vain: both messages are edited."""
    await open_server(scenario.store)
    meeting = await scenario.matched(1, 2)
    await send_all(scenario)
    await drawn(scenario)
    await before(scenario, meeting)
    scenario.clock.pass_time(seconds=pause.total_seconds())
    edited: list[int] = []

    async def deliver(_: OutboxMessage) -> Outcome:
        return Delivered()

    async def redraw(stale: StaleMessage) -> Outcome:
        if stale.message.seat_id in meeting.seats:
            edited.append(stale.message.member_id)
        return Delivered(shows="over")

    courier = make_courier(scenario.store, scenario.clock, deliver, redraw=redraw)
    janitor = make_janitor(scenario.store, scenario.clock)
    for _ in range(3):
        await janitor.step(await scenario.fence("janitor"))
        await courier.step(await scenario.fence("courier"))
        await courier.in_progress.wait_for_all()
    assert await scenario.store.matches.find_by_member(2) is None
    assert sorted(edited) == [1, 2]
