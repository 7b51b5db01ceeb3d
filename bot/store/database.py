"""What the store asks of a database: a few operations, and the errors they raise. Knows no SQL and no driver."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.log import ExpectedError

Value = str | int | bytes | None


class Row(Protocol):
    """One row, read by column name."""

    def __getitem__(self, column: str, /) -> Any: ...  # noqa: ANN401 -- the type depends on the column


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """A named query with its values. Its list fails unless it affects `expect_rows` rows, if that is given."""

    name: str
    values: Mapping[str, object]
    expect_rows: int | None = None


class StoreError(Exception):
    """Something went wrong in the store."""


class StoreUnavailable(StoreError, ExpectedError):
    """The database cannot be used at the moment."""


class StoreUnreachable(StoreUnavailable):
    """The database cannot be reached, or cannot serve at the moment: another try may succeed without any change."""


class NewerDatabase(StoreError):
    """The database was made by a newer version of Hey Buddy. Install that version, or use another database."""


class OldDatabase(StoreError):
    """The database is from Hey Buddy 0.1.0 or before. Set store.database to a new file and run /buddy setup again."""


class ForeignDatabase(StoreError):
    """The database belongs to another program and was left as it is. Set store.database to a new file."""


class CannotCopy(StoreError):
    """A copy of a database was not made or not brought back. The message says why, and what to do."""


class UnexpectedRowCount(StoreError):
    """A statement did not affect the expected number of rows: another write came first."""

    def __init__(self, statement: str) -> None:
        super().__init__(statement)
        self.statement = statement


class UniqueViolation(StoreError):
    """A row would have broken a unique index; `constraint` is the index's name, or for a primary key its columns."""

    def __init__(self, constraint: str) -> None:
        super().__init__(constraint)
        self.constraint = constraint


@dataclass(frozen=True, kw_only=True, slots=True)
class DatabaseUsage:
    """How busy a database is at the moment: lists of statements that wait to be written, and its connections."""

    waiting_lists: int
    connections: int
    connections_in_use: int


class Listener(Protocol):
    """Waits for one topic."""

    async def wait(self, seconds: float) -> None:
        """Return once the topic has been announced since the last call, at the latest after `seconds`."""
        ...


class Database(Protocol):
    """A database. Every failure that is not a bug of ours raises StoreUnavailable."""

    async def one(self, name: str, /, **values: Value) -> Row | None:
        """The first row of a named query, or None."""
        ...

    async def all(self, name: str, /, **values: Value) -> Sequence[Row]:
        """All rows of a named query."""
        ...

    async def write(self, statements: Sequence[Statement], *, notify: Collection[str] = ()) -> Sequence[Sequence[Row]]:
        """Execute all statements or none; returns, after the durable commit, the rows that each of them RETURNs.

        Announces the topics in `notify` after the commit. Raises UnexpectedRowCount if an expected count is not met,
        and UniqueViolation.
        """
        ...

    def listen(self, topic: str) -> Listener:
        """A listener to a topic that `write(…, notify=…)` announces."""
        ...

    def try_lock(self, name: str, holder: str) -> bool:
        """Take or keep a lock that is free at once when this process ends, however it ends.

        False if another holder has it, or if this database knows no such locks.
        """
        ...

    def unlock(self, name: str, holder: str) -> None:
        """Free a lock, if `holder` has it."""
        ...

    @property
    def usage(self) -> DatabaseUsage:
        """How busy it is at the moment. Costs nothing and never fails."""
        ...

    @property
    def damage(self) -> str | None:
        """What is wrong with the data, in a sentence or two; None if nothing is known to be wrong.

        A query has met it, or the last `look_for_damage` has found it.
        """
        ...

    async def look_for_damage(self) -> None:
        """Read the whole database and update `damage`. Delays no other operation. Raises StoreUnavailable."""
        ...

    async def shrink(self) -> None:
        """Give a little of the space that deleted rows have left back to the file system, so that it takes no time."""
        ...

    async def close(self) -> None:
        """Finish pending writes and release the database."""
        ...
