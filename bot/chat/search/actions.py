"""What a member can do about their search: start, change, move and stop it, and see its status."""

from collections.abc import Collection
from functools import partial

from bot.chat.meeting.actions import MeetingActions
from bot.chat.search.answers import SearchAnswer
from bot.chat.search.member_wishes import MemberWishes
from bot.chat.search.opening import SearchOpening
from bot.chat.search.status import SearchStatus
from bot.chat.search.wishes import RawWishes, named_wishes
from bot.chat.ui.actor import Actor
from bot.chat.ui.notices import NotPossible
from bot.clock import Clock
from bot.domain.ticket import ANY, Wishes
from bot.store.tickets import Tickets


class SearchActions:
    """Changes a member's search."""

    def __init__(
        self,
        *,
        tickets: Tickets,
        meetings: MeetingActions,
        status: SearchStatus,
        wishes: MemberWishes,
        opening: SearchOpening,
        clock: Clock,
    ) -> None:
        self._tickets = tickets
        self._meetings = meetings
        self._status = status
        self._wishes = wishes
        self._opening = opening
        self._clock = clock

    async def start(self, actor: Actor, raw: RawWishes) -> SearchAnswer:
        """Start waiting, or change the waiting ticket, and remember what is named.

        What is left out comes from the waiting ticket, else from the last search. Safe to repeat. Raises NotPossible.
        """
        return await self._search(actor, raw, remember=named_wishes(raw))

    async def submit_form(self, actor: Actor, raw: RawWishes) -> SearchAnswer:
        """As `start`, but what the form merely repeats is not remembered: it may be meant for this search only."""
        return await self._search(actor, raw, remember=None)

    async def wait_again(self, actor: Actor, *, any_subject: bool) -> SearchAnswer:
        """Wait with the wishes of the search that ended, or this once with any subject. Raises NotPossible."""
        ended = await self._tickets.find_last_ended(actor.member_id)
        base = ended.ticket.wishes if ended and ended.ticket.server_id == actor.server_id else None
        raw = RawWishes(subject=ANY) if any_subject else RawWishes()
        return await self._search(actor, raw, remember=(), base=base)

    async def move_here(self, actor: Actor) -> SearchAnswer:
        """End the search in the other server and start it here, keeping the wishes that this server offers.

        The other search goes on if this raises NotPossible, and until the actor has agreed to this server's rules.
        """
        current = await self._tickets.find_by_member(actor.member_id)
        base = current.wishes if current else None
        return await self._search(actor, RawWishes(), remember=(), base=base, moves=True)

    async def stop(self, member_id: int, *, server_id: int | None) -> SearchAnswer:
        """Stop waiting. A match made in the meantime stays, and becomes the answer."""
        await self._tickets.stop_waiting(member_id, self._clock.now())
        return await self._status.now(member_id, server_id=server_id)

    async def leave(self, member_id: int, *, server_id: int | None) -> SearchAnswer:
        """Stop waiting, or give up the seat in the live match. Repeating it changes nothing."""
        stopped = await self._tickets.stop_waiting(member_id, self._clock.now())
        left = None if stopped else await self._meetings.leave_match(member_id)
        return left or await self._status.now(member_id, server_id=server_id)

    async def latest_news(self, member_id: int, *, server_id: int | None) -> SearchAnswer:
        """What a mention is about: a new link to the live match, else the search, else how that ended."""
        try:
            return await self._meetings.new_link(member_id)
        except NotPossible:
            return await self._status.now(member_id, server_id=server_id)

    async def _search(
        self,
        actor: Actor,
        raw: RawWishes,
        *,
        remember: Collection[str] | None,
        base: Wishes | None = None,
        moves: bool = False,
    ) -> SearchAnswer:
        """Start or change the search. If it `moves`, it takes the place of one in another server."""
        read = partial(self._wishes.read, actor, raw, base=base, remember=remember)
        return await self._opening.open(actor, read, moves=moves)
