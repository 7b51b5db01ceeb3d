"""Six processes over one database: members ask, click and meet while processes of each kind are killed with kill -9.

Afterwards each member has met exactly one partner, by exactly one message, and what was killed was taken over in time.
"""

import asyncio
import logging
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from bot.clock import SystemClock, new_id
from bot.sandbox.discord.fake_discord import FakeDiscord
from bot.store import Store
from bot.store.leases import LEASE_LENGTH
from tests.both_databases import ON_POSTGRES, on_both_databases
from tests.flow.process_fleet import PARTS, Fleet
from tests.flow.room_server import RoomServer
from tests.flow.scripted_student import LINK, Student
from tests.flow.two_shards import new_student, servers_on_two_shards
from tests.polling import until
from tests.store.invariants import broken_invariants
from tests.store.rows import fetch_rows
from tests.web.browsers import Browsers

TOKEN, SECRET = "the-token-of-the-bot", "long enough to derive every key from it"
TAKEN_OVER_WITHIN: Final = 30.0  # seconds
LED_BY: Final[Mapping[str, str]] = {"matchmaker": "matchmaker", "courier": "chat", "rooms": "web"}
"""By the loop whose leader is killed: the kind of process that leads it."""

log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Installation:
    """Discord, LiveKit, the processes, and the members of two servers, one on each shard."""

    discord: FakeDiscord
    rooms: RoomServer
    fleet: Fleet
    store: Store
    browsers: Browsers
    chance: random.Random
    channels: Mapping[int, int]
    takeovers: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    links: dict[int, Counter[tuple[str, str]]] = field(default_factory=lambda: defaultdict(Counter))

    def note_links(self, event: Mapping[str, Any]) -> None:
        """Remember every message with a link that somebody was sent."""
        message = event.get("message")
        if message is not None:
            self.links[int(message["channel_id"])].update(
                {(message["id"], token) for token in LINK.findall(str(message))}
            )

    def students(self, count: int) -> list[Student]:
        """New members, half of them in each server."""
        servers = list(self.channels)
        return [self._new_student(servers[number % 2]) for number in range(count)]

    def _new_student(self, server_id: int) -> Student:
        browser = self.browsers.open()
        browser.bases.rotate(self.chance.randrange(2))
        return Student(
            person=new_student(self.discord, server_id, f"student{new_id(SystemClock())[:8]}"),
            channel=self.channels[server_id],
            discord=self.discord,
            rooms=self.rooms,
            browser=browser,
            chance=self.chance,
        )

    async def kill_leader(self, loop: str, *, waits: bool) -> str:
        """Kill the process that leads `loop`, and wait until another one has finished a round of it.

        Not `waits`: its lease is not waited for, but ended by the clock.
        """
        name, holder = await self._find_leader(loop)
        clock = self.fleet.clock
        killed_at, began = clock.now(), clock.monotonic()
        self.fleet.kill(name)
        if not waits:
            clock.move(LEASE_LENGTH.total_seconds())

        async def is_taken_over() -> bool:
            lease = await self._lease_of(loop)
            return lease.holder != holder and lease.stepped_at is not None and lease.stepped_at > killed_at

        try:
            await until(is_taken_over, within=2 * TAKEN_OVER_WITHIN)
        except TimeoutError:
            pytest.fail(f"{name} was killed, and nobody has taken {loop} over: {await self._lease_of(loop)}")
        self.takeovers[loop].append(clock.monotonic() - began)
        log.info(
            "%s was killed: another process finished a round of %s after %.1f s", name, loop, self.takeovers[loop][-1]
        )
        return name

    def require_quick_takeovers(self) -> None:
        """Each loop ran again in time."""
        assert {loop: seconds for loop, seconds in self.takeovers.items() if max(seconds) > TAKEN_OVER_WITHIN} == {}
        assert self.takeovers.keys() == LED_BY.keys()

    async def _find_leader(self, loop: str) -> tuple[str, str]:
        """Who leads `loop`, by the store: the name of the process, and what it calls itself."""
        holder = (await self._lease_of(loop)).holder
        name = self.fleet.name_of(holder)
        assert name is not None, f"{holder} leads {loop}, but does not run"
        return name, holder

    async def _lease_of(self, loop: str) -> Any:
        return next(lease for lease in await self.store.leases.read_all() if lease.name == loop)

    async def kill_one_of_each(self, *, restart: Mapping[str, bool], waits: bool) -> None:
        """Kill the leaders of `LED_BY` one after the other, at any moment; start again those that nobody replaces."""
        for loop in self.chance.sample(list(LED_BY), len(LED_BY)):
            await SystemClock().sleep(self.chance.uniform(0, 1.5))
            name = await self.kill_leader(loop, waits=waits)
            if restart[LED_BY[loop]]:
                await self.fleet.start(name)


