"""The outbox: messages that must reach Discord, written in the same transaction as what they are about."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.invitation import LINK_LIFETIME
from bot.domain.membership import Bar
from bot.domain.message import (
    DELIVERIES,
    INTERACTION_ROUTES,
    CardNote,
    Delivered,
    MessageKind,
    Payload,
    Route,
    SearchDetails,
    TryAgain,
    useful_until,
)
from bot.store.codec import decode, encode
from bot.store.database import Database, Row, Statement
from bot.store.interactions import CUT_OFF_AFTER, USABLE_FOR
from bot.store.leases import Fence, write_fenced
from bot.store.rows import RowReader
from bot.store.times import MILLISECOND, from_ms, to_ms

MENTIONS_APART = timedelta(minutes=2)
"""The time between the two mentions of one match, so that readers of the channel cannot tell who meets whom."""

LONGEST_POSTPONEMENT = timedelta(minutes=10)
"""The longest time between two attempts, whatever the other side asks for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewMessage:
    """A message to write: `payload` holds values, never sentences. Server and locale default to the seat's.

    `due_at` is when what it reports has happened, even if that was noticed later: from then on the message gets old.
    `ticket_id` is the search that it speaks of, `report_id` the report, if any.
    """

    id: str
    kind: MessageKind
    member_id: int
    due_at: datetime
    match_id: str | None = None
    seat_id: str | None = None
    invitation_id: str | None = None
    ticket_id: str | None = None
    payload: Payload = None
    server_id: int | None = None
    locale: str | None = None
    report_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OutboxMessage:
    """A message to send by `route`, or one that was sent by it, after `attempts` failed attempts; see NewMessage."""

    id: str
    kind: MessageKind
    member_id: int
    server_id: int
    locale: str
    match_id: str | None
    seat_id: str | None
    invitation_id: str | None
    ticket_id: str | None
    payload: Payload
    route: Route
    attempts: int
    due_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class StaleMessage:
    """A sent message that may no longer hold.

    `shows` is the digest of what it shows, if that is known; `changes` counts what made it stale. `note` was on it when
    it was shown as a card.
    """

    message: OutboxMessage
    channel_id: int | None
    message_id: int | None
    shows: str | None
    changes: int
    note: CardNote | None = None


