"""A block is silent: whatever the blocked member can see or do is as after an ordinary leave, at every moment.

The same story is told twice, once with `/study leave` and once with `/study block`. The two stores may differ only in
what the blocker alone sees: the block itself, and that leaving cannot be undone.
"""

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.chat.safety.actions import BlockActions
from bot.domain.message import Delivered, MessageKind
from bot.leader_loop import Leadership
from bot.store import Store, open_store
from bot.store.outbox import OutboxMessage
from tests.clocks import VirtualClock
from tests.loops.factories import make_janitor, make_matchmaker, open_server
from tests.store.scenario import Meeting, Scenario
from tests.web.browsers import OTHER_ATTEMPT, Answer, Browser, Browsers
from tests.web.conftest import CHAT_URL, PUBLIC_URL
from tests.web.scripted_rooms import ScriptedRooms
from web.part import WebPart
from web.room_order_loop import RoomOrderLoop

BLOCKER, BLOCKED, THIRD = 1, 2, 3
MOMENTS = (0, 1, 2, 9, 10, 11, 60, 420, 900, 3700)
"""Seconds after the leave or the block: around the undo window, the seven minutes, the fifteen, and the end."""
THIRD_COMES_AT = 60
ACTS_AT = 2
NOT_SHOWN = {"blocks": None, "leases": None, "seats": "left_for_good"}
"""Tables, or columns, that only the blocker or nobody sees."""


@dataclass(kw_only=True, slots=True)
class World:
    """A whole installation in which one story happens, and what the blocked member has seen of it."""

    scenario: Scenario
    rooms: ScriptedRooms
    orders: RoomOrderLoop
    database: Path
    me: Browser
    theirs: Browser
    meeting: Meeting | None = None
    seen: list[object] = field(default_factory=list)

    @property
    def store(self) -> Store:
        return self.scenario.store

    async def enter(self, *sides: int) -> None:
        """Some sides are in the room, at LiveKit and in the store; side 0 is the blocker's."""
        assert self.meeting is not None
        for side in sides:
            self.rooms.inside.setdefault(self.meeting.room_name, {})[self.meeting.seats[side]] = f"PA_{side}"
            await self.scenario.in_the_room(self.meeting, side)

    async def leave(self, side: int) -> None:
        """A member gives up the seat in Discord, if they have one."""
        seat = await self.store.matches.find_by_member((BLOCKER, BLOCKED)[side])
        if seat is not None:
            await self.store.browser_sessions.leave_seat(seat.own.id, self.scenario.clock.now())

    async def block(self) -> None:
        """The blocker blocks the other in Discord."""
        actions = BlockActions(blocks=self.store.blocks, matches=self.store.matches, clock=self.scenario.clock)
        await actions.block(BLOCKER, BLOCKED)

    async def work(self) -> None:
        """Every loop does what is due, and messages arrive at once."""
        store, clock, scenario = self.store, self.scenario.clock, self.scenario
        await make_janitor(store, clock).step(await scenario.fence("janitor"))
        await make_matchmaker(store, clock).step(await scenario.fence("matchmaker"))
        await self.orders.step(await scenario.fence("rooms"))
        for message in await store.outbox.find_due(clock.now(), limit=9):
            self.seen.append((clock.now(), message))
            await store.outbox.mark_sent(message, Delivered(), clock.now(), await scenario.fence("courier"))

    async def look(self) -> None:
        """Note the page of the blocked member, what LiveKit was told, and all that is stored."""
        page = await self.theirs.get()
        self.seen += [(page.status, page.body), list(self.rooms.calls), stored_rows(self.database)]


