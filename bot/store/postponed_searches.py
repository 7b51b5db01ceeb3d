"""Postponed searches: what a member asked for before they agreed to the server's rules."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.ticket import Wishes
from bot.store.codec import decode, encode
from bot.store.database import Database, Row, Statement
from bot.store.rows import RowReader
from bot.store.times import to_ms


@dataclass(frozen=True, kw_only=True, slots=True)
class PostponedSearch:
    """A search that was asked for in this server and has not begun.

    `remembered` are the wishes to remember for later searches; `wait_minutes` is how long it is to last, None if the
    member did not say; if it `moves`, it takes the place of one in another server.
    """

    server_id: int
    wishes: Wishes
    remembered: Wishes
    wait_minutes: int | None = None
    moves: bool = False


class PostponedSearches:
    """One for each member of a server; it goes when the member begins a search there."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = RowReader("postponed_searches", _postponed_search, key="member_id")

    async def find(self, server_id: int, member_id: int) -> PostponedSearch | None:
        """The one of a member in this server; None if there is none, or if it cannot be read."""
        row = await self._database.one("postponed_searches.find", server_id=server_id, member_id=member_id)
        return self._rows.read_one(row)

    async def find_newest(self, member_id: int) -> PostponedSearch | None:
        """The one that a member asked for last, in any server; None if there is none, or if it cannot be read."""
        return self._rows.read_one(await self._database.one("postponed_searches.find_newest", member_id=member_id))

    async def save(self, member_id: int, search: PostponedSearch, now: datetime) -> None:
        """Store a search, replacing the member's former one in the same server."""
        values = {
            "server_id": search.server_id,
            "member_id": member_id,
            "wishes": encode(search.wishes),
            "remembered": encode(search.remembered),
            "wait_minutes": search.wait_minutes,
            "moves": int(search.moves),
            "now": to_ms(now),
        }
        await self._database.write([Statement(name="postponed_searches.save", values=values)])

    async def delete(self, server_id: int, member_id: int) -> None:
        """Forget what the member asked for in this server, if anything."""
        await self._database.write([delete_postponed(server_id, member_id)])


def delete_postponed(server_id: int, member_id: int) -> Statement:
    """The statement that forgets what a member asked for in this server."""
    return Statement(name="postponed_searches.delete", values={"server_id": server_id, "member_id": member_id})


def _postponed_search(row: Row) -> PostponedSearch:
    return PostponedSearch(
        server_id=row["server_id"],
        wishes=decode(row["wishes"], Wishes),
        remembered=decode(row["remembered"], Wishes),
        wait_minutes=row["wait_minutes"],
        moves=bool(row["moves"]),
    )
