"""What the store asks of a database: four verbs, and the errors they speak in. Knows no SQL and no driver."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Value = str | int | bytes | None


class Row(Protocol):
    """One row, read by column name."""

    def __getitem__(self, column: str, /) -> Any: ...  # noqa: ANN401 -- a column holds what its table says


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """A named query with its values; `expect_rows` says how many rows it must touch for its list to hold."""

    name: str
    values: Mapping[str, object]
    expect_rows: int | None = None


class StoreError(Exception):
    """Something went wrong in the store."""


class StoreUnavailable(StoreError):
    """The database cannot be used at the moment."""


class UnexpectedRowCount(StoreError):
    """A statement touched another number of rows than expected: someone else was first."""

    def __init__(self, statement: str) -> None:
        super().__init__(statement)
        self.statement = statement


class UniqueViolation(StoreError):
    """A unique index said no; `constraint` is its name, or the columns of a key that was there before."""

    def __init__(self, constraint: str) -> None:
        super().__init__(constraint)
        self.constraint = constraint


class Listener(Protocol):
    """A listener to one topic."""

    async def wait(self, seconds: float) -> None:
        """Return when the topic was woken since the last call, or when `seconds` have passed."""
        ...


class Database(Protocol):
    """A database behind four verbs. Everything the outside does to it is raised as StoreUnavailable."""

    async def one(self, name: str, /, **values: Value) -> Row | None:
        """The first row of a named query, or None."""
        ...

    async def all(self, name: str, /, **values: Value) -> Sequence[Row]:
        """All rows of a named query."""
        ...

    async def write(self, statements: Sequence[Statement], *, notify: Collection[str] = ()) -> Sequence[Sequence[Row]]:
        """Carry out all statements or none; returns, after the durable commit, the rows each of them RETURNs.

        Raises UnexpectedRowCount where a count is not met and UniqueViolation where a unique index says no.
        """
        ...

    def listen(self, topic: str) -> Listener:
        """A listener to what `write(…, notify=…)` announces."""
        ...

    async def close(self) -> None:
        """Finish what is in hand and let go of the database."""
        ...
