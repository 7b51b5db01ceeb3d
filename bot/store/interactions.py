"""Interactions that can still be used to answer a member. Their tokens are stored encrypted and soon deleted."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.message import RECEIPT_KINDS, CardNote, Route
from bot.store.codec import encode
from bot.store.database import Database, Row, Statement
from bot.store.members import open_dm_channel, touch_member
from bot.store.rows import RowReader
from bot.store.times import MILLISECOND, from_ms, to_ms

USABLE_FOR = timedelta(minutes=14)
"""Discord accepts a token for 15 minutes; the rest is the time for answering."""

LAST_EDIT_AFTER = timedelta(minutes=13)
"""From then on what an interaction's token can still edit shows only what stays true; the rest is time for retries."""

CUT_OFF_AFTER = timedelta(seconds=30)
"""Whatever has not answered a command for so long was ended in between; Discord itself waits three seconds.

Until then, nothing that its answer may replace is drawn again.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Interaction:
    """An encrypted token, when its interaction began, and the id of the member's card if its answer shows that."""

    encrypted_token: str
    opened_at: datetime
    message_id: int | None = None

    @property
    def last_edit_at(self) -> datetime:
        """When what was shown by this token gets its last form, because it can soon be edited no more."""
        return self.opened_at + LAST_EDIT_AFTER

    def next_edit_at(self, changes_at: datetime | None) -> datetime:
        """When to draw a message again that time alone changes at `changes_at`: for its last edit at the latest."""
        return self.last_edit_at if changes_at is None else min(changes_at, self.last_edit_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownCard:
    """A member's card as it was just shown: `shows` is its digest, `changes_at` when time alone will change it.

    `note` is the line that says what they have just done, or empty; the digest does not count it.

    `server_id` is the server in which it was shown, 0 for none; `changes` is what `Interactions.save` returned before
    the action that it answers.
    """

    message_id: int
    server_id: int
    locale: str
    shows: str
    changes_at: datetime | None
    changes: int | None
    note: str = ""


class Interactions:
    """The newest interactions of each member."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = RowReader("interactions", _interaction, key="member_id")

    async def save(self, member_id: int, interaction: Interaction, *, in_direct_messages: bool = False) -> int | None:
        """Store an interaction, replacing the member's former one; their card stays what it is.

        Until `close`, nothing that can be edited by a token of this member is drawn again: the answer may take its
        place. A drawing that goes on already does not count as the last edit.

        One `in_direct_messages` shows that the member may take such messages again.

        Returns how often something has changed what that card shows; None for a member without one.
        """
        statements = [
            _save(member_id, interaction),
            touch_member(member_id, interaction.opened_at),
            *([open_dm_channel(member_id)] if in_direct_messages else []),
            Statement(name="outbox.count_card_change", values={"member_id": member_id}),
        ]
        [*_, rows] = await self._database.write(statements)
        return rows[0]["changes"] if rows else None

    async def close(self, member_id: int, interaction: Interaction) -> None:
        """Record that an interaction is answered, or will not be. Repeating it changes nothing.

        What should have reached the member, and could not, is sent as a follow-up by its token.
        """
        values = {"member_id": member_id, "encrypted_token": interaction.encrypted_token}
        receipts = {
            "member_id": member_id,
            "now": to_ms(interaction.opened_at),
            "kinds": encode(sorted(RECEIPT_KINDS)),
            "route": Route.FOLLOW_UP,
        }
        statements = [
            Statement(name="interactions.close", values=values),
            Statement(name="outbox.try_follow_up", values=receipts),
        ]
        await self._database.write(statements, notify=("outbox",))

    async def save_follow_up(self, member_id: int, interaction: Interaction, message_id: str) -> None:
        """Keep the interaction by which a message of the outbox is sent as a follow-up, to edit that later."""
        await self._database.write([_save(member_id, interaction, outbox_id=message_id)])

    async def save_card(
        self, member_id: int, interaction: Interaction, card: ShownCard, now: datetime
    ) -> Interaction | None:
        """Make the answer of an interaction the member's card, unless their card answers a later interaction.

        If it was shown in place of a follow-up, that is not drawn any more.

        Returns the interaction whose answer is no card any more, or not one at all, so that it is to point to the card;
        None if there is none that can be edited.
        """
        values = {
            "member_id": member_id,
            "message_id": card.message_id,
            "opened_at": to_ms(interaction.opened_at),
            "changes": card.changes,
            "server_id": card.server_id,
            "locale": card.locale,
            "shows": card.shows,
            "payload": encode(CardNote(text=card.note, shows=card.shows) if card.note else None),
            "changes_at": to_ms(interaction.next_edit_at(card.changes_at)),
            "now": to_ms(now),
        }
        saved = replace(interaction, message_id=card.message_id)
        statements = [
            Statement(name="interactions.find_card", values=_usable(member_id, now)),
            Statement(name="outbox.save_card", values=values),
            Statement(name="outbox.give_up_follow_up", values=values),
            _save(member_id, saved, card=True),
        ]
        [rows, *_] = await self._database.write(statements, notify=("outbox",))
        former = self._rows.read_one(rows[0] if rows else None)
        if former is None or former.encrypted_token == saved.encrypted_token or former.message_id == saved.message_id:
            return None
        return former if former.opened_at <= saved.opened_at else saved

    async def adopt_unanswered(self, now: datetime) -> int:
        """Tell members of a search that was opened by a process that was killed before it could show their card.

        Its answer becomes their card and is drawn soon. If it can no longer be edited, the search ends, as Discord has
        told them that the command failed. Returns how many searches there were.
        """
        window = {"opened_before": to_ms(now - CUT_OFF_AFTER), "cut_off_after": CUT_OFF_AFTER // MILLISECOND}
        rows = await self._database.all("interactions.find_unanswered", **window)
        for row in rows:
            if interaction := self._rows.read_one(row):
                await self._database.write(_adopt(row, interaction, now), notify=("outbox", "tickets"))
        return len(rows)

    async def find_newest(self, member_id: int, now: datetime) -> Interaction | None:
        """The newest interaction whose token is still valid, or None."""
        return await self._find("interactions.find_newest", member_id, now)

    async def find_card(self, member_id: int, now: datetime) -> Interaction | None:
        """The interaction whose answer shows the member's card, or None if that can no longer be edited."""
        return await self._find("interactions.find_card", member_id, now)

    async def find_follow_up(self, member_id: int, message_id: str, now: datetime) -> Interaction | None:
        """The interaction by which this message was sent as a follow-up, or None if it can no longer be edited."""
        return await self._find("interactions.find_follow_up", member_id, now, outbox_id=message_id)

    async def _find(self, query: str, member_id: int, now: datetime, **values: str) -> Interaction | None:
        return self._rows.read_one(await self._database.one(query, **_usable(member_id, now), **values))


def _usable(member_id: int, now: datetime) -> dict[str, int]:
    return {"member_id": member_id, "opened_after": to_ms(now - USABLE_FOR)}


def _interaction(row: Row) -> Interaction:
    return Interaction(
        encrypted_token=row["encrypted_token"], opened_at=from_ms(int(row["opened_at"])), message_id=row["message_id"]
    )


def _adopt(row: Row, interaction: Interaction, now: datetime) -> list[Statement]:
    if interaction.opened_at <= now - USABLE_FOR:
        return [Statement(name="tickets.stop_waiting", values={"member_id": row["member_id"], "now": to_ms(now)})]
    values = {
        **{name: row[name] for name in ("member_id", "opened_at", "server_id", "locale")},
        "message_id": None,
        "changes": None,
        "shows": None,
        "payload": encode(None),
        "changes_at": to_ms(now),
        "now": to_ms(now),
    }
    return [Statement(name="outbox.save_card", values=values), _save(row["member_id"], interaction, card=True)]


def _save(member_id: int, interaction: Interaction, *, card: bool = False, outbox_id: str = "") -> Statement:
    values = {
        "member_id": member_id,
        "card": int(card),
        "encrypted_token": interaction.encrypted_token,
        "opened_at": to_ms(interaction.opened_at),
        "message_id": interaction.message_id,
        "outbox_id": outbox_id,
    }
    return Statement(name="interactions.save", values=values)
