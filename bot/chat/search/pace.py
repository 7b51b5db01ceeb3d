"""Whether a member may begin a search by now: the server's gate, and the pauses after partners and no-shows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.chat.membership_lookup import MembershipLookup
from bot.chat.search.custom_ids import REMIND_ME
from bot.chat.ui.actor import Actor
from bot.chat.ui.notices import NotPossible
from bot.clock import Clock
from bot.domain.gate import GATES, opens_at
from bot.domain.membership import Entry
from bot.domain.pace import NO_SHOWS_FADE_AFTER, PARTNERS_WINDOW, next_partner_at, no_show_pause_ends_at
from bot.domain.server import Server
from bot.store.last_meetings import LastMeetings
from bot.store.matches import Matches
from bot.store.personal_data import PersonalData


@dataclass(frozen=True, kw_only=True, slots=True)
class ClosedGate:
    """When the gate opens for a member, who joined the server at `joined_at`."""

    joined_at: datetime
    opens_at: datetime


class SearchPace:
    """Refuses searches that begin too early, with the time from which they may."""

    def __init__(
        self,
        *,
        lookup: MembershipLookup,
        matches: Matches,
        last_meetings: LastMeetings,
        personal_data: PersonalData,
        clock: Clock,
    ) -> None:
        self._lookup = lookup
        self._matches = matches
        self._last_meetings = last_meetings
        self._personal_data = personal_data
        self._clock = clock

    async def require_may_begin(self, actor: Actor, server: Server) -> None:
        """Raise NotPossible for a member who has to wait before a new search in `server`. A running one goes on.

        Whoever has deleted their data is recognized first: what they did before counts, and so does what they have done
        since they asked.
        """
        await self._require_open_gate(actor, server)
        member_id, now = actor.member_id, self._clock.now()
        await self._personal_data.recognize(member_id)
        no_shows = await self._matches.no_shows_of(member_id, now - NO_SHOWS_FADE_AFTER, now)
        if until := no_show_pause_ends_at(no_shows, now):
            raise NotPossible("no_shows", until=until)
        met_at = await self._last_meetings.find_met_at(member_id, now - PARTNERS_WINDOW, now)
        if until := next_partner_at(met_at, now):
            raise NotPossible("next_partner", until=until)

    async def closed_gate(self, actor: Actor, server: Server) -> ClosedGate | None:
        """The gate of `server` if it is not open for the actor yet.

        Raises NotPossible if Discord has to tell first since when they are there.
        """
        if server.gate is None:
            return None
        joined_at = await self._joined_at(actor, server)
        if joined_at is None and GATES[server.gate].membership > timedelta():
            raise NotPossible(Entry.WAIT, server=server.name)
        joined_at = joined_at or actor.told_at
        opens = opens_at(server.gate, member_id=actor.member_id, joined_at=joined_at)
        return ClosedGate(joined_at=joined_at, opens_at=opens) if opens > actor.told_at else None

    async def _require_open_gate(self, actor: Actor, server: Server) -> None:
        closed = await self.closed_gate(actor, server)
        if closed is not None:
            remind_me = REMIND_ME.format(server=server.server_id)
            raise NotPossible("gate", offers=("remind_me", remind_me), server=server.name, until=closed.opens_at)

    async def _joined_at(self, actor: Actor, server: Server) -> datetime | None:
        if actor.membership is not None:
            return actor.membership.joined_at
        return (await self._lookup.known(server, actor.member_id)).joined_at
