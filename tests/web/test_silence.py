"""A block is silent: whatever the blocked member can see or do is as after an ordinary leave, at every moment.

The same story is told twice, once with `/study leave` and once with `/study block`. The two stores may differ only in
what the blocker alone sees: the block itself, and that leaving cannot be undone.
"""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.domain.message import MessageKind
from bot.store.outbox import OutboxMessage
from tests.loops.factories import open_server
from tests.store.scenario import Scenario
from tests.web.browsers import OTHER_ATTEMPT, Answer
from tests.web.silent_world import BLOCKED, BLOCKER, THIRD, StoredRows, World, tell

MOMENTS = (0, 1, 2, 9, 10, 11, 60, 420, 900, 3700)
"""Seconds after the leave or the block: around the undo window, the seven minutes, the fifteen, and the end."""
THIRD_COMES_AT = 60
ACTS_AT = 2


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


async def inspect_link(world: World) -> Answer:
    """The blocked member opens their link in another browser, and does not press Join."""
    assert world.meeting is not None
    return await world.theirs.inspect(world.meeting.tokens[1], OTHER_ATTEMPT)


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
    inspect_link,
    ask_for_new_link,
    leave_and_undo,
    lambda world: world.theirs.leave(),
    lambda world: world.theirs.post("/session/join-token"),
    lambda world: world.theirs.post("/session/another"),
)


async def live_on(world: World, act: Callable[[World], Awaitable[Answer | None]]) -> list[object]:
    """What the blocked member sees from now on; after two seconds they do something, after a minute a third comes."""
    start = world.scenario.clock.now()
    for moment in MOMENTS:
        world.align_ids()
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


ALL_ACTS_IN = {nobody_in, meeting_now, requeued}
"""In these states every act is tried each time; in the others just watching, and the rest with the faults."""
CASES = [
    pytest.param(state, act, marks=() if act is nothing or state in ALL_ACTS_IN else pytest.mark.faults)
    for state in STATES
    for act in ACTS
]


@pytest.mark.parametrize(("state", "act"), CASES)
async def test_a_block_looks_like_a_leave(
    database: Path,
    empty_store: bytes,
    state: Callable[[World], Awaitable[None]],
    act: Callable[[World], Awaitable[Answer | None]],
) -> None:
    """In every state, whatever the other does: messages, pages, timings, calls to LiveKit and offers are equal."""
    async with AsyncExitStack() as stack:
        left, blocked = [
            await tell(database.with_name(name), empty_store, stack, state) for name in ("left", "blocked")
        ]
        await left.leave(0)
        await blocked.block()
        seen = [await live_on(world, act) for world in (left, blocked)]
        assert seen[0] == seen[1]
        assert len(seen[0]) > len(MOMENTS)
        assert await left.store.blocks.blocked_by(BLOCKER) == []
        assert await blocked.store.blocks.blocked_by(BLOCKER) == [BLOCKED]


@pytest.mark.parametrize("get_away", [World.block_on_page, World.report])
@pytest.mark.parametrize("state", STATES)
async def test_so_does_what_a_member_does_on_the_page(
    database: Path,
    empty_store: bytes,
    state: Callable[[World], Awaitable[None]],
    get_away: Callable[[World], Awaitable[None]],
) -> None:
    """Block, and Leave and report: the other sees an ordinary leave."""
    async with AsyncExitStack() as stack:
        left, away = [await tell(database.with_name(name), empty_store, stack, state) for name in ("left", "away")]
        await left.leave_on_page()
        await get_away(away)
        seen = [await live_on(world, nothing) for world in (left, away)]
        assert seen[0] == seen[1]
        assert await away.store.blocks.blocked_by(BLOCKER) == [BLOCKED]


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (nobody_in, {10: MessageKind.PARTNER_DECLINED, THIRD_COMES_AT: MessageKind.INVITATION}),
        (blocked_in, {10: MessageKind.PARTNER_DECLINED, THIRD_COMES_AT: MessageKind.INVITATION}),
        (meeting_now, {}),
    ],
)
async def test_what_the_blocked_member_is_told(
    database: Path, empty_store: bytes, state: Callable[[World], Awaitable[None]], told: dict[int, MessageKind]
) -> None:
    """Before the meeting that the partner cannot make it, and then the next partner; during it nothing."""
    async with AsyncExitStack() as stack:
        world = await tell(database, empty_store, stack, state)
        start = world.scenario.clock.now()
        await world.block()
        await live_on(world, nothing)
        messages = [each for each in world.seen if isinstance(each, tuple) and isinstance(each[1], OutboxMessage)]
        to_them = {(at - start).seconds: message.kind for at, message in messages if message.member_id == BLOCKED}
        assert {second: kind for second, kind in to_them.items() if second <= THIRD_COMES_AT} == told
        assert world.rooms.calls_of("remove_participant")[0][2] == world.meeting.seats[0]  # type: ignore[union-attr]


async def test_a_block_of_somebody_who_waits_changes_nothing_for_them(scenario: Scenario, database: Path) -> None:
    """While both wait, all that is stored stays as it is, but for the blocker's own ticket and the block."""
    await open_server(scenario.store)
    for member in (BLOCKER, BLOCKED):
        await scenario.waiting(member)
    stored = StoredRows(database)
    before = stored.read()
    await scenario.store.blocks.add(BLOCKER, BLOCKED, scenario.clock.now())
    after = stored.read()
    stored.close()
    theirs = [[row for row in rows["tickets"] if row[1] == BLOCKED] for rows in (before, after)]
    assert theirs[0] == theirs[1]
    assert len(theirs[0]) == 1
    assert {table for table in before if before[table] != after[table]} == {"tickets"}
