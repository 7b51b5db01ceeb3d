"""The outbox: messages that must reach Discord, written in the same transaction as what they tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.invitation import LINK_LIFETIME
from bot.domain.message import DELIVERIES, Delivered, MessageKind, Payload, Route
from bot.store.codec import decode, encode
from bot.store.database import Database, Row, Statement
from bot.store.leases import Fence, write_fenced
from bot.store.times import from_ms, to_ms


@dataclass(frozen=True, kw_only=True, slots=True)
class NewMessage:
    """A message to write: `payload` holds values, never sentences. Server and locale default to the seat's."""

    id: str
    kind: MessageKind
    member_id: int
    due_at: datetime
    match_id: str | None = None
    seat_id: str | None = None
    invitation_id: str | None = None
    payload: Payload = None
    server_id: int | None = None
    locale: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OutboxMessage:
    """A message to send, by `route`, after `attempts` tries."""

    id: str
    kind: MessageKind
    member_id: int
    server_id: int
    locale: str
    match_id: str | None
    seat_id: str | None
    invitation_id: str | None
    payload: Payload
    route: Route
    attempts: int
    due_at: datetime


class Outbox:
    """What is still to be told, and what became of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find_due(self, now: datetime, limit: int) -> Sequence[OutboxMessage]:
        """Up to `limit` messages whose time has come, in the order in which they should go.

        Of two mentions of one match the later is held back until two minutes after the earlier was sent.
        """
        return [_message(row) for row in await self._database.all("outbox.find_due", now=to_ms(now), most=limit)]

    async def next_due_at(self) -> datetime | None:
        """When the next message is to be sent; None with an empty outbox."""
        row = await self._database.one("outbox.next_due_at")
        return from_ms(row["due_at"]) if row else None

    async def mark_sent(self, message: OutboxMessage, delivered: Delivered, now: datetime, fence: Fence) -> bool:
        """The message is there; its link lives from the first delivery on. False when it was settled before."""
        values = {
            "id": message.id,
            "now": to_ms(now),
            "channel_id": delivered.channel_id,
            "message_id": delivered.message_id,
        }
        link = {
            "id": message.invitation_id,
            "now": to_ms(now),
            "expires_at": to_ms(now + LINK_LIFETIME),
        }
        statements = [
            Statement(name="outbox.mark_sent", values=values, expect_rows=1),
            Statement(name="invitations.delivered", values=link),
        ]
        return await write_fenced(self._database, fence, now, statements)

    async def postpone(
        self, message: OutboxMessage, *, due_at: datetime, reason: str, now: datetime, fence: Fence
    ) -> None:
        """Try the same route again at `due_at`."""
        values = {"id": message.id, "due_at": to_ms(due_at), "reason": reason}
        await write_fenced(self._database, fence, now, [Statement(name="outbox.postpone", values=values)])

    async def reroute(
        self, message: OutboxMessage, route: Route, *, due_at: datetime, reason: str, now: datetime, fence: Fence
    ) -> None:
        """Try another route at `due_at`; again changes nothing that matters."""
        values = {"id": message.id, "route": route, "due_at": to_ms(due_at), "reason": reason}
        await write_fenced(
            self._database, fence, now, [Statement(name="outbox.reroute", values=values)], notify=("outbox",)
        )

    async def mark_failed(self, message: OutboxMessage, *, reason: str, now: datetime, fence: Fence) -> None:
        """No route reaches this member; again changes nothing."""
        values = {"id": message.id, "now": to_ms(now), "reason": reason}
        await write_fenced(self._database, fence, now, [Statement(name="outbox.mark_failed", values=values)])


class SeatAddress(Protocol):
    """Anything that names one seat of one match and its member."""

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
    payload: Payload = None,
) -> NewMessage:
    """A message to the member of `seat` about their match; `invitation_id` is the link it carries."""
    return NewMessage(
        id=message_id,
        kind=kind,
        member_id=seat.member_id,
        match_id=seat.match_id,
        seat_id=seat.id,
        invitation_id=invitation_id,
        payload=payload,
        due_at=due_at,
    )


def insert_message(row: NewMessage) -> Statement:
    """The statement that writes a message."""
    values = {
        "id": row.id,
        "kind": row.kind,
        "member_id": row.member_id,
        "match_id": row.match_id,
        "seat_id": row.seat_id,
        "invitation_id": row.invitation_id,
        "server_id": row.server_id,
        "locale": row.locale,
        "payload": encode(row.payload),
        "route": DELIVERIES[row.kind].routes[0],
        "due_at": to_ms(row.due_at),
    }
    return Statement(name="outbox.put", values=values)


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
        payload=_payload(row),
        route=Route(row["route"]),
        attempts=row["attempts"],
        due_at=from_ms(int(row["due_at"])),
    )


def _payload(row: Row) -> Payload:
    expected = DELIVERIES[MessageKind(row["kind"])].payload
    return None if expected is None else decode(row["payload"], expected)
