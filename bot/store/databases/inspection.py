"""What `heybuddy check` reads of a database of either kind. It changes nothing there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.store.database import Row


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspection:
    """What a database holds. `version` is that of its schema, 0 for an empty one; this program wants `wanted`.

    `leases`, `readiness` and `chat_processes` are the rows of these tables, by column; empty for another version.
    """

    version: int
    wanted: int
    leases: Sequence[Row]
    readiness: Sequence[Row]
    chat_processes: Sequence[Row] = ()


class Inspector(Protocol):
    """Reads a database that need not be there, nor be ours."""

    async def inspect(self) -> Inspection:
        """Read the schema's version, the leases, and what the running processes say of themselves.

        Raises StoreUnavailable if it cannot be read, and NewerDatabase, OldDatabase and ForeignDatabase.
        """
        ...

    async def read(self, query: str, **values: str | int) -> Sequence[Row]:
        """The rows of a named query; none if the schema is of another version. Raises as `inspect` does."""
        ...

    async def read_installation_value(self, name: str) -> str | None:
        """A value of this installation, or None. Raises StoreUnavailable."""
        ...

    def held_locks(self) -> frozenset[str] | None:
        """The names of the locks that living processes hold; None if this database knows no locks."""
        ...
