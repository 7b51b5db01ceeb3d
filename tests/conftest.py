"""Fixtures for every test: a store in a real file and a clock that the test moves. Also the order of tests."""

import asyncio
import gc
import os
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings

from bot import words
from bot.metrics import Metrics
from bot.store import Store
from tests.added_language import CODE, add_language
from tests.clocks import VirtualClock
from tests.discord_addresses import restored_addresses
from tests.postgres_databases import new_postgres_database
from tests.postgres_server import shared_server
from tests.signals import stop_ignoring_signals
from tests.store.opening import open_store
from tests.store.scenario import Scenario

MEMORY = Path("/dev/shm")  # noqa: S108 -- we make a folder of our own in it


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgres", action="store_true", help="put every store of the tests into PostgreSQL")


def pytest_configure() -> None:
    """Let hypothesis take the time of a busy machine.

    Keep compiled tests wherever Python is told not to: compiling all of them takes each worker four seconds. Let the
    processes of tests be stopped by signals that this one was told to ignore, as in the background of a script.
    """
    stop_ignoring_signals()
    sys.dont_write_bytecode = False
    settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("unhurried")


@pytest.hookimpl(optionalhook=True)  # tests can also be run without xdist
def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are cores: some tests wait for processes and servers."""
    return (os.cpu_count() or 1) + 1


def pytest_collection(session: pytest.Session) -> None:
    """Collect no garbage while tests are imported: next to nothing of them is."""
    gc.disable()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Leave modules and tests out of every later collection of garbage: they stay, and it would look through them."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what uses PostgreSQL. Run quick tests first, then those on PostgreSQL, doses, browsers and faults."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "postgres_server" in fixtures:
            item.add_marker("postgres")
        elif config.getoption("--postgres") and "database" in fixtures:
            item.add_marker(pytest.mark.skip(reason="uses SQLite's file"))
    slow = ("faults", "browser", "dose", "postgres")
    items.sort(key=lambda item: [item.get_closest_marker(name) is not None for name in slow])


@pytest.fixture
def discord_addresses() -> Iterator[None]:
    """Restores discord.py's two addresses after a test."""
    with restored_addresses():
        yield


@pytest.fixture
def added_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The code of a language that has a catalogue during this test."""
    add_language(tmp_path)
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    return CODE


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture(scope="session")
def store_folder() -> Iterator[Path]:
    """The folder of all stores. In memory no commit waits for a disk, and what a killed process wrote is kept."""
    with TemporaryDirectory(prefix="heybuddy-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as folder:
        yield Path(folder)


@pytest.fixture
def database(store_folder: Path) -> Iterator[Path]:
    """The path of a store that does not exist yet."""
    with TemporaryDirectory(dir=store_folder) as folder:
        yield Path(folder) / "scenario.db"


@pytest.fixture(scope="session")
def empty_store(store_folder: Path) -> bytes:
    """The file of a new store: copying it takes half the time of making one."""

    async def make(path: Path) -> bytes:
        async with open_store(f"sqlite:///{path}"):
            pass
        return path.read_bytes()

    return asyncio.run(make(store_folder / "new.db"))


@pytest.fixture
def on_postgres(request: pytest.FixtureRequest) -> bool:
    """Whether the store is in PostgreSQL: so in `tests/store`, besides SQLite, and everywhere with `--postgres`."""
    return bool(request.config.getoption("--postgres"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a real PostgreSQL server that all workers share."""
    with shared_server() as url:
        yield url


@pytest.fixture
async def postgres_url(postgres_server: str) -> AsyncIterator[str]:
    """The URL of a database of PostgreSQL's that has the newest schema and no rows."""
    async with new_postgres_database(postgres_server) as url:
        yield url


@pytest.fixture
async def store_url(on_postgres: bool, empty_store: bytes, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """Where the store is, as the setting has it: a new database without rows."""
    if on_postgres:
        async with new_postgres_database(request.getfixturevalue("postgres_server")) as url:
            yield url
        return
    database: Path = request.getfixturevalue("database")
    database.write_bytes(empty_store)
    yield f"sqlite:///{database}"


@pytest.fixture
def metrics() -> Metrics:
    """The metrics in which `store` and everything else in a test counts."""
    return Metrics()


@pytest.fixture
async def store(store_url: str, metrics: Metrics) -> AsyncIterator[Store]:
    async with open_store(store_url, metrics=metrics) as opened:
        yield opened


@pytest.fixture
async def second_store(store: Store, store_url: str) -> AsyncIterator[Store]:
    """The store as another process has it: the same database and nothing else."""
    del store
    async with open_store(store_url) as opened:
        yield opened


@pytest.fixture
def scenario(store: Store, clock: VirtualClock) -> Scenario:
    return Scenario(store, clock)
