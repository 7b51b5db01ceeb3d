"""Requests leave evenly spaced, in a process and in several that share one token: in virtual time, to the second."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise

import pytest

from bot.chat.discord_limits import ALLOWED_TO_BOT, MAX_INVALID_REQUESTS, Share
from bot.chat.request_limiter import KNOWN_FOR, RequestLimiter, use_share
from bot.chat.request_queue import HeldBack
from bot.sandbox.discord.rate_limits import GLOBAL_LIMIT, RateLimits
from tests.chat.pacing_clocks import FastClock, OneAtATime
from tests.clocks import START, VirtualClock
from tests.polling import TIMEOUT


def busiest_second(sent: Sequence[float]) -> int:
    """The most requests in any second."""
    return max(sum(begin <= each < begin + 1 for each in sent) for begin in sent)


async def send_at_once(
    limiter: RequestLimiter, clock: VirtualClock, shares: Mapping[Share, int]
) -> dict[Share, list[float]]:
    """Send so many requests of each share as soon as they may be sent; returns when each was, by share."""
    sent: dict[Share, list[float]] = {share: [] for share in shares}

    async def send(share: Share) -> None:
        with use_share(share):
            while True:
                try:
                    await limiter.wait_for_slot()
                    break
                except HeldBack as held:
                    await clock.sleep(held.retry_after)
        sent[share].append((clock.now() - START).total_seconds())

    await asyncio.gather(*(send(share) for share, count in shares.items() for _ in range(count)))
    return sent


async def test_no_second_has_more_requests_than_discord_allows() -> None:
    """Two hundred at once: few leave together, the others evenly, and at the full rate."""
    clock, rate = FastClock(), ALLOWED_TO_BOT.per_second
    sent = (await send_at_once(RequestLimiter(clock), clock, {Share.COURIER: 200}))[Share.COURIER]
    assert busiest_second(sent) == rate < GLOBAL_LIMIT
    assert sent[-1] == pytest.approx(200 / rate, abs=0.3)
    begin = [each for each in sent if each < 0.9]
    assert max(later - earlier for earlier, later in pairwise(begin)) == pytest.approx(1 / rate, abs=0.002)


async def test_the_courier_uses_what_nobody_else_needs() -> None:
    """The others have what is reserved for them as soon as they need it, and all together stay within the limit."""
    clock = OneAtATime()
    counts = {Share.COURIER: 300, Share.MEMBERS: 20, Share.OTHER: 10}
    sent = await clock.drive(send_at_once(RequestLimiter(clock), clock, counts))
    assert busiest_second([each for share in sent.values() for each in share]) <= ALLOWED_TO_BOT.per_second
    assert sent[Share.MEMBERS][-1] == pytest.approx((20 - 2) / 5, abs=0.3)
    assert sent[Share.OTHER][-1] == pytest.approx((10 - 5) / 2, abs=0.3)
    assert sent[Share.COURIER][-1] == pytest.approx(330 / ALLOWED_TO_BOT.per_second, abs=0.5)


async def test_who_has_not_heard_of_the_others_does_not_send_their_messages() -> None:
    """After a suspension another process may have the courier's lease: messages wait, and nothing else does."""
    clock = FastClock()
    limiter = RequestLimiter(clock)
    limiter.share_with(1)
    waiting = asyncio.create_task(send_at_once(limiter, clock, {Share.COURIER: 1}))
    await waiting
    clock.set(clock.now() + KNOWN_FOR + timedelta(seconds=1))
    with pytest.raises(HeldBack, match="another process sends the messages"), use_share(Share.COURIER):
        await limiter.wait_for_slot()
    assert len((await send_at_once(limiter, clock, {Share.OTHER: 3}))[Share.OTHER]) == 3
    limiter.share_with(1)
    assert len((await send_at_once(limiter, clock, {Share.COURIER: 3}))[Share.COURIER]) == 3


