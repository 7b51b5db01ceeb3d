"""Fixtures for the store's tests: other processes over the same database."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.store.writing import StartWriting, WritingProcess

WRITING = Path(__file__).with_name("writing_process.py")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test of the store on both databases, except those that use SQLite's file itself."""
    if "on_postgres" in metafunc.fixturenames and "database" not in metafunc.fixturenames:
        kinds = [pytest.param(False, id="sqlite"), pytest.param(True, id="postgres", marks=pytest.mark.postgres)]
        metafunc.parametrize("on_postgres", kinds)


@pytest.fixture
async def start_writing(database: Path) -> AsyncIterator[StartWriting]:
    """Starts processes that write to `database`; kills them at the end."""
    started: list[asyncio.subprocess.Process] = []

    async def start(*arguments: str) -> WritingProcess:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(WRITING), f"sqlite:///{database}", *arguments), stdout=asyncio.subprocess.PIPE
        )
        started.append(process)
        return WritingProcess(process)

    yield start
    for process in started:
        if process.returncode is None:
            process.kill()
            await process.communicate()
