"""Leaving a seat, and undoing it."""

from collections.abc import Awaitable, Callable

import pytest

from bot.domain.browser_session import READ_ONLY_LIFETIME
from bot.domain.room import RoomAction
from tests.store.scenario import Meeting, Scenario
from tests.web.browsers import Browser
from tests.web.endings import end_match

Both = tuple[Browser, Browser]


async def test_leaving(scenario: Scenario, meeting: Meeting, inside: Both) -> None:
    """204, and 204 again; the session may read but not enter, and the seat will be removed from the room."""
    me, partner = inside
    first = await me.leave()
    assert (first.status, first.body, (await me.leave()).status) == (204, b"", 204)
    view = (await me.get()).json
    assert (view["state"], view["ended_as"]) == ("after", None)
    refused = await me.post("/session/join-token")
    assert (refused.status, refused.code) == (410, "match_over")
    theirs = (await partner.get()).json
    assert (theirs["partner"]["left"], theirs["state"]) == (True, "inviting")
    assert (await partner.post("/session/join-token")).status == 200
    [order] = await scenario.store.room_orders.find_due(9)
    assert (order.action, order.room_name, order.identity) == (RoomAction.REMOVE, meeting.room_name, meeting.seats[0])


async def test_session_ends_half_an_hour_after_leaving(scenario: Scenario, inside: Both) -> None:
    """After leaving, the session may read for thirty minutes, then it has ended."""
    me, _ = inside
    await me.leave()
    scenario.clock.pass_time(seconds=READ_ONLY_LIFETIME.total_seconds() - 0.001)
    assert (await me.get()).status == 200
    scenario.clock.pass_time(seconds=0.001)
    answer = await me.get()
    assert (answer.status, answer.code) == (410, "session_ended")


@pytest.mark.parametrize(("seconds", "status"), [(0, 200), (9.9, 200), (9.999, 200), (10, 410), (60, 410)])
async def test_undo(scenario: Scenario, inside: Both, seconds: float, status: int) -> None:
    """Within ten seconds of leaving, the seat can be taken back, and then it may enter again."""
    me, _ = inside
    await me.leave()
    left = (await me.get()).json["times"]
    assert (left["left_at"], left["undo_until"]) == ("2026-03-02T16:00:00.000Z", "2026-03-02T16:00:10.000Z")
    scenario.clock.pass_time(seconds=seconds)
    answer = await me.post("/session/undo")
    assert (answer.status, answer.code) == (status, "" if status == 200 else "match_over")
    assert (await me.get()).json["state"] == ("inviting" if status == 200 else "after")
    assert (await me.post("/session/join-token")).status == status


async def test_undo_without_leaving(inside: Both) -> None:
    """The view comes back and nothing changes."""
    answer = await inside[0].post("/session/undo")
    assert (answer.status, answer.json["state"]) == (200, "inviting")


@pytest.mark.parametrize("has_left", [True, False])
async def test_undo_when_the_match_is_over(scenario: Scenario, meeting: Meeting, inside: Both, has_left: bool) -> None:
    """After the end of the match nothing can be taken back."""
    me, _ = inside
    if has_left:
        await me.leave()
    await end_match(scenario, meeting)
    answer = await me.post("/session/undo")
    assert (answer.status, answer.code) == (410, "match_over")


async def test_a_blocker_cannot_undo(scenario: Scenario, inside: Both) -> None:
    """The page of a member who blocks the partner shows that they have left, and offers no way back."""
    me, _ = inside
    await scenario.store.blocks.add(1, 2, scenario.clock.now())
    view = (await me.get()).json
    assert (view["state"], view["partner"]["left"], view["times"]["undo_until"]) == ("after", False, None)
    answer = await me.post("/session/undo")
    assert (answer.status, answer.code) == (410, "match_over")


async def _nothing(scenario: Scenario, meeting: Meeting) -> None:
    """The member has left, and that is all."""


async def _search_again(scenario: Scenario, meeting: Meeting) -> None:
    """The member has started a new search in Discord."""
    await scenario.waiting(1)


async def _match_again(scenario: Scenario, meeting: Meeting) -> None:
    """That search has led to a match with somebody else."""
    await scenario.matched(1, 3)


async def _block(scenario: Scenario, meeting: Meeting) -> None:
    """The member has blocked the partner."""
    await scenario.store.blocks.add(1, 2, scenario.clock.now())


AFTER_LEAVING = (
    (_nothing, True),
    (_search_again, False),
    (_match_again, False),
    (end_match, False),
    (_block, False),
)


@pytest.mark.parametrize(("follows", "can_undo"), AFTER_LEAVING)
async def test_the_view_offers_undo_only_where_it_would_succeed(
    scenario: Scenario,
    meeting: Meeting,
    inside: Both,
    follows: Callable[[Scenario, Meeting], Awaitable[None]],
    can_undo: bool,
) -> None:
    """Whatever follows the leave, `undo_until` is null exactly if taking the seat back is refused."""
    me, _ = inside
    await me.leave()
    await follows(scenario, meeting)
    view = (await me.get()).json
    assert (view["state"], view["times"]["undo_until"] is not None) == ("after", can_undo)
    assert ((await me.post("/session/undo")).status == 200) is can_undo


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/session"), ("POST", "/session/undo")])
async def test_without_a_session(browser: Browser, method: str, path: str) -> None:
    """A browser without a session is refused."""
    answer = await browser.request(method, path, {})
    assert (answer.status, answer.code) == (401, "no_session")
