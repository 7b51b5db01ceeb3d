"""The ledger: where both doors meet. A file per subject, one method per fact, over an engine with four verbs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.store.blocks import Blocks
from bot.store.browser_sessions import Sessions
from bot.store.database import Engine, Statement, StoreError, StoreUnavailable, Wake
from bot.store.databases.migrate import NewerDatabase, migrate
from bot.store.databases.sqlite import SqliteEngine
from bot.store.installation import Facts
from bot.store.interactions import Interactions
from bot.store.invitations import Invitations
from bot.store.last_meetings import Met
from bot.store.leases import Fence, Leases, LostLease
from bot.store.matches import Matches
from bot.store.members import Members
from bot.store.outbox import Outbox
from bot.store.presence import Presence
from bot.store.retention import Retention
from bot.store.room_orders import Orders
from bot.store.servers import Servers
from bot.store.tickets import Tickets

__all__ = [
    "Fence",
    "LostLease",
    "NewerDatabase",
    "Store",
    "StoreError",
    "StoreUnavailable",
    "Wake",
    "migrate",
    "open_store",
    "sqlite_path",
]

SQLITE = "sqlite:///"


@dataclass(frozen=True, kw_only=True, slots=True)
class Store:
    """All subjects over one engine."""

    engine: Engine
    servers: Servers
    members: Members
    tickets: Tickets
    matches: Matches
    invitations: Invitations
    sessions: Sessions
    presence: Presence
    outbox: Outbox
    orders: Orders
    leases: Leases
    blocks: Blocks
    met: Met
    interactions: Interactions
    facts: Facts
    retention: Retention

    def listen(self, topic: str) -> Wake:
        """A listener to "tickets", "outbox" or "orders"."""
        return self.engine.listen(topic)

    async def check(self) -> None:
        """Really write something that says nothing; raises StoreUnavailable where writing does not work."""
        await self.engine.write([Statement(name="engine.probe", values={})])


def sqlite_path(database: str) -> Path:
    """The file behind `sqlite:///PATH`; four slashes make the path absolute."""
    return Path(database.removeprefix(SQLITE))


@asynccontextmanager
async def open_store(database: str) -> AsyncIterator[Store]:
    """The ledger behind `database`, brought up to date first.

    Raises StoreUnavailable where it cannot be read and written, NewerDatabase where a newer version made it.
    """
    path = sqlite_path(database)
    await asyncio.to_thread(migrate, path)
    async with SqliteEngine(path) as engine:
        store = _store(engine)
        await store.check()
        yield store


def _store(engine: Engine) -> Store:
    matches = Matches(engine)
    return Store(
        engine=engine,
        servers=Servers(engine),
        members=Members(engine),
        tickets=Tickets(engine),
        matches=matches,
        invitations=Invitations(engine),
        sessions=Sessions(engine, matches),
        presence=Presence(engine),
        outbox=Outbox(engine),
        orders=Orders(engine),
        leases=Leases(engine),
        blocks=Blocks(engine),
        met=Met(engine),
        interactions=Interactions(engine),
        facts=Facts(engine),
        retention=Retention(engine),
    )
