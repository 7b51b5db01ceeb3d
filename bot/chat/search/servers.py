"""The servers in which members search: their settings, and whether a member can be matched there now."""

from bot.chat.ui.actor import Actor
from bot.chat.ui.notices import NotPossible
from bot.domain.server import Closed, Server, why_closed
from bot.store.servers import Servers


class SearchServers:
    """Finds servers for a search."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers

    async def eligible(self, actor: Actor) -> Server:
        """The actor's server. Raises NotPossible if they cannot be matched there now."""
        return check_eligible(actor, await self._servers.get(actor.server_id))

    async def configured(self, server_id: int) -> Server:
        """The server's settings. Raises NotPossible before its first setup."""
        server = await self._servers.get(server_id)
        if server is None:
            raise NotPossible(Closed.NOT_SET_UP)
        return server

    async def name_of(self, server_id: int) -> str:
        """The server's name, or its id if it has no name yet."""
        server = await self._servers.get(server_id)
        return server.name if server else str(server_id)


def check_eligible(actor: Actor, server: Server | None) -> Server:
    """The server. Raises NotPossible if the member cannot be matched there now; the server's reasons come first."""
    closed = why_closed(server)
    if server is None or closed is not None:
        raise NotPossible(closed or Closed.NOT_SET_UP)
    if actor.barred:
        raise NotPossible(actor.barred)
    if server.role_id is not None and server.role_id not in actor.role_ids:
        raise NotPossible("role", role=server.role_id)
    return server
