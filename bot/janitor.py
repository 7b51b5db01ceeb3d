"""The janitor: every timer in the life of a ticket and of a match, and the deletion of old data.

Each step asks the store what is due. The store makes a change only if it still applies, so a repeated or late step
does no harm.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.clock import Clock, new_id
from bot.domain.match import MINUTE, EndReason
from bot.domain.message import MatchDetails, MessageKind, Payload, SearchDetails
from bot.domain.ticket import Ticket, requeued_ticket
from bot.leader_loop import LeaderLoop, Leadership
from bot.store.database import Listener
from bot.store.invitations import Invitations
from bot.store.leases import Fence
from bot.store.matches import Matches, Seat, SeatInMatch
from bot.store.outbox import NewMessage, message_to_seat
from bot.store.retention import Retention
from bot.store.tickets import Tickets

DELETE_OLD_DATA_EVERY = MINUTE


class Janitor:
    """Ends searches and matches when they are due, and reminds members, while it leads."""

    def __init__(
        self,
        *,
        tickets: Tickets,
        matches: Matches,
        invitations: Invitations,
        retention: Retention,
        leadership: Leadership,
        clock: Clock,
        listener: Listener,
    ) -> None:
        self._tickets = tickets
        self._matches = matches
        self._invitations = invitations
        self._retention = retention
        self._leadership = leadership
        self._clock = clock
        self._listener = listener
        self._delete_old_data_at: datetime | None = None

    async def run(self) -> None:
        """Run a step at least every second, until cancelled."""
        await LeaderLoop(leadership=self._leadership, listener=self._listener, step=self.step).run()

    async def step(self, fence: Fence) -> None:
        """Do everything that is due now.

        Expiring a ticket raises LostLease when `fence` is no longer the leader's; every other change holds only if
        what it changes is still due, so a former leader repeats nothing.
        """
        await self._expire_tickets(fence)
        await self._remind_missing_members()
        await self._end_declined_matches()
        await self._end_no_shows()
        await self._end_finished_meetings()
        await self._delete_old_data()

    async def _expire_tickets(self, fence: Fence) -> None:
        now = self._clock.now()
        for ticket in await self._tickets.find_expired(now):
            minutes = round((now - ticket.waiting_since) / MINUTE)
            message = NewMessage(
                id=new_id(self._clock),
                kind=MessageKind.UNMATCHED,
                member_id=ticket.member_id,
                payload=SearchDetails(minutes=minutes, subject=ticket.wishes.subject),
                due_at=now,
                server_id=ticket.server_id,
                locale=ticket.locale,
            )
            await self._tickets.expire(ticket, now=now, messages=[message], fence=fence)

    async def _remind_missing_members(self) -> None:
        now = self._clock.now()
        missing: dict[str, list[SeatInMatch]] = {}
        for seat in await self._matches.seats_to_remind(now):
            missing.setdefault(seat.match.id, []).append(seat)
        for match_id, seats in missing.items():
            await self._matches.record_reminder(
                match_id, now=now, messages=[await self._reminder(seat) for seat in seats]
            )

    async def _reminder(self, seat: SeatInMatch) -> NewMessage:
        invitation_id = await self._invitations.find_open_by_seat(seat.own.id)
        payload = MatchDetails(partner=seat.partner.name, agreement=seat.match.agreement)
        return self._message(MessageKind.REMINDER, seat.own, payload, invitation_id=invitation_id)

    async def _end_declined_matches(self) -> None:
        """End matches that one or both left before they met: a partner who stayed gets a message and is requeued."""
        now = self._clock.now()
        for leaver in await self._matches.left_before_meeting(now):
            await self._matches.end(
                leaver.match.id,
                EndReason.DECLINED,
                now=now,
                messages=[self._message(MessageKind.PARTNER_DECLINED, leaver.partner)],
                requeue=await self._requeued_tickets(leaver.partner),
            )

    async def _end_no_shows(self) -> None:
        """End matches in which the two never met in time: both get a message, whether they came or not."""
        now = self._clock.now()
        for seat in await self._matches.no_shows(now):
            messages = [self._message(MessageKind.NO_SHOW, each) for each in (seat.own, seat.partner)]
            await self._matches.end(seat.match.id, EndReason.NO_SHOW, now=now, messages=messages)

    async def _end_finished_meetings(self) -> None:
        now = self._clock.now()
        for match_id in await self._matches.finished_meetings(now):
            await self._matches.end(match_id, EndReason.DONE, now=now)

    async def _delete_old_data(self) -> None:
        now = self._clock.now()
        if self._delete_old_data_at is None or now >= self._delete_old_data_at:
            await self._retention.delete_expired(now)
            self._delete_old_data_at = now + DELETE_OLD_DATA_EVERY

    async def _requeued_tickets(self, seat: Seat) -> Sequence[Ticket]:
        matched = await self._tickets.find_by_seat(seat.id)
        if matched is None:
            return []
        now = self._clock.now()
        return [requeued_ticket(matched.ticket, new_id=new_id(self._clock), matched_at=matched.ended_at, now=now)]

    def _message(
        self, kind: MessageKind, seat: Seat, payload: Payload = None, *, invitation_id: str | None = None
    ) -> NewMessage:
        """A message to the member of `seat`; the store drops it when they have left the seat."""
        return message_to_seat(
            kind,
            seat,
            message_id=new_id(self._clock),
            due_at=self._clock.now(),
            invitation_id=invitation_id,
            payload=payload,
        )
