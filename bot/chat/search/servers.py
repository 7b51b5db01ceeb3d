"""The servers in which members search: their settings, and whether a member can be matched there now."""

from bot.chat.memberships import MembershipNews
from bot.chat.ui.actor import Actor
from bot.chat.ui.notices import NotPossible
from bot.domain.membership import Barred, why_barred
from bot.domain.server import Closed, Server, why_closed
from bot.store.servers import Servers


class SearchServers:
    """Finds servers for a search."""

    def __init__(self, servers: Servers, news: MembershipNews) -> None:
        self._servers = servers
        self._news = news

    async def eligible(self, actor: Actor) -> Server:
        """The actor's server. Raises NotPossible if they cannot be matched there now; the server's reasons come first.

        Records what Discord told of the actor.
        """
        server = await self._servers.get(actor.server_id)
        closed = why_closed(server)
        if server is None or closed is not None:
            raise NotPossible(closed or Closed.NOT_SET_UP, server=server.name if server else "")
        if actor.membership is None:
            raise NotPossible("bot_removed", server=server.name)
        told_at, role_id = actor.told_at, server.role_id
        role_gone = actor.server_role_ids is not None and role_id not in {None, *actor.server_role_ids}
        required = None if role_gone else role_id
        await self._news.record(actor.server_id, actor.member_id, actor.membership, role_id=required, told_at=told_at)
        barred = why_barred(actor.membership, role_id=role_id, now=told_at)
        if barred is not None:
            reason = "role_gone" if barred is Barred.ROLE and role_gone else barred
            raise NotPossible(reason, role=role_id, server=server.name)
        return server

    async def configured(self, server_id: int) -> Server:
        """The server's settings. Raises NotPossible before its first setup."""
        server = await self._servers.get(server_id)
        if server is None:
            raise NotPossible(Closed.NOT_SET_UP)
        return server

    async def is_open(self, server_id: int) -> bool:
        """Whether members are matched in this server."""
        return why_closed(await self._servers.get(server_id)) is None

    async def name_of(self, server_id: int) -> str:
        """The server's name, or its id if it has no name yet."""
        server = await self._servers.get(server_id)
        return server.name if server else str(server_id)
