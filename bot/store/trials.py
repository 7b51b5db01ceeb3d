"""Trials: an admin meets themselves in a match without tickets. How far one has come is read from its links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from bot.domain.agreement import Agreement
from bot.domain.message import MatchDetails, MessageKind, MessageState, Route
from bot.domain.pseudonym import pseudonym_of
from bot.domain.trial import (
    TRIAL_LASTS,
    TRIALS_AN_HOUR,
    TRIALS_WINDOW,
    Trial,
    TrialLink,
    TrialStart,
    next_trial_at,
)
from bot.store.codec import encode
from bot.store.database import Database, Row, Statement, UnexpectedRowCount, UniqueViolation
from bot.store.match_end import end_trial_statements
from bot.store.outbox import NewMessage, insert_message, message_to_seat
from bot.store.restrictions import NOT_BANNED, not_banned
from bot.store.rows import RowReader
from bot.store.times import MILLISECOND, from_ms, to_ms

CREATE = "matches.create_trial"
ARE_FEW = "matches.trials_are_few"
REFUSALS: Final[Mapping[str, TrialStart]] = MappingProxyType(
    {CREATE: TrialStart.BUSY, NOT_BANNED: TrialStart.BANNED, ARE_FEW: TrialStart.TOO_MANY}
)
"""By the statement that fails."""
ONE_LIVE_TRIAL = "one_live_trial"
"""The unique index by which a member has one trial."""
TOPICS = ("outbox", "room_orders")
"""Who waits for what a trial writes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewTrialSeat:
    """One of the two seats, with the link to it and the message that brings the link."""

    id: str
    match_id: str
    member_id: int
    invitation_id: str
    token_hash: bytes
    message_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NewTrial:
    """A trial to begin in a server. `progress_id` is the id of the message that shows how far it has come."""

    id: str
    server_id: int
    agreement: Agreement
    locale: str
    room_name: str
    created_at: datetime
    seats: tuple[NewTrialSeat, NewTrialSeat]
    progress_id: str


class Trials:
    """All trials. A member has one at a time, over all servers."""

    def __init__(self, database: Database, *, privacy_key: bytes) -> None:
        self._database = database
        self._privacy_key = privacy_key
        self._trials = RowReader("trials", _trial)
        self._links = RowReader("links of trials", lambda row: (int(row["side"]), _link(row)), key="side")

    async def start(self, new: NewTrial) -> TrialStart:
        """Begin a trial and write its three messages; the member's former one ends in the same transaction.

        A refusal changes nothing, and the former one goes on.
        """
        member_id, now = new.seats[0].member_id, new.created_at
        former = await self._find_live(member_id)
        statements = [
            not_banned(self._privacy_key, new.server_id, member_id, now),
            Statement(name=ARE_FEW, values=self._lately(new.server_id, member_id, now), expect_rows=1),
            *(end_trial_statements(former, new.created_at) if former else ()),
            _insert_trial(new),
            insert_message(_progress_message(new)),
            *(statement for side in (0, 1) for statement in _insert_seat(new, side)),
        ]
        try:
            await self._database.write(statements, notify=TOPICS)
        except UnexpectedRowCount as error:
            if error.statement in REFUSALS:
                return REFUSALS[error.statement]
            return await self.start(new)  # the former trial has just ended by itself
        except UniqueViolation as error:
            if error.constraint != ONE_LIVE_TRIAL:
                raise
            return await self.start(new)  # another one has just begun
        return TrialStart.BEGUN

    async def find_next_start(self, server_id: int, member_id: int, now: datetime) -> datetime | None:
        """From when on this member can begin another trial in this server, if it is for the number of trials."""
        values = self._lately(server_id, member_id, now)
        found = [
            await self._database.all("matches.find_server_trials", **values),
            await self._database.all("matches.find_member_trials", **values),
        ]
        nexts = [next_trial_at([from_ms(int(row["created_at"])) for row in rows]) for rows in found]
        return max((each for each in nexts if each), default=None)

    def _lately(self, server_id: int, member_id: int, now: datetime) -> dict[str, int]:
        return {
            "server_id": server_id,
            "member_id": member_id,
            "pseudonym": pseudonym_of(self._privacy_key, member_id),
            "begun_after": to_ms(now - TRIALS_WINDOW),
            "limit": TRIALS_AN_HOUR,
        }

    async def end(self, trial_id: str, now: datetime) -> bool:
        """End a trial; False if it has ended, so repeating it returns False."""
        try:
            await self._database.write(end_trial_statements(trial_id, now), notify=TOPICS)
        except UnexpectedRowCount:
            return False
        return True

    async def end_of_member(self, member_id: int, now: datetime) -> bool:
        """End the trial of a member; False if none is live."""
        live = await self._find_live(member_id)
        return live is not None and await self.end(live, now)

    async def find_finished(self, now: datetime) -> Sequence[str]:
        """The ids of live trials whose time is up, or whose two seats were left."""
        rows = await self._database.all("matches.finished_trials", created_before=to_ms(now - TRIAL_LASTS))
        return [row["id"] for row in rows]

    async def mark_opened(self, token_hash: bytes, now: datetime) -> None:
        """Record that a browser has asked about a link of a trial; for other links, or a second time, do nothing."""
        values = {"token_hash": token_hash, "now": to_ms(now)}
        await self._database.write([Statement(name="invitations.mark_opened", values=values)])

    async def find(self, trial_id: str) -> Trial | None:
        """A trial as it is now; None if there is none of this id, or if it cannot be read."""
        return await self._read(await self._database.one("matches.find_trial", match_id=trial_id))

    async def find_latest(self, server_id: int) -> Trial | None:
        """The trial that was begun last in a server, while matches are kept; None without one."""
        return await self._read(await self._database.one("matches.find_latest_trial", server_id=server_id))

    async def _read(self, row: Row | None) -> Trial | None:
        if row is None:
            return None
        rows = await self._database.all("matches.find_trial_links", match_id=row["id"])
        by_side: dict[int, TrialLink] = {}
        for side, link in self._links.read_all(rows):
            by_side[side] = _newest(by_side.get(side), link)
        reading = self._trials.reading(lambda row: _trial(row, tuple(by_side.values())))
        return reading.read_one(row)

    async def _find_live(self, member_id: int) -> str | None:
        row = await self._database.one("matches.find_live_trial", member_id=member_id)
        return row["id"] if row else None


