"""What every test may use: a ledger in a real file and a clock that stands still. And the order in which tests run."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import Store, open_store
from tests.clocks import VirtualClock
from tests.store.ledger import Ledger


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Quick ones first, browsers after them, faults last: what is broken shows early."""
    items.sort(
        key=lambda item: (item.get_closest_marker("faults") is not None, item.get_closest_marker("browser") is not None)
    )


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Where a ledger may be made; nothing is there yet."""
    return tmp_path / "ledger.db"


@pytest.fixture(scope="session")
def nobody_yet(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A new ledger's file; a copy of it is there in half the time."""

    async def make(path: Path) -> bytes:
        async with open_store(f"sqlite:///{path}"):
            pass
        return path.read_bytes()

    return asyncio.run(make(tmp_path_factory.mktemp("ledger") / "new.db"))


@pytest.fixture
async def store(database: Path, nobody_yet: bytes) -> AsyncIterator[Store]:
    database.write_bytes(nobody_yet)
    async with open_store(f"sqlite:///{database}") as opened:
        yield opened


@pytest.fixture
def ledger(store: Store, clock: VirtualClock) -> Ledger:
    return Ledger(store, clock)
