"""A database in memory as after months of use: 100,000 rows in the large tables, of which 1,000 are live."""

import re
import sqlite3
from collections.abc import Mapping
from types import MappingProxyType

from bot.store.databases.sqlite_migrate import migrations, split_statements

ROWS = 100_000
LIVE = 1_000

FILL: Mapping[str, tuple[int, str]] = MappingProxyType(
    {
        "servers": (
            ROWS // 20,
            "i, 'name', 'adults', 1, 1, 1, '[]', '[]', '[]', 0, i % 2, 'en', 1, iif(live, NULL, i)",
        ),
        "members": (ROWS // 5, "i, 1, NULL, 1, NULL, i"),
        "tickets": (
            ROWS,
            """key, iif(live, :rows + i, i / 3), i % 1000, i % 1000, 'name', 'en', '0', 'any', i * 1000, i * 1000 + 900,
            0, iif(live, 'waiting', 'matched'), i * 1000, 1, 0""",
        ),
        "matches": (
            ROWS // 2,
            """key, i % 1000, i % 1000, iif(live, iif(i % 2, 'inviting', 'meeting'), 'ended'), NULL, '0', 50, key,
            i * 1000, NULL, i, i, i, i, i, NULL, 1""",
        ),
        "seats": (ROWS, "key, printf('%07d', (i + 1) / 2), i / 3, key, 'name', 'en', i % 2, 0, i, i, 0, NULL"),
        "invitations": (ROWS, "key, key, CAST(key AS BLOB), iif(live, 'open', 'redeemed'), i, i, i, i, NULL, key"),
        "browser_sessions": (ROWS // 2, "key, key, CAST(key AS BLOB), iif(live, 'active', 'replaced'), i, i, i"),
        "outbox": (
            ROWS,
            """key, 'card', i / 3, printf('%07d', (i + 1) / 2), key, key, key, 1, 'en', '0', 'card',
            iif(live, 'pending', 'sent'), 1, i, i, NULL, 1, 1, i, NULL, iif(i % 100, NULL, i), 0""",
        ),
        "room_orders": (ROWS // 2, "i, 'room', 'close', NULL, iif(live, NULL, i)"),
        "leases": (3, "key, 'holder', 1, 1, 1, 1"),
        "readiness": (12, "key, 'store', NULL, i, i"),
        "blocks": (ROWS // 5, "i, i * 7 % :rows, i"),
        "last_meetings": (ROWS // 5, "i, i * 7 % :rows, i, i"),
        "setup_drafts": (ROWS // 5, "i % 1000, i, '0', i"),
        "interactions": (ROWS // 5, "i, 1, 'token', i, NULL, ''"),
        "memberships": (ROWS // 5, "i % 1000, i, i, NULL, iif(live, i, NULL), live"),
        "webhook_events": (ROWS // 5, "key, i"),
        "installation": (3, "key, 'value'"),
    }
)
"""By table: the number of rows, and the values of row `i`; `key` is the same number as a text of seven digits."""


def filled_database() -> sqlite3.Connection:
    """The newest schema with rows in every table, without statistics; tables are filled before they get indexes."""
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
    values = FILL[table][1].replace("live", "i > :rows - :live")
    connection.execute(
        f"""WITH RECURSIVE numbers (i, key) AS (
          SELECT 1, '0000001' UNION ALL SELECT i + 1, printf('%07d', i + 1) FROM numbers WHERE i < :rows
        )
        INSERT INTO {table} SELECT {values} FROM numbers""",  # noqa: S608 -- our own texts
        {"rows": rows, "live": LIVE},
    )