def _insert_trial(new: NewTrial) -> Statement:
    values = {
        "id": new.id,
        "server_id": new.server_id,
        "pool": str(new.server_id),
        "agreement": encode(new.agreement),
        "length": new.agreement.length,
        "room_name": new.room_name,
        "created_at": to_ms(new.created_at),
        "member_id": new.seats[0].member_id,
    }
    return Statement(name=CREATE, values=values, expect_rows=1)


def _insert_seat(new: NewTrial, side: int) -> Sequence[Statement]:
    seat, now = new.seats[side], to_ms(new.created_at)
    values = {
        "id": seat.id,
        "match_id": seat.match_id,
        "member_id": seat.member_id,
        "ticket_id": None,
        "name": "",
        "locale": new.locale,
        "side": side,
    }
    link = {"id": seat.invitation_id, "seat_id": seat.id, "token_hash": seat.token_hash, "now": now}
    message = message_to_seat(
        MessageKind.INVITATION,
        seat,
        message_id=seat.message_id,
        due_at=_in_order(new, side + 1),
        invitation_id=seat.invitation_id,
        payload=MatchDetails(agreement=new.agreement, is_trial=True),
    )
    return [
        Statement(name="seats.create", values=values),
        Statement(name="invitations.issue", values=link, expect_rows=1),
        insert_message(message),
    ]


def _progress_message(new: NewTrial) -> NewMessage:
    return NewMessage(
        id=new.progress_id,
        kind=MessageKind.TRIAL,
        member_id=new.seats[0].member_id,
        match_id=new.id,
        due_at=_in_order(new, 0),
        server_id=new.server_id,
        locale=new.locale,
    )


def _in_order(new: NewTrial, place: int) -> datetime:
    """When the message in this place was due, so that the ticks come first, then the links one after the other."""
    return new.created_at + (place - len(new.seats)) * MILLISECOND


def _trial(row: Row, links: tuple[TrialLink, ...] = ()) -> Trial:
    return Trial(
        id=row["id"],
        started_at=from_ms(int(row["created_at"])),
        met_at=from_ms(row["met_at"]),
        ended_at=from_ms(row["ended_at"]),
        links=links,
    )


def _link(row: Row) -> TrialLink:
    has_failed = row["message_state"] == MessageState.FAILED
    return TrialLink(
        delivered_at=from_ms(row["delivered_at"]),
        is_direct=row["delivered_by"] in {None, Route.DIRECT},
        opened_at=from_ms(row["opened_at"]),
        redeemed_at=from_ms(row["redeemed_at"]),
        entered_at=from_ms(row["entered_at"]),
        failure=row["message_reason"] or "unknown" if has_failed else "",
    )


def _newest(former: TrialLink | None, link: TrialLink) -> TrialLink:
    """What is known of a seat by its newest link; what was done with a former one was done."""
    if former is None:
        return link
    return TrialLink(
        delivered_at=link.delivered_at or former.delivered_at,
        is_direct=link.is_direct,
        opened_at=link.opened_at or former.opened_at,
        redeemed_at=link.redeemed_at or former.redeemed_at,
        entered_at=link.entered_at or former.entered_at,
        failure=link.failure,
    )
