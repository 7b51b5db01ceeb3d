"""Thousands of matches in one process: its memory and its open files stay as they are."""

import asyncio
import gc
import os
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from bot.domain.invitation import link_token
from bot.store import Store
from tests.clocks import VirtualClock
from tests.faults.repetitions import Repetitions, row
from tests.loops.all_loops import AllLoops
from tests.loops.factories import open_server
from tests.store.invariants import broken_invariants
from tests.store.scenario import LINK_KEY, Scenario
from tests.web.browsers import HERE, Browser
from tests.web.conftest import make_web_part
from tests.web.scripted_rooms import ScriptedRooms

MATCHES = 50
"""In each repetition."""
AT_ONCE = 50
MOST_GROWTH = 10.0  # per cent
WARM_UP = 20
"""After so many repetitions of a process, or after half of them if that is less, its memory counts."""
PAGE = os.sysconf("SC_PAGE_SIZE")


class Soak:
    """Members who are matched, meet and part again and again, over all loops and the page."""

    def __init__(self, store: Store, clock: VirtualClock, http: aiohttp.ClientSession, port: int) -> None:
        self._clock = clock
        self._store = store
        self._http = http
        self._port = port
        self._loops = AllLoops(Scenario(store, clock))
        self._members = 0

    async def meet(self) -> None:
        """Some pairs from their search to the end of their match, in half an hour."""
        members = [self._members + number for number in range(1, 2 * AT_ONCE + 1)]
        self._members += len(members)
        await asyncio.gather(*(self._loops.scenario.waiting(member) for member in members))
        await self._loops.run_for(minutes=2)
        sent = [each for each in self._loops.sent if each.invitation_id]
        links = {each.member_id: link_token(LINK_KEY, each.invitation_id or "") for each in sent}
        assert links.keys() == set(members)
        browsers = await asyncio.gather(*(self._visit(*each) for each in links.items()))
        await self._loops.run_for(minutes=3)
        await asyncio.gather(*(browser.leave() for browser in browsers))
        await self._loops.run_for(minutes=15)
        self._loops.sent.clear()

    async def _visit(self, member: int, token: str) -> Browser:
        """Redeem the link, get a join token and be in the room."""
        browser = Browser(http=self._http, bases=deque([f"http://{HERE}:{self._port}"]))
        await self._loops.scenario.told(member)
        assert (await browser.redeem(token)).status == 201
        assert (await browser.post("/session/join-token")).status == 200
        seat = await self._store.matches.find_by_seat(browser.seat or "")
        assert seat is not None
        room, now = seat.match.room_name, self._clock.now()
        await self._store.presence.participant_joined(seat.own.id, f"PA_{seat.own.id}", room, now)
        return browser


def memory_in_use() -> int:
    """The bytes of memory that this process occupies."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1]) * PAGE


def open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@asynccontextmanager
async def soaking(store: Store, clock: VirtualClock) -> AsyncIterator[Soak]:
    """The whole installation but chat and LiveKit."""
    await open_server(store)
    part, rooms = make_web_part(store, clock), ScriptedRooms()
    jar, keeps_none = aiohttp.DummyCookieJar(), aiohttp.TCPConnector(force_close=True)  # to be counted as descriptors
    async with (
        part.serve(rooms) as site,
        aiohttp.ClientSession(cookie_jar=jar, connector=keeps_none, auto_decompress=False) as http,
    ):
        yield Soak(store, clock, http, site.port)


@row(full=200, dose=2)
async def test_soak(repetitions: Repetitions, store: Store, clock: VirtualClock) -> None:
    """Fifty matches each, from search to end, in one process: memory grows by less than 10 %, descriptors not."""
    memory = descriptors = 0
    async with soaking(store, clock) as soak:
        for done_here, _ in enumerate(repetitions, start=1):
            for _ in range(MATCHES // AT_ONCE):
                await soak.meet()
            if done_here == min(WARM_UP, repetitions.planned // 2):
                memory, descriptors = memory_in_use(), open_descriptors()
            if memory:
                growth = 100 * (memory_in_use() / memory - 1)
                repetitions.note("memory grown by %", growth)
                repetitions.note("descriptors more", open_descriptors() - descriptors)
                assert growth < MOST_GROWTH
                assert open_descriptors() <= descriptors
    assert await broken_invariants(store, old_data_is_deleted=True) == []
