"""Invitations: one-time links to seats. Only the hashes of their tokens are stored."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.invitation import LINKS_PER_WINDOW, LINKS_WINDOW, InvitationState
from bot.domain.match import MatchKind, MatchState
from bot.domain.message import LINK_KINDS
from bot.store.codec import encode
from bot.store.database import Database, Row, Statement, UnexpectedRowCount, UniqueViolation
from bot.store.outbox import NewMessage, insert_message
from bot.store.rows import RowReader
from bot.store.stale import mark_match
from bot.store.times import from_ms, from_ms_if_readable, to_ms


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitation:
    """What determines whether a link works. `expires_at` is None until delivery, `attempt_hash` until redemption.

    `barred_until`: until when its owner cannot be matched in this server, if so. `bot_removed`: the bot is not in that
    server any more. `is_in_other_pool`: what Discord told of its owner puts them into another pool than the match's.
    """

    invitation_id: str
    seat_id: str
    match_id: str
    owner: str
    state: InvitationState
    issued_at: datetime
    expires_at: datetime | None
    redeemed_at: datetime | None
    attempt_hash: bytes | None
    session_active: bool
    match_kind: MatchKind
    match_state: MatchState
    seat_left: bool
    room_name: str
    barred_until: datetime | None
    bot_removed: bool
    is_in_other_pool: bool

    @property
    def is_trial(self) -> bool:
        """Whether it leads to a trial."""
        return self.match_kind is MatchKind.TRIAL


@dataclass(frozen=True, kw_only=True, slots=True)
class NewBrowserSession:
    """A session to open; only the hash of its cookie is stored."""

    id: str
    cookie_hash: bytes


class Invitations:
    """All invitations."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = RowReader("invitations", _invitation)

    async def find_by_token(self, token_hash: bytes) -> Invitation | None:
        """The invitation of a link, or None if it is unknown or cannot be read. Does not redeem it."""
        return self._rows.read_one(await self._database.one("invitations.find_by_token", token_hash=token_hash))

    async def redeem(
        self,
        invitation: Invitation,
        *,
        token_hash: bytes,
        attempt_hash: bytes,
        session: NewBrowserSession,
        fresh_room_name: str,
        now: datetime,
    ) -> bool:
        """Redeem a link for a session. Replaces a former session of the seat, and the room by `fresh_room_name`.

        False if the link was redeemed or has expired, or the match has ended; so repeating it returns False.
        """
        seat = {"seat_id": invitation.seat_id, "match_id": invitation.match_id, "now": to_ms(now)}
        spent = {"token_hash": token_hash, "attempt_hash": attempt_hash, "session_id": session.id, "now": to_ms(now)}
        opened = {"id": session.id, "cookie_hash": session.cookie_hash, **seat}
        statements = [
            Statement(name="invitations.redeem", values=spent, expect_rows=1),
            Statement(name="room_orders.close_replaced", values=seat),
            Statement(name="matches.move_room", values={**seat, "room_name": fresh_room_name}),
            Statement(name="seats.clear_replaced", values=seat),
            Statement(name="browser_sessions.replace", values=seat),
            Statement(name="browser_sessions.open", values=opened),
            mark_match(now, seat_id=invitation.seat_id),
        ]
        try:
            await self._database.write(statements, notify=("room_orders", "outbox"))
        except (UnexpectedRowCount, UniqueViolation):
            return False
        return True

    async def issue(
        self, seat_id: str, invitation_id: str, token_hash: bytes, *, now: datetime, messages: Sequence[NewMessage] = ()
    ) -> bool:
        """Add a link and write `messages`; an older open link stops working and is not sent any more.

        False, and the older link stays, if the match has ended, the seat was given up, the bot has left the server, or
        `next_link_at` is still to come.
        """
        link = {"id": invitation_id, "token_hash": token_hash, "now": to_ms(now), **_link_limit(seat_id, now)}
        statements = [
            Statement(name="invitations.replace", values={"seat_id": seat_id}),
            Statement(name="invitations.reissue", values=link, expect_rows=1),
            Statement(name="outbox.withdraw_by_seat", values={**link, "link_kinds": encode(sorted(LINK_KINDS))}),
            mark_match(now, seat_id=seat_id),
            *(replace(insert_message(message), expect_rows=1) for message in messages),
        ]
        try:
            await self._database.write(statements, notify=("outbox",))
        except UnexpectedRowCount:
            return False
        return True

    async def mark_delivered(self, invitation_id: str, *, now: datetime, expires_at: datetime) -> None:
        """Record that the member was shown the link, which starts its lifetime. Repeating it changes nothing."""
        values = {"id": invitation_id, "now": to_ms(now), "route": None, "expires_at": to_ms(expires_at)}
        await self._database.write([Statement(name="invitations.mark_delivered", values=values)])

    async def find_open_by_seat(self, seat_id: str) -> str | None:
        """The id of the seat's open link, or None."""
        row = await self._database.one("invitations.find_open_by_seat", seat_id=seat_id)
        return row["id"] if row else None

    async def find_newest_by_seat(self, seat_id: str) -> str | None:
        """The id of the seat's newest link, in whatever state; None for an unknown seat."""
        row = await self._database.one("invitations.find_newest_by_seat", seat_id=seat_id)
        return row["id"] if row else None

    async def next_link_at(self, seat_id: str, now: datetime) -> datetime | None:
        """From when on a seat may get another link; None if it may now: its first link does not count."""
        row = await self._database.one("invitations.find_limiting", **_link_limit(seat_id, now))
        return None if row is None else from_ms(int(row["issued_at"])) + LINKS_WINDOW


def _link_limit(seat_id: str, now: datetime) -> dict[str, str | int]:
    return {"seat_id": seat_id, "since": to_ms(now - LINKS_WINDOW), "others": LINKS_PER_WINDOW - 1}


def _invitation(row: Row) -> Invitation:
    return Invitation(
        invitation_id=row["id"],
        seat_id=row["seat_id"],
        match_id=row["match_id"],
        owner=row["owner"],
        state=InvitationState(row["state"]),
        issued_at=from_ms(int(row["issued_at"])),
        expires_at=from_ms(row["expires_at"]),
        redeemed_at=from_ms(row["redeemed_at"]),
        attempt_hash=row["attempt_hash"],
        session_active=bool(row["session_active"]),
        match_kind=MatchKind(row["match_kind"]),
        match_state=MatchState(row["match_state"]),
        seat_left=row["left_at"] is not None,
        room_name=row["room_name"],
        barred_until=from_ms_if_readable(row["barred_until"]),
        bot_removed=bool(row["bot_removed"]),
        is_in_other_pool=bool(row["is_in_other_pool"]),
    )
