"""A running sandbox in which everything but LiveKit and browsers is real, and two of its students."""

from collections.abc import AsyncIterator

import pytest

from bot.sandbox.sandbox import Sandbox
from tests.sandbox.sandbox_without_video import sandbox_without_video
from tests.sandbox.student import Student


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with sandbox_without_video() as up:
        yield up


@pytest.fixture
def alice(sandbox: Sandbox) -> Student:
    return Student(sandbox, "Alice")


@pytest.fixture
def bob(sandbox: Sandbox) -> Student:
    return Student(sandbox, "Bob")
