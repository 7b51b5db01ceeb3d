"""The settings of Discord servers, as their admins chose them."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.gate import Gate
from bot.domain.server import Audience, Server, Subject, is_open
from bot.store.codec import decode, encode
from bot.store.database import Database, Row, Statement, StoreError, UnexpectedRowCount
from bot.store.rows import RowReader
from bot.store.setup_drafts import delete_draft
from bot.store.stale import mark_searches_in
from bot.store.times import from_ms, to_ms


class ChangedMeanwhile(StoreError):
    """Somebody else changed these settings a moment ago."""


class Servers:
    """The settings of all servers. `minors_allowed`: the operator allows servers in which some are under 18."""

    def __init__(self, database: Database, *, minors_allowed: bool) -> None:
        self._database = database
        self._minors_allowed = minors_allowed
        self._audience = RowReader("audience of server", lambda row: Audience(row["audience"]), key="server_id")
        self._subjects = RowReader(
            "subjects of server", lambda row: decode(row["subjects"], tuple[Subject, ...]), key="server_id"
        )
        self._lengths = RowReader(
            "lengths of server", lambda row: decode(row["lengths"], tuple[int, ...]), key="server_id"
        )
        self._gate = RowReader(
            "gate of server", lambda row: Gate(row["gate"]) if row["gate"] else None, key="server_id"
        )
        self._rules = RowReader(
            "rules of server",
            lambda row: decode(row["rules"], tuple[str, ...]),
            key="server_id",
        )
        self._left_at = RowReader("left_at of server", lambda row: from_ms(row["left_at"]), key="server_id")
        self._languages = RowReader(
            "languages of server", lambda row: decode(row["languages"], tuple[str, ...]), key="server_id"
        )

    async def get(self, server_id: int) -> Server | None:
        """The settings of one server, or None before they were first saved.

        A setting that cannot be read has its default until it is saved again.
        """
        row = await self._database.one("servers.get", server_id=server_id)
        return self._server(row) if row else None

    async def save(
        self, server: Server, *, expected_version: int, draft_of: int | None = None, posts_panel: bool = False
    ) -> Server:
        """Save all settings and return them with their new version, which is one higher. The bot is in this server.

        A panel that was forgotten meanwhile stays forgotten, unless this save `posts_panel`.

        If other roles count now, or pools are separated or no longer, everybody is asked about again. What says whether
        members are matched is drawn again, for those who wait and on the other cards. The draft of the admin `draft_of`
        is saved with it, and goes.

        Raises ChangedMeanwhile if the stored version is not `expected_version`, so repeating it raises.
        """
        values = {
            "server_id": server.server_id,
            "name": server.name,
            "audience": server.audience,
            "channel_id": server.channel_id,
            "role_id": server.role_id,
            "minor_role_id": server.minor_role_id,
            "adult_role_id": server.adult_role_id,
            "staff_channel_id": server.staff_channel_id,
            "reader_role_id": server.reader_role_id,
            "gate": server.gate,
            "hides_partner_video": int(server.hides_partner_video),
            "panel_message_id": server.panel_message_id,
            "panel_text": server.panel_text,
            "rules": None if server.rules is None else encode(server.rules),
            "rules_version": server.rules_version,
            "subjects": encode(server.subjects),
            "lengths": encode(server.lengths),
            "languages": encode(server.languages),
            "paused": int(server.paused),
            "open": int(self._is_open(server)),
            "locale": server.locale,
            "expected_version": expected_version,
            "posts_panel": int(posts_panel),
        }
        try:
            [_, [kept], *_] = await self._database.write(
                [
                    Statement(name="memberships.forget_judged_otherwise", values=values),
                    Statement(name="servers.save", values=values, expect_rows=1),
                    mark_searches_in([server.server_id]),
                    *([delete_draft(server.server_id, draft_of)] if draft_of is not None else ()),
                ],
                notify=("tickets", "outbox"),
            )
        except UnexpectedRowCount as error:
            raise ChangedMeanwhile(ChangedMeanwhile.__doc__) from error
        return replace(
            server,
            version=kept["version"],
            panel_message_id=kept["panel_message_id"],
            left_at=None,
            minors_allowed=self._minors_allowed,
        )

    async def apply_minors_allowed(self) -> None:
        """Open or close servers in which some are under 18, as the operator allows now. Repeating changes nothing."""
        for row in await self._database.all("servers.find_separated"):
            server, is_recorded = self._server(row), bool(row["open"])
            if self._is_open(server) == is_recorded:
                continue
            values = {"server_id": server.server_id, "open": int(not is_recorded), "expected_version": server.version}
            opened = Statement(name="servers.record_open", values=values)
            await self._database.write([opened, mark_searches_in([server.server_id])], notify=("tickets", "outbox"))

    def _is_open(self, server: Server) -> bool:
        """Whether members can be matched there as long as the bot is there."""
        return is_open(replace(server, left_at=None, minors_allowed=self._minors_allowed))

    async def forget_panel(self, server_id: int, channel_id: int) -> bool:
        """Record that the panel in this channel is gone. False if there is none; so repeating it returns False."""
        values = {"server_id": server_id, "channel_id": channel_id}
        [rows] = await self._database.write([Statement(name="servers.forget_panel", values=values)])
        return bool(rows)

    async def find_present(self) -> Sequence[int]:
        """The ids of the known servers that the bot has not left."""
        return [row["server_id"] for row in await self._database.all("servers.find_present")]

    async def leave(self, server_id: int, now: datetime) -> bool:
        """Record that the bot is not in a server any more: its waiting tickets end, nothing more is sent about it.

        What members were shown is only edited.
        Matches go on. False for a server that is unknown or was left before.
        """
        values = {"server_id": server_id, "now": to_ms(now)}
        statements = [
            Statement(name="servers.leave", values=values),
            mark_searches_in([server_id]),
            Statement(name="tickets.end_by_server", values=values),
            Statement(name="outbox.withdraw_by_server", values=values),
        ]
        [rows, *_] = await self._database.write(statements, notify=("tickets", "outbox"))
        return bool(rows)

    async def enter(self, server_ids: Collection[int], *, seen_at: datetime | None = None) -> Sequence[int]:
        """Record that the bot is in these servers; returns those that it had left. Their settings are as before.

        With `seen_at`, it is only known to have been there then: who was left later stays left.
        """
        values = {"server_ids": encode(list(server_ids)), "seen_at": to_ms(seen_at)}
        statements = [
            mark_searches_in(server_ids, only_left=True),
            Statement(name="servers.enter", values=values),
        ]
        [_, rows] = await self._database.write(statements, notify=("tickets", "outbox"))
        return [row["server_id"] for row in rows]

    def _server(self, row: Row) -> Server:
        defaults = Server(server_id=row["server_id"], name=row["name"])
        return replace(
            defaults,
            audience=self._audience.read_one(row) or defaults.audience,
            channel_id=row["channel_id"],
            role_id=row["role_id"],
            minor_role_id=row["minor_role_id"],
            adult_role_id=row["adult_role_id"],
            staff_channel_id=row["staff_channel_id"],
            reader_role_id=row["reader_role_id"],
            gate=self._gate.read_one(row),
            hides_partner_video=bool(row["hides_partner_video"]),
            panel_message_id=row["panel_message_id"],
            panel_text=row["panel_text"],
            rules=None if row["rules"] is None else self._rules.read_one(row) or (),
            rules_version=row["rules_version"],
            subjects=self._subjects.read_one(row) or defaults.subjects,
            lengths=self._lengths.read_one(row) or defaults.lengths,
            languages=self._languages.read_one(row) or defaults.languages,
            paused=bool(row["paused"]),
            locale=row["locale"],
            version=row["version"],
            left_at=self._left_at.read_one(row),
            minors_allowed=self._minors_allowed,
        )
