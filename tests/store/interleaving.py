"""Something else that happens in the moment between what a change has read and its first write."""

from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from unittest.mock import patch

from bot.store import Store
from bot.store.database import Database, Row, Statement


@contextmanager
def just_before_writing(store: Store, act: Callable[[], Awaitable[object]]) -> Iterator[None]:
    """Within the context, let `act` happen before the first list of statements is written."""
    database = type(store.database)
    write = database.write
    waiting = [act]

    async def write_later(
        self: Database, statements: Sequence[Statement], *, notify: Collection[str] = ()
    ) -> Sequence[Sequence[Row]]:
        while waiting:
            await waiting.pop()()
        return await write(self, statements, notify=notify)

    with patch.object(database, "write", write_later):
        yield
    assert not waiting, "nothing was written"