class Outbox:
    """The messages to send, and the outcome of those already handled."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = RowReader("outbox", _message)
        self._stale = self._rows.reading(_stale_message)
        self._due_times = self._rows.reading(lambda row: from_ms(int(row["due_at"])))

    async def find_due(self, now: datetime, limit: int) -> Sequence[OutboxMessage]:
        """Up to `limit` messages that are due and still useful, in the order in which they should be sent.

        Of two mentions of one match the later one is held back until `MENTIONS_APART` after the earlier was sent.
        Messages that cannot be read are recorded as failed.
        """
        rows = await self._database.all(
            "outbox.find_due",
            now=to_ms(now),
            mention_sent_after=to_ms(now - MENTIONS_APART),
            opened_after=to_ms(now - USABLE_FOR),
            limit=limit,
        )
        messages, unreadable = self._rows.split(rows)
        if unreadable:
            values = {"ids": encode([row["id"] for row in unreadable]), "now": to_ms(now)}
            await self._database.write([Statement(name="outbox.fail_unreadable", values=values)])
        return messages

    async def next_due_at(self) -> datetime | None:
        """When the next message is due; None if there is none."""
        return self._due_times.read_one(await self._database.one("outbox.next_due_at"))

    async def oldest_due_at(self, now: datetime) -> datetime | None:
        """When the oldest useful message that waits was due at first, put off or not; None if there is none."""
        row = await self._database.one("outbox.oldest_due", now=to_ms(now), useful_for=usefulness())
        return from_ms(row["due_at"]) if row else None

    async def mark_sent(self, message: OutboxMessage, delivered: Delivered, now: datetime, fence: Fence) -> bool:
        """Record that the message has arrived; the first delivery starts the lifetime of its link.

        False if it was settled before. Raises LostLease.
        """
        values = {
            "id": message.id,
            "now": to_ms(now),
            "channel_id": delivered.channel_id,
            "message_id": delivered.message_id,
            "shows": delivered.shows,
            "changes_at": to_ms(delivered.changes_at),
        }
        link = {
            "id": message.invitation_id,
            "now": to_ms(now),
            "route": message.route,
            "expires_at": to_ms(now + LINK_LIFETIME),
        }
        statements = [
            Statement(name="outbox.mark_sent", values=values, expect_rows=1),
            Statement(name="invitations.mark_delivered", values=link),
        ]
        return await write_fenced(self._database, fence, now, statements)

    async def postpone(
        self, message: OutboxMessage, *, due_at: datetime, failed: TryAgain, now: datetime, fence: Fence
    ) -> None:
        """Try the same route again at `due_at`, but after `LONGEST_POSTPONEMENT` at the latest. Raises LostLease."""
        values = {
            "id": message.id,
            "due_at": to_ms(min(due_at, now + LONGEST_POSTPONEMENT)),
            "reason": failed.reason,
            "attempted": int(failed.attempted),
        }
        await write_fenced(self._database, fence, now, [Statement(name="outbox.postpone", values=values)])

    async def reroute(
        self, message: OutboxMessage, route: Route, *, due_at: datetime, reason: str, now: datetime, fence: Fence
    ) -> None:
        """Try another route at `due_at`. Raises LostLease."""
        values = {"id": message.id, "route": route, "due_at": to_ms(due_at), "reason": reason}
        await write_fenced(
            self._database, fence, now, [Statement(name="outbox.reroute", values=values)], notify=("outbox",)
        )

    async def withdraw_useless(self, now: datetime, *, limit: int) -> int:
        """Withdraw up to `limit` messages that are too old to be sent; returns how many there were."""
        values = {"now": to_ms(now), "limit": limit}
        [rows] = await self._database.write([Statement(name="outbox.withdraw_useless", values=values)])
        return len(rows)

    async def mark_failed(self, message: OutboxMessage, *, reason: str, now: datetime, fence: Fence) -> None:
        """Record that no route reaches this member. Repeating it changes nothing. Raises LostLease."""
        values = {"id": message.id, "now": to_ms(now), "reason": reason}
        await write_fenced(self._database, fence, now, [Statement(name="outbox.mark_failed", values=values)])

    async def find_bar(self, member_id: int, ticket_id: str) -> Bar | None:
        """What ended the search of this ticket, if its member was barred; None if not, or if that cannot be read."""
        row = await self._database.one("outbox.find_unmatched", member_id=member_id, ticket_id=ticket_id)
        message = self._rows.read_one(row)
        return message.payload.bar if message and isinstance(message.payload, SearchDetails) else None

    async def find_stale(
        self, now: datetime, limit: int, *, routes: Collection[Route] = tuple(Route)
    ) -> Sequence[StaleMessage]:
        """Up to `limit` messages that were sent by one of `routes` and may no longer hold, the longest stale first.

        What can be edited by a token of a member waits while something that this member has used is being answered.
        Messages that cannot be read stay as they are.
        """
        rows = await self._database.all(
            "outbox.find_stale",
            now=to_ms(now),
            routes=encode(sorted(routes)),
            replaceable=encode(sorted(INTERACTION_ROUTES)),
            opened_after=to_ms(now - CUT_OFF_AFTER),
            limit=limit,
        )
        messages, unreadable = self._stale.split(rows)
        if unreadable:
            values = {"ids": encode([row["id"] for row in unreadable])}
            await self._database.write([Statement(name="outbox.leave_unreadable", values=values)])
        return messages

    async def mark_drawn(self, stale: StaleMessage, delivered: Delivered, now: datetime, fence: Fence) -> None:
        """Record what the message shows now. It stays stale if something has changed since. Raises LostLease."""
        values = {
            "id": stale.message.id,
            "now": to_ms(now),
            "shows": delivered.shows,
            "changes": stale.changes,
            "changes_at": to_ms(delivered.changes_at),
        }
        await write_fenced(self._database, fence, now, [Statement(name="outbox.mark_drawn", values=values)])

    async def postpone_drawing(
        self, stale: StaleMessage, *, again_at: datetime, failed: TryAgain, now: datetime, fence: Fence
    ) -> None:
        """Draw the message again at `again_at`, or earlier if something changes. Raises LostLease."""
        values = {
            "id": stale.message.id,
            "changes": stale.changes,
            "again_at": to_ms(again_at),
            "reason": failed.reason,
            "attempted": int(failed.attempted),
        }
        await write_fenced(self._database, fence, now, [Statement(name="outbox.postpone_drawing", values=values)])


class SeatAddress(Protocol):
    """Anything that identifies a seat, its match and its member."""

    @property
    def id(self) -> str: ...
    @property
    def match_id(self) -> str: ...
    @property
    def member_id(self) -> int: ...


def message_to_seat(
    kind: MessageKind,
    seat: SeatAddress,
    *,
    message_id: str,
    due_at: datetime,
    invitation_id: str | None = None,
    ticket_id: str | None = None,
    payload: Payload = None,
) -> NewMessage:
    """A message to the member of `seat` about their match.

    `invitation_id` identifies the link that it carries, `ticket_id` the search that follows.
    """
    return NewMessage(
        id=message_id,
        kind=kind,
        member_id=seat.member_id,
        match_id=seat.match_id,
        seat_id=seat.id,
        invitation_id=invitation_id,
        ticket_id=ticket_id,
        payload=payload,
        due_at=due_at,
    )


def insert_message(message: NewMessage) -> Statement:
    """The statement that writes a message.

    It writes nothing for a seat that was given up or a server that the bot has left, and no reminder to a member who
    has been in the room.
    """
    values = {
        "id": message.id,
        "kind": message.kind,
        "member_id": message.member_id,
        "match_id": message.match_id,
        "seat_id": message.seat_id,
        "invitation_id": message.invitation_id,
        "ticket_id": message.ticket_id,
        "server_id": message.server_id,
        "locale": message.locale,
        "report_id": message.report_id,
        "payload": encode(message.payload),
        "route": DELIVERIES[message.kind].routes[0],
        "due_at": to_ms(message.due_at),
        "useful_until": to_ms(useful_until(message.kind, message.due_at)),
        "only_before_entering": int(message.kind is MessageKind.REMINDER),
    }
    return Statement(name="outbox.insert", values=values)


def usefulness() -> str:
    """For how many milliseconds a message is useful, by kind, as JSON."""
    return encode({kind: each.useful_for // MILLISECOND for kind, each in DELIVERIES.items()})


def _message(row: Row) -> OutboxMessage:
    return OutboxMessage(
        id=row["id"],
        kind=MessageKind(row["kind"]),
        member_id=row["member_id"],
        server_id=row["server_id"],
        locale=row["locale"],
        match_id=row["match_id"],
        seat_id=row["seat_id"],
        invitation_id=row["invitation_id"],
        ticket_id=row["ticket_id"],
        payload=_payload(row),
        route=Route(row["route"]),
        attempts=row["attempts"],
        due_at=from_ms(int(row["due_at"])),
    )


def _stale_message(row: Row) -> StaleMessage:
    return StaleMessage(
        message=_message(row),
        channel_id=row["channel_id"],
        message_id=row["message_id"],
        shows=row["shows"],
        changes=row["changes"],
        note=_note(row),
    )


def _note(row: Row) -> CardNote | None:
    is_noted = row["kind"] == MessageKind.CARD and row["payload"] != encode(None)
    return decode(row["payload"], CardNote) if is_noted else None


def _payload(row: Row) -> Payload:
    expected = DELIVERIES[MessageKind(row["kind"])].payload
    return None if expected is None else decode(row["payload"], expected)
