"""Bad days on demand, as real discord.py meets them."""

import asyncio
import time

import aiohttp
import pytest

from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from bot.sandbox.discord.faults import Fault, FaultInjector
from tests.clocks import VirtualClock
from tests.sandbox.discord.small_bot import SmallBot

MESSAGES = "/channels/*/messages"


async def test_shares() -> None:
    """About as many requests fail as were asked for, each in one way only."""
    faults = FaultInjector(clock=VirtualClock(), probabilities={Fault.RATE_LIMITED: 0.2, Fault.SERVER_ERROR: 0.3})
    met = [await faults.next_fault("GET", "/users/@me") for _ in range(1000)]
    assert met.count(Fault.RATE_LIMITED) == pytest.approx(200, abs=40)
    assert met.count(Fault.SERVER_ERROR) == pytest.approx(300, abs=40)
    assert faults.injected == [fault for fault in met if fault]


async def test_only_where_asked_for() -> None:
    """Shares and plans leave other paths and methods alone; a good day clears everything."""
    faults = FaultInjector(clock=VirtualClock(), path_pattern=MESSAGES, probabilities={Fault.SERVER_ERROR: 1.0})
    faults.plan_fault(Fault.RESET_AFTER, method="DELETE", times=2)
    assert await faults.next_fault("POST", "/users/@me/channels") is None
    assert await faults.next_fault("POST", "/channels/1/messages") is Fault.SERVER_ERROR
    assert await faults.next_fault("DELETE", "/channels/1/messages/2") is Fault.RESET_AFTER
    faults.clear()
    assert await faults.next_fault("DELETE", "/channels/1/messages/2") is None
    assert await faults.next_fault("POST", "/channels/1/messages") is None


async def test_server_errors_are_tried_again(fake_discord: FakeDiscord, bot: SmallBot, study: int) -> None:
    """discord.py tries again after a server's error; the message arrives once."""
    fake_discord.faults.plan_fault(Fault.SERVER_ERROR, path=MESSAGES)
    await bot.post(study, content="x")
    assert fake_discord.faults.injected == [Fault.SERVER_ERROR]
    assert len(fake_discord.channel_messages(study)) == 1


@pytest.mark.parametrize(("fault", "arrived"), [(Fault.RESET_BEFORE, 0), (Fault.RESET_AFTER, 1)])
async def test_connections_break(
    fake_discord: FakeDiscord, bot: SmallBot, study: int, fault: Fault, arrived: int
) -> None:
    """The library passes a broken connection on; whether the message arrived it cannot know."""
    fake_discord.faults.plan_fault(fault, path=MESSAGES)
    with pytest.raises(aiohttp.ClientConnectionError):
        await bot.post(study, content="x")
    assert len(fake_discord.channel_messages(study)) == arrived


async def test_a_nonce_decides(fake_discord: FakeDiscord, bot: SmallBot, alice: Person) -> None:
    """After a lost answer the same nonce brings back the message that did arrive."""
    direct = fake_discord.direct_channel_id(alice)
    fake_discord.faults.plan_fault(Fault.RESET_AFTER, path=MESSAGES)
    with pytest.raises(aiohttp.ClientConnectionError):
        await bot.post(direct, content="x", nonce="row-1")
    again = await bot.post(direct, content="x", nonce="row-1")
    assert [message["id"] for message in fake_discord.channel_messages(direct)] == [str(again.id)]


async def test_slow_answers(fake_discord: FakeDiscord, bot: SmallBot, study: int) -> None:
    """Every answer takes its time."""
    fake_discord.faults.delay_s = 0.2
    began = time.monotonic()
    await asyncio.gather(bot.post(study, content="x"), bot.fetch_user(fake_discord.backend.bot_user.id))
    assert 0.2 <= time.monotonic() - began < 2
