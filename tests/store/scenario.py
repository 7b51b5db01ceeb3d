"""Test scenarios, written through the store: members who wait, are matched, join and leave."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.clock import new_id
from bot.domain.age_group import AgeGroup, pool_of
from bot.domain.agreement import agree
from bot.domain.invitation import digest, link_token
from bot.domain.membership import Membership, bar_of
from bot.domain.message import MatchDetails, MessageKind
from bot.domain.room import NAME_BYTES, Participant, room_name
from bot.domain.rules import rules_version
from bot.domain.server import Server
from bot.domain.ticket import Ticket, Wishes
from bot.domain.trial import TrialStart, trial_agreement
from bot.store import Fence, Store
from bot.store.browser_sessions import BrowserSession
from bot.store.invitations import Invitation, NewBrowserSession
from bot.store.matches import NewMatch, NewSeat
from bot.store.outbox import NewMessage
from bot.store.trials import NewTrial, NewTrialSeat
from bot.store.video_outages import OUTAGE_AFTER
from tests.clocks import VirtualClock

LINK_KEY = b"k" * 32
SERVER = 900
WAIT = 14
PRESENT = Membership()


@dataclass(frozen=True, kw_only=True, slots=True)
class Meeting:
    """A match as it was created: its seats, tickets, links and room; the ticket that waited longer comes first."""

    match_id: str
    seats: tuple[str, str]
    tickets: tuple[Ticket, Ticket]
    tokens: tuple[str, str]
    room_name: str
    invitations: tuple[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialMeeting:
    """A trial as it was begun: the two seats of its admin with their links, and the room."""

    match_id: str
    seats: tuple[str, str]
    tokens: tuple[str, str]
    room_name: str


class Scenario:
    """Creates scenarios in a store, at the time of a clock that the test moves."""

    def __init__(self, store: Store, clock: VirtualClock) -> None:
        self.store = store
        self.clock = clock
        self._members: set[int] = set()

    async def fence(self, name: str = "matchmaker", holder: str = "test") -> Fence:
        """Take the lease `name`, or renew it."""
        fence = await self.store.leases.acquire(name, holder, now=self.clock.now())
        assert fence is not None
        return fence

    async def livekit_fails(self, at: datetime | None = None) -> None:
        """Record that LiveKit does not answer."""
        outages = self.store.video_outages
        await outages.record_failure(await outages.read_silence(), at or self.clock.now())

    async def livekit_is_away(self, at: datetime | None = None) -> None:
        """Record an outage that begins at `at`: LiveKit has been silent for long enough."""
        began_at = at or self.clock.now()
        for failed_at in (began_at - OUTAGE_AFTER, began_at):
            await self.livekit_fails(failed_at)

    async def livekit_is_back(self) -> None:
        """Record that LiveKit answers."""
        outages = self.store.video_outages
        fence = await self.fence("rooms")
        await outages.record_answer(fence, await outages.read_silence(), self.clock.now())

    async def is_outage_on(self) -> bool:
        """Whether rooms cannot be entered from now on."""
        soon = self.clock.now() + timedelta(milliseconds=1)
        return await self.store.video_outages.enterable_since(soon) == soon

    def ticket(self, member_id: int, **wishes: object) -> Ticket:
        """A ticket that is not in the store yet; `wishes` are fields of Wishes."""
        self._members.add(member_id)
        now = self.clock.now()
        return Ticket(
            id=new_id(self.clock),
            member_id=member_id,
            server_id=SERVER,
            pool=str(SERVER),
            name=f"Member {member_id}",
            wishes=replace(Wishes(subject="Maths"), **wishes),  # type: ignore[arg-type]  # fields of Wishes
            waiting_since=now,
            expires_at=now + timedelta(minutes=WAIT),
        )

    async def waiting(self, member_id: int, *, age_group: AgeGroup | None = None, **wishes: object) -> Ticket:
        """A ticket that waits in the store. Discord has told of its member, who agrees to the rules."""
        ticket = replace(self.ticket(member_id, **wishes), pool=pool_of(SERVER, age_group))
        await self.told(member_id, age_group=age_group)
        await self.agreed(member_id)
        await self.store.tickets.start_waiting(ticket)
        return ticket

    async def agreed(self, member_id: int, server_id: int | None = None) -> None:
        """Record that a member agrees to the rules that count now, by default in SERVER."""
        await agree_to_rules(self.store, SERVER if server_id is None else server_id, member_id, self.clock.now())

    async def told(
        self,
        member_id: int,
        membership: Membership = PRESENT,
        *,
        role_id: int | None = None,
        age_group: AgeGroup | None = None,
    ) -> None:
        """Record what Discord tells of a member now."""
        now = self.clock.now()
        bar = bar_of(membership, role_id=role_id, now=now, age_group=age_group)
        await self.store.memberships.record(
            SERVER, member_id, bar=bar, told_at=now, now=now, age_group=age_group, joined_at=membership.joined_at
        )

    async def waiting_tickets(self) -> list[Ticket]:
        """The tickets of all waiting members of this scenario, longest wait first."""
        found = [await self.store.tickets.find_by_member(member_id) for member_id in sorted(self._members)]
        return sorted((ticket for ticket in found if ticket), key=lambda ticket: (ticket.waiting_since, ticket.id))

    def match_of(self, a: Ticket, b: Ticket) -> tuple[NewMatch, Meeting]:
        """A match of two tickets that is not in the store yet, and the meeting it will be."""
        ids = (new_id(self.clock), new_id(self.clock))
        seats = (new_id(self.clock), new_id(self.clock))
        tokens = (link_token(LINK_KEY, ids[0]), link_token(LINK_KEY, ids[1]))
        match_id, now = new_id(self.clock), self.clock.now()
        room = room_name(self.clock.random_bytes(NAME_BYTES))
        new = NewMatch(
            id=match_id,
            agreement=agree(a, b),
            room_name=room,
            created_at=now,
            seats=(
                NewSeat(id=seats[0], match_id=match_id, ticket=a, invitation_id=ids[0], token_hash=digest(tokens[0])),
                NewSeat(id=seats[1], match_id=match_id, ticket=b, invitation_id=ids[1], token_hash=digest(tokens[1])),
            ),
            messages=[
                NewMessage(
                    id=new_id(self.clock),
                    kind=MessageKind.INVITATION,
                    member_id=ticket.member_id,
                    match_id=match_id,
                    seat_id=seat,
                    invitation_id=invitation,
                    payload=MatchDetails(agreement=agree(a, b)),
                    due_at=now,
                )
                for ticket, seat, invitation in ((a, seats[0], ids[0]), (b, seats[1], ids[1]))
            ],
        )
        meeting = Meeting(
            match_id=match_id, seats=seats, tickets=(a, b), tokens=tokens, room_name=room, invitations=ids
        )
        return new, meeting

    async def matched(self, first: int = 1, second: int = 2) -> Meeting:
        """A match of two members in the store: both waited and are now invited."""
        new, meeting = self.match_of(await self.waiting(first), await self.waiting(second))
        assert await self.store.matches.create(new, fence=await self.fence())
        return meeting

    def trial_of(self, member_id: int = 1, server_id: int = SERVER) -> tuple[NewTrial, TrialMeeting]:
        """A trial of an admin that is not in the store yet."""
        match_id = new_id(self.clock)
        seats = tuple(
            NewTrialSeat(
                id=new_id(self.clock),
                match_id=match_id,
                member_id=member_id,
                invitation_id=(invitation_id := new_id(self.clock)),
                token_hash=digest(link_token(LINK_KEY, invitation_id)),
                message_id=new_id(self.clock),
            )
            for _ in range(2)
        )
        new = NewTrial(
            id=match_id,
            server_id=server_id,
            agreement=trial_agreement("en"),
            locale="en",
            room_name=room_name(self.clock.random_bytes(NAME_BYTES)),
            created_at=self.clock.now(),
            seats=(seats[0], seats[1]),
            progress_id=new_id(self.clock),
        )
        tokens = [link_token(LINK_KEY, seat.invitation_id) for seat in seats]
        return new, TrialMeeting(
            match_id=match_id, seats=(seats[0].id, seats[1].id), tokens=(tokens[0], tokens[1]), room_name=new.room_name
        )

    async def trial(self, member_id: int = 1, server_id: int = SERVER) -> TrialMeeting:
        """A trial in the store that has just begun."""
        new, trial = self.trial_of(member_id, server_id)
        assert await self.store.trials.start(new) is TrialStart.BEGUN
        return trial

    async def invitation(self, token: str) -> Invitation:
        """The invitation of a link that exists."""
        invitation = await self.store.invitations.find_by_token(digest(token))
        assert invitation is not None
        return invitation

    async def redeem(self, token: str, cookie: str | None = None) -> bool:
        """Redeem a link for a session with this cookie, or a new one. False if the store refuses."""
        session = NewBrowserSession(id=new_id(self.clock), cookie_hash=digest(cookie or new_id(self.clock)))
        return await self.store.invitations.redeem(
            await self.invitation(token),
            token_hash=digest(token),
            attempt_hash=digest("attempt"),
            session=session,
            fresh_room_name=room_name(self.clock.random_bytes(NAME_BYTES)),
            now=self.clock.now(),
        )

    async def session(self, cookie: str) -> BrowserSession | None:
        """The session of a cookie now."""
        return await self.store.browser_sessions.find_by_cookie(digest(cookie), self.clock.now())

    async def in_the_room(self, meeting: Meeting | TrialMeeting, *sides: int) -> None:
        """Let these sides, or both, join the room."""
        for side in sides or (0, 1):
            await self.store.presence.participant_joined(
                meeting.seats[side], f"PA_{side}", meeting.room_name, self.clock.now()
            )

    async def listed(self, meeting: Meeting, present: Mapping[str, str]) -> None:
        """Let LiveKit list who is in the room: connection ids by seat id."""
        rooms = {room.room_name: room for room in await self.store.presence.rooms_in_use()}
        listed = {seat_id: Participant(sid=sid) for seat_id, sid in present.items()}
        await self.store.presence.set_participants(rooms[meeting.room_name], listed, self.clock.now())


async def agree_to_rules(store: Store, server_id: int, member_id: int, now: datetime) -> None:
    """Record that a member agrees to the rules that count in a server now."""
    server = await store.servers.get(server_id) or Server(server_id=server_id, name="")
    await store.rules_consents.save(server_id, member_id, rules_version(server), now)
