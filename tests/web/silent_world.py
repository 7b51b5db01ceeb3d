"""A whole installation in which one story of two members happens, with what the second of them sees of it."""

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.chat.safety.actions import BlockActions
from bot.domain.message import Delivered, MessageKind
from bot.janitor import Janitor
from bot.matchmaker.loop import Matchmaker
from bot.store import Store
from tests.clocks import VirtualClock
from tests.loops.factories import make_janitor, make_matchmaker, open_server
from tests.store.opening import open_store
from tests.store.scenario import Meeting, Scenario
from tests.web.browsers import Browser, Browsers
from tests.web.conftest import make_web_part
from tests.web.scripted_rooms import ScriptedRooms
from web.room_order_loop import RoomOrderLoop

BLOCKER, BLOCKED, THIRD = 1, 2, 3
NOT_SHOWN = {
    "blocks": None,
    "leases": None,
    "outbox": "id",
    "report_numbers": None,
    "reports": None,
    "seats": "left_for_good",
}
"""Tables, or columns, that only the blocker or nobody sees."""
SHOWN_ROWS = {"outbox": f"member_id IN ({BLOCKED}, {THIRD})"}
"""Of these tables the rows that are not about what only the blocker, or staff, were sent."""
IDS_DRAWN_AT_MOST = 1000  # in a whole story
TO_BLOCKER_OR_STAFF = frozenset(
    {MessageKind.CHECK_IN, MessageKind.REPORT_RECEIVED, MessageKind.STAFF_ALERT, MessageKind.OPERATOR_ALERT}
)
"""Whoever blocks is not asked how it was; whoever reports hears of it, as staff do."""


class StoredRows:
    """Every row of every table, without what only the blocker sees. Close it in the end."""

    def __init__(self, database: Path) -> None:
        self._connection = sqlite3.connect(database)
        tables = self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        self._queries = {table: self._query(table) for (table,) in tables}

    def _query(self, table: str) -> str:
        columns = [each[1] for each in self._connection.execute(f"PRAGMA table_info({table})")]
        shown = ", ".join(each for each in columns if each != NOT_SHOWN.get(table))
        rows_shown = "false" if NOT_SHOWN.get(table, "") is None else SHOWN_ROWS.get(table, "true")
        return f"SELECT {shown} FROM {table} WHERE {rows_shown} ORDER BY 1, 2"  # noqa: S608 -- names from the schema

    def read(self) -> dict[str, list[tuple[object, ...]]]:
        """By table, what is stored now."""
        return {table: self._connection.execute(query).fetchall() for table, query in self._queries.items()}

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


@dataclass(kw_only=True, slots=True)
class World:
    """A whole installation in which one story happens, and what the blocked member has seen of it."""

    scenario: Scenario
    rooms: ScriptedRooms
    janitor: Janitor
    matchmaker: Matchmaker
    orders: RoomOrderLoop
    rows: StoredRows
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
        await actions.block(BLOCKER, BLOCKED, name="Ben")

    async def leave_on_page(self) -> None:
        """The blocker only leaves, on the page."""
        assert (await self.me.leave()).status == 204

    async def block_on_page(self) -> None:
        """The blocker does so on the page."""
        assert (await self.me.post("/block")).status == 202

    async def report(self) -> None:
        """The blocker reports the other on the page, which blocks them as well."""
        assert (await self.me.post("/report")).status == 202

    async def work(self) -> None:
        """Every loop does what is due, and messages arrive at once."""
        store, clock, scenario = self.store, self.scenario.clock, self.scenario
        await self.janitor.step(await scenario.fence("janitor"))
        self.align_ids()
        await self.matchmaker.step(await scenario.fence("matchmaker"))
        await self.orders.step(await scenario.fence("rooms"))
        for message in await store.outbox.find_due(clock.now(), limit=9):
            if message.member_id == BLOCKED or message.kind not in TO_BLOCKER_OR_STAFF:
                self.seen.append((clock.now(), replace(message, id="")))
            await store.outbox.mark_sent(message, Delivered(), clock.now(), await scenario.fence("courier"))

    def align_ids(self) -> None:
        """What follows has the same ids in each story, though one has drawn some more before."""
        self.scenario.clock.drawn += IDS_DRAWN_AT_MOST - self.scenario.clock.drawn % IDS_DRAWN_AT_MOST

    async def look(self) -> None:
        """Note the page of the blocked member, what LiveKit was told, and all that is stored."""
        page = await self.theirs.get()
        self.seen += [(page.status, page.body), list(self.rooms.calls), self.rows.read()]


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
    web_part = make_web_part(store, clock)
    await open_server(store)
    site = await stack.enter_async_context(web_part.serve(rooms))
    browsers = Browsers(site.port)
    stack.push_async_callback(browsers.close)
    scenario = Scenario(store, clock)
    world = World(
        scenario=scenario,
        rooms=rooms,
        janitor=make_janitor(store, clock),
        matchmaker=make_matchmaker(store, clock),
        orders=web_part.room_order_loop(rooms),
        rows=stack.enter_context(closing(StoredRows(database))),
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
