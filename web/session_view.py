"""Session views: the JSON object from which the page is drawn. Nothing in it says why a partner left."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from bot.clock import Clock
from bot.domain.match import (
    ANOTHER_AFTER,
    MET_AFTER,
    MINUTE,
    OVERTIME,
    REMINDER_AFTER,
    MatchState,
)
from bot.domain.server import Server
from bot.store.matches import Matches
from bot.store.outbox import Outbox
from bot.store.seats import Match, Seat, SeatInMatch
from bot.store.servers import Servers
from bot.store.tickets import Tickets
from bot.words import words_for
from bot.words.why_matched import why_matched
from web.page_rules import rules_for_page
from web.problems import HttpProblem


class SessionViews:
    """Renders views of seats; `chat_url` is the address under which Discord shows its channels.

    `enterable_since` tells since when rooms can be entered, as VideoOutages does; `report_token_of` makes the report
    token of a seat.
    """

    def __init__(
        self,
        *,
        matches: Matches,
        tickets: Tickets,
        outbox: Outbox,
        servers: Servers,
        enterable_since: Callable[[datetime], Awaitable[datetime]],
        clock: Clock,
        chat_url: str,
        report_token_of: Callable[[str], str],
    ) -> None:
        self._matches = matches
        self._outbox = outbox
        self._tickets = tickets
        self._servers = servers
        self._enterable_since = enterable_since
        self._clock = clock
        self._chat_url = chat_url
        self._report_token_of = report_token_of

    async def load_seat(self, seat_id: str) -> SeatInMatch:
        """The current state of a seat; raises HttpProblem `match_over` if it no longer exists."""
        seat = await self._matches.find_by_seat(seat_id)
        if seat is None:
            raise HttpProblem("match_over")
        return seat

    async def render_current(self, seat_id: str) -> dict[str, Any]:
        """The current view of a seat; raises HttpProblem `match_over` if it no longer exists."""
        return await self.render(await self.load_seat(seat_id))

    async def render(self, seat: SeatInMatch) -> dict[str, Any]:
        """The JSON object of `GET /session` for a seat that has just been read; docs/http.md lists its fields."""
        match = seat.match
        server = await self._servers.get(match.server_id)
        has_ended = match.state is MatchState.ENDED
        names = _names_of(seat)
        return {
            "seat": seat.own.id,
            "version": match.version,
            "trial": seat.is_trial,
            "state": _shown_state(seat),
            "ended_as": match.reason,
            "requeued": await self._tickets.find_requeued(seat.own.id) if has_ended else None,
            "me": {
                "name": names[0],
                "came": seat.own.entered_at is not None,
                "removed": await self._is_removed(seat),
            },
            "partner": {"name": names[1], **_presence_view(seat.partner)},
            **_agreement_view(seat),
            "goals": [],
            "times": {
                **await self._times_view(seat, bot_is_there=server is None or server.left_at is None),
                "undo_until": iso_timestamp(await self._undo_until(seat)),
            },
            **rules_for_page(server, match.pool),
            "report_token": None if seat.is_trial else self._report_token_of(seat.own.id),
            "chat_url": self._channel_url(match.server_id, server),
        }

    async def _is_removed(self, seat: SeatInMatch) -> bool:
        """Whether a bar has taken the member's own seat, and they were told why."""
        matched = await self._tickets.find_by_seat(seat.own.id) if seat.own.left_at else None
        return matched is not None and await self._outbox.find_bar(seat.own.member_id, matched.ticket.id) is not None

    async def chat_url_of(self, seat_id: str) -> str | None:
        """Where to send the member of this seat back to Discord; None for a seat that no longer exists."""
        seat = await self._matches.find_by_seat(seat_id)
        if seat is None:
            return None
        return self._channel_url(seat.match.server_id, await self._servers.get(seat.match.server_id))

    async def _undo_until(self, seat: SeatInMatch) -> datetime | None:
        """None as well if the store would refuse: the match has ended, or the member waits or has another seat."""
        member_id = seat.own.member_id
        if seat.undo_until is None or seat.match.state is MatchState.ENDED:
            return None
        if await self._tickets.find_by_member(member_id) or await self._matches.find_by_member(member_id):
            return None
        return seat.undo_until

    def _channel_url(self, server_id: int, server: Server | None) -> str:
        channel_id = server.channel_id if server else None
        return "/".join(str(part) for part in (self._chat_url, server_id, channel_id) if part)

    async def _times_view(self, seat: SeatInMatch, *, bot_is_there: bool) -> dict[str, str | None]:
        """The times; without the bot, or in a trial, no reminder is sent, and nobody else is looked for."""
        match, looks_after = seat.match, bot_is_there and not seat.is_trial
        partner_missing = match.state is MatchState.INVITING and seat.partner.entered_at is None
        times = {
            "now": self._clock.now(),
            "matched_at": match.created_at,
            "notified_at": seat.notified_at,
            "reminded_at": seat.partner_reminded_at,
            "reminder_due_at": await self._reminder_due_at(match, partner_missing) if looks_after else None,
            "another_at": await self._due_at(match, ANOTHER_AFTER) if partner_missing and looks_after else None,
            "met_at": match.met_at,
            "meeting_counts_at": match.met_at + MET_AFTER if match.met_at else None,
            "ends_at": match.ends_at,
            "closes_at": _closes_at(seat),
            "parted_at": match.parted_at,
            "ended_at": match.ended_at,
            "left_at": seat.own.left_at,
        }
        return {name: iso_timestamp(time) for name, time in times.items()}

    async def _reminder_due_at(self, match: Match, partner_missing: bool) -> datetime:
        """When the partner is reminded: once that was written, an outage changes nothing any more."""
        if partner_missing and match.reminded_at is None:
            return await self._due_at(match, REMINDER_AFTER)
        return match.reminded_at or match.created_at + REMINDER_AFTER

    async def _due_at(self, match: Match, span: timedelta) -> datetime:
        """When the partner could have entered for `span`. An outage is looked up only once that time has come."""
        now = self._clock.now()
        if now < match.created_at + span:
            return match.created_at + span
        return max(match.created_at, await self._enterable_since(now)) + span


