"""What the stand-in's tests share: a world that listens, a bot in it, and people."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.sandbox.discord.world import Person, World
from tests.sandbox.discord.hall import Hall
from tests.sandbox.discord.small_bot import ShiftedClock, SmallBot, running_bot


@pytest.fixture(autouse=True)
def _restored_addresses(discord_addresses: None) -> None:
    """Every test here connects a bot."""


@pytest.fixture
def clock() -> ShiftedClock:
    return ShiftedClock()


@pytest.fixture
async def world(clock: ShiftedClock) -> AsyncIterator[World]:
    stand_in = World(clock=clock, token="right")
    await stand_in.start()
    yield stand_in
    await stand_in.stop()


@pytest.fixture
def study(world: World) -> int:
    return world.add_channel("study")


@pytest.fixture
def alice(world: World) -> Person:
    return world.add_person("Alice")


@pytest.fixture
def bob(world: World) -> Person:
    return world.add_person("Bob", locale="de")


@pytest.fixture
def dana(world: World) -> Person:
    return world.add_person("Dana", admin=True)


@pytest.fixture
async def bot(world: World, study: int, alice: Person, bob: Person, dana: Person) -> AsyncIterator[SmallBot]:
    async with running_bot(world) as running:
        yield running


@pytest.fixture
def hall(world: World, bot: SmallBot, study: int, alice: Person, bob: Person, dana: Person) -> Hall:
    return Hall(world=world, bot=bot, study=study, alice=alice, bob=bob, dana=dana)


@pytest.fixture
async def api(world: World) -> AsyncIterator[aiohttp.ClientSession]:
    """The bare REST interface, with the bot's token."""
    headers = {"Authorization": f"Bot {world.token}"}
    async with aiohttp.ClientSession(f"{world.api_base}/", headers=headers) as session:
        yield session
