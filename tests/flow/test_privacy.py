"""Two hundred members in every state: what each is given of their data, and what is left when they have deleted it."""

import json
import time
from collections.abc import Awaitable, Callable, Sequence
from random import Random

import pytest

from bot.domain.match import EndReason
from bot.domain.message import Delivered
from bot.domain.pseudonym import NOBODY_BYTES, nobody_of, pseudonym_of
from bot.domain.restriction import HOLD_FOR, Restriction, RestrictionKind
from bot.domain.room import MediaSource
from bot.domain.ticket import Wishes
from bot.store import Store
from bot.store.interactions import Interaction
from bot.store.personal_data import ERASED_AGAIN_AFTER
from bot.store.personal_tables import PERSONAL
from bot.store.postponed_searches import PostponedSearch
from bot.store.presence import Track
from tests.both_databases import on_both_databases
from tests.clocks import VirtualClock
from tests.loops.factories import make_janitor, open_server
from tests.store.deleted_members import fill_tables_of_reports
from tests.store.invariants import broken_invariants
from tests.store.many_rows import FILL
from tests.store.opening import PRIVACY_KEY
from tests.store.rows import change_rows, fetch_rows
from tests.store.scenario import SERVER, Meeting, Scenario

MEMBERS = 200
FIRST_ID = 100_000_000_000_000_000
WITHIN_S = 60
REPORT = "REPORT-"


class Crowd:
    """Members in pairs, each pair in another state, and each member with other things besides."""

    def __init__(self, scenario: Scenario, chance: Random) -> None:
        self._scenario = scenario
        self._store = scenario.store
        self._chance = chance
        self.ids = [FIRST_ID + number for number in range(MEMBERS)]
        self.reported_at: dict[int, str] = {}
        self._states: Sequence[Callable[[int, int], Awaitable[object]]] = (
            self._never_seen,
            self._wait,
            self._searched_in_vain,
            self._invited,
            self._called,
            self._in_the_room,
            self._alone_in_the_room,
            self._left_a_moment_ago,
            self._met,
            self._did_not_come,
        )

    async def gather(self) -> None:
        """Put every pair into its state, and give members things of all kinds."""
        await open_server(self._store)
        for number, (one, other) in enumerate(zip(self.ids[::2], self.ids[1::2], strict=True)):
            state = self._states[number % len(self._states)]
            await state(one, other)
            if state != self._never_seen:
                for member in (one, other):
                    await self._add_some(member)
            self._scenario.clock.pass_time(seconds=1)

    async def _never_seen(self, one: int, other: int) -> None:
        """Nobody knows them."""

    async def _wait(self, one: int, other: int) -> None:
        await self._scenario.waiting(one)
        await self._scenario.waiting(other)

    async def _searched_in_vain(self, one: int, other: int) -> None:
        await self._wait(one, other)
        for member in (one, other):
            await self._store.tickets.stop_waiting(member, self._scenario.clock.now())

    async def _invited(self, one: int, other: int) -> Meeting:
        return await self._scenario.matched(one, other)

    async def _called(self, one: int, other: int) -> Meeting:
        meeting = await self._invited(one, other)
        fence, now = await self._scenario.fence("courier"), self._scenario.clock.now()
        for message in await self._store.outbox.find_due(now, 99):
            if message.match_id == meeting.match_id:
                await self._store.outbox.mark_sent(message, Delivered(channel_id=1, message_id=2), now, fence)
        return meeting

    async def _alone_in_the_room(self, one: int, other: int) -> Meeting:
        meeting = await self._called(one, other)
        assert await self._scenario.redeem(meeting.tokens[0])
        await self._scenario.in_the_room(meeting, 0)
        return meeting

    async def _in_the_room(self, one: int, other: int) -> Meeting:
        meeting = await self._alone_in_the_room(one, other)
        assert await self._scenario.redeem(meeting.tokens[1])
        await self._scenario.in_the_room(meeting, 1)
        for side, seat_id in enumerate(meeting.seats):
            camera = Track(seat_id=seat_id, source=MediaSource.CAMERA, track_sid=f"TR_{side}", sid=f"PA_{side}")
            await self._store.presence.track_published(camera, meeting.room_name, self._scenario.clock.now())
        return meeting

    async def _left_a_moment_ago(self, one: int, other: int) -> None:
        meeting = await self._in_the_room(one, other)
        await self._store.browser_sessions.leave_seat(meeting.seats[0], self._scenario.clock.now())

    async def _met(self, one: int, other: int) -> None:
        meeting = await self._in_the_room(one, other)
        for seat in meeting.seats:
            await self._store.browser_sessions.leave_seat(seat, self._scenario.clock.now())
        self._scenario.clock.pass_time(seconds=11)
        assert await self._store.matches.end(meeting.match_id, EndReason.DONE, now=self._scenario.clock.now())

    async def _did_not_come(self, one: int, other: int) -> None:
        meeting = await self._called(one, other)
        assert await self._store.matches.end(meeting.match_id, EndReason.NO_SHOW, now=self._scenario.clock.now())

    async def _add_some(self, member: int) -> None:
        """Of each thing that does not depend on the state, with a chance of its own."""
        now, chance = self._scenario.clock.now(), self._chance.random
        someone = self._chance.choice([each for each in self.ids if each != member])
        if chance() < 0.5:
            await self._store.blocks.add(someone, member, now)
        if chance() < 0.3:
            await self._store.blocks.add(member, someone, now)
        if chance() < 0.5:
            await self._store.members.save_dm_channel(member, 7, now)
        if chance() < 0.7:
            await self._store.interactions.save(member, Interaction(encrypted_token=f"sealed {member}", opened_at=now))
        if chance() < 0.2:
            await self._store.setup_drafts.save(SERVER, member, {"subjects": f"by {member}"}, now)
        if chance() < 0.2:
            wishes = Wishes(subject=f"by {member}")
            postponed = PostponedSearch(server_id=SERVER, wishes=wishes, remembered=wishes)
            await self._store.postponed_searches.save(member, postponed, now)
        if chance() < 0.2:
            reminder = f"INSERT INTO gate_reminders VALUES ({SERVER}, {member}, 1, 'en', 1)"  # noqa: S608 -- numbers
            await change_rows(self._store, reminder)
        if chance() < 0.3:
            await self._hold(member)
        if chance() < 0.3:
            number = 2 * self.ids.index(member) + 1
            await fill_tables_of_reports(self._store, member, someone, someone, number=number)

    async def _hold(self, member: int) -> None:
        """As a severe report against the member does it."""
        now, report = self._scenario.clock.now(), f"{REPORT}{len(self.reported_at)}"
        hold = Restriction(
            id=f"hold {report}",
            kind=RestrictionKind.HOLD,
            member_id=member,
            server_id=SERVER,
            since=now,
            until=now + HOLD_FOR,
            report_id=f"hold {report}",
        )
        if await self._store.restrictions.add(hold, now):
            self.reported_at[member] = now.isoformat(timespec="seconds")


