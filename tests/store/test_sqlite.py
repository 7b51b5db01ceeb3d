"""SQLite behind the four verbs: shared commits, guards, and what the outside does to a file."""

import asyncio
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.domain.message import MessageKind
from bot.store import Store, StoreUnavailable, open_store
from bot.store.database import Statement, UnexpectedRowCount, UniqueViolation
from bot.store.outbox import NewMessage, insert_message
from tests.clocks import VirtualClock
from tests.store.scenario import Scenario


def keep(name: str, value: str, expect: int | None = None) -> Statement:
    return Statement(name="installation.set", values={"name": name, "value": value}, expect_rows=expect)


async def test_one_list_that_fails_takes_nobody_with_it(store: Store) -> None:
    """Lists written at the same moment share a commit; each stands or falls alone, as a whole."""
    lists = [[keep(f"a{number}", "1"), keep(f"b{number}", "1", 7 if number == 3 else 1)] for number in range(8)]
    outcomes = await asyncio.gather(*map(store.database.write, lists), return_exceptions=True)
    failed = [number for number, outcome in enumerate(outcomes) if isinstance(outcome, UnexpectedRowCount)]
    assert failed == [3]
    assert [await store.installation.get(f"a{number}") for number in range(8)] == [
        "1",
        "1",
        "1",
        None,
        "1",
        "1",
        "1",
        "1",
    ]


async def test_a_unique_index_says_its_name(scenario: Scenario) -> None:
    """The guard that was broken is named, for whoever maps it to what it means."""
    ticket = await scenario.waiting(1)
    twice = Statement(
        name="tickets.start_waiting",
        values={
            "id": "other",
            "member_id": 1,
            "server_id": 1,
            "pool": "1",
            "name": "",
            "locale": "en",
            "front": 0,
            "wishes": "{}",
            "subject": "any",
            "waiting_since": 0,
            "expires_at": 0,
        },
    )
    with pytest.raises(UniqueViolation) as broken:
        await scenario.store.database.write([twice])
    assert broken.value.constraint == "one_waiting_ticket"
    assert await scenario.waiting_tickets() == [ticket]


@pytest.mark.parametrize(
    ("mistake", "error"),
    [
        (Statement(name="no.such", values={}), KeyError),
        (Statement(name="installation.set", values={"name": "b"}), sqlite3.ProgrammingError),
        (Statement(name="installation.set", values={"name": "b", "value": None}), sqlite3.IntegrityError),
        (Statement(name="installation.set", values={"name": "b", "value": 2**64}), OverflowError),
    ],
)
async def test_a_mistake_of_ours_hurts_only_whoever_made_it(
    store: Store, mistake: Statement, error: type[Exception]
) -> None:
    """It is no trouble with the database, is raised as what it is, and the others in the same commit are well."""
    wrong, right = await asyncio.gather(
        store.database.write([keep("c", "1"), mistake]), store.database.write([keep("a", "1")]), return_exceptions=True
    )
    assert isinstance(wrong, error)
    assert not isinstance(right, BaseException)
    assert [await store.installation.get(name) for name in ("a", "b", "c")] == ["1", None, None]


async def test_a_mistake_in_a_question(store: Store) -> None:
    """A value left out is our mistake too, and not the database's."""
    with pytest.raises(sqlite3.ProgrammingError):
        await store.database.one("installation.get")


async def test_a_key_that_was_there_before(store: Store, clock: VirtualClock) -> None:
    """An id used twice is refused, by the name of its column."""
    row = NewMessage(id="twice", kind=MessageKind.UNMATCHED, member_id=1, due_at=clock.now(), server_id=1, locale="en")
    await store.database.write([insert_message(row)])
    with pytest.raises(UniqueViolation, match=r"outbox\.id"):
        await store.database.write([insert_message(row)])


async def test_whoever_goes_away_meanwhile(store: Store) -> None:
    """What a caller wrote before giving up is written, and those who listen hear of it."""
    listener = store.listen("outbox")
    writing = asyncio.create_task(store.database.write([keep("a", "1")], notify=("outbox",)))
    await asyncio.sleep(0)
    writing.cancel()
    async with asyncio.timeout(5):
        await listener.wait(60)
    assert await store.installation.get("a") == "1"


async def test_listeners_are_woken_after_the_commit(store: Store) -> None:
    """Whoever waits for a topic goes on at once; whoever waits for another does not."""
    outbox, orders = store.listen("outbox"), store.listen("room_orders")
    waiting = asyncio.create_task(outbox.wait(60))
    await asyncio.sleep(0)
    await store.database.write([keep("a", "1")], notify=("outbox",))
    async with asyncio.timeout(1):
        await waiting
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await orders.wait(60)


async def test_closing_finishes_what_is_in_hand(database: Path) -> None:
    """What was asked before the end is written; what is asked after it is refused; closing twice is closing once."""
    async with open_store(f"sqlite:///{database}") as store:
        writing = asyncio.create_task(store.installation.set("a", "1"))
        await asyncio.sleep(0)
        await store.database.close()
        await writing
        with pytest.raises(StoreUnavailable):
            await store.installation.set("b", "2")
        with pytest.raises(StoreUnavailable):
            await store.installation.get("a")
    async with open_store(f"sqlite:///{database}") as store:
        assert await store.installation.get("a") == "1"


async def test_a_folder_nobody_can_write_to(tmp_path: Path) -> None:
    """One sentence, that names the file."""
    with pytest.raises(StoreUnavailable, match="nowhere"):
        async with open_store(f"sqlite:///{tmp_path / 'nowhere' / 'scenario.db'}"):
            pass


async def test_a_file_that_is_no_database(database: Path) -> None:
    """Somebody else's file is left as it is."""
    database.write_text("a letter to a friend, long enough to be no database at all" * 30)
    with pytest.raises(StoreUnavailable):
        async with open_store(f"sqlite:///{database}"):
            pass
    assert database.read_text().startswith("a letter")


async def test_locked_by_another_and_free_again(store: Store, database: Path) -> None:
    """While another program holds the file writing is refused, as a whole; afterwards it works again."""
    await store.check()
    await store.database._writer.fetch("PRAGMA busy_timeout = 50", {})  # type: ignore[attr-defined]  # a test's patience
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked"):
        await store.installation.set("a", "1")
    other.execute("ROLLBACK")
    other.close()
    await store.installation.set("a", "2")
    assert await store.installation.get("a") == "2"


@contextmanager
def no_file_grows(size: int) -> Iterator[None]:
    """A disk that is full: no file of this process gets larger than `size` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk(store: Store, database: Path) -> None:
    """Nothing is half written; reading goes on; with room again, so does writing."""
    await store.installation.set("a", "1")
    largest = max(path.stat().st_size for path in database.parent.iterdir())
    with no_file_grows(largest), pytest.raises(StoreUnavailable):
        await store.database.write([keep("a", "2"), keep("big", "x" * 1_000_000)])
    assert await store.installation.get("a") == "1"
    await store.installation.set("a", "3")
    assert await store.installation.get("a") == "3"


async def test_the_check_really_writes(store: Store) -> None:
    """It notices a disk on which nothing more can be written, and that it can again."""
    await store.check()
    with no_file_grows(0), pytest.raises(StoreUnavailable):
        await store.check()
    await store.check()
