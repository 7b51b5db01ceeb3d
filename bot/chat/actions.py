"""What members can do, whichever command or button they use: read the ledger, apply the rules, write one fact.

Knows no Discord object and no words: people and wishes come in as values, an answer goes out as one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.chat import wishes
from bot.chat.answers import Answer, Elsewhere, Meeting, News, No, Waiting
from bot.chat.wishes import Asked
from bot.clock import Clock, new_id
from bot.pairing.delivery import Kind
from bot.pairing.invitation import LINK_LASTS, LINKS_PER_WINDOW, LINKS_WINDOW, digest, link_token
from bot.pairing.ticket import Ticket, Wishes
from bot.store import Store
from bot.store.matches import SeatInMatch
from bot.store.outbox import OutboxRow
from bot.store.servers import Server
from bot.store.tickets import AlreadyWaiting, InMatch


@dataclass(frozen=True, kw_only=True, slots=True)
class Who:
    """The member who acts, as their server knows them now. `barred` names what keeps them from being paired."""

    member_id: int
    server_id: int
    name: str
    locale: str
    role_ids: frozenset[int] = frozenset()
    barred: str | None = None


class Actions:
    """The member's actions over the ledger. `language_names` are the languages' names by code."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        link_key: bytes,
        public_url: str,
        wait_minutes: int,
        language_names: Mapping[str, str],
    ) -> None:
        self._store = store
        self._clock = clock
        self._link_key = link_key
        self._public_url = public_url
        self._wait_minutes = wait_minutes
        self._language_names = language_names

    # --- waiting -----------------------------------------------------------------------------------------------------

    async def now(self, who: Who, asked: Asked) -> Answer:
        """Start waiting, or change the wishes of the ticket there is. Asking again is safe."""
        server = await self._store.servers.get(who.server_id)
        refusal = may_be_paired(who, server)
        if refusal or server is None:
            return refusal or No(reason="not_set_up")
        saved = await self._store.members.wishes(who.member_id)
        read = wishes.read(
            asked,
            last=saved.wishes if saved else None,
            server=server,
            spoken=who.locale.partition("-")[0],
            names=self._language_names,
        )
        if isinstance(read, No):
            return read
        wait = asked.wait or (saved.wait_minutes if saved else self._wait_minutes)
        return await self._wait_for(who, read, wait)

    async def _wait_for(self, who: Who, wanted: Wishes, wait: int) -> Answer:
        now = self._clock.now()
        ticket = Ticket(
            id=new_id(self._clock),
            member_id=who.member_id,
            server_id=who.server_id,
            pool=str(who.server_id),
            name=who.name,
            wishes=wanted,
            waiting_since=now,
            expires_at=now + timedelta(minutes=wait),
            locale=who.locale,
        )
        try:
            await self._store.tickets.open(ticket, wait_minutes=wait)
        except AlreadyWaiting as already:
            return await self._change(already.ticket, ticket)
        except InMatch:
            return await self._how_it_stands(who.member_id, note="running")
        return await self._how_it_stands(who.member_id)

    async def _change(self, waiting: Ticket, wanted: Ticket) -> Answer:
        if waiting.server_id != wanted.server_id:
            return Elsewhere(server_name=await self._server_name(waiting.server_id), here=wanted.server_id)
        await self._store.tickets.change(wanted.member_id, wanted.wishes, expires_at=wanted.expires_at)
        return await self._how_it_stands(wanted.member_id, changed=True)

    async def again(self, who: Who, *, any_subject: bool) -> Answer:
        """Wait once more with the last wishes, or with any subject."""
        return await self.now(who, Asked(subject="any") if any_subject else Asked())

    async def move(self, who: Who) -> Answer:
        """Give up the ticket in the other server and wait here, with the same wishes as far as they are offered."""
        await self._store.tickets.leave(who.member_id, self._clock.now())
        return await self.now(who, Asked())

    async def stop_waiting(self, member_id: int) -> Answer:
        """Leave the line; a match that was made meanwhile stays."""
        ticket = await self._store.tickets.leave(member_id, self._clock.now())
        if ticket is None:
            return await self._how_it_stands(member_id)
        return News(key="stopped", search_in=ticket.server_id)

    async def status(self, member_id: int, *, here: int | None = None) -> Answer:
        """How it stands: the search, the meeting, or neither. `here` is where to search from then."""
        return await self._how_it_stands(member_id, here=here)

    async def _how_it_stands(
        self, member_id: int, *, note: str = "", changed: bool = False, here: int | None = None
    ) -> Answer:
        seat = await self._store.matches.of_member(member_id)
        if seat is not None:
            return await self._running(seat, note=note)
        ticket = await self._store.tickets.of_member(member_id)
        if ticket is None:
            return News(key="idle", search_in=here)
        typical = await self._store.tickets.typical_wait(ticket.server_id, ticket.wishes.subject, self._clock.now())
        return Waiting(
            wishes=ticket.wishes,
            server_id=ticket.server_id,
            expires_at=ticket.expires_at,
            typical=typical,
            changed=changed,
        )

    async def last_wishes(self, member_id: int) -> Wishes | None:
        """The wishes of the ticket there is, or the last ones."""
        ticket = await self._store.tickets.of_member(member_id)
        if ticket is not None:
            return ticket.wishes
        saved = await self._store.members.wishes(member_id)
        return saved.wishes if saved else None

    async def server(self, server_id: int) -> Server | None:
        """The server's settings, or None before its first setup."""
        return await self._store.servers.get(server_id)

    async def _server_name(self, server_id: int) -> str:
        server = await self._store.servers.get(server_id)
        return server.name if server else str(server_id)

    # --- the match ---------------------------------------------------------------------------------------------------

    async def leave(self, member_id: int, *, here: int | None = None) -> Answer:
        """Stop waiting, or give up the place in the running match. Leaving again changes nothing."""
        ticket = await self._store.tickets.leave(member_id, self._clock.now())
        if ticket is not None:
            return News(key="stopped", search_in=ticket.server_id)
        seat = await self._store.matches.of_member(member_id)
        if seat is None:
            return News(key="idle", search_in=here)
        return await self._give_up(seat)

    async def decline(self, member_id: int, seat_id: str) -> Answer:
        """I can't make it: give up this seat, and only one's own."""
        seat = await self._store.matches.of_seat(seat_id)
        if seat is None or seat.own.member_id != member_id:
            return No(reason="not_yours")
        return await self._give_up(seat)

    async def _give_up(self, seat: SeatInMatch) -> Answer:
        await self._store.sessions.leave(seat.own.id, self._clock.now())
        return News(key="declined", search_in=seat.match.server_id)

    async def link(self, member_id: int) -> Answer:
        """A new link for the running match; older ones stop working when it is issued."""
        seat = await self._store.matches.of_member(member_id)
        if seat is None:
            return No(reason="no_match")
        now = self._clock.now()
        if await self._store.invitations.issued_lately(seat.own.id, now - LINKS_WINDOW) >= LINKS_PER_WINDOW:
            return No(reason="links")
        invitation_id = new_id(self._clock)
        token = link_token(self._link_key, invitation_id)
        if not await self._store.invitations.issue(seat.own.id, invitation_id, digest(token), now=now):
            return No(reason="no_match")
        until = now + LINK_LASTS
        await self._store.invitations.handed_over(invitation_id, now=now, expires_at=until)
        return replace(_meeting(seat), note="new_link", link=self._address(token), until=until)

    async def news(self, member_id: int, *, here: int | None) -> Answer:
        """What a mention leads to: a link where a match runs, and otherwise how it stands."""
        answer = await self.link(member_id)
        return await self._how_it_stands(member_id, here=here) if isinstance(answer, No) else answer

    async def _running(self, seat: SeatInMatch, *, note: str) -> Meeting:
        """The running match, with the link that still works if there is one."""
        meeting = replace(_meeting(seat), note=note)
        invitation_id = await self._store.invitations.open_of(seat.own.id)
        if invitation_id is None:
            return meeting
        token = link_token(self._link_key, invitation_id)
        look = await self._store.invitations.look(digest(token))
        now = self._clock.now()
        until = (look.expires_at if look else None) or now + LINK_LASTS
        return replace(meeting, link=self._address(token), until=until) if until > now else meeting

    def _address(self, token: str) -> str:
        return f"{self._public_url}/j#{token}"

    # --- blocks ------------------------------------------------------------------------------------------------------

    async def block(self, who: Who, member_id: int, *, is_app: bool = False) -> Answer:
        """Never pair the two again, whoever asks; a running match of the two ends with neutral words."""
        if member_id == who.member_id or is_app:
            return No(reason="app" if is_app else "self")
        now = self._clock.now()
        await self._store.blocks.add(who.member_id, member_id, now, rows=await self._neutral_words(who, member_id, now))
        return News(key="blocked", values={"member": member_id})

    async def _neutral_words(self, who: Who, member_id: int, now: datetime) -> tuple[OutboxRow, ...]:
        seat = await self._store.matches.of_member(who.member_id)
        if seat is None or seat.partner.member_id != member_id:
            return ()
        return (
            OutboxRow(
                id=new_id(self._clock),
                kind=Kind.MATCH_OVER,
                member_id=member_id,
                match_id=seat.match.id,
                seat_id=seat.partner.id,
                invitation_id=None,
                values={},
                due_at=now,
            ),
        )

    async def unblock(self, who: Who, member_id: int) -> Answer:
        """Take one's own block back; the other's, if there is one, stays."""
        if await self._store.blocks.remove(who.member_id, member_id):
            return News(key="unblocked", values={"member": member_id})
        return No(reason="not_blocked", values={"member": member_id})


def may_be_paired(who: Who, server: Server | None) -> No | None:
    """Why this member cannot be paired here now, or None: the server's state first, then the member's."""
    if server is None:
        return No(reason="not_set_up")
    if server.audience != "adults":
        return No(reason="not_set_up" if server.audience == "unsaid" else "not_adults")
    if server.channel_id is None:
        return No(reason="no_channel")
    if server.paused:
        return No(reason="paused")
    if who.barred:
        return No(reason=who.barred)
    if server.role_id is not None and server.role_id not in who.role_ids:
        return No(reason="role", values={"role": server.role_id})
    return None


def _meeting(seat: SeatInMatch) -> Meeting:
    agreement = seat.match.agreement
    return Meeting(
        seat_id=seat.own.id,
        partner=seat.partner.name,
        subject=agreement.subject,
        length=agreement.length,
        style=agreement.style,
        why=agreement.why,
    )
