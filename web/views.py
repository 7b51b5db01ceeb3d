"""A session as the page shows it. Nothing in it tells why a partner left."""

from datetime import datetime
from typing import Any

import msgspec

from bot.clock import Clock
from bot.domain.agreement import Agreement
from bot.domain.match import ANOTHER_AFTER, UNDO_FOR, EndReason, MatchState
from bot.store.seats import Match, Seat, SeatInMatch
from bot.words import load
from bot.words.why import why

TOLD_ENDINGS = frozenset({EndReason.DONE, EndReason.DECLINED, EndReason.NO_SHOW, EndReason.REPLACED})


class Views:
    """Makes views; `chat_url` is where Discord shows its channels."""

    def __init__(self, *, clock: Clock, chat_url: str) -> None:
        self._clock = clock
        self._chat_url = chat_url

    def of(self, seat: SeatInMatch, channel_id: int | None) -> dict[str, Any]:
        """The JSON object of `GET /session`."""
        match = seat.match
        return {
            "seat": seat.own.id,
            "version": match.version,
            "state": _state(seat),
            "ended_as": _ended_as(match),
            "me": {"name": seat.own.name},
            "partner": _partner(seat.partner),
            **_terms(match.agreement, seat.own.locale),
            "goals": [],
            "times": self._times(seat),
            "chat_url": "/".join(str(part) for part in (self._chat_url, match.server_id, channel_id) if part),
        }

    def _times(self, seat: SeatInMatch) -> dict[str, str | None]:
        match, left_at = seat.match, seat.own.left_at
        missing = match.state is MatchState.INVITING and seat.partner.entered_at is None
        times = {
            "now": self._clock.now(),
            "matched_at": match.created_at,
            "notified_at": seat.notified_at,
            "reminded_at": match.reminded_at,
            "another_at": match.created_at + ANOTHER_AFTER if missing else None,
            "met_at": match.met_at,
            "ends_at": match.ends_at,
            "ended_at": match.ended_at,
            "left_at": left_at,
            "undo_until": left_at + UNDO_FOR if left_at else None,
        }
        return {name: moment(time) for name, time in times.items()}


def _terms(agreement: Agreement, locale: str) -> dict[str, Any]:
    """Every field of the agreement by its name; `level` by name too, and `why` as the sentence that is shown."""
    level = None if agreement.level is None else agreement.level.name.lower()
    return {**msgspec.to_builtins(agreement), "level": level, "why": why(agreement, load(locale))}


def _state(seat: SeatInMatch) -> str:
    return "after" if seat.own.left_at else seat.match.state


def _ended_as(match: Match) -> str | None:
    if match.state is not MatchState.ENDED:
        return None
    return match.reason if match.reason in TOLD_ENDINGS else "over"


def _partner(partner: Seat) -> dict[str, str | bool]:
    return {
        "name": partner.name,
        "present": partner.present,
        "came": partner.entered_at is not None,
        "left": partner.left_at is not None,
    }


def moment(time: datetime | None) -> str | None:
    """ISO 8601 in UTC to the millisecond, ending in Z; None stays None."""
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z") if time else None
