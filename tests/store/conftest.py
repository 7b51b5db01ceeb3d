"""A ledger in a real file, and a clock that stands still."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import Store, open_store
from tests.clocks import VirtualClock
from tests.store.ledger import Ledger


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
async def store(database: Path) -> AsyncIterator[Store]:
    async with open_store(f"sqlite:///{database}") as opened:
        yield opened


@pytest.fixture
def ledger(store: Store, clock: VirtualClock) -> Ledger:
    return Ledger(store, clock)
