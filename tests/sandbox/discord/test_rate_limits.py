"""Rate limits, counted and over the wire."""

import asyncio
import time

import aiohttp
import discord
import pytest

from bot.sandbox.discord.fake_discord import FakeDiscord
from bot.sandbox.discord.faults import Fault
from bot.sandbox.discord.rate_limits import RateLimits
from tests.clocks import VirtualClock
from tests.sandbox.discord.server_with_bot import Hall
from tests.sandbox.discord.small_bot import SmallBot

SEND = ("POST", "/channels/1/messages")


def test_fifty_a_second() -> None:
    """The fifty-first request within a second is one too many for the whole bot; a second later it is welcome."""
    clock = VirtualClock()
    limits = RateLimits(clock)
    assert all(limits.count_request("GET", f"/users/{n}").allowed for n in range(50))
    clock.pass_time(seconds=0.75)
    refused = limits.count_request("GET", "/users/51")
    assert (refused.allowed, refused.is_global, refused.retry_after_s) == (False, True, 0.25)
    assert refused.headers["X-RateLimit-Global"] == "true"
    assert limits.refused == 1
    clock.pass_time(seconds=0.25)
    assert limits.count_request("GET", "/users/51").allowed


def test_five_messages_in_five_seconds() -> None:
    """A channel takes five messages in five seconds and says how many are left; other channels have their own five."""
    clock = VirtualClock()
    limits = RateLimits(clock)
    left = [limits.count_request(*SEND).headers["X-RateLimit-Remaining"] for _ in range(5)]
    assert left == ["4", "3", "2", "1", "0"]
    clock.pass_time(seconds=1)
    refused = limits.count_request(*SEND)
    assert (refused.allowed, refused.is_global, refused.retry_after_s) == (False, False, 4.0)
    assert limits.count_request("POST", "/channels/2/messages").allowed
    assert limits.count_request("GET", "/channels/1/messages").allowed


async def test_the_global_limit_over_the_wire(fake_discord: FakeDiscord, api: aiohttp.ClientSession) -> None:
    """A burst of sixty: the later ones are told how long to wait, in headers and in the body."""
    answers = await asyncio.gather(*(api.get("users/@me") for _ in range(60)))
    refused = [answer for answer in answers if answer.status == 429]
    assert len(refused) == fake_discord.limits.refused == 10
    told = await refused[0].json()
    assert told["global"] is True
    assert 0 < told["retry_after"] <= 1
    assert float(refused[0].headers["Retry-After"]) == pytest.approx(told["retry_after"], abs=0.001)
    assert refused[0].headers["Via"]
    assert refused[0].content_type == "application/json"


async def test_interactions_are_free(hall: Hall) -> None:
    """Answers and follow-ups count for nothing; a bot at its limit still answers."""
    asking = asyncio.create_task(hall.fake_discord.call_command(hall.alice, hall.study, "study later"))
    question = await hall.bot.asked()
    while hall.fake_discord.limits.count_request("GET", "/users/@me").allowed:
        pass
    refused = hall.fake_discord.limits.refused
    await question.response.defer(ephemeral=True)
    await question.edit_original_response(content="edited")
    await question.followup.send("followed", ephemeral=True)
    await asking
    assert hall.fake_discord.limits.refused == refused


async def test_the_library_waits_and_tries_again(fake_discord: FakeDiscord, bot: SmallBot, study: int) -> None:
    """discord.py takes a refusal as it takes Discord's: it waits as long as told, and the message arrives once."""
    fake_discord.faults.plan_fault(Fault.RATE_LIMITED, method="POST", path="/channels/*/messages")
    began = time.monotonic()
    await bot.post(study, content="x")
    assert time.monotonic() - began >= 0.3
    assert len(fake_discord.channel_messages(study)) == 1


async def test_the_library_knows_a_channels_limit(fake_discord: FakeDiscord, bot: SmallBot, study: int) -> None:
    """From the headers discord.py learns the limit of a channel: it waits by itself, and nothing is refused."""
    sending = [asyncio.create_task(bot.post(study, content=f"{n}")) for n in range(6)]
    _, waiting = await asyncio.wait(sending, timeout=0.5)
    for task in waiting:
        task.cancel()
    assert len(fake_discord.channel_messages(study)) == 5
    assert fake_discord.limits.refused == 0


async def test_a_login_counts(fake_discord: FakeDiscord, bot: SmallBot, study: int) -> None:
    """A message costs one of the fifty, as any call with the bot's token does."""
    for _ in range(60):
        fake_discord.limits.count_request("GET", "/users/@me")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await bot.post(study, content="x", allowed_mentions=discord.AllowedMentions.none())
    assert fake_discord.channel_messages(study) == []
