"""Rows as after months of use, for either database: 100,000 in the large tables, of which 1,000 are live."""

import re
import sqlite3
from collections.abc import Mapping
from types import MappingProxyType

from bot.store.databases.sqlite_migrate import migrations, split_statements

ROWS = 100_000
LIVE = 1_000

LIVE_INDEXES = frozenset(
    {
        *("matches_live", "tickets_waiting", "tickets_expiring", "one_waiting_ticket", "room_orders_open"),
        *(
            "outbox_pending",
            "outbox_useful",
            "servers_present",
            "servers_separated",
            "one_live_seat",
            "one_live_trial",
            "memberships_asked",
        ),
        *("reports_open", "reports_waiting", "reports_due", "reports_late", "reports_for_operator", "appeals_open"),
        "outbox_failed_alerts",
    }
)
"""Partial indexes that hold only what is live. Reading one of them whole is as good as a search."""

SMALL_TABLES = frozenset({"leases", "readiness", "installation", "chat_processes", "refused_requests", "deletions"})
"""Tables with a handful of rows, which are read whole."""

FILL: Mapping[str, tuple[int, str]] = MappingProxyType(
    {
        "servers": (
            ROWS // 20,
            "i, 'name', 'adults', 1, 1, 1, '[]', '[]', '[]', 0, i % 2, 'en', 1, CASE WHEN live THEN NULL ELSE i END",
        ),
        "members": (ROWS // 5, "i, 1, NULL, 1, NULL, i"),
        "tickets": (
            ROWS,
            """key, CASE WHEN live THEN :rows + i ELSE i / 3 END, i % 1000, i % 1000, 'name', 'en', '0', 'any',
            i * 1000, i * 1000 + 900, 0, CASE WHEN live THEN 'waiting' ELSE 'matched' END, i * 1000, 1, 0""",
        ),
        "matches": (
            ROWS // 2,
            """key, i % 1000, i % 1000,
            CASE WHEN NOT live THEN 'ended' WHEN i % 2 = 1 THEN 'inviting' ELSE 'meeting' END,
            NULL, '0', 50, key, i * 1000, NULL, i, i, i, i, i, CASE WHEN live THEN NULL ELSE i * 1000 END, 1""",
        ),
        "seats": (
            ROWS,
            """key, half_key, CASE WHEN live THEN :rows + i ELSE i / 3 END, key, 'name', 'en', i % 2,
            CASE WHEN live THEN 1 ELSE 0 END, i, CASE WHEN live THEN NULL ELSE i END, 0, NULL""",
        ),
        "media_times": (ROWS, "key, 'camera', i, CASE WHEN live THEN NULL ELSE i END, key, key"),
        "invitations": (ROWS, "key, key, bytes, CASE WHEN live THEN 'open' ELSE 'redeemed' END, i, i, i, i, NULL, key"),
        "browser_sessions": (ROWS // 2, "key, key, bytes, CASE WHEN live THEN 'active' ELSE 'replaced' END, i, i, i"),
        "outbox": (
            ROWS,
            """key, 'invitation', i / 3, half_key, key, key, key, 1, 'en', '0', 'card',
            CASE WHEN live THEN 'pending' ELSE 'sent' END, 1, i, i, NULL, 1, 1, i, NULL,
            CASE WHEN i % 100 = 0 THEN i END, 0""",
        ),
        "room_orders": (ROWS // 2, "i, 'room', 'close', NULL, CASE WHEN live THEN NULL ELSE i END"),
        "failed_attempts": (ROWS // 5, "key, bytes, i"),
        "leases": (3, "key, 'holder', 1, 1, 1, 1"),
        "readiness": (12, "key, 'store', NULL, i, i"),
        "chat_processes": (3, "key, 'place', 'digest', 0, '[]', 1, i"),
        "refused_requests": (30, "key, i, 1"),
        "blocks": (ROWS // 5, "i, i * 7 % :rows, i"),
        "last_meetings": (ROWS // 5, "i, i * 7 % :rows, i, i"),
        "setup_drafts": (ROWS // 5, "i % 1000, i, '0', i"),
        "interactions": (LIVE, "i * 31 % :rows, 1, 'token', i, NULL, ''"),
        "memberships": (ROWS // 5, "i % 1000, i, i, NULL, CASE WHEN live THEN i END, CASE WHEN live THEN 1 ELSE 0 END"),
        "webhook_events": (ROWS // 5, "key, i"),
        "rules_consents": (ROWS // 5, "i % 1000, i, '1', i"),
        "postponed_searches": (ROWS // 5, "i % 1000, i, '0', '0', NULL, 0, i"),
        "gate_reminders": (ROWS // 5, "i % 1000, i, i, 'en', i"),
        "deletions": (3, "i, i"),
        "restrictions": (ROWS // 5, "key, i, NULL, 'hold', i, i, key, NULL"),
        "reports": (
            ROWS // 5,
            """key, i % 1000, i, key, i % 2, i, 'en', i * 7 % :rows, 'en', 'room', 'hate', 'words', '0', i, i, 1,
            0, 0, CASE WHEN live THEN i % 2 ELSE 0 END, 0, CASE WHEN live THEN NULL ELSE i END, NULL, NULL,
            CASE WHEN live THEN NULL ELSE i END, CASE WHEN live THEN NULL ELSE i END,
            CASE WHEN live THEN NULL ELSE 'close' END, CASE WHEN live THEN NULL ELSE 1 END, NULL, NULL, 0, NULL, i,
            i""",
        ),
        "report_numbers": (ROWS // 20, "i, i"),
        "report_recusals": (LIVE, "key, i"),
        "appeals": (LIVE, "key, 'reporter', 'words', i, i, i, 'upheld', 'words'"),
        "malicious_reporters": (LIVE, "key, i, i"),
        "former_reporters": (ROWS // 20, "key, i, i"),
        "staff_members": (ROWS // 20, "i % 1000, i, 1, i"),
        "audit": (ROWS // 5, "i, i % 1000, i, i, 'opened', key, NULL, NULL, i"),
        "pseudonyms": (ROWS // 5, "i, i, i"),
        "installation": (3, "key, 'value'"),
    }
)
"""By table: the number of rows, and the values of row `i`, for all columns or those in `COLUMNS`.

`key` is the same number as a text of seven digits, `half_key` the one of which there are half as many, and `bytes` the
key as bytes.
"""


COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "servers": """(server_id, name, audience, channel_id, role_id, panel_message_id, subjects, lengths, languages,
          paused, open, locale, version, left_at)""",
        "matches": """(id, server_id, pool, state, reason, agreement, length, room_name, created_at, reminded_at,
          met_at, ends_at, together_since, parted_at, empty_since, ended_at, version)""",
        "invitations": """(id, seat_id, token_hash, state, issued_at, delivered_at, expires_at, redeemed_at,
          attempt_hash, session_id)""",
        "memberships": "(server_id, member_id, told_at, barred_until, asked_at, urgent)",
        "outbox": """(id, kind, member_id, match_id, seat_id, invitation_id, ticket_id, server_id, locale, payload,
          route, state, attempts, due_at, useful_until, reason, channel_id, message_id, settled_at, shows, stale_at,
          changes)""",
    }
)
"""The columns that are filled, of tables to which columns were added; those stay NULL or as they are by default."""


def filled_database() -> sqlite3.Connection:
    """The newest schema of SQLite in memory with rows in every table, without statistics.

    Tables are filled before they get indexes.
    """
    connection = sqlite3.connect(":memory:", isolation_level=None)
    statements = [each for _, text in migrations() for each in split_statements(text)]
    indexes = [each for each in statements if re.search(r"^(CREATE|CREATE UNIQUE|DROP) INDEX", each, re.MULTILINE)]
    for statement in statements:
        if statement not in indexes:
            connection.execute(statement)
    for table, (rows, _) in FILL.items():
        fill_table(connection, table, rows=rows)
    for statement in indexes:
        connection.execute(statement)
    return connection


def fill_table(connection: sqlite3.Connection, table: str, *, rows: int) -> None:
    """Insert rows 1 to `rows`; the last `LIVE` of them are live."""
    connection.execute(insertion(table, rows=rows, binary="BLOB"))


def insertion(table: str, *, rows: int, binary: str, clause: str = "") -> str:
    """The statement that inserts rows 1 to `rows`; `binary` is the database's type for bytes, `clause` a part of it."""
    values = re.sub(r"\blive\b", f"i > {rows - LIVE}", FILL[table][1]).replace(":rows", str(rows))
    return f"""WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {rows}),
      keys AS (
        SELECT i, substr(CAST(10000000 + i AS text), 2) AS key,
          substr(CAST(10000000 + (i + 1) / 2 AS text), 2) AS half_key FROM numbers
      ), filled AS (SELECT i, key, half_key, CAST(key AS {binary}) AS bytes FROM keys)
      INSERT INTO {table} {COLUMNS.get(table, "")} {clause} SELECT {values} FROM filled"""  # noqa: S608 -- our own texts