def _agreement_view(seat: SeatInMatch) -> dict[str, Any]:
    """Every field of the agreement by its name; `level` by its name, and `why` as a sentence in their language."""
    agreement, words = seat.match.agreement, words_for(seat.own.locale)
    level = None if agreement.level is None else agreement.level.name.lower()
    why = words("why.trial") if seat.is_trial else why_matched(agreement, words)
    return {**msgspec.to_builtins(agreement), "level": level, "why": why}


def _names_of(seat: SeatInMatch) -> tuple[str, str]:
    """The member's own name and the partner's, who may have deleted it; in a trial those of the two devices."""
    words = words_for(seat.own.locale)
    if not seat.is_trial:
        return seat.own.name, seat.partner.name or words("chat.your_partner")
    own, other = (words("chat.trial.device", number=each.side + 1) for each in (seat.own, seat.partner))
    return own, other


def _closes_at(seat: SeatInMatch) -> datetime | None:
    """When the room is closed at the latest: long after the meeting has begun, but a trial has a fixed end."""
    if seat.is_trial:
        return seat.match.created_at + seat.match.agreement.length * MINUTE
    return seat.match.ends_at + OVERTIME if seat.match.ends_at else None


def _shown_state(seat: SeatInMatch) -> str:
    return "after" if seat.own.left_at else seat.match.state


def _presence_view(partner: Seat) -> dict[str, bool]:
    return {
        "present": partner.present,
        "came": partner.entered_at is not None,
        "left": partner.left_at is not None,
    }


def iso_timestamp(time: datetime | None) -> str | None:
    """ISO 8601 in UTC with milliseconds, ending in Z; None stays None."""
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z") if time else None
