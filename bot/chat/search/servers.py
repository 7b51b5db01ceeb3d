"""The servers in which members search: their settings, and whether a member can be matched there now."""

from datetime import datetime

from bot.chat.membership_lookup import MembershipLookup
from bot.chat.memberships import required_role
from bot.chat.search.answers import Closure, Restricted
from bot.chat.search.pace import SearchPace
from bot.chat.ui.actor import Actor
from bot.chat.ui.notices import NotPossible
from bot.domain.age_group import age_group_of, pool_of
from bot.domain.membership import Barred, Entry, why_barred
from bot.domain.restriction import Restriction, strictest
from bot.domain.server import Closed, Server, why_closed
from bot.store.restrictions import Restrictions
from bot.store.servers import Servers


class SearchServers:
    """Finds servers for a search."""

    def __init__(
        self, servers: Servers, restrictions: Restrictions, lookup: MembershipLookup, pace: SearchPace
    ) -> None:
        self._servers = servers
        self._restrictions = restrictions
        self._lookup = lookup
        self._pace = pace

    async def eligible(self, actor: Actor, *, is_waiting: bool = False, begins: bool = True) -> Server:
        """The actor's server. Raises NotPossible if they cannot be matched there now; the server's reasons come first.

        Who `is_waiting` there keeps the search while the server is closed, and may change it.
        Unless a search `begins`, it does not matter how soon after others it would.
        If the actor's interaction does not tell what they are there, it may take a moment to find out.
        """
        server = await self._servers.get(actor.server_id)
        if server is not None and server.left_at is not None and actor.membership is not None:
            await self._servers.enter([server.server_id], seen_at=actor.told_at)
            server = await self._servers.get(actor.server_id)
        if server is None or server.left_at is not None or not is_waiting:
            server = _open_server(server)
        required = required_role(server, actor.server_role_ids)
        if actor.membership is None:
            reason = await self._look_up(actor, server)
        else:
            age_group = age_group_of(actor.membership.role_ids, server)
            reason = why_barred(actor.membership, role_id=required, now=actor.told_at, age_group=age_group)
        if server.role_id != required and reason in {None, Barred.ROLE, *Entry}:
            reason = "role_gone"
        if reason is not None:
            raise await self._refusal(reason, actor, server)
        await self.require_no_restriction(actor, server_name=server.name)
        if begins:
            await self._pace.require_may_begin(actor, server)
        return server

    async def pool_for(self, actor: Actor, server: Server) -> str:
        """The pool to which the actor belongs in `server`, where they can be matched."""
        if actor.membership is not None:
            return pool_of(server.server_id, age_group_of(actor.membership.role_ids, server))
        return pool_of(server.server_id, (await self._lookup.known(server, actor.member_id)).age_group)

    async def require_no_restriction(self, actor: Actor, *, server_name: str | None = None) -> None:
        """Raise NotPossible for a member whom a restriction keeps from being matched in this server."""
        found = await self.restriction(actor.server_id, actor.member_id, actor.told_at)
        if found is not None:
            name = server_name or await self.name_of(actor.server_id)
            raise Restricted(restriction=found, server=name).refusal

    async def restriction(self, server_id: int, member_id: int, now: datetime) -> Restriction | None:
        """What keeps a member from being matched in this server because of what they did, or None."""
        return strictest(await self._restrictions.find_active(server_id, member_id, now))

    async def refusal_of_barred(self, actor: Actor) -> NotPossible:
        """What to answer to somebody who turns out to be barred in their server."""
        server = await self.configured(actor.server_id)
        return await self._refusal(Entry.BARRED, actor, server)

    async def _refusal(self, reason: str, actor: Actor, server: Server) -> NotPossible:
        """Members who are timed out can use no command in the server, so they read why and until when everywhere."""
        until = actor.membership.timed_out_until if actor.membership else None
        if reason == Entry.BARRED:
            until = (await self._lookup.known(server, actor.member_id)).timed_out_until
            reason = Barred.TIMED_OUT if until else reason
        return NotPossible(
            reason,
            role=server.role_id,
            minor_role=server.minor_role_id,
            adult_role=server.adult_role_id,
            server=server.name,
            until=until,
        )

    async def refusal_of_uncertain(self, actor: Actor) -> NotPossible:
        """What to answer to somebody of whom it turns out not to be known which pool they belong to."""
        return await self._refusal(Entry.WAIT, actor, await self.configured(actor.server_id))

    async def _look_up(self, actor: Actor, server: Server) -> str | None:
        """Why the actor cannot search by what the store knows or Discord answers: "barred", "wait", or None."""
        entry = await self._lookup.decide(server, actor.member_id)
        return None if entry is Entry.ADMITTED else entry

    async def opened(self, server_id: int) -> Server:
        """The server's settings. Raises NotPossible while nobody can search there."""
        return _open_server(await self._servers.get(server_id))

    async def configured(self, server_id: int) -> Server:
        """The server's settings. Raises NotPossible before its first setup."""
        server = await self._servers.get(server_id)
        if server is None:
            raise NotPossible(Closed.NOT_SET_UP)
        return server

    async def closure(self, server_id: int) -> Closure | None:
        """Why nobody is matched in this server at the moment, or None if members are."""
        server = await self._servers.get(server_id)
        reason = why_closed(server)
        return None if reason is None else Closure(reason=reason, server=server.name if server else "")

    async def name_of(self, server_id: int) -> str:
        """The server's name, or its id if it has no name yet."""
        server = await self._servers.get(server_id)
        return server.name if server else str(server_id)


def _open_server(server: Server | None) -> Server:
    closed = why_closed(server)
    if server is None or closed is not None:
        raise NotPossible(closed or Closed.NOT_SET_UP, server=server.name if server else "")
    return server
