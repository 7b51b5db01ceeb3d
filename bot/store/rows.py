"""Reading rows: one that does not parse is named in the log, once, and keeps no other from being read."""

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Generic, TypeVar

import msgspec

from bot.log import describe_error
from bot.store.database import Row, StoreError

MAX_NAMED = 100  # rows of a table, so that thousands of damaged ones fill neither the log nor the memory

UNREADABLE = (msgspec.MsgspecError, ValueError, TypeError, OverflowError, RecursionError)
"""What reading a row raises if a value in it does not parse."""

Value = TypeVar("Value")
Other = TypeVar("Other")

log = logging.getLogger(__name__)


class Unreadable(StoreError):
    """A stored row does not parse."""

    def __init__(self, table: str, row_id: object) -> None:
        super().__init__(f"{table} {row_id} cannot be read")
        self.table = table
        self.row_id = row_id


class RowReader(Generic[Value]):
    """Reads rows of `table` with `read`; `key` is the column that names a row."""

    def __init__(self, table: str, read: Callable[[Row], Value], *, key: str = "id") -> None:
        self._table = table
        self._read = read
        self._key = key
        self._named: set[object] = set()

    def reading(self, read: Callable[[Row], Other]) -> "RowReader[Other]":
        """A reader of something else from the same rows; neither names a row again that the other has named."""
        reader = RowReader(self._table, read, key=self._key)
        reader._named = self._named
        return reader

    def read(self, row: Row) -> Value:
        """The value of a row. Raises Unreadable, which is logged when it happens to this row for the first time."""
        try:
            return self._read(row)
        except UNREADABLE as error:
            unreadable = Unreadable(self._table, row[self._key])
            self._name_once(unreadable, self._failing_column(row), error)
            raise unreadable from error

    def read_one(self, row: Row | None) -> Value | None:
        """The value of a row, or None if there is no row or it cannot be read."""
        try:
            return None if row is None else self.read(row)
        except Unreadable:
            return None

    def read_all(self, rows: Iterable[Row]) -> list[Value]:
        """The values of all rows that can be read."""
        return self.split(rows)[0]

    def split(self, rows: Iterable[Row]) -> tuple[list[Value], list[Row]]:
        """The values of the rows that can be read, and the rows that cannot."""
        readable, unreadable = [], []
        for row in rows:
            try:
                readable.append(self.read(row))
            except Unreadable:
                unreadable.append(row)
        return readable, unreadable

    def _failing_column(self, row: Row) -> str:
        """The column at which reading `row` fails: the last one that it looks at."""
        looked_at = _ColumnsLookedAt(row)
        with suppress(*UNREADABLE):
            self._read(looked_at)
        return looked_at.last

    def _name_once(self, unreadable: Unreadable, column: str, error: Exception) -> None:
        if unreadable.row_id in self._named or len(self._named) >= MAX_NAMED:
            return
        self._named.add(unreadable.row_id)
        log.error("%s, so it is left out: %s: %s", unreadable, column, describe_error(error))
        if len(self._named) == MAX_NAMED:
            log.error("more %s that cannot be read are left out without being named", self._table)


class _ColumnsLookedAt:
    """A row that remembers which of its columns was read last."""

    def __init__(self, row: Row) -> None:
        self._row = row
        self.last = ""

    def __getitem__(self, column: str, /) -> Any:  # noqa: ANN401 -- as of a row
        self.last = column
        return self._row[column]
