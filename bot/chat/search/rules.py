"""The rules come before the first search: what was asked for waits until its member agrees to them."""

from bot.chat.search.answers import RulesFirst
from bot.chat.search.servers import SearchServers
from bot.chat.ui.actor import Actor
from bot.clock import Clock
from bot.domain.rules import rules_version
from bot.domain.server import is_open
from bot.store.postponed_searches import PostponedSearch, PostponedSearches
from bot.store.rules_consents import RulesConsents


class SearchRules:
    """Asks members to agree to their server's rules, and keeps the search that they asked for meanwhile."""

    def __init__(
        self, *, servers: SearchServers, consents: RulesConsents, postponed: PostponedSearches, clock: Clock
    ) -> None:
        self._servers = servers
        self._consents = consents
        self._postponed = postponed
        self._clock = clock

    async def ask(self, actor: Actor, search: PostponedSearch, *, changed: bool = False) -> RulesFirst:
        """Keep the search until the actor agrees. `changed`: they have just agreed to rules that count no more."""
        await self._postponed.save(actor.member_id, search, self._clock.now())
        return RulesFirst(server=await self._servers.configured(search.server_id), changed=changed)

    async def open_question(self, member_id: int, server_id: int | None) -> RulesFirst | None:
        """What a member was asked in this server, or by default last, if it is still to be answered."""
        if server_id is None:
            search = await self._postponed.find_newest(member_id)
        else:
            search = await self._postponed.find(server_id, member_id)
        server = await self._servers.configured(search.server_id) if search else None
        if server is None or not is_open(server):
            return None
        agreed = await self._consents.find(server.server_id, member_id)
        return None if agreed == rules_version(server) else RulesFirst(server=server)

    async def agree(self, actor: Actor, version: str) -> bool:
        """Record that the actor agrees to the rules in this version; False if others count by now."""
        is_present = version == rules_version(await self._servers.configured(actor.server_id))
        if is_present:
            await self._consents.save(actor.server_id, actor.member_id, version, self._clock.now())
        return is_present

    async def postponed_search(self, actor: Actor) -> PostponedSearch | None:
        """What the actor asked for in their server and waits for their consent."""
        return await self._postponed.find(actor.server_id, actor.member_id)

    async def decline(self, member_id: int, server_id: int) -> None:
        """Forget what the member asked for in this server. Repeating it changes nothing."""
        await self._postponed.delete(server_id, member_id)
