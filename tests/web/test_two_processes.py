"""Two processes serve the page: whatever request lands on which of them, the answers are those of a single one.

The tests that are imported here run once more, with browsers that go to the other process at each request. Nothing has
to stick to a process. What each counts for itself is the rate of join tokens.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.leader_loop import Leadership
from bot.store import Store
from tests.clocks import VirtualClock
from tests.store.scenario import Meeting, Scenario
from tests.web.browsers import Browser, Browsers
from tests.web.conftest import make_web_part
from tests.web.endings import end_match
from tests.web.scripted_rooms import ScriptedRooms
from tests.web.test_admission import (
    test_a_member_of_whom_nothing_was_told_lately_is_asked_about,
    test_who_is_gone_is_refused_and_removed,
)
from tests.web.test_another_partner import test_another_partner, test_twenty_requests_at_once
from tests.web.test_failure_limit import test_guessing_links
from tests.web.test_join_token import test_room_moves_while_it_is_created
from tests.web.test_leave import test_leaving, test_undo
from tests.web.test_link_redemption import (
    test_another_device_takes_the_seat,
    test_fifty_browsers_race,
    test_fifty_repeats_at_once,
    test_lost_answer,
    test_match_ends_while_the_room_is_created,
)
from tests.web.test_redeem import (
    test_a_browser_that_keeps_cookies,
    test_clicking_again,
    test_guessing_by_inspecting,
    test_link_becomes_a_session,
)
from tests.web.test_resend_link import test_new_link, test_three_in_ten_minutes, test_twenty_at_once
from tests.web.test_session_view import (
    test_idle_session,
    test_nobody_reads_another_seat,
    test_partner_comes_and_goes,
    test_tab_of_another_seat,
)
from tests.web.test_webhook import (
    test_a_late_end_of_an_older_connection,
    test_a_repeated_event_has_one_effect,
    test_both_joining_starts_the_meeting,
)
from web.join_token import JOIN_TOKENS_PER_MINUTE
from web.part import WebPart

__all__ = [
    "test_a_browser_that_keeps_cookies",
    "test_a_late_end_of_an_older_connection",
    "test_a_member_of_whom_nothing_was_told_lately_is_asked_about",
    "test_a_repeated_event_has_one_effect",
    "test_another_device_takes_the_seat",
    "test_another_partner",
    "test_both_joining_starts_the_meeting",
    "test_clicking_again",
    "test_fifty_browsers_race",
    "test_fifty_repeats_at_once",
    "test_guessing_by_inspecting",
    "test_guessing_links",
    "test_idle_session",
    "test_leaving",
    "test_link_becomes_a_session",
    "test_lost_answer",
    "test_match_ends_while_the_room_is_created",
    "test_new_link",
    "test_nobody_reads_another_seat",
    "test_partner_comes_and_goes",
    "test_room_moves_while_it_is_created",
    "test_tab_of_another_seat",
    "test_three_in_ten_minutes",
    "test_twenty_at_once",
    "test_twenty_requests_at_once",
    "test_undo",
    "test_who_is_gone_is_refused_and_removed",
]


@pytest.fixture
def other_part(second_store: Store, clock: VirtualClock) -> WebPart:
    """The web part of another process."""
    return make_web_part(second_store, clock, holder="other")


@pytest.fixture
async def browsers(web_part: WebPart, other_part: WebPart, rooms: ScriptedRooms) -> AsyncIterator[Browsers]:
    """Opens browsers whose requests go to the two processes in turn."""
    async with web_part.serve(rooms) as site, other_part.serve(rooms) as other:
        opened = Browsers(site.port, other.port)
        yield opened
        rooms.creation_allowed.set()
        await opened.close()


async def test_requests_go_to_both(browser: Browser) -> None:
    """Otherwise the tests here would show nothing."""
    first, second = browser.bases
    assert first != second
    await browser.get("/healthz")
    assert browser.base == second


async def test_join_tokens_are_counted_by_each_process(inside: tuple[Browser, Browser]) -> None:
    """So a seat gets as many times the limit as there are processes."""
    answers = [await inside[0].post("/session/join-token") for _ in range(2 * JOIN_TOKENS_PER_MINUTE + 2)]
    assert [answer.status for answer in answers] == [200] * 2 * JOIN_TOKENS_PER_MINUTE + [429] * 2


@pytest.mark.usefixtures("inside")
async def test_one_process_carries_out_the_orders(
    scenario: Scenario, meeting: Meeting, web_part: WebPart, other_part: WebPart, rooms: ScriptedRooms
) -> None:
    """Both loops run, one leads: a room is closed once. When that process stops, the other one leads at once."""
    await end_match(scenario, meeting)
    loops = [asyncio.create_task(part.room_order_loop(rooms).run()) for part in (web_part, other_part)]
    await rooms.wait_for_call("close_room")
    [leader] = [part for part in (web_part, other_part) if await leads(part.leadership)]
    loops[(web_part, other_part).index(leader)].cancel()
    await asyncio.wait(loops, return_when=asyncio.FIRST_COMPLETED)
    follower = other_part if leader is web_part else web_part
    assert await follower.leadership.acquire() is not None
    for loop in loops:
        loop.cancel()
    await asyncio.wait(loops)
    assert rooms.calls_of("close_room") == [("close_room", meeting.room_name)]


async def leads(leadership: Leadership) -> bool:
    """Whether this process leads."""
    return await leadership.acquire() is not None
