"""The janitor: every timer of a ticket's and a match's life, and forgetting what was kept long enough.

Each step looks for what is due and writes a fact that holds only if it still is: repeated or late it does no harm.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.clock import Clock, new_id
from bot.domain.match import EndReason
from bot.domain.message import MatchDetails, MessageKind, Payload, SearchDetails
from bot.domain.ticket import Ticket, requeued_ticket
from bot.leader_loop import Leadership, lead
from bot.store.database import Listener
from bot.store.invitations import Invitations
from bot.store.leases import Fence
from bot.store.matches import Matches
from bot.store.outbox import NewMessage, message_to_seat
from bot.store.retention import Retention
from bot.store.seats import SeatInMatch
from bot.store.tickets import Tickets

TICK = 1.0  # seconds
FORGET_EVERY = timedelta(minutes=1)


class Janitor:
    """Carries out what time brings, while it leads."""

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
        self._forget_at: datetime | None = None

    async def run(self) -> None:
        """Keep time until cancelled."""
        await lead(self._leadership, self.step, listener=self._listener, tick=lambda: TICK)

    async def step(self, fence: Fence) -> None:
        """Everything that is due now."""
        await self._end_patience(fence)
        await self._remind_the_missing()
        await self._end_what_was_left_early()
        await self._end_no_shows()
        await self._end_meetings()
        await self._forget()

    async def _end_patience(self, fence: Fence) -> None:
        now = self._clock.now()
        for ticket in await self._tickets.find_expired(now):
            minutes = round((now - ticket.waiting_since) / timedelta(minutes=1))
            row = NewMessage(
                id=new_id(self._clock),
                kind=MessageKind.UNMATCHED,
                member_id=ticket.member_id,
                payload=SearchDetails(minutes=minutes, subject=ticket.wishes.subject),
                due_at=now,
                server_id=ticket.server_id,
                locale=ticket.locale,
            )
            await self._tickets.expire(ticket, now=now, messages=[row], fence=fence)

    async def _remind_the_missing(self) -> None:
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
        return self._message(MessageKind.REMINDER, seat, payload, invitation_id=invitation_id)

    async def _end_what_was_left_early(self) -> None:
        for leaver in await self._matches.left_before_meeting(self._clock.now()):
            let_down = [seat for seat in [await self._other(leaver)] if seat.own.left_at is None]
            await self._matches.end(
                leaver.match.id,
                EndReason.DECLINED,
                now=self._clock.now(),
                messages=[self._message(MessageKind.PARTNER_DECLINED, seat) for seat in let_down],
                requeue=[ticket for seat in let_down for ticket in await self._ticket_again(seat)],
            )

    async def _end_no_shows(self) -> None:
        for first in await self._matches.no_shows(self._clock.now()):
            staying = [seat for seat in (first, await self._other(first)) if seat.own.left_at is None]
            messages = [self._message(MessageKind.NO_SHOW, seat) for seat in staying]
            now = self._clock.now()
            await self._matches.end(first.match.id, EndReason.NO_SHOW, now=now, messages=messages)

    async def _end_meetings(self) -> None:
        now = self._clock.now()
        for match_id in await self._matches.finished_meetings(now):
            await self._matches.end(match_id, EndReason.DONE, now=now)

    async def _forget(self) -> None:
        now = self._clock.now()
        if self._forget_at is None or now >= self._forget_at:
            await self._retention.delete_expired(now)
            self._forget_at = now + FORGET_EVERY

    async def _other(self, seat: SeatInMatch) -> SeatInMatch:
        other = await self._matches.find_by_seat(seat.partner.id)
        assert other is not None, "a match has two seats"  # noqa: S101 -- the schema's promise
        return other

    async def _ticket_again(self, seat: SeatInMatch) -> Sequence[Ticket]:
        spent = await self._tickets.find_by_seat(seat.own.id)
        if spent is None:
            return []
        now = self._clock.now()
        return [requeued_ticket(spent.ticket, new_id=new_id(self._clock), matched_at=spent.ended_at, now=now)]

    def _message(
        self, kind: MessageKind, seat: SeatInMatch, payload: Payload = None, *, invitation_id: str | None = None
    ) -> NewMessage:
        return message_to_seat(
            kind,
            seat.own,
            message_id=new_id(self._clock),
            due_at=self._clock.now(),
            invitation_id=invitation_id,
            payload=payload,
        )
