"""What admins typed into the form of setup and is not saved yet, so that no mistake or restart costs them the text."""

from collections.abc import Mapping
from datetime import datetime

from bot.store.codec import decode, encode
from bot.store.database import Database, Row, Statement
from bot.store.rows import RowReader
from bot.store.times import to_ms


class SetupDrafts:
    """One draft for each admin of a server: the text of each field by the field's name."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = RowReader("setup_drafts", _typed_fields, key="server_id")

    async def find(self, server_id: int, member_id: int) -> Mapping[str, str] | None:
        """The fields as the admin typed them, or None if all is saved."""
        row = await self._database.one("setup_drafts.get", server_id=server_id, member_id=member_id)
        return self._rows.read_one(row) if row else None

    async def save(self, server_id: int, member_id: int, fields: Mapping[str, str], now: datetime) -> None:
        """Store the fields, replacing the admin's former draft."""
        values = {"server_id": server_id, "member_id": member_id, "fields": encode(fields), "now": to_ms(now)}
        await self._database.write([Statement(name="setup_drafts.save", values=values)])

    async def delete(self, server_id: int, member_id: int) -> None:
        """Forget the draft, if there is one."""
        await self._database.write([delete_draft(server_id, member_id)])


def delete_draft(server_id: int, member_id: int) -> Statement:
    """The statement that forgets an admin's draft."""
    return Statement(name="setup_drafts.delete", values={"server_id": server_id, "member_id": member_id})


def _typed_fields(row: Row) -> Mapping[str, str]:
    return decode(row["fields"], dict[str, str])
