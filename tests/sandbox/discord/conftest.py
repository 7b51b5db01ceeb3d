"""Fixtures for the stand-in's tests: a stand-in that listens, people, and a small bot."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from tests.sandbox.discord.server_with_bot import ServerWithBot
from tests.sandbox.discord.small_bot import ShiftedClock, SmallBot, running_bot
from tests.started_discord import started_discord


@pytest.fixture(autouse=True)
def _restored_addresses(discord_addresses: None) -> None:
    """Every test here connects a bot."""


@pytest.fixture
def clock() -> ShiftedClock:
    return ShiftedClock()


@pytest.fixture
async def fake_discord(clock: ShiftedClock) -> AsyncIterator[FakeDiscord]:
    async with started_discord(clock) as stand_in:
        yield stand_in


@pytest.fixture
def study(fake_discord: FakeDiscord) -> int:
    return fake_discord.add_channel("study")


@pytest.fixture
def alice(fake_discord: FakeDiscord) -> Person:
    return fake_discord.add_person("Alice")


@pytest.fixture
def bob(fake_discord: FakeDiscord) -> Person:
    return fake_discord.add_person("Bob", locale="de")


@pytest.fixture
def dana(fake_discord: FakeDiscord) -> Person:
    return fake_discord.add_person("Dana", admin=True)


@pytest.fixture
async def bot(
    fake_discord: FakeDiscord, study: int, alice: Person, bob: Person, dana: Person
) -> AsyncIterator[SmallBot]:
    async with running_bot(fake_discord) as running:
        yield running


@pytest.fixture
def server(
    fake_discord: FakeDiscord, bot: SmallBot, study: int, alice: Person, bob: Person, dana: Person
) -> ServerWithBot:
    return ServerWithBot(fake_discord=fake_discord, bot=bot, study=study, alice=alice, bob=bob, dana=dana)


@pytest.fixture
async def api(fake_discord: FakeDiscord) -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP client for the REST API, with the bot's token."""
    headers = {"Authorization": f"Bot {fake_discord.token}"}
    async with aiohttp.ClientSession(f"{fake_discord.api_base}/", headers=headers) as session:
        yield session
