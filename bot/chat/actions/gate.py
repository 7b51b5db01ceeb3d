"""Who acts, and whether they may be paired here now."""

from dataclasses import dataclass

from bot.chat.answers import No
from bot.domain.server import Closed, Server, why_closed


@dataclass(frozen=True, kw_only=True, slots=True)
class Who:
    """The member who acts, as their server knows them now. `barred` names what keeps them from being paired."""

    member_id: int
    server_id: int
    name: str
    locale: str
    role_ids: frozenset[int] = frozenset()
    barred: str | None = None


def refusal(who: Who, server: Server | None) -> No | None:
    """Why this member cannot be paired here now, or None: the server's state first, then the member's."""
    closed = why_closed(server)
    if server is None or closed is not None:
        return No(reason=closed or Closed.NOT_SET_UP)
    if who.barred:
        return No(reason=who.barred)
    if server.role_id is not None and server.role_id not in who.role_ids:
        return No(reason="role", values={"role": server.role_id})
    return None
