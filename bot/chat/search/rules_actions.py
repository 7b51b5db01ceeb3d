"""What a member can answer to the rules that come before their first search."""

from dataclasses import replace

from bot.chat.search.actions import SearchActions
from bot.chat.search.answers import SearchAnswer
from bot.chat.search.opening import SearchOpening
from bot.chat.search.rules import SearchRules
from bot.chat.search.status import SearchStatus
from bot.chat.search.wishes import RawWishes, wishes_offered
from bot.chat.ui.actor import Actor
from bot.domain.server import Server
from bot.domain.ticket import Ticket
from bot.store.postponed_searches import PostponedSearch


class RulesActions:
    """Agrees to rules, or not now."""

    def __init__(
        self, *, rules: SearchRules, searches: SearchActions, opening: SearchOpening, status: SearchStatus
    ) -> None:
        self._rules = rules
        self._searches = searches
        self._opening = opening
        self._status = status

    async def agree(self, actor: Actor, version: str) -> SearchAnswer:
        """Agree to the rules that were shown, and begin the search that was asked for. Raises NotPossible.

        If that has begun already or is forgotten, as `/study now` without wishes. If other rules count by now, they are
        shown. Safe to repeat.
        """
        agreed = await self._rules.agree(actor, version)
        asked = await self._rules.postponed_search(actor)
        if asked is None:
            return await self._searches.start(actor, RawWishes())

        async def read(server: Server, _waiting: Ticket | None) -> PostponedSearch:
            return replace(asked, wishes=wishes_offered(asked.wishes, server, actor.locale))

        return await self._opening.open(actor, read, moves=asked.moves, rules_changed=not agreed)

    async def decline(self, member_id: int, server_id: int) -> SearchAnswer:
        """Forget the search that waits for the member to agree to the rules. Repeating it changes nothing."""
        await self._rules.decline(member_id, server_id)
        return await self._status.now(member_id, server_id=server_id)
