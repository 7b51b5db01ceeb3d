"""A sandbox that runs, with everything real but LiveKit and the browsers."""

from collections.abc import AsyncIterator

import pytest

from bot.clock import SystemClock
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.settings import Secrets, choose_ports
from bot.sandbox.start import running
from tests.sandbox.acting import Student

ELSEWHERE = {
    "LIVEKIT_URL": "ws://127.0.0.1:9",
    "LIVEKIT_API_KEY": "sandbox",
    "LIVEKIT_API_SECRET": "only for tests, and long enough for them",
}


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    clock = SystemClock()
    async with running(
        ports=choose_ports(0),
        secrets=Secrets.fresh(clock),
        students=3,
        environment=ELSEWHERE,
        clock=clock,
        say=lambda _: None,
    ) as up:
        yield up


@pytest.fixture
def alice(sandbox: Sandbox) -> Student:
    return Student(sandbox, "Alice")


@pytest.fixture
def bob(sandbox: Sandbox) -> Student:
    return Student(sandbox, "Bob")
