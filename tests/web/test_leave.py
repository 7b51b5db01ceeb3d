"""Leaving, taking it back, and asking for somebody else."""

import asyncio

import pytest

from bot.domain.browser_session import READ_ONLY_LIFETIME
from bot.domain.match import ANOTHER_AFTER
from bot.domain.message import MessageKind
from bot.domain.room import RoomAction
from tests.store.scenario import Meeting, Scenario
from tests.web.browsers import Browser
from tests.web.endings import end

Both = tuple[Browser, Browser]


async def test_leaving(scenario: Scenario, meeting: Meeting, inside: Both) -> None:
    """204, once and again; the session may read but not enter, and the seat is to be taken out of the room."""
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


async def test_after_half_an_hour_the_session_is_over(scenario: Scenario, inside: Both) -> None:
    """Who has left may read for thirty minutes; a moment later it says that it ended."""
    me, _ = inside
    await me.leave()
    scenario.clock.pass_time(seconds=READ_ONLY_LIFETIME.total_seconds() - 0.001)
    assert (await me.get()).status == 200
    scenario.clock.pass_time(seconds=0.001)
    answer = await me.get()
    assert (answer.status, answer.code) == (410, "session_ended")


@pytest.mark.parametrize(("seconds", "status"), [(0, 200), (9.9, 200), (9.999, 200), (10, 410), (60, 410)])
async def test_undo(scenario: Scenario, inside: Both, seconds: float, status: int) -> None:
    """Ten seconds long the seat can be taken again, and its way into the room with it."""
    me, _ = inside
    await me.leave()
    left = (await me.get()).json["times"]
    assert (left["left_at"], left["undo_until"]) == ("2026-03-02T16:00:00.000Z", "2026-03-02T16:00:10.000Z")
    scenario.clock.pass_time(seconds=seconds)
    answer = await me.post("/session/undo")
    assert (answer.status, answer.code) == (status, "" if status == 200 else "match_over")
    assert (await me.get()).json["state"] == ("inviting" if status == 200 else "after")
    assert (await me.post("/session/join-token")).status == status


async def test_undo_by_who_has_not_left(inside: Both) -> None:
    """It is where it was: the view, and nothing changes."""
    answer = await inside[0].post("/session/undo")
    assert (answer.status, answer.json["state"]) == (200, "inviting")


@pytest.mark.parametrize("has_left", [True, False])
async def test_undo_when_the_match_is_over(scenario: Scenario, meeting: Meeting, inside: Both, has_left: bool) -> None:
    """Nothing can be taken back any more."""
    me, _ = inside
    if has_left:
        await me.leave()
    await end(scenario, meeting)
    answer = await me.post("/session/undo")
    assert (answer.status, answer.code) == (410, "match_over")


async def test_undo_when_waiting_elsewhere(scenario: Scenario, inside: Both) -> None:
    """Who has asked for another partner in Discord cannot also come back."""
    await inside[0].leave()
    await scenario.waiting(1)
    assert (await inside[0].post("/session/undo")).code == "match_over"


async def test_another_is_too_early(scenario: Scenario, inside: Both) -> None:
    """A millisecond before seven minutes are over the partner still has time."""
    scenario.clock.pass_time(seconds=ANOTHER_AFTER.total_seconds() - 0.001)
    answer = await inside[0].post("/session/another")
    assert (answer.status, answer.code) == (409, "too_early")
    scenario.clock.pass_time(seconds=0.001)
    assert (await inside[0].post("/session/another")).status == 202


async def test_another(scenario: Scenario, meeting: Meeting, inside: Both) -> None:
    """The match ends neutrally, its room closes, and the member waits again: at the front, with the clock kept."""
    me, partner = inside
    scenario.clock.pass_time(seconds=ANOTHER_AFTER.total_seconds())
    answer = await me.post("/session/another")
    assert (answer.status, answer.json) == (202, {})
    [ticket] = await scenario.waiting_tickets()
    spent = meeting.tickets[0]
    assert (ticket.member_id, ticket.front, ticket.waiting_since) == (1, True, spent.waiting_since)
    assert ticket.expires_at > scenario.clock.now()
    assert (ticket.wishes, ticket.pool) == (spent.wishes, spent.pool)
    for browser in (me, partner):
        view = (await browser.get()).json
        assert (view["state"], view["ended_as"]) == ("ended", "replaced")
    assert [order.action for order in await scenario.store.room_orders.find_due(9)] == [RoomAction.CLOSE]
    told = [
        row
        for row in await scenario.store.outbox.find_due(scenario.clock.now(), 99)
        if row.kind is MessageKind.MATCH_OVER
    ]
    assert [row.member_id for row in told] == [2]
    assert (await me.post("/session/another")).code == "match_over"


async def test_another_when_the_partner_came(scenario: Scenario, meeting: Meeting, inside: Both) -> None:
    """A partner who was in, even alone and for a moment, came."""
    scenario.clock.pass_time(seconds=ANOTHER_AFTER.total_seconds())
    await scenario.in_the_room(meeting, 1)
    await scenario.store.presence.participant_left(meeting.seats[1], "PA_1", meeting.room_name, scenario.clock.now())
    answer = await inside[0].post("/session/another")
    assert (answer.status, answer.code) == (409, "partner_came")
    assert (await inside[0].get()).json["state"] == "inviting"


async def test_another_in_a_meeting(scenario: Scenario, meeting: Meeting, inside: Both) -> None:
    """Who has met does not get another that way."""
    await scenario.in_the_room(meeting)
    scenario.clock.pass_time(hours=0.4)
    assert (await inside[0].post("/session/another")).code == "partner_came"


async def test_another_twenty_times_at_once(scenario: Scenario, inside: Both) -> None:
    """One of twenty clicks is answered 202, and there is one ticket; both asking at once are one ending too."""
    scenario.clock.pass_time(seconds=ANOTHER_AFTER.total_seconds())
    answers = await asyncio.gather(*(inside[number % 2].post("/session/another") for number in range(20)))
    assert sorted(answer.status for answer in answers) == [202, *[410] * 19]
    assert len(await scenario.waiting_tickets()) == 1


async def test_another_after_leaving(scenario: Scenario, inside: Both) -> None:
    """Who has left has left."""
    scenario.clock.pass_time(seconds=ANOTHER_AFTER.total_seconds())
    await inside[0].leave()
    answer = await inside[0].post("/session/another")
    assert (answer.status, answer.code) == (410, "match_over")


@pytest.mark.parametrize(
    ("method", "path"), [("DELETE", "/session"), ("POST", "/session/undo"), ("POST", "/session/another")]
)
async def test_without_a_session(browser: Browser, method: str, path: str) -> None:
    """Nobody is nobody."""
    answer = await browser.ask(method, path, {})
    assert (answer.status, answer.code) == (401, "no_session")
