"""What members want: the wishes of their search or of their last one, and what they name in a command or a form."""

from collections.abc import Collection, Mapping

from bot.chat.search.servers import SearchServers
from bot.chat.search.wishes import RawWishes, changed_wishes, read_wishes, wishes_offered, with_wishes
from bot.chat.ui.actor import Actor
from bot.domain.server import Server
from bot.domain.ticket import Ticket, Wishes
from bot.store.members import Members
from bot.store.postponed_searches import PostponedSearch
from bot.store.tickets import Tickets


class MemberWishes:
    """Reads the wishes of members, as far as their server offers them. `language_names` are names by code."""

    def __init__(
        self, *, servers: SearchServers, members: Members, tickets: Tickets, language_names: Mapping[str, str]
    ) -> None:
        self._servers = servers
        self._members = members
        self._tickets = tickets
        self._language_names = language_names

    async def to_change(self, member_id: int, server_id: int) -> Server:
        """The server whose wishes a member is about to fill in.

        Raises NotPossible if they would be lost: the server is closed, and the member does not wait there.
        """
        ticket = await self._tickets.find_by_member(member_id)
        if ticket is None or ticket.server_id != server_id:
            await self._servers.opened(server_id)
        return await self.server(server_id)

    async def current(self, member_id: int, server: Server, locale: str) -> Wishes:
        """The wishes of the waiting ticket, else those of the last search, as far as `server` offers them."""
        ticket = await self._tickets.find_by_member(member_id)
        saved = None if ticket else await self._members.last_wishes(member_id)
        last = ticket.wishes if ticket else saved.wishes if saved else None
        return wishes_offered(last, server, locale)

    async def server(self, server_id: int) -> Server:
        """The server's settings. Raises NotPossible before its first setup."""
        return await self._servers.configured(server_id)

    async def last_server(self, member_id: int) -> int | None:
        """The server of the member's last search, for direct messages, which belong to none; None before the first."""
        saved = await self._members.last_wishes(member_id)
        return saved.server_id if saved else None

    async def read(
        self,
        actor: Actor,
        raw: RawWishes,
        server: Server,
        waiting: Ticket | None,
        *,
        base: Wishes | None,
        remember: Collection[str] | None,
    ) -> PostponedSearch:
        """The search that the actor asks for in `server`. Raises NotPossible if it is not offered there.

        What is left out comes from the ticket with which they are `waiting` there, else from `base`, else from the last
        search. `remember` names the wishes to remember; None stands for those that change.
        """
        saved = await self._members.last_wishes(actor.member_id)
        last = saved.wishes if saved else None
        now_wanted = (waiting.wishes if waiting else base) or last
        wishes = self._read(raw, now_wanted, server, actor)
        if remember is None:
            remember = changed_wishes(self._read(RawWishes(), now_wanted, server, actor), wishes)
        return PostponedSearch(
            server_id=server.server_id,
            wishes=wishes,
            remembered=with_wishes(last or self._read(RawWishes(), None, server, actor), remember, wishes),
            wait_minutes=raw.wait,
        )

    def _read(self, raw: RawWishes, last: Wishes | None, server: Server, actor: Actor) -> Wishes:
        return read_wishes(
            raw,
            last=last,
            server=server,
            locale=actor.locale,
            language_names=self._language_names,
        )
