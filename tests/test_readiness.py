"""What a process needs to serve: what counts, when, and what is told about it."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.readiness import (
    CHECK_EVERY,
    FRESH_FOR,
    LOOK_FOR_DAMAGE_EVERY,
    LOOPS,
    TOLD_AFTER,
    WORDS,
    DamageWatch,
    NotYet,
    Readiness,
)
from bot.store import Store, StoreUnavailable
from bot.store.databases.sqlite_connection import SqliteConnection
from bot.store.leases import LEASE_LENGTH
from bot.store.readiness import FORGET_AFTER
from tests.clocks import VirtualClock
from tests.polling import TIMEOUT, until

LOGGER = "bot.readiness"
CONNECTING = NotYet("The connection is being made.")
DOWN = "The connection to Discord isn't up."


class Switch:
    """A check whose answer the test chooses, and which counts how often it is asked."""

    def __init__(self, reason: str | None = None) -> None:
        self.reason = reason
        self.asked = 0

    async def __call__(self) -> str | None:
        self.asked += 1
        return self.reason


@pytest.fixture
def readiness(store: Store, clock: VirtualClock) -> Readiness:
    return Readiness(store=store, clock=clock, holder="us")


@asynccontextmanager
async def watching(readiness: Readiness, clock: VirtualClock) -> AsyncIterator[None]:
    """The readiness while it runs, after its first look."""
    running = asyncio.create_task(readiness.run("what the test runs"))
    await clock.wait_for_sleeper(CHECK_EVERY)
    try:
        yield
    finally:
        running.cancel()
        await asyncio.wait([running])
        assert running.cancelled()


async def told(store: Store) -> list[tuple[str, str | None]]:
    """Words and reasons in the store."""
    return [(state.word, state.reason) for state in await store.readiness.read_all()]


async def test_a_new_process_needs_only_its_store(readiness: Readiness) -> None:
    """Nothing else was required."""
    assert await readiness.missing() == []


async def test_words_are_listed_in_their_order(readiness: Readiness) -> None:
    """Whatever the order in which they were required."""
    for word in reversed(WORDS):
        readiness.require(word, Switch(DOWN))
    assert await readiness.missing() == list(WORDS)
    with pytest.raises(ValueError, match="page"):
        readiness.require("page", Switch())


async def test_loops_have_time_to_start(readiness: Readiness, clock: VirtualClock) -> None:
    """For 30 seconds after the start no loop is missing; then each without a finished round is."""
    readiness.require_rounds(*LOOPS)
    clock.pass_time(seconds=29)
    assert await readiness.missing() == []
    clock.pass_time(seconds=1)
    assert await readiness.missing() == list(LOOPS)


@pytest.mark.parametrize(
    ("age", "is_missing"), [(0, False), (29, False), (30, True), (3600, True), (-2, False), (-3600, True)]
)
async def test_a_loop_turns_while_rounds_finish(
    readiness: Readiness, store: Store, clock: VirtualClock, age: float, is_missing: bool
) -> None:
    """Whichever process finishes them; a round of the future is from a clock that was ahead."""
    readiness.require_rounds("janitor")
    clock.pass_time(seconds=60)
    finished = clock.now() - timedelta(seconds=age)
    for _ in range(2):
        await store.leases.acquire("janitor", "another process", now=clock.now(), stepped_at=finished)
    assert (await readiness.missing() == ["janitor"]) == is_missing


async def test_leading_without_finishing_a_round_is_not_enough(
    readiness: Readiness, store: Store, clock: VirtualClock
) -> None:
    """A leader whose rounds fail renews its lease all the same."""
    readiness.require_rounds("matchmaker")
    for _ in range(9):
        await store.leases.acquire("matchmaker", "us", now=clock.now())
        clock.pass_time(seconds=LEASE_LENGTH.total_seconds() / 2)
    assert await readiness.missing() == ["matchmaker"]


async def test_the_store_must_be_writable(readiness: Readiness, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is noticed, although reading works."""

    async def fail(*_: object, **__: object) -> None:
        raise StoreUnavailable("The database can't be used: disk full.")

    monkeypatch.setattr(store.database, "write", fail)
    assert await readiness.missing() == ["store"]


