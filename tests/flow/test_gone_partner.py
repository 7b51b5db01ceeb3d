"""What a partner sees of a member who is gone: exactly what they see of a member who leaves."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.domain.membership import ABSENT, UNTIL_TOLD_OTHERWISE, Membership
from tests.clocks import VirtualClock
from tests.loops.factories import make_janitor, make_matchmaker, open_server
from tests.store.opening import open_store
from tests.store.scenario import Meeting, Scenario
from tests.web.browsers import Browser, Browsers
from tests.web.conftest import make_web_part
from tests.web.scripted_rooms import ScriptedRooms
from web.part import WebPart

SECONDS_WATCHED = 15
NEWCOMER = 3


class Pair:
    """A match whose first member disappears, watched from the page of the second."""

    def __init__(self, scenario: Scenario, web_part: WebPart, rooms: ScriptedRooms, browsers: Browsers) -> None:
        self.scenario = scenario
        self._web_part = web_part
        self.rooms = rooms
        self._browsers = browsers

    async def watch(self, sides_in: tuple[int, ...], disappear: Callable[[Scenario, Meeting], Awaitable[None]]) -> Any:
        """All that the partner sees, second for second, and whom the partner meets next."""
        scenario = self.scenario
        await open_server(scenario.store)
        meeting = await scenario.matched(1, 2)
        first, partner = self._browsers.open(), self._browsers.open()
        for browser, token in zip((first, partner), meeting.tokens, strict=True):
            assert (await browser.redeem(token)).status == 201
        if sides_in:
            await self._join(meeting, *sides_in)
        scenario.clock.pass_time(seconds=90)
        await scenario.told(2)
        await disappear(scenario, meeting)
        seen = [await self._one_second(partner) for _ in range(SECONDS_WATCHED)]
        await scenario.waiting(NEWCOMER)
        await make_matchmaker(scenario.store, scenario.clock).step(await scenario.fence())
        following = await scenario.store.matches.find_by_member(2)
        return seen, following.partner.member_id if following else None, self.rooms.inside

    async def _join(self, meeting: Meeting, *sides: int) -> None:
        await self.scenario.in_the_room(meeting, *sides)
        self.rooms.inside[meeting.room_name] = {meeting.seats[side]: f"PA_{side}" for side in sides}

    async def _one_second(self, partner: Browser) -> Any:
        scenario = self.scenario
        await self._web_part.room_order_loop(self.rooms).step(await scenario.fence("rooms"))
        await make_janitor(scenario.store, scenario.clock).step(await scenario.fence("janitor"))
        messages = await scenario.store.outbox.find_due(scenario.clock.now(), 99)
        ticket = await scenario.store.tickets.find_by_member(2)
        page = await partner.get()
        grant = await partner.post("/session/join-token")
        scenario.clock.pass_time(seconds=1)
        return (
            [(each.kind, each.due_at, each.payload) for each in messages if each.member_id == 2],
            ticket and (ticket.front, ticket.waiting_since, ticket.expires_at),
            {**page.json, "seat": ""},
            (grant.status, grant.code),
        )


@asynccontextmanager
async def pair_in(path: Path, empty_store: bytes) -> AsyncIterator[Pair]:
    """A pair in a store of its own, at the same time as every other."""
    path.write_bytes(empty_store)
    clock, rooms = VirtualClock(), ScriptedRooms()
    async with open_store(f"sqlite:///{path}") as store:
        web_part = make_web_part(store, clock)
        async with web_part.serve(rooms) as site:
            browsers = Browsers(site.port)
            yield Pair(Scenario(store, clock), web_part, rooms, browsers)
            await browsers.close()


async def leave(scenario: Scenario, meeting: Meeting) -> None:
    """The first member presses Leave, or says that they cannot come."""
    assert await scenario.store.browser_sessions.leave_seat(meeting.seats[0], scenario.clock.now())


async def be_banned(scenario: Scenario, _: Meeting) -> None:
    """The first member is banned, is kicked or leaves the server."""
    await scenario.told(1, ABSENT)


async def be_timed_out(scenario: Scenario, _: Meeting) -> None:
    """The first member is timed out."""
    await scenario.told(1, Membership(timed_out_until=UNTIL_TOLD_OTHERWISE))


async def lose_role(scenario: Scenario, _: Meeting) -> None:
    """The first member loses the role that the server requires."""
    await scenario.told(1, Membership(), role_id=7)


@pytest.mark.parametrize("gone", [be_banned, be_timed_out, lose_role])
@pytest.mark.parametrize(
    "sides_in", [(), (0,), (1,), (0, 1)], ids=["nobody in", "gone one in", "partner in", "both in"]
)
async def test_the_partner_sees_an_ordinary_leave(
    database: Path,
    empty_store: bytes,
    sides_in: tuple[int, ...],
    gone: Callable[[Scenario, Meeting], Awaitable[None]],
) -> None:
    """Messages, page, times, place in the queue, the next partner and the room are the same in every state."""
    seen = []
    for number, disappear in enumerate((leave, gone)):
        async with pair_in(database.with_name(f"{number}.db"), empty_store) as pair:
            seen.append(await pair.watch(sides_in, disappear))
    assert seen[0] == seen[1]
    stays = sides_in == (0, 1)
    assert seen[1][1] == (1 if stays else NEWCOMER)