def stored_rows(database: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, without what only the blocker sees."""
    with sqlite3.connect(database) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {}
        for table in tables:
            columns = [each[1] for each in connection.execute(f"PRAGMA table_info({table})")]
            shown = ", ".join(each for each in columns if each != NOT_SHOWN.get(table))
            query = f"SELECT {shown} FROM {table} ORDER BY 1, 2"  # noqa: S608 -- names from the schema
            rows[table] = [] if NOT_SHOWN.get(table, "") is None else connection.execute(query).fetchall()
        return rows


async def nobody_in(world: World) -> None:
    """The two are invited."""


async def blocker_in(world: World) -> None:
    """The blocker is in the room, the other never was."""
    await world.enter(0)


async def blocked_in(world: World) -> None:
    """The other is in the room, the blocker never was."""
    await world.enter(1)


async def meeting_now(world: World) -> None:
    """Both have been in the room long enough to count as having met."""
    await world.enter(0, 1)
    world.scenario.clock.pass_time(minutes=5)


async def just_met(world: World) -> None:
    """Both have only just come."""
    await world.enter(0, 1)


async def blocker_has_left(world: World) -> None:
    """The blocker has just left the meeting."""
    await meeting_now(world)
    await world.leave(0)


async def blocker_has_declined(world: World) -> None:
    """The blocker has just given up the seat, before the meeting."""
    await world.enter(1)
    await world.leave(0)


async def blocked_has_left(world: World) -> None:
    """The other has just left the meeting."""
    await meeting_now(world)
    await world.leave(1)


async def requeued(world: World) -> None:
    """The blocker declined a while ago, and the other waits again."""
    await blocker_has_declined(world)
    world.scenario.clock.pass_time(seconds=30)
    await world.work()


STATES = (
    nobody_in,
    blocker_in,
    blocked_in,
    just_met,
    meeting_now,
    blocker_has_left,
    blocker_has_declined,
    blocked_has_left,
    requeued,
)


async def nothing(_world: World) -> None:
    """The blocked member only watches."""


async def open_link(world: World) -> Answer:
    """The blocked member opens their link in another browser."""
    assert world.meeting is not None
    return await world.theirs.redeem(world.meeting.tokens[1], OTHER_ATTEMPT)


async def ask_for_new_link(world: World) -> Answer:
    """The blocked member asks for a new link on the page."""
    assert world.meeting is not None
    return await world.theirs.post("/invitation/resend", {"token": world.meeting.tokens[1]})


async def leave_and_undo(world: World) -> Answer:
    """The blocked member leaves, and takes that back."""
    await world.theirs.leave()
    return await world.theirs.post("/session/undo")


ACTS: tuple[Callable[[World], Awaitable[Answer | None]], ...] = (
    nothing,
    open_link,
    ask_for_new_link,
    leave_and_undo,
    lambda world: world.theirs.leave(),
    lambda world: world.theirs.post("/session/join-token"),
    lambda world: world.theirs.post("/session/another"),
)


async def tell(
    database: Path, empty_store: bytes, stack: AsyncExitStack, state: Callable[[World], Awaitable[None]]
) -> World:
    """An installation in which the story has reached `state`."""
    database.write_bytes(empty_store)
    store, clock, rooms = (
        await stack.enter_async_context(open_store(f"sqlite:///{database}")),
        VirtualClock(),
        ScriptedRooms(),
    )
    web_part = WebPart(
        store=store,
        clock=clock,
        leadership=Leadership(leases=store.leases, clock=clock, name="rooms", holder="test"),
        session_secret=b"s" * 32,
        public_url=PUBLIC_URL,
        host="127.0.0.1",
        port=0,
        trusted_proxies=(),
        livekit=None,
        is_own_origin=PUBLIC_URL.__eq__,
        chat_url=CHAT_URL,
        checks={},
    )
    await open_server(store)
    site = await stack.enter_async_context(web_part.serve(rooms))
    browsers = Browsers(site.port)
    stack.push_async_callback(browsers.close)
    scenario = Scenario(store, clock)
    world = World(
        scenario=scenario,
        rooms=rooms,
        orders=web_part.room_order_loop(rooms),
        database=database,
        me=browsers.open(),
        theirs=browsers.open(),
    )
    world.meeting = await scenario.matched(BLOCKER, BLOCKED)
    for browser, token in zip((world.me, world.theirs), world.meeting.tokens, strict=True):
        assert (await browser.redeem(token)).status == 201
    await world.work()
    await state(world)
    world.seen.clear()
    rooms.calls.clear()
    return world


async def live_on(world: World, act: Callable[[World], Awaitable[Answer | None]]) -> list[object]:
    """What the blocked member sees from now on; after two seconds they do something, after a minute a third comes."""
    start = world.scenario.clock.now()
    for moment in MOMENTS:
        world.scenario.clock.set(start)
        world.scenario.clock.pass_time(seconds=moment)
        if moment == THIRD_COMES_AT:
            await world.scenario.waiting(THIRD)
        if moment == ACTS_AT:
            answer = await act(world)
            world.seen.append(answer and (answer.status, answer.body))
        await world.work()
        await world.look()
    return world.seen


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", STATES)
async def test_a_block_looks_like_a_leave(
    tmp_path: Path,
    empty_store: bytes,
    state: Callable[[World], Awaitable[None]],
    act: Callable[[World], Awaitable[Answer | None]],
) -> None:
    """In every state, whatever the other does: messages, pages, timings, calls to LiveKit and offers are equal."""
    async with AsyncExitStack() as stack:
        left, blocked = [await tell(tmp_path / name, empty_store, stack, state) for name in ("left", "blocked")]
        await left.leave(0)
        await blocked.block()
        seen = [await live_on(world, act) for world in (left, blocked)]
        assert seen[0] == seen[1]
        assert len(seen[0]) > len(MOMENTS)
        assert await left.store.blocks.blocked_by(BLOCKER) == []
        assert await blocked.store.blocks.blocked_by(BLOCKER) == [BLOCKED]


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (nobody_in, {10: MessageKind.PARTNER_DECLINED, THIRD_COMES_AT: MessageKind.INVITATION}),
        (blocked_in, {10: MessageKind.PARTNER_DECLINED, THIRD_COMES_AT: MessageKind.INVITATION}),
        (meeting_now, {}),
    ],
)
async def test_what_the_blocked_member_is_told(
    tmp_path: Path, empty_store: bytes, state: Callable[[World], Awaitable[None]], told: dict[int, MessageKind]
) -> None:
    """Before the meeting that the partner cannot make it, and then the next partner; during it nothing."""
    async with AsyncExitStack() as stack:
        world = await tell(tmp_path / "blocked", empty_store, stack, state)
        start = world.scenario.clock.now()
        await world.block()
        await live_on(world, nothing)
        messages = [each for each in world.seen if isinstance(each, tuple) and isinstance(each[1], OutboxMessage)]
        to_them = {(at - start).seconds: message.kind for at, message in messages if message.member_id == BLOCKED}
        assert {second: kind for second, kind in to_them.items() if second <= THIRD_COMES_AT} == told
        assert world.rooms.calls_of("remove_participant")[0][2] == world.meeting.seats[0]  # type: ignore[union-attr]
