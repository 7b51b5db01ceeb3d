"""The operators' listener: what it answers, and that nothing is kept from its work by it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import aiohttp
import pytest

from bot.domain.address import Address
from bot.domain.message import TryAgain
from bot.metrics import CONTENT_TYPE, Metrics
from bot.ops import METRICS_PATH, OldestMessage, OpsListener
from bot.store import Store, StoreUnavailable
from tests.clocks import VirtualClock
from tests.metric_samples import name_of, read_samples
from tests.polling import TIMEOUT, until
from tests.store.scenario import Scenario
from tests.web.browsers import HERE, exchange

AGE = "oldest_due_message_age_seconds"


class Operator:
    """An operator with the metrics of a process, and the store that they tell of."""

    def __init__(self, store: Store, clock: VirtualClock, metrics: Metrics) -> None:
        self.oldest_message = OldestMessage(outbox=store.outbox, clock=clock, metrics=metrics)
        self.metrics = metrics

    def listener(self, port: int = 0, host: str = HERE) -> OpsListener:
        """A listener at a port, by default any free one."""
        return OpsListener(metrics=self.metrics, oldest_message=self.oldest_message, host=host, port=port)

    @asynccontextmanager
    async def served(self) -> AsyncIterator[Address]:
        async with self.listener().serve() as address:
            yield address


@pytest.fixture
def operator(store: Store, clock: VirtualClock, metrics: Metrics) -> Operator:
    return Operator(store, clock, metrics)


async def read(address: Address, path: str = METRICS_PATH, method: str = "GET") -> tuple[int, str, str]:
    """Status, type and body of an answer."""
    async with aiohttp.ClientSession() as http, http.request(method, f"{address}{path}") as answer:
        return answer.status, answer.headers["Content-Type"], await answer.text()


async def read_age(address: Address) -> float:
    """The age of the oldest message that is due, as Prometheus reads it."""
    _, _, text = await read(address)
    return {name_of(each): each.value for each in read_samples(text)}[AGE]


async def test_prometheus_reads_the_metrics(operator: Operator) -> None:
    """In the type that it knows, and with those of the process itself."""
    async with operator.served() as address:
        status, content_type, text = await read(address)
    names = {each.name for each in read_samples(text)}
    assert (status, content_type) == (200, CONTENT_TYPE)
    assert {f"heybuddy_{AGE}", "heybuddy_matches_made_total", "process_open_fds"} <= names


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/metrics/"),
        ("GET", "/readyz"),
        ("POST", METRICS_PATH),
        ("HEAD", METRICS_PATH),
        ("DELETE", METRICS_PATH),
    ],
)
async def test_there_is_nothing_else(operator: Operator, method: str, path: str) -> None:
    """Every other request gets 404."""
    async with operator.served() as address:
        status, _, _ = await read(address, path, method)
    assert status == 404


async def test_a_silent_visitor_is_sent_away(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that forgotten connections use up no descriptors."""
    monkeypatch.setattr("bot.ops.KEEP_ALIVE_S", 0.1)
    async with operator.served() as address:
        assert address.port is not None
        assert await exchange(address.port, b"GET /metr") == b""


async def test_the_age_is_that_of_the_oldest_message_that_is_due(
    operator: Operator, scenario: Scenario, clock: VirtualClock, store: Store
) -> None:
    """0 while none is; then for how long it has been due. One that is due later has no age."""
    async with operator.served() as address:
        ages = [await read_age(address)]
        await scenario.matched(1, 2)
        clock.pass_time(seconds=5)
        await scenario.matched(3, 4)
        clock.pass_time(seconds=35)
        ages.append(await read_age(address))
        messages = await store.outbox.find_due(clock.now(), 99)
        fence = await scenario.fence("courier")
        for each in messages:
            await store.outbox.mark_failed(each, reason="nobody is there", now=clock.now(), fence=fence)
        clock.pass_time(seconds=5)
        ages.append(await read_age(address))
    assert ages == [0, 40, 0]


@pytest.mark.parametrize("attempted", [True, False])
async def test_a_message_grows_older_while_it_is_tried_in_vain(
    operator: Operator, scenario: Scenario, clock: VirtualClock, store: Store, attempted: bool
) -> None:
    """Each attempt puts it off, and operators are told of a message that waits."""
    await scenario.matched(1, 2)
    failed = TryAgain(reason="Discord isn't available (503)", attempted=attempted)
    for _ in range(10):
        clock.pass_time(seconds=20)
        fence = await scenario.fence("courier")
        for each in await store.outbox.find_due(clock.now(), 99):
            due_at = clock.now() + timedelta(seconds=19)
            await store.outbox.postpone(each, due_at=due_at, failed=failed, now=clock.now(), fence=fence)
    async with operator.served() as address:
        assert await read_age(address) == 200