@pytest.fixture
async def installation(store: Store, store_url: str, tmp_path: Path) -> AsyncIterator[Installation]:
    """All six processes, ready."""
    async with AsyncExitStack() as stack:
        discord = FakeDiscord(clock=SystemClock(), token=TOKEN)
        await discord.start()
        stack.push_async_callback(discord.stop)
        channels = await servers_on_two_shards(discord, store)
        chance = random.Random(20261129)
        rooms = RoomServer(lambda: chance.choice(fleet.addresses()) + "/livekit/webhook")
        await rooms.start()
        stack.push_async_callback(rooms.stop)
        environment = {
            "DISCORD_TOKEN": TOKEN,
            "SESSION_SECRET": SECRET,
            "HEYBUDDY_PRIVACY__KEY": SECRET,
            "HEYBUDDY_DISCORD__API_BASE": discord.api_base,
            "HEYBUDDY_WEB__PUBLIC_URL": "http://localhost:8766",
            "HEYBUDDY_STORE__DATABASE": store_url,
            **rooms.environment,
        }
        fleet = Fleet(environment=environment, folder=tmp_path)
        stack.callback(fleet.stop)
        await fleet.start(*PARTS)
        browsers = Browsers(*fleet.ports.values())
        stack.push_async_callback(browsers.close)
        made = Installation(
            discord=discord,
            rooms=rooms,
            fleet=fleet,
            store=store,
            browsers=browsers,
            chance=chance,
            channels=channels,
        )
        stack.callback(discord.add_listener(made.note_links))
        yield made


async def require_all_well(installation: Installation, students: list[Student]) -> None:
    """Everybody has met one partner, nobody two, and nobody was sent a second link."""
    seats = {student.seat: student for student in students}
    assert len(seats) == len(students)
    await until(lambda: has_sent_all_links(installation.store))
    assert Counter(seat for pair in installation.rooms.pairs for seat in pair) == Counter(seats.keys())
    assert {len(rooms) for rooms in installation.rooms.rooms_of.values()} == {1}
    for first, second in installation.rooms.pairs:
        assert seats[first].channel == seats[second].channel
    for student in students:
        sent = installation.links[installation.discord.direct_channel_id(student.person)]
        assert len(sent) == 1, sent
    assert await broken_invariants(installation.store) == []


async def has_sent_all_links(store: Store) -> bool:
    """Whether no process sends a link any more, nor one for the second time."""
    return not await fetch_rows(store, "SELECT id FROM outbox WHERE kind = 'invitation' AND state = 'pending'")


@pytest.mark.dose
@pytest.mark.parametrize("on_postgres", [ON_POSTGRES])
async def test_one_of_each_is_killed(installation: Installation) -> None:
    """A matchmaker, a chat and a page, each while it leads; only chat is started again, as its shard has no other."""
    students = installation.students(12)
    stories = asyncio.gather(*(student.study() for student in students))
    await installation.kill_one_of_each(restart={"matchmaker": False, "chat": True, "web": False}, waits=False)
    await stories
    await require_all_well(installation, students)
    installation.require_quick_takeovers()


@pytest.mark.faults
@on_both_databases
async def test_again_and_again(installation: Installation) -> None:
    """Ten times one of each, always started again, while two hundred members come and go."""
    met: list[Student] = []
    for _ in range(10):
        students = installation.students(20)
        stories = asyncio.gather(*(student.study() for student in students))
        await installation.kill_one_of_each(restart=dict.fromkeys(LED_BY.values(), True), waits=True)
        await stories
        met += students
    await require_all_well(installation, met)
    installation.require_quick_takeovers()
