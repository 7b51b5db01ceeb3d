"""What every database does: shared commits, named constraints, listeners."""

import asyncio

import pytest

from bot.domain.message import MessageKind
from bot.store import Store
from bot.store.database import Statement, UnexpectedRowCount, UniqueViolation
from bot.store.outbox import NewMessage, insert_message
from tests.clocks import VirtualClock
from tests.polling import TIMEOUT
from tests.store.rows import set_value
from tests.store.scenario import Scenario


async def test_a_list_that_fails_affects_no_other(store: Store) -> None:
    """Lists written at the same moment share a commit, and each succeeds or fails as a whole."""
    lists = [
        [set_value(f"a{number}", "1"), set_value(f"b{number}", "1", 7 if number == 3 else 1)] for number in range(8)
    ]
    outcomes = await asyncio.gather(*map(store.database.write, lists), return_exceptions=True)
    failed = [number for number, outcome in enumerate(outcomes) if isinstance(outcome, UnexpectedRowCount)]
    assert failed == [3]
    values = [await store.installation.get(f"a{number}") for number in range(8)]
    assert values == [None if number == 3 else "1" for number in range(8)]


async def test_text_that_looks_like_something_else(store: Store) -> None:
    """Backslashes and quotes of members are text like any other, whatever form it takes on its way."""
    text = "\\u0000 \\x00 \\ud800 \\\\u0000 ' '' \" :now $1 %s {} $heybuddy$ \u2028 🧑‍🎓"
    await store.installation.set(text, text)
    assert await store.installation.get(text) == text


async def test_a_violated_index_is_named(scenario: Scenario) -> None:
    """A caller can tell what the violation means."""
    ticket = await scenario.waiting(1)
    second = Statement(
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
    with pytest.raises(UniqueViolation) as violation:
        await scenario.store.database.write([second])
    assert violation.value.constraint == "one_waiting_ticket"
    assert await scenario.waiting_tickets() == [ticket]


async def test_a_violated_primary_key_is_named_by_its_column(store: Store, clock: VirtualClock) -> None:
    """An id cannot be used twice."""
    message = NewMessage(id="id", kind=MessageKind.UNMATCHED, member_id=1, due_at=clock.now(), server_id=1, locale="en")
    await store.database.write([insert_message(message)])
    with pytest.raises(UniqueViolation, match=r"outbox\.id"):
        await store.database.write([insert_message(message)])


async def test_a_cancelled_caller_has_written(store: Store) -> None:
    """The list of a caller that is cancelled meanwhile is written, and listeners are woken."""
    listener = store.listen("outbox")
    writing = asyncio.create_task(store.database.write([set_value("a", "1")], notify=("outbox",)))
    await asyncio.sleep(0)
    writing.cancel()
    async with asyncio.timeout(TIMEOUT):
        await listener.wait(60)
    assert await store.installation.get("a") == "1"


async def test_listeners_are_woken_after_the_commit(store: Store) -> None:
    """A listener to the topic returns, a listener to another does not."""
    outbox, orders = store.listen("outbox"), store.listen("room_orders")
    waiting = asyncio.create_task(outbox.wait(60))
    await asyncio.sleep(0)
    await store.database.write([set_value("a", "1")], notify=("outbox",))
    async with asyncio.timeout(TIMEOUT):
        await waiting
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await orders.wait(60)


async def test_a_list_that_fails_wakes_nobody(store: Store) -> None:
    """Nothing has changed."""
    listener = store.listen("outbox")
    with pytest.raises(UnexpectedRowCount):
        await store.database.write([set_value("a", "1", 7)], notify=("outbox",))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await listener.wait(60)
