"""Asking for somebody else instead of a partner who did not come."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.domain.match import ANOTHER_AFTER
from bot.domain.message import MessageKind
from bot.domain.room import RoomAction
from bot.store.tickets import MatchedTicket, Tickets
from tests.store.scenario import Meeting, Scenario
from tests.web.browsers import Browser, Browsers
from tests.web.endings import end_match
from tests.web.scripted_rooms import ScriptedRooms
from web.part import WebPart
from web.session_view import iso_timestamp

Both = tuple[Browser, Browser]


async def leave_first_seat(scenario: Scenario, meeting: Meeting) -> None:
    """The first member leaves in Discord."""
    assert await scenario.store.browser_sessions.leave_seat(meeting.seats[0], scenario.clock.now())


async def test_too_early(scenario: Scenario, inside: Both) -> None:
    """A millisecond before seven minutes are over the partner still has time."""
    scenario.clock.pass_time(seconds=ANOTHER_AFTER.total_seconds() - 0.001)
    answer = await inside[0].post("/session/another")
    assert (answer.status, answer.code) == (409, "too_early")
    scenario.clock.pass_time(seconds=0.001)
    assert (await inside[0].post("/session/another")).status == 202


async def test_after_an_outage_of_livekit(scenario: Scenario, inside: Both) -> None:
    """The seven minutes count from its return, on the page and when it asks: the partner could not come before."""
    clock, me = scenario.clock, inside[0]
    await scenario.livekit_is_away()
    clock.pass_time(minutes=10)
    assert (await me.post("/session/another")).code == "too_early"
    await scenario.livekit_is_back()
    offered_at = clock.now() + ANOTHER_AFTER
    clock.pass_time(seconds=ANOTHER_AFTER.total_seconds() - 0.001)
    assert (await me.get()).json["times"]["another_at"] == iso_timestamp(offered_at)
    assert (await me.post("/session/another")).code == "too_early"
    clock.pass_time(seconds=0.001)
    assert (await me.post("/session/another")).status == 202


async def test_another_partner(scenario: Scenario, meeting: Meeting, inside: Both) -> None:
    """The match ends neutrally, its room closes, and the member waits at the front, with the waiting time kept."""
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
    notices = [
        row
        for row in await scenario.store.outbox.find_due(scenario.clock.now(), 99)
        if row.kind is MessageKind.MATCH_OVER
    ]
    assert [row.member_id for row in notices] == [2]
    assert (await me.post("/session/another")).code == "match_over"


async def test_partner_came(scenario: Scenario, meeting: Meeting, inside: Both) -> None:
    """A partner who was in the room, even alone and briefly, came."""
    scenario.clock.pass_time(seconds=ANOTHER_AFTER.total_seconds())
    await scenario.in_the_room(meeting, 1)
    await scenario.store.presence.participant_left(meeting.seats[1], "PA_1", meeting.room_name, scenario.clock.now())
    answer = await inside[0].post("/session/another")
    assert (answer.status, answer.code) == (409, "partner_came")
    assert (await inside[0].get()).json["state"] == "inviting"


async def test_during_a_meeting(scenario: Scenario, meeting: Meeting, inside: Both) -> None:
    """Members who have met cannot replace their partner this way."""
    await scenario.in_the_room(meeting)
    scenario.clock.pass_time(hours=0.4)
    assert (await inside[0].post("/session/another")).code == "partner_came"


async def test_twenty_requests_at_once(scenario: Scenario, inside: Both) -> None:
    """Of twenty requests by both members one is answered 202, and there is one new ticket."""
    scenario.clock.pass_time(seconds=ANOTHER_AFTER.total_seconds())
    answers = await asyncio.gather(*(inside[number % 2].post("/session/another") for number in range(20)))
    assert sorted(answer.status for answer in answers) == [202, *[410] * 19]
    assert len(await scenario.waiting_tickets()) == 1


async def test_after_leaving(scenario: Scenario, inside: Both) -> None:
    """A member who has left cannot ask for another partner."""
    scenario.clock.pass_time(seconds=ANOTHER_AFTER.total_seconds())
    await inside[0].leave()
    answer = await inside[0].post("/session/another")
    assert (answer.status, answer.code) == (410, "match_over")


class SlowTickets:
    """Tickets whose lookup is so slow that something else happens first."""

    def __init__(self, tickets: Tickets, happens: Callable[[], Awaitable[None]]) -> None:
        self.tickets = tickets
        self.happens = happens

    async def find_by_seat(self, seat_id: str) -> MatchedTicket | None:
        await self.happens()
        return await self.tickets.find_by_seat(seat_id)


@pytest.mark.parametrize(
    ("happens", "status", "code"),
    [
        (Scenario.in_the_room, 409, "partner_came"),
        (end_match, 410, "match_over"),
        (leave_first_seat, 202, ""),
    ],
)
async def test_something_happens_meanwhile(
    scenario: Scenario,
    meeting: Meeting,
    web_part: WebPart,
    rooms: ScriptedRooms,
    happens: Callable[[Scenario, Meeting], Awaitable[None]],
    status: int,
    code: str,
) -> None:
    """The partner comes, the match ends or the member leaves just before the match would end: nobody waits again."""
    store = scenario.store
    slow = SlowTickets(store.tickets, lambda: happens(scenario, meeting))
    slow_store = replace(store, tickets=slow)  # type: ignore[arg-type]  # by the one method that is called
    async with replace(web_part, store=slow_store).serve(rooms) as site:
        browsers = Browsers(site.port)
        browser = browsers.open()
        assert (await browser.redeem(meeting.tokens[0])).status == 201
        scenario.clock.pass_time(seconds=ANOTHER_AFTER.total_seconds())
        answer = await browser.post("/session/another")
        await browsers.close()
    assert (answer.status, answer.code) == (status, code)
    assert await scenario.waiting_tickets() == []


async def test_without_a_session(browser: Browser) -> None:
    """A browser without a session is refused."""
    answer = await browser.post("/session/another")
    assert (answer.status, answer.code) == (401, "no_session")
