"""Channels for direct messages are opened over real HTTP, several at once."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest

from bot.chat.direct_channels import DirectChannels
from bot.chat.part import Chat
from bot.chat.route_lanes import LANES
from bot.clock import SystemClock
from bot.domain.message import Delivered
from bot.sandbox.discord.fake_discord import FakeDiscord
from bot.sandbox.discord.faults import Fault
from bot.sandbox.discord.rate_limits import RateLimitDecision
from bot.store import Store
from tests.chat.member_questions import connected
from tests.clocks import ShortPauses
from tests.polling import TIMEOUT
from tests.started_discord import started_discord

pytestmark = pytest.mark.usefixtures("discord_addresses")

OPEN = "/users/@me/channels"
LIMIT = 2


class SlowOpening:
    """Discord answers no request to open a channel before `together` of them are there; `most` is how many were."""

    def __init__(self, fake_discord: FakeDiscord, monkeypatch: pytest.MonkeyPatch) -> None:
        self.together = self.most = 0
        self._under_way = 0
        self._are_there = asyncio.Condition()
        monkeypatch.setattr(fake_discord.faults, "next_fault", self._next_fault)

    async def _next_fault(self, _: str, path: str) -> Fault | None:
        if not path.startswith(OPEN):
            return None
        self._under_way += 1
        self.most = max(self.most, self._under_way)
        async with self._are_there:
            self._are_there.notify_all()
            await self._are_there.wait_for(lambda: self.most >= self.together)
        self._under_way -= 1
        return None


@pytest.fixture
async def fake_discord() -> AsyncIterator[FakeDiscord]:
    async with started_discord(SystemClock()) as stand_in:
        yield stand_in


@pytest.fixture
async def chat(store: Store, fake_discord: FakeDiscord) -> AsyncIterator[Chat]:
    async with connected(store, fake_discord, ShortPauses()) as running:
        yield running


@pytest.fixture
def slow(fake_discord: FakeDiscord, monkeypatch: pytest.MonkeyPatch) -> SlowOpening:
    return SlowOpening(fake_discord, monkeypatch)


async def open_channels(chat: Chat, store: Store, fake_discord: FakeDiscord, count: int) -> None:
    """Send into the channels of so many new members at once."""
    channels = DirectChannels(client=chat.client, members=store.members, clock=SystemClock())

    async def send_to(channel_id: int) -> Delivered:
        return Delivered(channel_id=channel_id, message_id=1)

    people = [fake_discord.add_person(f"Student{len(fake_discord.people)}") for _ in range(count)]
    async with asyncio.timeout(TIMEOUT):
        sent = await asyncio.gather(*(channels.send(person.id, send_to) for person in people))
    assert [each.channel_id for each in sent] == [fake_discord.direct_channel_id(person) for person in people]


async def test_no_channel_waits_for_discord_to_open_another(
    chat: Chat, store: Store, fake_discord: FakeDiscord, slow: SlowOpening
) -> None:
    """Discord names no limit for opening them: the library alone would send one request after another."""
    slow.together = LANES
    await open_channels(chat, store, fake_discord, 2 * LANES)
    assert slow.most == LANES


async def test_a_limit_that_discord_names_is_kept(
    chat: Chat, store: Store, fake_discord: FakeDiscord, slow: SlowOpening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From its first answers on, all lanes count together."""
    headers: Mapping[str, str] = {
        "X-RateLimit-Limit": str(LIMIT),
        "X-RateLimit-Remaining": str(LIMIT - 1),
        "X-RateLimit-Reset-After": "0.05",
        "X-RateLimit-Bucket": "open",
    }
    decision = RateLimitDecision(allowed=True, headers=headers)
    monkeypatch.setattr(fake_discord.limits, "count_request", lambda *_: decision)
    await open_channels(chat, store, fake_discord, LANES)
    slow.most = 0
    await open_channels(chat, store, fake_discord, 2 * LANES)
    assert 1 <= slow.most <= LIMIT
