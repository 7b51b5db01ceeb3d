"""The janitor: every timer in the life of a ticket and of a match.

Each step asks the store what is due. The store makes a change only if it still applies, so a repeated or late step
does no harm.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from bot.clock import Clock, new_id
from bot.domain.match import NO_SHOW_AFTER, REMINDER_AFTER, UNDO_FOR, EndReason
from bot.domain.message import CheckInDetails, MatchDetails, MessageKind, Payload, search_details, useful_until
from bot.domain.ticket import Ticket, requeued_ticket
from bot.housekeeping import Housekeeping
from bot.leader_loop import LeaderLoop, Leadership
from bot.store import Fence, Listener, LostLease, StoreUnavailable, Trials, VideoOutages
from bot.store.invitations import Invitations
from bot.store.matches import Matches, Seat, SeatInMatch
from bot.store.memberships import Memberships
from bot.store.outbox import NewMessage, message_to_seat
from bot.store.tickets import Tickets

ASK_ABOUT_MEMBERS_EVERY: Final = 5.0  # seconds
PAUSES_AT_ONCE = 100


class Janitor:
    """Ends searches and matches when they are due, and reminds members, while it leads; and does `more_duties`."""

    def __init__(
        self,
        *,
        tickets: Tickets,
        matches: Matches,
        trials: Trials,
        invitations: Invitations,
        memberships: Memberships,
        video_outages: VideoOutages,
        housekeeping: Housekeeping,
        more_duties: Sequence[Callable[[], Awaitable[None]]],
        leadership: Leadership,
        clock: Clock,
        listener: Listener,
    ) -> None:
        self._tickets = tickets
        self._matches = matches
        self._trials = trials
        self._invitations = invitations
        self._housekeeping = housekeeping
        self._memberships = memberships
        self._video_outages = video_outages
        self._more_duties = more_duties
        self._leadership = leadership
        self._clock = clock
        self._listener = listener
        self._members_asked_at: float | None = None  # in seconds of the monotonic clock

    async def run(self) -> None:
        """Run a step at least every second, until cancelled."""
        await LeaderLoop(leadership=self._leadership, listener=self._listener, step=self.step).run()

    async def step(self, fence: Fence) -> None:
        """Do everything that is due now. A duty that fails keeps none of the others from being done.

        Expiring a ticket raises LostLease when `fence` is no longer the leader's; every other change holds only if
        what it changes is still due, so a former leader repeats nothing. What was due long ago, because nothing ran,
        happens now without a message: `due_at` of a message is when it should have been told, and it is too old.
        """
        duties: Sequence[Callable[[], Awaitable[None]]] = (
            partial(self._expire_tickets, fence),
            self._tell_of_pauses,
            self._remind_missing_members,
            self._end_declined_matches,
            self._end_no_shows,
            self._end_finished_meetings,
            self._end_finished_trials,
            *self._more_duties,
            self._ask_about_members,
            self._housekeeping.do_if_due,
        )
        errors = [error for duty in duties if (error := await _failure_of(duty))]
        if errors:
            raise ExceptionGroup("some duties failed", errors)

    async def _expire_tickets(self, fence: Fence) -> None:
        now = self._clock.now()
        for ticket in await self._tickets.find_expired(now):
            message = self._about_search(MessageKind.UNMATCHED, ticket, ticket.expires_at, search_details(ticket))
            await self._tickets.expire(ticket, now=now, messages=[message], fence=fence)

    async def _tell_of_pauses(self) -> None:
        """Tell those who wait, once, that their server was closed; when it opens, that message is drawn again."""
        now = self._clock.now()
        for ticket in await self._tickets.find_pause_changed(paused=True, limit=PAUSES_AT_ONCE):
            message = self._about_search(MessageKind.PAUSED, ticket, now)
            await self._tickets.record_pause(ticket, paused=True, now=now, messages=[message])
        for ticket in await self._tickets.find_pause_changed(paused=False, limit=PAUSES_AT_ONCE):
            await self._tickets.record_pause(ticket, paused=False, now=now)

    async def _remind_missing_members(self) -> None:
        now = self._clock.now()
        enterable_since = await self._video_outages.enterable_since(now)
        missing: dict[str, list[SeatInMatch]] = {}
        for seat in await self._matches.seats_to_remind(now, enterable_since):
            missing.setdefault(seat.match.id, []).append(seat)
        for match_id, seats in missing.items():
            due_at = max(seats[0].match.created_at, enterable_since) + REMINDER_AFTER
            await self._matches.record_reminder(
                match_id, now=now, messages=[await self._reminder(seat, due_at) for seat in seats]
            )

    async def _reminder(self, seat: SeatInMatch, due_at: datetime) -> NewMessage:
        invitation_id = await self._invitations.find_open_by_seat(seat.own.id)
        payload = MatchDetails(agreement=seat.match.agreement)
        return self._message(MessageKind.REMINDER, seat.own, due_at, payload, invitation_id=invitation_id)

    async def _end_declined_matches(self) -> None:
        """End matches that one or both left before they met: a partner who stayed gets a message and is requeued.

        Long afterwards they get no message, and so they are not requeued either.
        """
        now = self._clock.now()
        for leaver in await self._matches.left_before_meeting(now):
            left_for_good_at = (leaver.own.left_at or now) + UNDO_FOR
            in_time = now < useful_until(MessageKind.PARTNER_DECLINED, left_for_good_at)
            requeue = await self._requeued_tickets(leaver.partner) if in_time else []
            kind = MessageKind.PARTNER_DECLINED if requeue else MessageKind.MATCH_OVER  # of a ticket that is unreadable
            ticket_id = requeue[0].id if requeue else None
            messages = [self._message(kind, leaver.partner, left_for_good_at, ticket_id=ticket_id)]
            await self._matches.end(leaver.match.id, EndReason.DECLINED, now=now, messages=messages, requeue=requeue)

    async def _end_no_shows(self) -> None:
        """End matches in which the two never met in time: both get a message, whether they came or not.

        Nobody is late for a room that could not be entered, here and in the two duties beside it.
        """
        now = self._clock.now()
        enterable_since = await self._video_outages.enterable_since(now)
        for seat in await self._matches.no_shows(now, enterable_since):
            due_at = max(seat.match.created_at, enterable_since) + NO_SHOW_AFTER
            messages = [self._message(MessageKind.NO_SHOW, each, due_at) for each in (seat.own, seat.partner)]
            await self._matches.end(seat.match.id, EndReason.NO_SHOW, now=now, messages=messages)

    async def _end_finished_meetings(self) -> None:
        now = self._clock.now()
        for match_id in await self._matches.finished_meetings(now, await self._video_outages.enterable_since(now)):
            messages = [self._check_in(seat, now) for seat in await self._matches.find_to_check_in(match_id, now)]
            await self._matches.end(match_id, EndReason.DONE, now=now, messages=messages)

    def _check_in(self, seat: SeatInMatch, now: datetime) -> NewMessage:
        """Asks how the session was, also a member who has left the seat: so it belongs to none."""
        return NewMessage(
            id=new_id(self._clock),
            kind=MessageKind.CHECK_IN,
            member_id=seat.own.member_id,
            match_id=seat.match.id,
            payload=CheckInDetails(seat_id=seat.own.id),
            due_at=now,
            server_id=seat.match.server_id,
            locale=seat.own.locale,
        )

    async def _end_finished_trials(self) -> None:
        """Whether rooms can be entered or not: that is what a trial finds out."""
        now = self._clock.now()
        for trial_id in await self._trials.find_finished(now):
            await self._trials.end(trial_id, now)

    async def _ask_about_members(self) -> None:
        """Ask whether those who wait or have a seat are still members: early, so that no match has to wait for it."""
        passed = self._clock.monotonic()
        if self._members_asked_at is None or passed - self._members_asked_at >= ASK_ABOUT_MEMBERS_EVERY:
            await self._memberships.ask_again(self._clock.now())
            self._members_asked_at = passed

    async def _requeued_tickets(self, seat: Seat) -> Sequence[Ticket]:
        matched = await self._tickets.find_by_seat(seat.id)
        if matched is None:
            return []
        now = self._clock.now()
        return [requeued_ticket(matched.ticket, new_id=new_id(self._clock), matched_at=matched.ended_at, now=now)]

    def _about_search(self, kind: MessageKind, ticket: Ticket, due_at: datetime, payload: Payload = None) -> NewMessage:
        return NewMessage(
            id=new_id(self._clock),
            kind=kind,
            member_id=ticket.member_id,
            ticket_id=ticket.id,
            payload=payload,
            due_at=due_at,
            server_id=ticket.server_id,
            locale=ticket.locale,
        )

    def _message(
        self,
        kind: MessageKind,
        seat: Seat,
        due_at: datetime,
        payload: Payload = None,
        *,
        invitation_id: str | None = None,
        ticket_id: str | None = None,
    ) -> NewMessage:
        """A message to the member of `seat`; the store drops it when they have left the seat."""
        return message_to_seat(
            kind,
            seat,
            message_id=new_id(self._clock),
            due_at=due_at,
            invitation_id=invitation_id,
            ticket_id=ticket_id,
            payload=payload,
        )


async def _failure_of(duty: Callable[[], Awaitable[None]]) -> Exception | None:
    """What a duty raises, unless it concerns all of them: then that is raised."""
    try:
        await duty()
    except (LostLease, StoreUnavailable):
        raise
    except Exception as error:  # noqa: BLE001 -- the loop logs it
        return error
    return None
