"""What the check of a server's setup wants to know of the last days: who could not be matched, and what was refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.domain.age_group import AgeGroup, pool_of
from bot.domain.message import MessageKind, Route
from bot.store.codec import encode
from bot.store.database import Database
from bot.store.databases.inspection import Inspector
from bot.store.retention import KEPT_FOR
from bot.store.times import to_ms

LOOKS_BACK: Final = timedelta(days=14)
MESSAGES_LOOK_BACK: Final = KEPT_FOR["outbox"]
COUNT_LINKS: Final = "outbox.count_links"
NO_SERVER: Final = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class SetupFigures:
    """`without_age_role`: members who turned out to have neither of the age roles, within MESSAGES_LOOK_BACK.

    `lonely_searches`: by pool, the searches within LOOKS_BACK in a pool where never two members waited at once.
    `links` were sent within MESSAGES_LOOK_BACK, `links_not_direct` of them not as a direct message.
    `link_is_refused`: Discord refused one in that time, for what is in it.
    `known_readers`: members of whom we know that they read reports, None if nobody has looked.
    """

    without_age_role: int = 0
    lonely_searches: Mapping[str, int] = field(default_factory=dict)
    links: int = 0
    links_not_direct: int = 0
    link_is_refused: bool = False
    known_readers: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OperatorFigures:
    """`link_is_refused`: as in SetupFigures. `separated_servers`: those in which some are, or may be, under 18."""

    link_is_refused: bool = False
    separated_servers: int = 0


class SetupFigureReader:
    """Reads figures. Changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, server_id: int, now: datetime, *, refusals: tuple[str, str]) -> SetupFigures:
        """The figures of a server; `refusals` are two patterns (LIKE) of the reason for which a link is refused."""
        since = to_ms(now - MESSAGES_LOOK_BACK)
        pools = [pool_of(server_id, group) for group in (None, AgeGroup.MINOR, AgeGroup.ADULT)]
        searches = await self._database.all(
            "tickets.count_lonely", pools=encode(pools), since=to_ms(now - LOOKS_BACK), now=to_ms(now)
        )
        without = await self._database.one(
            "memberships.count_age_group", server_id=server_id, age_group=AgeGroup.NEITHER, since=since
        )
        links = await self._database.one(COUNT_LINKS, **_links_of(server_id, now, refusals))
        staff = await self._database.all("staff_members.list", server_id=server_id)
        return SetupFigures(
            without_age_role=without["members"] if without else 0,
            lonely_searches={row["pool"]: row["searches"] for row in searches},
            links=links["sent"] if links else 0,
            links_not_direct=links["not_direct"] if links else 0,
            link_is_refused=bool(links and links["refused"]),
            known_readers=sum(row["reads"] for row in staff),
        )


async def read_operator_figures(inspector: Inspector, now: datetime, *, refusals: tuple[str, str]) -> OperatorFigures:
    """The figures over all servers, of a database that need not be there, nor be ours; `refusals` as above.

    Raises StoreUnavailable, and what `Inspector.read` raises.
    """
    links = await inspector.read(COUNT_LINKS, **_links_of(NO_SERVER, now, refusals))
    separated = await inspector.read("servers.find_separated")
    return OperatorFigures(
        link_is_refused=any(row["refused"] for row in links),
        separated_servers=sum(row["left_at"] is None for row in separated),
    )


def _links_of(server_id: int, now: datetime, refusals: tuple[str, str]) -> Mapping[str, str | int]:
    return {
        "server_id": server_id,
        "kind": MessageKind.INVITATION,
        "route": Route.DIRECT,
        "since": to_ms(now - MESSAGES_LOOK_BACK),
        "first_refusal": refusals[0],
        "other_refusal": refusals[1],
    }
