"""Injected faults, alone and as real discord.py meets them."""

import asyncio
import time

import aiohttp
import discord
import pytest

from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from bot.sandbox.discord.faults import Fault, FaultInjector, Refusal
from tests.clocks import VirtualClock
from tests.polling import until
from tests.sandbox.discord.small_bot import SmallBot

MESSAGES = "/channels/*/messages"


async def test_probabilities() -> None:
    """Requests fail at about the given rates, each with one fault."""
    faults = FaultInjector(clock=VirtualClock(), probabilities={Fault.RATE_LIMITED: 0.2, Fault.SERVER_ERROR: 0.3})
    met = [await faults.next_fault("GET", "/users/@me") for _ in range(1000)]
    assert met.count(Fault.RATE_LIMITED) == pytest.approx(200, abs=40)
    assert met.count(Fault.SERVER_ERROR) == pytest.approx(300, abs=40)
    assert faults.injected == [fault for fault in met if fault]


async def test_only_matching_requests() -> None:
    """Random and planned faults leave other paths and methods alone; clear() removes both."""
    faults = FaultInjector(clock=VirtualClock(), path_pattern=MESSAGES, probabilities={Fault.SERVER_ERROR: 1.0})
    faults.plan_fault(Fault.RESET_AFTER, method="DELETE", times=2)
    assert await faults.next_fault("POST", "/users/@me/channels") is None
    assert await faults.next_fault("POST", "/channels/1/messages") is Fault.SERVER_ERROR
    assert await faults.next_fault("DELETE", "/channels/1/messages/2") is Fault.RESET_AFTER
    faults.clear()
    assert await faults.next_fault("DELETE", "/channels/1/messages/2") is None
    assert await faults.next_fault("POST", "/channels/1/messages") is None


async def test_server_errors_are_retried(fake_discord: FakeDiscord, bot: SmallBot, study: int) -> None:
    """After a server error discord.py retries; the message arrives once."""
    fake_discord.faults.plan_fault(Fault.SERVER_ERROR, path=MESSAGES)
    await bot.post_message(study, content="x")
    assert fake_discord.faults.injected == [Fault.SERVER_ERROR]
    assert len(fake_discord.channel_messages(study)) == 1


@pytest.mark.parametrize(
    ("fault", "arrived"), [(Fault.RESET_BEFORE, 0), (Fault.RESET_AFTER, 1), (Fault.RESET_MIDWAY, 1)]
)
async def test_connections_break(
    fake_discord: FakeDiscord, bot: SmallBot, study: int, fault: Fault, arrived: int
) -> None:
    """A broken connection is raised to the caller, whether or not the message arrived."""
    fake_discord.faults.plan_fault(fault, path=MESSAGES)
    with pytest.raises((aiohttp.ClientConnectionError, aiohttp.ClientPayloadError)):
        await bot.post_message(study, content="x")
    assert len(fake_discord.channel_messages(study)) == arrived


async def test_silence(fake_discord: FakeDiscord, bot: SmallBot, study: int) -> None:
    """There is no answer, and the message does not arrive."""
    fake_discord.faults.plan_fault(Fault.SILENCE, path=MESSAGES)
    sending = asyncio.create_task(bot.post_message(study, content="x"))

    async def has_come() -> bool:
        return fake_discord.faults.injected == [Fault.SILENCE]

    await until(has_come)
    await asyncio.wait([sending], timeout=0.2)
    assert not sending.done()
    sending.cancel()
    assert fake_discord.channel_messages(study) == []


async def test_a_nonce_after_a_lost_answer(fake_discord: FakeDiscord, bot: SmallBot, alice: Person) -> None:
    """After a lost answer, sending again with the same nonce returns the message that did arrive."""
    direct = fake_discord.direct_channel_id(alice)
    fake_discord.faults.plan_fault(Fault.RESET_AFTER, path=MESSAGES)
    with pytest.raises(aiohttp.ClientConnectionError):
        await bot.post_message(direct, content="x", nonce="row-1")
    again = await bot.post_message(direct, content="x", nonce="row-1")
    assert [message["id"] for message in fake_discord.channel_messages(direct)] == [str(again.id)]


async def test_delay(fake_discord: FakeDiscord, bot: SmallBot, study: int) -> None:
    """Every request is delayed."""
    fake_discord.faults.delay_s = 0.2
    began = time.monotonic()
    await asyncio.gather(bot.post_message(study, content="x"), bot.fetch_user(fake_discord.backend.bot_user.id))
    assert time.monotonic() - began >= 0.2


@pytest.mark.parametrize(
    ("refusal", "raised"),
    [
        (Refusal(status=403, code=50001), discord.Forbidden),
        (Refusal(status=403, code=200000), discord.Forbidden),
        (Refusal(status=404, code=10003), discord.NotFound),
        (Refusal(status=400, code=160005), discord.HTTPException),
        (Refusal(status=401), discord.HTTPException),
        (Refusal(status=503, text="<html>upstream connect error</html>"), discord.DiscordServerError),
        (Refusal(status=403, text="<html>error code: 1015</html>"), discord.Forbidden),
        (Refusal(status=429, text="error code: 1015"), discord.HTTPException),
    ],
)
async def test_any_refusal(
    fake_discord: FakeDiscord, bot: SmallBot, study: int, refusal: Refusal, raised: type[discord.HTTPException]
) -> None:
    """With any status and code, or with a body that is no JSON; as often as planned, and the message never arrives."""
    fake_discord.faults.plan_fault(refusal, path=MESSAGES, times=2)
    for _ in range(2):
        with pytest.raises(raised) as refused:
            await bot.post_message(study, content="x")
        assert (refused.value.status, refused.value.code) == (refusal.status, refusal.code)
    assert fake_discord.channel_messages(study) == []
    await bot.post_message(study, content="x")
    assert fake_discord.faults.injected == [refusal, refusal]


async def test_a_refusal_until_further_notice(fake_discord: FakeDiscord, bot: SmallBot, alice: Person) -> None:
    """On any path, until the faults are cleared."""
    fake_discord.faults.plan_fault(Refusal(status=403, code=50013), path=f"/guilds/*/members/{alice.id}", times=None)
    guild = bot.get_guild(fake_discord.guild_id)
    assert guild is not None
    for _ in range(3):
        with pytest.raises(discord.Forbidden):
            await guild.fetch_member(alice.id)
    fake_discord.faults.clear()
    assert (await guild.fetch_member(alice.id)).id == alice.id


async def test_a_refusal_that_asks_to_wait(fake_discord: FakeDiscord, bot: SmallBot, study: int) -> None:
    """The library waits for as long as it says, five times, then raises its code."""
    fake_discord.faults.plan_fault(Refusal(status=429, code=20028, retry_after_s=0.01), path=MESSAGES, times=5)
    with pytest.raises(discord.HTTPException) as refused:
        await bot.post_message(study, content="x")
    assert (refused.value.code, len(fake_discord.faults.injected), fake_discord.limits.early) == (20028, 5, 0)
