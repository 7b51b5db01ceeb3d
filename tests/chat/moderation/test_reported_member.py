"""What Discord tells of a reported member: their account and whether they came back; without an answer, nothing."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.chat.moderation import reported_member
from bot.chat.moderation.reported_member import MemberFacts, read_member
from bot.clock import SystemClock
from bot.domain.gate import account_created_at
from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from bot.sandbox.discord.faults import Fault, Refusal
from tests.polling import TIMEOUT
from tests.sandbox.discord.small_bot import SmallBot, running_bot
from tests.started_discord import started_discord

pytestmark = pytest.mark.usefixtures("discord_addresses")


@pytest.fixture
async def fake_discord() -> AsyncIterator[FakeDiscord]:
    async with started_discord(SystemClock()) as stand_in:
        yield stand_in


@pytest.fixture
def alice(fake_discord: FakeDiscord) -> Person:
    return fake_discord.add_person("Alice")


@pytest.fixture
async def bot(fake_discord: FakeDiscord, alice: Person) -> AsyncIterator[SmallBot]:
    async with running_bot(fake_discord) as running:
        yield running


async def test_the_account_and_whether_its_owner_came_back(
    fake_discord: FakeDiscord, bot: SmallBot, alice: Person
) -> None:
    """Of somebody who is not there nothing is told; who comes back has left before."""
    server_id, created_at = fake_discord.guild_id, account_created_at(alice.id)
    told = [await read_member(bot, server_id, alice.id)]
    fake_discord.backend.remove_member(server_id, alice.id)
    told.append(await read_member(bot, server_id, alice.id))
    fake_discord.backend.add_member(server_id, alice.id)
    told.append(await read_member(bot, server_id, alice.id))
    assert told == [
        MemberFacts(account_created_at=created_at, has_come_back=False),
        None,
        MemberFacts(account_created_at=created_at, has_come_back=True),
    ]


@pytest.mark.parametrize("failure", [Fault.SILENCE, Refusal(status=403, code=50001)])
async def test_no_answer_keeps_nobody_from_a_report(
    fake_discord: FakeDiscord,
    bot: SmallBot,
    alice: Person,
    monkeypatch: pytest.MonkeyPatch,
    failure: Fault | Refusal,
) -> None:
    """Whether Discord refuses, or does not answer in time."""
    monkeypatch.setattr(reported_member, "LOOK_WITHIN", 0.3)
    fake_discord.faults.plan_fault(failure, path=f"*/members/{alice.id}", times=None)
    async with asyncio.timeout(TIMEOUT):
        assert await read_member(bot, fake_discord.guild_id, alice.id) is None


async def test_who_has_deleted_their_data_is_not_asked_about(bot: SmallBot, fake_discord: FakeDiscord) -> None:
    """A pseudonym is no id of Discord's."""
    fake_discord.faults.plan_fault(Fault.SERVER_ERROR, times=None)
    assert await read_member(bot, fake_discord.guild_id, -5) is None
    assert fake_discord.faults.injected == []
