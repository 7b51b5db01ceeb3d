"""A database that is moved, deleted or replaced while it is in use: nothing is written into what may be lost."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.store import Store, StoreUnavailable
from bot.store.databases.sqlite_connection import SqliteConnection
from bot.store.databases.sqlite_files import file_size
from tests.clocks import VirtualClock
from tests.loops.factories import make_matchmaker, open_server
from tests.store.opening import open_store
from tests.store.scenario import Scenario


def move(file: Path) -> Path:
    return file.rename(file.with_name("moved"))


def replace(file: Path) -> None:
    """Put a copy in its place, as restoring it by hand does."""
    file.write_bytes(move(file).read_bytes())


LOSSES = [(ending, lose) for ending in ("", "-wal", "-shm") for lose in (move, Path.unlink, replace)]


@pytest.mark.parametrize(("ending", "lose"), LOSSES)
async def test_nothing_is_written_into_a_lost_file(
    store: Store, database: Path, ending: str, lose: Callable[[Path], object]
) -> None:
    """The error says what to do. What was there can still be read, unless another file lies in its place."""
    await store.installation.set("a", "1")
    lose(database.with_name(database.name + ending))
    for write in (store.installation.set("a", "2"), store.check(), store.database.shrink()):
        with pytest.raises(StoreUnavailable, match=r"was moved, deleted or replaced while Hey Buddy was using it.* "):
            await write
    if (ending, lose) == ("", replace):
        with pytest.raises(StoreUnavailable, match="was moved, deleted or replaced"):
            await store.installation.get("a")
    else:
        assert await store.installation.get("a") == "1"


@pytest.mark.parametrize("is_replaced", [False, True])
async def test_writing_goes_on_once_the_file_is_back(
    store: Store, database: Path, empty_store: bytes, *, is_replaced: bool
) -> None:
    """As if nothing had happened, also if another file was in its place meanwhile."""
    await store.installation.set("b", "1")
    moved = move(database)
    if is_replaced:
        database.write_bytes(empty_store)
    with pytest.raises(StoreUnavailable):
        await store.installation.set("a", "1")
    moved.rename(database)
    assert await store.installation.get("b") == "1"
    await store.installation.set("a", "2")
    assert await store.installation.get("a") == "2"


@pytest.mark.parametrize("ending", ["-wal", "-shm"])
async def test_a_stop_saves_what_was_written_before_a_companion_was_lost(database: Path, ending: str) -> None:
    """As the sentence promises."""
    async with open_store(f"sqlite:///{database}") as store:
        await store.installation.set("a", "1")
        database.with_name(database.name + ending).unlink()
        with pytest.raises(StoreUnavailable):
            await store.installation.set("a", "2")
    async with open_store(f"sqlite:///{database}") as store:
        assert await store.installation.get("a") == "1"


@pytest.mark.parametrize("is_noticed", [False, True])
async def test_nothing_is_merged_into_the_file_that_was_put_in_the_place(
    database: Path, empty_store: bytes, *, is_noticed: bool
) -> None:
    """The next start finds it as it was put there, and the former one has everything, without its companions."""
    database.write_bytes(empty_store)
    async with open_store(f"sqlite:///{database}") as store:
        await store.installation.set("a", "1")
        moved = move(database)
        database.write_bytes(empty_store)
        if is_noticed:
            with pytest.raises(StoreUnavailable):
                await store.check()
            assert file_size(database.with_name(f"{database.name}-wal")) == 0, "a kill would leave nothing either"
    assert database.read_bytes() == empty_store
    for file, value in ((database, None), (moved, "1")):
        async with open_store(f"sqlite:///{file}") as store:
            assert await store.installation.get("a") == value


async def test_a_file_that_is_replaced_while_it_is_opened(
    database: Path, empty_store: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connections have the former one."""
    database.write_bytes(empty_store)
    fetch = SqliteConnection.fetch

    async def replace_first(self: SqliteConnection, *query: object) -> object:
        if not database.with_name("moved").exists():
            replace(database)
        return await fetch(self, *query)  # type: ignore[arg-type]  # whatever it was called with

    monkeypatch.setattr(SqliteConnection, "fetch", replace_first)
    with pytest.raises(StoreUnavailable, match="was moved, deleted or replaced"):
        async with open_store(f"sqlite:///{database}"):
            pass


async def test_nobody_is_matched_into_a_lost_file(store: Store, database: Path, clock: VirtualClock) -> None:
    """Two who wait go on waiting until the file is back."""
    scenario, matchmaker = Scenario(store, clock), make_matchmaker(store, clock)
    await open_server(store)
    for member_id in (1, 2):
        await scenario.waiting(member_id)
    fence = await scenario.fence("matchmaker")
    moved = move(database)
    with pytest.raises(StoreUnavailable):
        await matchmaker.step(fence)
    assert await store.matches.find_by_member(1) is None
    moved.rename(database)
    await matchmaker.step(fence)
    assert await store.matches.find_by_member(1) is not None