@on_both_databases
@pytest.mark.parametrize("seed", [pytest.param(1, marks=pytest.mark.dose), pytest.param(2, marks=pytest.mark.faults)])
async def test_two_hundred_members_in_every_state(
    store: Store, clock: VirtualClock, seed: int, record_property: Callable[[str, object], None]
) -> None:
    """Nobody's copy names anybody else; afterwards no id, name or text of theirs is anywhere, within a minute."""
    scenario = Scenario(store, clock)
    crowd = Crowd(scenario, Random(seed))
    await crowd.gather()
    tables = set()
    for member in crowd.ids:
        tables |= await assert_copy_is_own(store, clock, member, crowd)
    assert tables == PERSONAL.keys()
    started, slowest = time.perf_counter(), 0.0
    for member in crowd.ids:
        began = time.perf_counter()
        nobody = nobody_of(clock.random_bytes(NOBODY_BYTES))
        await store.personal_data.erase(member, nobody=nobody, now=clock.now())
        slowest = max(slowest, time.perf_counter() - began)
    taken = time.perf_counter() - started
    assert await broken_invariants(store, old_data_is_deleted=True) == []
    clock.set(clock.now() + ERASED_AGAIN_AFTER)
    for _ in range(MEMBERS // 20):
        await store.personal_data.finish_erasing(nobody=-1, now=clock.now())
    left = await cells(store)
    for member in crowd.ids:
        assert str(member) not in left
    under_pseudonyms = {table for table in FILL if await names_pseudonym(store, table, crowd.ids)}
    assert under_pseudonyms == {
        *("seats", "tickets", "blocks", "restrictions", "last_meetings"),
        *("reports", "former_reporters", "malicious_reporters", "audit"),
    }
    record_property("times", MEMBERS)
    record_property("seconds for all", round(taken, 2))
    record_property("seconds for the slowest", round(slowest, 3))
    assert slowest < WITHIN_S


async def assert_copy_is_own(store: Store, clock: VirtualClock, member: int, crowd: Crowd) -> set[str]:
    """The copy tells of nobody else but the partners' names, and of no report. Returns the tables that it has."""
    copy = await store.personal_data.read(member, clock.now())
    assert copy.cut == []
    partners = {entry["partner_name"] for entry in copy.tables.get("seats", ())}
    names = partners | {entry["blocked_name"] for entry in copy.tables.get("blocks", ())}
    text = json.dumps(copy.tables)
    for name in filter(None, names):
        text = text.replace(str(name), "the name of a partner")
    others = [each for each in crowd.ids if each != member and str(each) in text]
    assert others == []
    assert REPORT not in text
    assert str(pseudonym_of(PRIVACY_KEY, member)) not in text
    restrictions = json.dumps(copy.tables.get("restrictions", ()))
    assert member not in crowd.reported_at or crowd.reported_at[member] not in restrictions
    return set(copy.tables)


async def cells(store: Store) -> str:
    """Everything in the database."""
    return "\n".join([str(await fetch_rows(store, f"SELECT * FROM {table}")) for table in FILL])  # noqa: S608 -- ours


async def names_pseudonym(store: Store, table: str, members: Sequence[int]) -> bool:
    found = str(await fetch_rows(store, f"SELECT * FROM {table}"))  # noqa: S608 -- our own names
    return any(str(pseudonym_of(PRIVACY_KEY, member)) in found for member in members)


@on_both_databases
async def test_the_janitor_finishes_a_deletion(store: Store, clock: VirtualClock) -> None:
    """Within two rounds of its housekeeping, whoever leads by then."""
    scenario = Scenario(store, clock)
    await scenario.waiting(FIRST_ID)
    await store.personal_data.erase(FIRST_ID, nobody=-1, now=clock.now())
    await store.members.save_dm_channel(FIRST_ID, 7, clock.now())
    for _ in range(2):
        clock.pass_time(seconds=60)
        await make_janitor(store, clock).step(await scenario.fence("janitor"))
    assert str(FIRST_ID) not in await cells(store)
