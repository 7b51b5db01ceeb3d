"""A disk that is full, read-only or locked: a clear refusal, nothing by halves, and all goes on afterwards."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.store import StoreUnavailable
from bot.store.databases import sqlite_connection
from tests.clocks import VirtualClock
from tests.faults.repetitions import Repetitions, row
from tests.faults.small_disk import small_disk
from tests.loops.all_loops import AllLoops
from tests.loops.factories import open_server
from tests.store.invariants import broken_invariants
from tests.store.opening import open_store
from tests.store.scenario import Scenario
from tests.web.browsers import Browsers
from tests.web.conftest import make_web_part
from tests.web.scripted_rooms import ScriptedRooms

INVITED, WAITING, LATE = (1, 2), (3, 4), 5
MOST_WRITES = 5000
"""So many writes may still fit into what SQLite has of a full disk."""


class Installation:
    """The loops and the page over one store, with two members invited and two waiting."""

    def __init__(self, scenario: Scenario, browsers: Browsers) -> None:
        self._scenario = scenario
        self._store = scenario.store
        self._browsers = browsers
        self._loops = AllLoops(scenario)

    async def begin(self) -> str:
        """Two are invited and two wait. Returns the link of one."""
        await open_server(self._store)
        meeting = await self._scenario.matched(*INVITED)
        for member in WAITING:
            await self._scenario.waiting(member)
        return meeting.tokens[0]

    async def require_refusals(self, link: str) -> None:
        """Nothing can be written: not ready, a problem on the page, no match and no new ticket."""
        for _ in range(MOST_WRITES):
            try:
                await self._store.check()
            except StoreUnavailable:
                break
        self._scenario.clock.pass_time(seconds=2)
        assert await self._readiness() == (503, "store\n")
        refused = await self._browsers.open().redeem(link)
        assert (refused.status, refused.code) == (503, "store_unavailable")
        with pytest.raises(StoreUnavailable):
            await self._loops.run_round()
        with pytest.raises(StoreUnavailable):
            await self._scenario.waiting(LATE)

    async def require_recovery(self, link: str) -> None:
        """Ready again; the same link works, the two who waited are matched, and nothing is there by halves."""
        self._scenario.clock.pass_time(seconds=2)
        assert await self._readiness() == (200, "ok\n")
        assert await self._store.tickets.find_by_member(LATE) is None
        assert [bool(await self._store.matches.find_by_member(member)) for member in WAITING] == [False, False]
        assert await broken_invariants(self._store) == []
        assert (await self._browsers.open().redeem(link)).status == 201
        await self._loops.run_round()
        assert all([await self._store.matches.find_by_member(member) for member in WAITING])
        await self._scenario.waiting(LATE)
        assert await broken_invariants(self._store) == []

    async def _readiness(self) -> tuple[int, str]:
        answer = await self._browsers.open().get("/readyz")
        return answer.status, answer.body.decode()


@asynccontextmanager
async def installation(database: Path, clock: VirtualClock) -> AsyncIterator[Installation]:
    """An installation over the file, which it may have to make."""
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(f"sqlite:///{database}"))
        site = await stack.enter_async_context(make_web_part(store, clock).serve(ScriptedRooms()))
        browsers = Browsers(site.port)
        stack.push_async_callback(browsers.close)
        yield Installation(Scenario(store, clock), browsers)


@row(full=20, dose=1)
async def test_full_disk(repetitions: Repetitions, tmp_path: Path, clock: VirtualClock) -> None:
    """A disk of 8 MB filled to the last block while two are invited and two wait; then somebody makes room."""
    with small_disk(tmp_path) as disk:
        for number in repetitions:
            async with installation(disk.folder / f"{number}.db", clock) as running:
                link = await running.begin()
                disk.fill()
                await running.require_refusals(link)
                disk.make_room()
                await running.require_recovery(link)
            for file in disk.folder.glob(f"{number}.db*"):
                file.unlink()


@row(full=20, dose=1)
async def test_read_only_disk(repetitions: Repetitions, tmp_path: Path, clock: VirtualClock) -> None:
    """A disk that the kernel makes read-only under open files; then it is mounted anew, and all is started again."""
    for number in repetitions:
        place = tmp_path / str(number)
        place.mkdir()
        with small_disk(place) as disk:
            async with installation(disk.folder / "own.db", clock) as running:
                link = await running.begin()
                disk.make_read_only()
                await running.require_refusals(link)
            disk.unmount()
            disk.mount()
            async with installation(disk.folder / "own.db", clock) as again:
                await again.require_recovery(link)


@row(full=20, dose=1)
async def test_locked_database(
    repetitions: Repetitions, store_folder: Path, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program has locked the database for longer than is waited; then it lets go."""
    monkeypatch.setattr(sqlite_connection, "BUSY_TIMEOUT", 0.05)
    for _ in repetitions:
        with TemporaryDirectory(dir=store_folder) as folder:
            async with installation(Path(folder, "locked.db"), clock) as running:
                link = await running.begin()
                with closing(sqlite3.connect(Path(folder, "locked.db"), isolation_level=None)) as other:
                    other.execute("BEGIN EXCLUSIVE")
                    await running.require_refusals(link)
                    other.execute("ROLLBACK")
                await running.require_recovery(link)