async def test_damage_that_a_query_meets_counts(
    readiness: Readiness, store: Store, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until the whole database was checked again."""
    error = sqlite3.DatabaseError("database disk image is malformed")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT_VTAB

    async def fail(*_: object) -> None:
        raise error

    with monkeypatch.context() as once:
        once.setattr(SqliteConnection, "fetch", fail)
        with pytest.raises(StoreUnavailable, match="malformed"):
            await store.installation.get("a")
    assert await readiness.missing() == ["store"]
    await store.database.look_for_damage()
    clock.pass_time(seconds=FRESH_FOR)
    assert await readiness.missing() == []


async def test_a_damaged_file_is_noticed(
    readiness: Readiness, store: Store, database: Path, clock: VirtualClock
) -> None:
    """The check at the start reads the whole file, also what no query reads."""
    await store.database.close()
    content = bytearray(database.read_bytes())
    page = 4096
    for start in range(2 * page, len(content), page):
        content[start : start + 64] = b"\xa5" * 64
    database.write_bytes(content)
    watch = asyncio.create_task(DamageWatch(store=store, clock=clock).run())

    async def is_found() -> bool:
        return store.database.damage is not None

    await until(is_found)
    watch.cancel()
    await asyncio.wait([watch])
    assert await readiness.missing() == ["store"]


def keep(_: Path) -> None:
    """Nothing happens to the file."""


def move(file: Path) -> None:
    file.rename(file.with_name("moved"))


def replace(file: Path) -> None:
    """Put a copy in its place, as restoring it by hand does."""
    move(file)
    file.write_bytes(file.with_name("moved").read_bytes())


@pytest.mark.parametrize(
    ("ending", "lose", "advice"),
    [
        ("", keep, None),
        ("", move, "Stop Hey Buddy, put the file back or restore a backup"),
        ("", Path.unlink, "Stop Hey Buddy, put the file back or restore a backup"),
        ("", replace, "Stop Hey Buddy, put the file back or restore a backup"),
        ("-wal", move, "Restart Hey Buddy without killing it"),
        ("-wal", Path.unlink, "Restart Hey Buddy without killing it"),
        ("-wal", replace, "Restart Hey Buddy without killing it"),
        ("-shm", Path.unlink, "Restart Hey Buddy without killing it"),
    ],
)
async def test_a_file_that_is_gone_is_noticed(
    readiness: Readiness, store: Store, database: Path, ending: str, lose: Callable[[Path], None], advice: str | None
) -> None:
    """What to do depends on whether a stop saves everything."""
    lose(database.with_name(database.name + ending))
    assert await readiness.missing() == (["store"] if advice else [])
    assert (advice is None) == (store.database.damage is None)
    assert (advice or "") in (store.database.damage or "")


async def test_a_file_that_is_put_back_is_noticed(
    readiness: Readiness, store: Store, database: Path, clock: VirtualClock
) -> None:
    """Everything is as it was, and the process goes on with it."""
    moved = database.rename(database.with_name("moved.db"))
    assert await readiness.missing() == ["store"]
    moved.rename(database)
    clock.pass_time(seconds=FRESH_FOR)
    assert await readiness.missing() == []


async def test_the_database_is_checked_once_a_day(
    store: Store, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And at the start; a check that fails is tried again the next day."""
    looked: list[float] = []

    async def look() -> None:
        looked.append(clock.monotonic())
        if len(looked) == 2:
            raise StoreUnavailable("away")

    monkeypatch.setattr(store.database, "look_for_damage", look)
    watch = asyncio.create_task(DamageWatch(store=store, clock=clock).run())
    for _ in range(4):
        await clock.wait_for_sleeper(LOOK_FOR_DAMAGE_EVERY.total_seconds())
        clock.pass_time(hours=12)
    await clock.wait_for_sleeper(LOOK_FOR_DAMAGE_EVERY.total_seconds())
    watch.cancel()
    await asyncio.wait([watch])
    assert looked == [0, 24 * 3600, 48 * 3600]


async def test_a_check_that_hangs_is_not_waited_for(readiness: Readiness, monkeypatch: pytest.MonkeyPatch) -> None:
    """All have the same short time, and those that answer count."""

    async def hang() -> str | None:
        await asyncio.Event().wait()
        return None

    monkeypatch.setattr("bot.readiness.ANSWER_WITHIN", 0.05)
    for word in ("video", "gateway", "sending"):
        readiness.require(word, hang)
    for word in ("store", "commands"):
        readiness.require(word, Switch())
    async with asyncio.timeout(TIMEOUT):
        assert await readiness.missing() == ["video", "gateway", "sending"]


async def test_a_check_with_a_bug_is_no_good_news(readiness: Readiness) -> None:
    """Its word is missing, and the others are answered."""

    async def fail() -> str | None:
        raise ZeroDivisionError

    readiness.require("gateway", fail)
    assert await readiness.missing() == ["gateway"]


async def test_many_requests_cost_one_check(readiness: Readiness, clock: VirtualClock) -> None:
    """Requests at the same time, and within a second, share it; then things are looked at again."""
    switch = Switch()
    readiness.require("gateway", switch)
    await asyncio.gather(*(readiness.missing() for _ in range(50)))
    await readiness.missing()
    assert switch.asked == 1
    switch.reason = DOWN
    clock.pass_time(seconds=FRESH_FOR)
    assert await readiness.missing() == ["gateway"]


async def test_a_request_that_is_given_up_harms_no_other(readiness: Readiness, monkeypatch: pytest.MonkeyPatch) -> None:
    """A monitor that closes its connection does not cancel the check that others wait for."""
    go_on = asyncio.Event()

    async def slow() -> str | None:
        await go_on.wait()
        return DOWN

    readiness.require("gateway", slow)
    first, second = asyncio.create_task(readiness.missing()), asyncio.create_task(readiness.missing())
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    go_on.set()
    assert await second == ["gateway"]


async def test_loss_and_recovery_are_told_once_each(
    readiness: Readiness, store: Store, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """In the log with the reason, and in the store with the time."""
    switch = Switch()
    readiness.require("gateway", switch)
    start = clock.now()
    with caplog.at_level(logging.INFO, LOGGER):
        async with watching(readiness, clock):
            looks = ((None, 0), (DOWN, 2), (DOWN, 2), ("Another reason.", 2), (None, 5), (None, 5))
            for reason, since in looks:
                switch.reason = reason
                await _next_look(clock)
                [state] = [state for state in await store.readiness.read_all() if state.word == "gateway"]
                assert (state.reason, state.seen_at) == (reason, clock.now())
                assert state.since == start + timedelta(seconds=CHECK_EVERY * since)
    assert caplog.messages == [
        "ready: what the test runs",
        f"not ready: gateway: {DOWN}",
        "ready again: gateway",
        "ready: what the test runs",
    ]


async def test_what_is_on_its_way_is_no_trouble_yet(
    readiness: Readiness, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """A connection is being made at every start: the log has it only if that takes long, and then its end."""
    switch, looks = Switch(CONNECTING), round(TOLD_AFTER / CHECK_EVERY)
    readiness.require("gateway", switch)
    with caplog.at_level(logging.INFO, LOGGER):
        async with watching(readiness, clock):
            assert await readiness.missing() == ["gateway"], "monitors are told at once"
            await _next_look(clock)
            switch.reason = None
            await _next_look(clock)
            assert caplog.messages == ["ready: what the test runs"]
            switch.reason = CONNECTING
            for _ in range(looks):
                await _next_look(clock)
            assert len(caplog.messages) == 1
            await _next_look(clock)
            switch.reason = None
            await _next_look(clock)
    assert caplog.messages[1:] == [
        f"not ready: gateway: {CONNECTING}",
        "ready again: gateway",
        "ready: what the test runs",
    ]


async def _next_look(clock: VirtualClock) -> None:
    """Let the readiness look once more, and return when the store has what it saw."""
    clock.pass_time(seconds=CHECK_EVERY)
    await clock.wait_for_sleeper(CHECK_EVERY)


async def test_a_process_that_stops_is_forgotten(readiness: Readiness, store: Store, clock: VirtualClock) -> None:
    """One that was killed is shown until it has not been seen for an hour."""
    async with watching(readiness, clock):
        assert await told(store) == [("store", None)]
    assert await told(store) == []


@pytest.mark.parametrize("age", [FORGET_AFTER, -FORGET_AFTER])
async def test_a_killed_process_is_forgotten(store: Store, clock: VirtualClock, age: timedelta) -> None:
    """Also one that was seen while the clock was ahead."""
    second = timedelta(seconds=1) if age > timedelta() else -timedelta(seconds=1)
    await store.readiness.record("killed", {"store": None}, clock.now() - age - second)
    await store.readiness.record("us", {"store": DOWN}, clock.now())
    assert await told(store) == [("store", DOWN)]


async def test_without_the_store_the_process_goes_on_looking(
    readiness: Readiness, store: Store, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing can be recorded; the log says why, once."""
    async with watching(readiness, clock):
        await store.database.close()
        for _ in range(3):
            await _next_look(clock)
    assert caplog.messages == ["not ready: store: The database is closed."]
