"""PostgreSQL as the store's database: what is lost, silent, refused, or said by another process."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from bot.clock import SystemClock
from bot.store import PoolSettings, Store, StoreUnavailable
from bot.store.database import Statement
from bot.store.databases.postgres import PostgresDatabase
from bot.store.databases.postgres_writer import LISTS_PER_COMMIT, StatementFailed
from tests.certificates import make_certificate, server_context
from tests.polling import TIMEOUT, until
from tests.postgres_databases import database_name, database_url
from tests.postgres_front import PostgresFront
from tests.store.opening import open_store
from tests.store.rows import set_value

IMPATIENT = PoolSettings(size=2, connect_timeout_s=1.0, query_timeout_s=0.4)
BOUND = 3.0  # seconds within which every caller has an answer with these settings, on a slow machine as well


@pytest.fixture
async def front(postgres_url: str) -> AsyncIterator[PostgresFront]:
    relay = PostgresFront(postgres_url)
    async with relay.listening():
        yield relay


@pytest.fixture
async def store_behind_front(front: PostgresFront) -> AsyncIterator[Store]:
    opened: list[Store] = []
    async with AsyncExitStack() as stack:

        async def is_open() -> bool:
            with suppress(StoreUnavailable):  # the answer to a question may take longer on a busy machine
                opened.append(await stack.enter_async_context(open_store(front.url(), pool=IMPATIENT)))
            return bool(opened)

        await until(is_open)
        yield opened[0]


def database_of(store: Store) -> PostgresDatabase:
    assert isinstance(store.database, PostgresDatabase)
    return store.database


async def reason_not_to_open(url: str, pool: PoolSettings | None = None) -> str:
    with pytest.raises(StoreUnavailable) as refusal:
        async with open_store(url, pool=pool):
            pass
    return str(refusal.value)


async def works_again(store: Store) -> None:
    """Return when the store reads what it has written; raises TimeoutError if that takes too long."""

    async def reads_what_it_wrote() -> bool:
        try:
            await store.installation.set("again", "1")
            return await store.installation.get("again") == "1"
        except StoreUnavailable:
            return False

    await until(reads_what_it_wrote)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("postgresql://me:hush-hush@127.0.0.1:1/b", "nothing listens there; is it running, and is the address right?"),
        ("postgresql://me:hush-hush@nowhere.invalid/b", "DNS doesn't know that name; is it written right?"),
        ("postgresql://me:hush-hush@/b?host=/nowhere", "the connection fails: No such file or directory"),
    ],
)
async def test_a_server_that_is_not_there(address: str, reason: str) -> None:
    """One sentence names the database without the password, the reason, and where to look."""
    said = await reason_not_to_open(address, IMPATIENT)
    assert said.startswith(f"The database {address.split(':hush-hush', maxsplit=1)[0]}@")
    assert reason in said or "this machine's DNS doesn't answer" in said
    assert "hush" not in said


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda url: database_url(url, "missing"), "there's no such database on the server; make it with createdb"),
        (lambda url: url.replace("postgres@", "nobody@"), "it refuses the user; correct store.database"),
        (
            lambda url: f"{url}&connect_timeout=3",
            "an option at the end of store.database is none that PostgreSQL knows",
        ),
        (lambda url: f"{url}&search_path=missing", "the schema in store.database doesn't exist"),
    ],
)
async def test_a_server_that_refuses(postgres_url: str, change: object, reason: str) -> None:
    """Each refusal has its own sentence, with what to do."""
    assert callable(change)
    assert reason in await reason_not_to_open(change(postgres_url))


async def test_a_user_without_rights(postgres_url: str) -> None:
    """Making tables is what it lacks first."""
    connection = await asyncpg.connect(postgres_url)
    await connection.execute("CREATE ROLE powerless LOGIN")
    try:
        await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        said = await reason_not_to_open(postgres_url.replace("postgres@", "powerless@"))
    finally:
        await connection.execute("DROP ROLE powerless")
        await connection.close()
    assert "the user lacks a right" in said or "the schema in store.database doesn't exist" in said


@pytest.fixture
async def role(postgres_url: str) -> AsyncIterator[Callable[[str], Awaitable[str]]]:
    """Makes a user who may do everything in the database, and what is given; returns the URL for it."""
    connection, name = await asyncpg.connect(postgres_url), f"role_{uuid4().hex}"

    async def make(changes: str) -> str:
        await connection.execute(
            f"CREATE ROLE {name} LOGIN; GRANT ALL ON SCHEMA public TO {name}; "
            f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {name}; {changes.format(role=name)}"
        )
        return postgres_url.replace("postgres@", f"{name}@")

    yield make
    await connection.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")
    await connection.close()


async def test_too_few_connections_for_what_listens(role: Callable[[str], Awaitable[str]]) -> None:
    """The reason is said, and nothing of the attempt stays."""
    url = await role("ALTER ROLE {role} CONNECTION LIMIT 1")
    assert "it takes no more connections" in await reason_not_to_open(url, PoolSettings(connect_timeout_s=1.0))
    assert [task for task in asyncio.all_tasks() if task.get_name() == "store listener"] == []


async def test_a_user_who_may_not_make_a_function(postgres_url: str, role: Callable[[str], Awaitable[str]]) -> None:
    """Which right is missing is said."""
    url = await role(f"REVOKE TEMPORARY ON DATABASE {database_name(postgres_url)} FROM PUBLIC")
    assert "GRANT TEMPORARY ON DATABASE" in await reason_not_to_open(url)


async def test_a_server_that_says_nothing(front: PostgresFront) -> None:
    """The start is given up in time."""
    front.freeze()
    async with asyncio.timeout(BOUND):
        assert "it doesn't answer in time" in await reason_not_to_open(front.url(), IMPATIENT)


async def test_a_pooler_is_refused(postgres_url: str) -> None:
    """Behind it settings get lost, and notices as well."""
    pooler = PostgresFront(postgres_url, poses_as_pooler=True)
    async with pooler.listening():
        assert "it's reached through a pooler that shares connections" in await reason_not_to_open(pooler.url())


async def test_tls_with_a_trusted_certificate(postgres_url: str, tmp_path: Path) -> None:
    """With `sslmode=verify-full` every connection is encrypted."""
    certificate = make_certificate(tmp_path, name="localhost")
    front = PostgresFront(postgres_url, tls=server_context(certificate))
    async with front.listening():
        url = front.url(host="localhost", options=f"sslmode=verify-full&sslrootcert={certificate}")
        async with open_store(url) as store:
            await store.installation.set("a", "1")
            assert await store.installation.get("a") == "1"
        assert front.encrypted == 4, "for migrations, writing, reading, listening"


@pytest.mark.parametrize(
    ("name", "trusted", "reason"),
    [
        ("localhost", False, "its certificate is self-signed"),
        ("another.example", True, "its certificate is for another"),
    ],
)
async def test_tls_with_a_certificate_that_proves_nothing(
    postgres_url: str, tmp_path: Path, name: str, trusted: bool, reason: str
) -> None:
    """Nothing is sent to a server that cannot show who it is."""
    certificate = make_certificate(tmp_path, name=name)
    (tmp_path / "own").mkdir()
    root = certificate if trusted else make_certificate(tmp_path / "own", name="localhost")
    front = PostgresFront(postgres_url, tls=server_context(certificate))
    async with front.listening():
        url = front.url(host="localhost", options=f"sslmode=verify-full&sslrootcert={root}")
        assert reason in await reason_not_to_open(url)


async def test_a_server_without_tls(front: PostgresFront) -> None:
    """Where encryption is required, nothing is sent without it."""
    assert "takes no encrypted connections" in await reason_not_to_open(front.url(options="sslmode=require"))


async def test_a_connection_that_is_cut(front: PostgresFront, store_behind_front: Store) -> None:
    """Whoever waits for it gets an answer, and the next ones get a new connection."""
    store = store_behind_front
    front.freeze()
    waiting = [asyncio.create_task(store.installation.set("a", "1")), asyncio.create_task(store.installation.get("a"))]
    await front.holds(len(waiting))
    front.cut()
    front.thaw()
    async with asyncio.timeout(BOUND):
        answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(answer, StoreUnavailable) for answer in answers)
    await works_again(store)


async def test_a_server_that_falls_silent(front: PostgresFront, store_behind_front: Store) -> None:
    """Callers wait a bounded time, then the store is back by itself."""
    store = store_behind_front
    await works_again(store)
    front.freeze()
    async with asyncio.timeout(2 * BOUND):
        answers = await asyncio.gather(
            *(store.installation.set("a", "2") for _ in range(9)),
            *(store.installation.get("a") for _ in range(9)),
            return_exceptions=True,
        )
    assert [str(answer) for answer in answers if "it doesn't answer in time" not in str(answer)] == []
    front.thaw()
    await works_again(store)


async def test_many_who_write_to_a_server_that_falls_silent(front: PostgresFront, store_behind_front: Store) -> None:
    """The last waits no longer than the first of the next commit: all commits in turn would take 40 seconds.

    Nothing is written later.
    """
    store, lists = store_behind_front, 100 * LISTS_PER_COMMIT
    front.freeze()
    async with asyncio.timeout(TIMEOUT):
        answers = await asyncio.gather(
            *(store.installation.set(f"late {number}", "1") for number in range(lists)), return_exceptions=True
        )
    assert all(isinstance(answer, StoreUnavailable) for answer in answers)
    assert store.database.usage.waiting_lists == 0
    front.thaw()
    await works_again(store)
    assert await store.installation.get(f"late {lists - 1}") is None


async def test_many_who_read_from_a_server_that_falls_silent(front: PostgresFront, store_behind_front: Store) -> None:
    """The last of them waits no longer than those who have the first turns: all turns would take 100 seconds."""
    store = store_behind_front
    front.freeze()
    async with asyncio.timeout(TIMEOUT):
        answers = await asyncio.gather(*(store.installation.get("a") for _ in range(500)), return_exceptions=True)
    assert [str(answer) for answer in answers if "it doesn't answer in time" not in str(answer)] == []
    front.thaw()
    await works_again(store)


async def test_a_reader_whose_turn_is_long_in_coming(front: PostgresFront) -> None:
    """While others read, one who waits longer than a connection may take waits on, and is answered."""
    settings = PoolSettings(size=1, connect_timeout_s=1.0, query_timeout_s=TIMEOUT)
    async with open_store(front.url(), pool=settings) as store:
        await works_again(store)
        front.freeze()
        reading = [asyncio.create_task(store.installation.get("again")) for _ in range(3)]
        answered, _ = await asyncio.wait(reading, timeout=1.5 * settings.connect_timeout_s)
        assert answered == set()
        front.thaw()
        assert await asyncio.gather(*reading) == ["1", "1", "1"]


async def test_a_server_that_falls_silent_while_a_reader_connects(
    front: PostgresFront, store_behind_front: Store
) -> None:
    """Before the first question: the reader gets an answer in time, and its place in the pool is free again."""
    front.freeze_at(b"SET default_transaction_read_only")
    reading = asyncio.create_task(store_behind_front.installation.get("a"))
    [answered], _ = await asyncio.wait([reading], timeout=BOUND)
    with pytest.raises(StoreUnavailable, match="it doesn't answer in time"):
        await answered
    front.thaw()
    await works_again(store_behind_front)


async def test_a_reader_that_is_cancelled_while_the_server_is_silent(front: PostgresFront) -> None:
    """It ends at once, and as cancelled: it does not wait for the server to hear of that."""
    async with open_store(front.url(), pool=PoolSettings(connect_timeout_s=60, query_timeout_s=60)) as store:
        await store.installation.get("a")
        front.freeze()
        reading = asyncio.create_task(store.installation.get("a"))
        await front.holds(1)
        reading.cancel()
        await asyncio.wait([reading], timeout=TIMEOUT)
        assert reading.cancelled()
        front.thaw()
        assert await store.installation.get("a") is None


async def test_processes_of_the_server_that_end(postgres_url: str) -> None:
    """Those that write, read and listen are replaced, and whoever waits for news is woken."""
    async with open_store(postgres_url) as store:
        await store.installation.get("a")
        listener = store.listen("outbox")
        connection = await asyncpg.connect(postgres_url)
        ended = await connection.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await connection.close()
        assert len(ended) == 3
        async with asyncio.timeout(TIMEOUT):
            await listener.wait(60)
        await works_again(store)


async def test_news_from_another_process(postgres_url: str) -> None:
    """A write is announced to every process after its commit, a failed one to nobody."""
    async with open_store(postgres_url) as store, open_store(postgres_url) as other:
        heard, ours, elsewhere = other.listen("outbox"), store.listen("outbox"), other.listen("tickets")
        await store.database.write([set_value("a", "1")], notify=("outbox",))
        async with asyncio.timeout(TIMEOUT):
            await heard.wait(60)
            await ours.wait(60)
        assert await other.installation.get("a") == "1"
        for listener in (heard, ours, elsewhere):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await listener.wait(60)


@pytest.mark.parametrize(
    ("mistake", "error"),
    [
        (Statement(name="no.such", values={}), KeyError),
        (Statement(name="installation.set", values={"name": "b"}), KeyError),
        (Statement(name="installation.set", values={"name": "b", "value": None}), StatementFailed),
        (Statement(name="installation.set", values={"name": "b", "value": "\x00"}), ValueError),
        (Statement(name="installation.set", values={"name": "b", "value": "\ud800"}), UnicodeEncodeError),
        (Statement(name="installation.set", values={"name": "b", "value": {1}}), TypeError),
        (Statement(name="members.touch", values={"member_id": 2**63, "now": 1, "seen_before": 1}), StatementFailed),
        (Statement(name="members.touch", values={"member_id": "x", "now": 1, "seen_before": 1}), StatementFailed),
    ],
)
async def test_a_bug_in_a_list_affects_no_other(postgres_url: str, mistake: Statement, error: type[Exception]) -> None:
    """It is raised as it is, not as StoreUnavailable, and the other lists of its commit are written."""
    async with open_store(postgres_url) as store:
        wrong, right = await asyncio.gather(
            store.database.write([set_value("c", "1"), mistake]),
            store.database.write([set_value("a", "1")]),
            return_exceptions=True,
        )
        assert isinstance(wrong, error)
        assert not isinstance(right, BaseException)
        assert [await store.installation.get(name) for name in ("a", "b", "c")] == ["1", None, None]


async def test_the_reader_cannot_write(postgres_url: str) -> None:
    """A query that writes by mistake changes nothing."""
    async with open_store(postgres_url) as store:
        with pytest.raises(StoreUnavailable):
            await store.database.all("installation.set", name="a", value="1")
        assert await store.installation.get("a") is None


async def test_closing_finishes_pending_writes(postgres_url: str) -> None:
    """Earlier writes are completed, later ones are refused, and closing again changes nothing."""
    async with open_store(postgres_url) as store:
        writing = asyncio.create_task(store.installation.set("a", "1"))
        await asyncio.sleep(0)
        await store.database.close()
        await writing
        for late in (store.installation.set("b", "2"), store.installation.get("a")):
            with pytest.raises(StoreUnavailable, match="closed"):
                await late
    async with open_store(postgres_url) as store:
        assert [await store.installation.get(name) for name in ("a", "b")] == ["1", None]


async def test_more_readers_than_connections(postgres_url: str) -> None:
    """They take turns."""
    async with open_store(postgres_url, pool=PoolSettings(size=1)) as store:
        await store.installation.set("a", "1")
        assert await asyncio.gather(*(store.installation.get("a") for _ in range(50))) == ["1"] * 50


async def test_clocks_that_are_apart(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says so, because times of several processes are compared."""
    monkeypatch.setattr(SystemClock, "now", lambda _: datetime.now(UTC) + timedelta(seconds=30))
    async with open_store(postgres_url):
        pass
    assert any("this machine's clock and the database's are" in message for message in caplog.messages)