async def test_many_readers_cost_one_look_into_the_store(
    operator: Operator, store: Store, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever can reach the port cannot make the database busy with it."""
    looks = 0
    look = store.outbox.oldest_due_at

    async def count_looks(now: datetime) -> object:
        nonlocal looks
        looks += 1
        return await look(now)

    monkeypatch.setattr(store.outbox, "oldest_due_at", count_looks)
    await asyncio.gather(*(operator.oldest_message.refresh() for _ in range(50)))
    clock.pass_time(seconds=2)
    await operator.oldest_message.refresh()
    assert looks == 2


@pytest.mark.parametrize("fails", [True, False], ids=["fails", "hangs"])
async def test_a_database_that_fails_or_hangs_hides_no_other_metric(
    operator: Operator, store: Store, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    """Its own value is unknown then; and it is known again with the database."""

    async def oldest_due_at(_: datetime) -> None:
        if fails:
            raise StoreUnavailable("The database is closed.")
        await asyncio.Event().wait()

    async with operator.served() as address:
        with monkeypatch.context() as patched:
            patched.setattr("bot.ops.READ_WITHIN", 0.05)
            patched.setattr(store.outbox, "oldest_due_at", oldest_due_at)
            _, _, text = await read(address)
        assert f"heybuddy_{AGE} NaN" in text
        assert "heybuddy_matches_made_total 0.0" in text
        assert await read_age(address) == 0


async def test_a_second_process_at_the_same_port_runs_on(operator: Operator, caplog: pytest.LogCaptureFixture) -> None:
    """It says in one line what to do, and its other work goes on: running the listener just ends."""
    async with operator.served() as address:
        assert address.port is not None
        await asyncio.wait_for(operator.listener(address.port).run(), TIMEOUT)
        status, _, _ = await read(address)
    [warning] = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert warning.getMessage() == (
        f"nobody can read the metrics of this process: nothing can listen at http://{HERE}:{address.port}: another "
        "program listens there; set ops.port to a port of its own for each process, or to 0 for no metrics"
    )
    assert status == 200


async def test_a_host_that_this_machine_does_not_have_is_one_warning(
    operator: Operator, caplog: pytest.LogCaptureFixture
) -> None:
    """The process runs on here as well."""
    await asyncio.wait_for(operator.listener(9464, "192.0.2.1").run(), TIMEOUT)
    [warning] = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert warning.endswith("; correct ops.host and ops.port, or set ops.port to 0 for no metrics")


@pytest.mark.parametrize(
    ("host", "ending"),
    [(HERE, METRICS_PATH), ("0.0.0.0", f"{METRICS_PATH}, for everybody who can reach this address")],  # noqa: S104
)
async def test_the_log_says_where_the_metrics_are(
    operator: Operator, caplog: pytest.LogCaptureFixture, host: str, ending: str
) -> None:
    """And for whom, if other machines may reach them."""
    caplog.set_level(logging.INFO)
    running = asyncio.create_task(operator.listener(0, host).run())

    async def has_begun() -> bool:
        return any(record.name == "bot.ops" for record in caplog.records)

    await until(has_begun)
    running.cancel()
    await asyncio.wait([running])
    [line] = [record.getMessage() for record in caplog.records if record.name == "bot.ops"]
    assert line.startswith(f"metrics for Prometheus are at http://{host}:")
    assert line.endswith(ending)


async def test_the_port_is_free_again_afterwards(operator: Operator) -> None:
    """A restart listens at the same port at once, although connections have just been closed."""
    async with operator.served() as address:
        await read(address)
    assert address.port is not None
    async with operator.listener(address.port).serve() as again:
        assert (await read(again))[0] == 200


def test_an_ipv6_address_is_written_in_brackets() -> None:
    """As everywhere in web addresses; all of this machine's addresses are more than this machine."""
    address = Address.listening_at("::1", 9464)
    assert (str(address), address.is_loopback) == ("http://[::1]:9464", True)
    assert not Address.listening_at("::", 9464).is_loopback
