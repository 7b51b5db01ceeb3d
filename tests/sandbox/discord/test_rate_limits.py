"""Rate limits, counted directly and over HTTP."""

import asyncio
import time
from typing import Any

import aiohttp
import discord
import pytest
from discord.utils import time_snowflake

from bot.sandbox.discord.fake_discord import FakeDiscord
from bot.sandbox.discord.faults import Fault
from bot.sandbox.discord.rate_limits import GLOBAL_LIMIT, RateLimitDecision, RateLimits
from tests.clocks import START, VirtualClock
from tests.polling import until
from tests.sandbox.discord.server_with_bot import ServerWithBot
from tests.sandbox.discord.small_bot import ShiftedClock, SmallBot

SEND = ("POST", "/channels/1/messages")


def test_global_limit() -> None:
    """The 51st request within a second is refused for the whole bot; a second later it is allowed."""
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


def test_channel_limit() -> None:
    """A channel takes five messages in five seconds and reports how many are left; other channels count separately."""
    clock = VirtualClock()
    limits = RateLimits(clock)
    left = [limits.count_request(*SEND).headers["X-RateLimit-Remaining"] for _ in range(5)]
    assert left == ["4", "3", "2", "1", "0"]
    clock.pass_time(seconds=1)
    refused = limits.count_request(*SEND)
    assert (refused.allowed, refused.is_global, refused.retry_after_s) == (False, False, 4.0)
    assert limits.count_request("POST", "/channels/2/messages").allowed
    assert limits.count_request("GET", "/channels/1/messages").allowed


def test_requests_before_their_time() -> None:
    """A request to a path for which a pause was asked is counted, until the pause is over; others are not."""
    clock = VirtualClock()
    limits = RateLimits(clock)
    limits.note_pause(*SEND, RateLimitDecision(allowed=False, headers={}, retry_after_s=2.0))
    for seconds, (method, path), early in ((1, SEND, 1), (0, ("POST", "/channels/2/messages"), 1), (1, SEND, 1)):
        clock.pass_time(seconds=seconds)
        limits.note_arrival(method, path)
        assert limits.early == early


async def test_global_limit_over_http(
    fake_discord: FakeDiscord, api: aiohttp.ClientSession, clock: ShiftedClock
) -> None:
    """Of 60 requests at once the last ten are refused, with the time to wait in headers and body."""
    clock.stop()
    answers = await asyncio.gather(*(api.get("users/@me") for _ in range(60)))
    refused = [answer for answer in answers if answer.status == 429]
    assert len(refused) == fake_discord.limits.refused == 10
    body = await refused[0].json()
    assert body["global"] is True
    assert 0 < body["retry_after"] <= 1
    assert float(refused[0].headers["Retry-After"]) == pytest.approx(body["retry_after"], abs=0.001)
    assert refused[0].headers["Via"]
    assert refused[0].content_type == "application/json"


async def test_interactions_are_not_limited(server: ServerWithBot) -> None:
    """Responses and follow-ups are not counted: a bot at its limit can still answer."""
    calling = asyncio.create_task(server.fake_discord.call_command(server.alice, server.study, "study later"))
    interaction = await server.bot.next_interaction()
    while server.fake_discord.limits.count_request("GET", "/users/@me").allowed:
        pass
    refused = server.fake_discord.limits.refused
    await interaction.response.defer(ephemeral=True)
    await interaction.edit_original_response(content="edited")
    await interaction.followup.send("followed", ephemeral=True)
    await calling
    assert server.fake_discord.limits.refused == refused


async def test_discord_py_waits_and_retries(fake_discord: FakeDiscord, bot: SmallBot, study: int) -> None:
    """After a refusal discord.py waits for the given time and retries; the message arrives once."""
    fake_discord.faults.plan_fault(Fault.RATE_LIMITED, method="POST", path="/channels/*/messages")
    began = time.monotonic()
    await bot.post_message(study, content="x")
    assert time.monotonic() - began >= 0.3
    assert len(fake_discord.channel_messages(study)) == 1


async def test_discord_py_learns_the_channel_limit(fake_discord: FakeDiscord, bot: SmallBot, study: int) -> None:
    """From the headers discord.py learns a channel's limit: it waits by itself, and nothing is refused."""
    sending = [asyncio.create_task(bot.post_message(study, content=f"{n}")) for n in range(6)]

    async def have_five_arrived() -> bool:
        return len(fake_discord.channel_messages(study)) == 5

    await until(have_five_arrived)
    _, waiting = await asyncio.wait(sending, timeout=0.3)
    for task in waiting:
        task.cancel()
    assert await have_five_arrived()
    assert fake_discord.limits.refused == 0


async def test_messages_count_towards_the_global_limit(
    fake_discord: FakeDiscord, bot: SmallBot, study: int, clock: ShiftedClock
) -> None:
    """At the global limit a message is refused as well."""
    clock.stop()
    for _ in range(60):
        fake_discord.limits.count_request("GET", "/users/@me")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await bot.post_message(study, content="x", allowed_mentions=discord.AllowedMentions.none())
    assert fake_discord.channel_messages(study) == []


def test_routes_have_buckets_of_their_own() -> None:
    """Each route has a name for its bucket, the same in every channel and server, which are counted on their own."""
    limits = RateLimits(VirtualClock())

    def bucket(method: str, path: str) -> tuple[str, str]:
        headers = limits.count_request(method, path).headers
        return headers["X-RateLimit-Bucket"], headers["X-RateLimit-Remaining"]

    sent, edited = bucket(*SEND), bucket("PATCH", f"/channels/1/messages/{time_snowflake(START)}")
    assert sent[0] != edited[0]
    assert bucket("POST", "/channels/2/messages") == sent
    assert bucket("GET", "/guilds/1/members/5") == bucket("GET", "/guilds/2/members/6")
    assert int(bucket("GET", "/guilds/1/members/7")[1]) == GLOBAL_LIMIT - 2
    assert limits.count_request("POST", "/users/@me/channels").headers == {}


def test_the_list_of_bans_is_read_once_a_minute() -> None:
    """A server's list; a single ban can be asked for."""
    clock = VirtualClock()
    limits = RateLimits(clock)
    assert limits.count_request("GET", "/guilds/1/bans").allowed
    clock.pass_time(seconds=59)
    assert not limits.count_request("GET", "/guilds/1/bans").allowed
    assert limits.count_request("GET", "/guilds/1/bans/5").allowed
    clock.pass_time(seconds=1)
    assert limits.count_request("GET", "/guilds/1/bans").allowed


async def test_few_edits_of_old_messages(
    fake_discord: FakeDiscord, api: aiohttp.ClientSession, clock: ShiftedClock, study: int
) -> None:
    """After an hour a channel takes three edits, then refuses with 30046 for a while; younger messages are edited."""
    clock.stop()

    async def send() -> str:
        async with api.post(f"channels/{study}/messages", json={"content": "x"}) as answer:
            return str((await answer.json())["id"])

    async def edit(message_id: str) -> tuple[int, dict[str, Any]]:
        async with api.patch(f"channels/{study}/messages/{message_id}", json={"content": "y"}) as answer:
            return answer.status, await answer.json()

    old = await send()
    clock.skip(hours=1)
    young = await send()
    assert [(await edit(old))[0] for _ in range(3)] == [200, 200, 200]
    status, body = await edit(old)
    assert (status, body["code"], body["retry_after"] > 0) == (429, 30046, True)
    assert (await edit(young))[0] == 200
    clock.skip(seconds=20)
    assert (await edit(old))[0] == 200