async def test_a_slot_that_is_free_is_free_however_slow_the_rate() -> None:
    """Discord has refused so many requests that a queue of one takes longer than anybody may wait."""
    clock = VirtualClock()
    limiter = RequestLimiter(clock)
    limiter.share_with(2)
    await limiter.wait_for_slot()
    for _ in range(MAX_INVALID_REQUESTS * 24 // 25):
        limiter.invalid_requests.record(403)
    clock.pass_time(seconds=5)
    with pytest.raises(HeldBack):
        await limiter.wait_for_slot()
    clock.pass_time(seconds=25)
    async with asyncio.timeout(TIMEOUT):
        await limiter.wait_for_slot()


@pytest.mark.parametrize("correction", [timedelta(minutes=5), timedelta(minutes=-5)], ids=str)
async def test_a_suspended_machine_is_noticed_by_the_time_of_day(correction: timedelta) -> None:
    """While a machine is suspended its monotonic clock stands still; also in the queue nothing is sent then."""
    clock = VirtualClock()
    limiter = RequestLimiter(clock)
    limiter.share_with(1)
    with use_share(Share.COURIER):
        for _ in range(ALLOWED_TO_BOT.at_once):
            await limiter.wait_for_slot()
        waiting = asyncio.create_task(limiter.wait_for_slot())
    await clock.wait_for_sleeper()
    clock.correct(seconds=correction.total_seconds())
    clock.pass_time(seconds=1)
    with pytest.raises(HeldBack, match="another process"):
        await waiting


async def rush(limiters: Sequence[RequestLimiter], clock: OneAtATime, discord: RateLimits) -> None:
    """Send 400 messages from the first process, and all that the others may send meanwhile; `discord` counts."""

    async def send(limiter: RequestLimiter, shares: Iterable[Share], count: int) -> None:
        async def send_one(share: Share) -> None:
            with use_share(share):
                while True:
                    try:
                        await limiter.wait_for_slot()
                        break
                    except HeldBack as held:
                        await clock.sleep(held.retry_after)
            discord.count_request("GET", "/x")

        await asyncio.gather(*(send_one(share) for share in shares for _ in range(count)))

    await asyncio.gather(
        send(limiters[0], [Share.COURIER], 400),
        *(send(limiter, [Share.MEMBERS, Share.OTHER], 8) for limiter in limiters),
    )


@pytest.mark.parametrize("processes", [1, 2, 3, 8])
async def test_processes_that_know_of_each_other_are_never_refused(processes: int) -> None:
    """However many send all that they may, Discord's own count of the last second stays within its limit."""
    clock = OneAtATime()
    discord, limiters = RateLimits(clock), [RequestLimiter(clock) for _ in range(processes)]
    for limiter in limiters:
        limiter.share_with(processes)
    telling = asyncio.create_task(tell_again(limiters, clock))
    await clock.drive(rush(limiters, clock, discord))
    telling.cancel()
    assert discord.refused == 0


async def test_a_process_that_comes_while_messages_are_sent_costs_no_refusal() -> None:
    """Until the courier's process knows of it, it sends one request a second: there is room for that."""
    clock = OneAtATime()
    discord, limiters = RateLimits(clock), [RequestLimiter(clock) for _ in range(2)]
    limiters[1].share_with(2)

    async def start() -> None:
        await clock.sleep(1.5)
        with use_share(Share.OTHER):
            for _ in range(5):
                await limiters[1].wait_for_slot()
                discord.count_request("GET", "/x")
        limiters[0].share_with(2)

    async def come() -> None:
        await asyncio.gather(start(), rush(limiters[:1], clock, discord))

    await clock.drive(come())
    assert discord.refused == 0


async def tell_again(limiters: Sequence[RequestLimiter], clock: VirtualClock) -> None:
    """Let the processes hear of each other every two seconds."""
    while True:
        await clock.sleep(2)
        for limiter in limiters:
            limiter.share_with(len(limiters))
