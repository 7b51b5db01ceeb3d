"""What the chat processes tell each other: one store, and each process with its own limiter."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest

from bot.chat.discord_limits import ALLOWED_TO_BOT, MAX_INVALID_REQUESTS, Share, allowances
from bot.chat.other_processes import OtherProcesses, share_servers
from bot.chat.request_limiter import RequestLimiter
from bot.store import Store, StoreUnavailable
from bot.store.chat_processes import PRESENT_FOR, ChatProcess
from tests.clocks import VirtualClock
from tests.loops.manual_listener import ManualListener
from tests.polling import TIMEOUT

WARNING = "each command reaches both"


@dataclass(kw_only=True)
class Process:
    """A chat process that has joined the others; a test lets it tell and learn by hand."""

    me: ChatProcess
    limiter: RequestLimiter
    others: OtherProcesses
    listener: ManualListener

    @property
    def courier_rate(self) -> int:
        """The requests a second that its courier may send."""
        return self.limiter._allowances[Share.COURIER].per_second

    async def tell(self) -> None:
        """Tell and learn once."""
        await self.others._tell(is_news=False)


@pytest.fixture
def join(store: Store, clock: VirtualClock) -> "Join":
    return Join(store, clock)


@dataclass
class Join:
    """Starts processes over one store."""

    store: Store
    clock: VirtualClock

    async def __call__(
        self, holder: str, *, token: str = "token", shards: tuple[int, ...] = (), count: int = 0
    ) -> Process:
        """A process that has just joined."""
        limiter, listener = RequestLimiter(self.clock), ManualListener()
        me = ChatProcess(
            holder=holder, place=f"process {holder}", token_digest=token, shard_ids=shards, shard_count=count
        )
        others = OtherProcesses(
            chat_processes=self.store.chat_processes,
            refused_requests=self.store.refused_requests,
            limiter=limiter,
            describe_self=lambda: replace(process.me, token_refused=limiter.token_refused.is_set()),
            clock=self.clock,
            listener=listener,
        )
        process = Process(me=me, limiter=limiter, others=others, listener=listener)
        await others.join()
        return process


@asynccontextmanager
async def running(process: Process) -> AsyncIterator[asyncio.Task[None]]:
    """The service, cancelled at the end unless it has ended."""
    task = asyncio.create_task(process.others.run())
    await process.listener.waiting()
    yield task
    task.cancel()
    await asyncio.wait([task], timeout=TIMEOUT)


async def test_processes_share_the_limit_as_they_come_and_go(join: Join) -> None:
    """Whoever comes knows of the others at once; who takes leave is not counted any more, nor who is silent."""
    alone = await join("one")
    assert alone.courier_rate == ALLOWED_TO_BOT.per_second
    second = await join("two")
    assert second.courier_rate == allowances(2)[Share.COURIER].per_second
    third = await join("three")
    await alone.tell()
    assert alone.courier_rate == third.courier_rate == allowances(3)[Share.COURIER].per_second
    async with running(third):
        pass
    await alone.tell()
    assert alone.courier_rate == allowances(2)[Share.COURIER].per_second
    join.clock.pass_time(seconds=PRESENT_FOR.total_seconds() + 1)
    await alone.tell()
    assert alone.courier_rate == ALLOWED_TO_BOT.per_second


async def test_two_bots_over_one_store_share_nothing_of_discords(join: Join) -> None:
    """Discord counts by token."""
    await join("one", token="another bot's")
    assert (await join("two")).courier_rate == ALLOWED_TO_BOT.per_second


async def test_a_restart_forgives_no_refused_request(join: Join) -> None:
    """Nor does another process: five hundred in ten minutes stop all, whoever sent them."""
    first = await join("one")
    for _ in range(MAX_INVALID_REQUESTS - 1):
        first.limiter.invalid_requests.record(403)
    await first.tell()
    join.clock.pass_time(seconds=30)
    restarted = await join("two")
    assert restarted.limiter.invalid_requests.count == MAX_INVALID_REQUESTS - 1
    restarted.limiter.invalid_requests.record(429)
    assert "sending has stopped" in (restarted.limiter.stopped_because or "")
    await restarted.tell()
    await first.tell()
    assert first.limiter.stopped_because is not None
    join.clock.pass_time(minutes=11)
    await restarted.tell()
    assert (await join("three")).limiter.invalid_requests.count == 0
    assert restarted.limiter.stopped_because is None


async def test_a_stop_by_the_last_process_is_named_once(join: Join, caplog: pytest.LogCaptureFixture) -> None:
    """Also by the next process, which has met no refusal itself."""
    first = await join("one")
    for _ in range(MAX_INVALID_REQUESTS + 5):
        first.limiter.invalid_requests.record(403)
    await first.tell()
    second = await join("two")
    await second.tell()
    lines = [record for record in caplog.records if "would ban" in record.message]
    assert len(lines) == 2


async def test_refusals_are_told_at_the_end(join: Join) -> None:
    """A process that ends because of them, and is started again and again, adds up what they are."""
    first = await join("one")
    async with running(first):
        first.limiter.invalid_requests.record(401)
    assert (await join("two")).limiter.invalid_requests.count == 1


async def test_a_refused_token_stops_every_process(join: Join) -> None:
    """It does not matter which one Discord has told; a process that starts later asks Discord itself."""
    first, second = await join("one"), await join("two")
    other_bot = await join("three", token="another bot's")
    async with running(second):
        join.clock.pass_time(seconds=1)
        async with running(first):
            first.limiter.token_refused.set()
        await second.listener.next_wait(second.listener.wake)
        assert second.limiter.token_refused.is_set()
    await other_bot.tell()
    assert not other_bot.limiter.token_refused.is_set()
    later = await join("four")
    await later.tell()
    assert not later.limiter.token_refused.is_set()


@pytest.mark.parametrize(
    ("mine", "count", "theirs", "their_count", "same"),
    [
        ((0, 1), 2, (0, 1), 2, True),
        ((0, 1), 4, (1, 2), 4, True),
        ((0, 1), 4, (2, 3), 4, False),
        ((0,), 2, (1,), 4, True),
        ((), 0, (0,), 1, False),
        ((0,), 1, (), 0, False),
    ],
)
def test_which_processes_have_servers_in_common(
    mine: tuple[int, ...], count: int, theirs: tuple[int, ...], their_count: int, same: bool
) -> None:
    """By their shards; who is not connected has none."""
    me = ChatProcess(holder="one", place="", token_digest="", shard_ids=mine, shard_count=count)
    other = ChatProcess(holder="two", place="", token_digest="", shard_ids=theirs, shard_count=their_count)
    assert share_servers(me, other) is same
    assert share_servers(other, me) is same


async def test_the_same_shards_twice_are_named_once(join: Join, caplog: pytest.LogCaptureFixture) -> None:
    """The warning says which process it is, and what to do."""
    first = await join("one", shards=(0, 1), count=2)
    second = await join("two", shards=(1,), count=2)
    for _ in range(3):
        join.clock.pass_time(seconds=2)
        for process in (first, second):
            await process.tell()
    of_second, of_first = (record.message for record in caplog.records if WARNING in record.message)
    assert "process two; this one connects shards 0, 1 of 2, that one 1 of 2" in of_first
    assert "process one; this one connects shards 1 of 2, that one 0, 1 of 2" in of_second
    assert "--shard-ids" in of_first


async def test_a_killed_process_connects_nothing(join: Join, caplog: pytest.LogCaptureFixture) -> None:
    """It is known for a while, but shows no sign of life; its restart is not warned of."""
    with caplog.at_level(logging.WARNING):
        await join("killed", shards=(0,), count=1)
        restarted = await join("restarted", shards=(0,), count=1)
        for _ in range(10):
            join.clock.pass_time(seconds=2)
            await restarted.tell()
    assert caplog.messages == []


async def test_a_store_that_is_away_stops_only_the_messages(join: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    """They could not be read anyway, and another process may send them. They go on when it is back."""
    process = await join("one")

    async def refuse(*_: object, **__: object) -> None:
        raise StoreUnavailable("away")

    async with running(process) as task:
        with monkeypatch.context() as away:
            away.setattr(join.store.chat_processes, "record", refuse)
            join.clock.pass_time(seconds=60)
            await process.listener.next_wait(process.listener.wake)
            assert not process.limiter._knows_others()
        await process.listener.next_wait(process.listener.wake)
        assert process.limiter._knows_others()
        assert not task.done()
