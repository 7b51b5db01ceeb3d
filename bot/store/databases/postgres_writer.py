"""Writes lists of statements to PostgreSQL: all that wait as one call of one function, one list after the other.

The function takes a lock first, so that one process of the whole installation writes at a time, as under SQLite; then
nothing that a list has checked changes before its commit. A list that fails is rolled back alone. The lock ends with
the call, so no process that freezes can keep it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import asyncpg

from bot.store.database import UnexpectedRowCount, UniqueViolation
from bot.store.databases.postgres_connection import Connection, PostgresConnector, limited
from bot.store.databases.postgres_damage import MetDamage
from bot.store.databases.postgres_errors import describe_code, is_failure_code
from bot.store.databases.postgres_sql import PostgresQuery, read_from_json
from bot.store.databases.write_queue import ResultSets, WriteList

CHANNEL: Final = "heybuddy"
"""On this channel topics are announced to other processes."""
WRITE_LOCK: Final = int.from_bytes(b"HeyBuddy") >> 1
"""The number of the lock: any that no other program is likely to take in the same database."""
LISTS_PER_COMMIT: Final = 64

_UNEXPECTED_COUNT: Final = "HB001"
_UNIQUE_VIOLATION: Final = "23505"
_RETURNS_ROWS: Final = re.compile(r"\A(?:--[^\n]*\n|\s)*SELECT\b|^[^-]*\bRETURNING\b", re.MULTILINE)
_PRIMARY_KEYS: Final = """
SELECT c.conname AS name, string_agg(t.relname || '.' || a.attname, ', ' ORDER BY k.place) AS columns
FROM pg_constraint AS c
JOIN pg_class AS t ON t.oid = c.conrelid
CROSS JOIN unnest(c.conkey) WITH ORDINALITY AS k (number, place)
JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.number
WHERE c.contype = 'p' AND c.connamespace = current_schema()::regnamespace
GROUP BY c.conname
"""
"""The columns of each primary key by its name."""
_WRITE: Final = "SELECT pg_temp.heybuddy_write($1::jsonb)"


class StatementFailed(Exception):
    """A statement is wrong, or breaks a rule of the schema: a mistake of ours, with PostgreSQL's own words."""


class PostgresWriter:
    """One connection that writes, made when it is first needed and made again when it was lost."""

    def __init__(self, connector: PostgresConnector, queries: Mapping[str, PostgresQuery], damage: MetDamage) -> None:
        self._connector = connector
        self._damage = damage
        self._queries = queries
        self._connection: Connection | None = None
        self._primary_keys: Mapping[str, str] = {}

    async def open(self) -> None:
        """Connect, and define the function. Raises StoreUnavailable."""
        connection = await self._connector.connect()
        try:
            with self._connector.explaining(), limited(connection, self._connector.settings.query_timeout_s):
                await connection.execute(_write_function(self._queries))
                rows = await connection.fetch(_PRIMARY_KEYS)
        except BaseException:
            connection.terminate()
            raise
        self._primary_keys = {row["name"]: row["columns"] for row in rows}
        self._connection = connection

    @property
    def process_id(self) -> int | None:
        """The server's process that announces what we write; None without a connection."""
        return self._connection.get_server_pid() if self._connection else None

    @property
    def is_connected(self) -> bool:
        """Whether its connection is open, as far as is known."""
        return self._connection is not None and not self._connection.is_closed()

    async def write(self, lists: Sequence[WriteList]) -> Sequence[ResultSets | Exception]:
        """Execute the lists one after the other in one transaction; returns the outcome of each after the commit.

        Raises StoreUnavailable; then nothing was written, or all was, but that is not known.
        """
        encoded = [_encode(write, self._queries) for write in lists]
        good = [text for text in encoded if isinstance(text, str)]
        answers = iter(await self._call(f"[{','.join(good)}]") if good else ())
        return [
            self._outcome(write, next(answers)) if isinstance(text, str) else text
            for write, text in zip(lists, encoded, strict=True)
        ]

    def close(self) -> None:
        """Close the connection. Idempotent."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def _call(self, lists: str) -> Sequence[Any]:
        if self._connection is None or self._connection.is_closed():
            await self.open()
        connection = self._connection
        assert connection is not None  # noqa: S101 -- `open` has set it
        try:
            with (
                self._connector.explaining(self._remember_damage),
                limited(connection, self._connector.settings.query_timeout_s),
            ):
                answer = await connection.fetchval(_WRITE, lists)
        except BaseException:
            self.close()  # whatever the server is still doing, the next lists get a connection that is well
            raise
        outcomes: Sequence[Any] = json.loads(answer)
        return outcomes

    def _outcome(self, write: WriteList, answer: Any) -> ResultSets | Exception:  # noqa: ANN401 -- from JSON
        if isinstance(answer, list):
            result_sets: ResultSets = answer
            return result_sets
        code = answer["code"]
        if code == _UNEXPECTED_COUNT:
            return UnexpectedRowCount(answer["message"])
        if code == _UNIQUE_VIOLATION:
            return UniqueViolation(self._primary_keys.get(answer["constraint"], answer["constraint"]))
        self._damage.remember_write(code, answer["message"])
        message = f"{answer['message']} (SQLSTATE {code})"
        if is_failure_code(code):
            return self._connector.unavailable(describe_code(code, message))
        return StatementFailed(message)

    def _remember_damage(self, error: Exception) -> None:
        if isinstance(error, asyncpg.PostgresError):
            self._damage.remember_write(error.sqlstate or "", str(error))


def _encode(write: WriteList, queries: Mapping[str, PostgresQuery]) -> str | Exception:
    """A list as JSON; the error for one that lacks a value or cannot be stored, as text with a lone surrogate."""
    try:
        statements = [
            {
                "name": statement.name,
                "values": {name: _value_as_json(statement.values[name]) for name in queries[statement.name].names},
                "expect": statement.expect_rows,
            }
            for statement in write.statements
        ]
        text = json.dumps({"statements": statements, "topics": list(write.notify)}, ensure_ascii=False)
        text.encode()
    except (KeyError, TypeError, ValueError) as error:
        return error
    else:
        return text


def _value_as_json(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, str) and "\0" in value:
        raise ValueError("PostgreSQL stores no text with a NUL")
    return int(value) if isinstance(value, bool) else value


def _write_function(queries: Mapping[str, PostgresQuery]) -> str:
    """The function that writes all lists, in SQL, for as long as the connection lasts."""
    branches = "\n".join(
        f"        WHEN '{name}' THEN\n{_branch(query.named)}"
        for name, query in queries.items()
        if not name.startswith("postgres.")
    )
    return _FUNCTION.format(branches=branches, lock=WRITE_LOCK, channel=CHANNEL, unexpected_count=_UNEXPECTED_COUNT)


def _branch(sql: str) -> str:
    """One statement: what it returns goes into `hb_rows` as JSON, and how many rows it affects into `hb_count`."""
    body = read_from_json(sql, "hb_values")
    return (_WITH_ANSWER if _RETURNS_ROWS.search(sql) else _WITHOUT_ANSWER).format(body=body)


_WITH_ANSWER: Final = """
          WITH hb_answer AS (
{body}
          )
          SELECT coalesce(jsonb_agg(to_jsonb(hb_answer)), '[]'), count(*) INTO hb_rows, hb_count FROM hb_answer;
"""
_WITHOUT_ANSWER: Final = """
          {body};
          GET DIAGNOSTICS hb_count = ROW_COUNT;
"""
_FUNCTION: Final = """
CREATE OR REPLACE FUNCTION pg_temp.heybuddy_write(hb_lists jsonb) RETURNS jsonb LANGUAGE plpgsql AS $heybuddy$
#variable_conflict use_column
DECLARE
  hb_list jsonb;
  hb_statement jsonb;
  hb_values jsonb;
  hb_rows jsonb;
  hb_count bigint;
  hb_answer_of_list jsonb;
  hb_answers jsonb := '[]';
  hb_code text;
  hb_constraint text;
  hb_message text;
BEGIN
  PERFORM pg_advisory_xact_lock({lock});
  FOR hb_list IN SELECT value FROM jsonb_array_elements(hb_lists) LOOP
    BEGIN
      hb_answer_of_list := '[]';
      FOR hb_statement IN SELECT value FROM jsonb_array_elements(hb_list->'statements') LOOP
        hb_values := hb_statement->'values';
        hb_rows := '[]';
        CASE hb_statement->>'name'
{branches}
        END CASE;
        IF hb_count <> (hb_statement->>'expect')::bigint THEN
          RAISE EXCEPTION USING ERRCODE = '{unexpected_count}', MESSAGE = hb_statement->>'name';
        END IF;
        hb_answer_of_list := hb_answer_of_list || jsonb_build_array(hb_rows);
      END LOOP;
      PERFORM pg_notify('{channel}', value) FROM jsonb_array_elements_text(hb_list->'topics');
    EXCEPTION WHEN OTHERS THEN
      GET STACKED DIAGNOSTICS
        hb_code = RETURNED_SQLSTATE, hb_constraint = CONSTRAINT_NAME, hb_message = MESSAGE_TEXT;
      hb_answer_of_list := jsonb_build_object('code', hb_code, 'constraint', hb_constraint, 'message', hb_message);
    END;
    hb_answers := hb_answers || jsonb_build_array(hb_answer_of_list);
  END LOOP;
  RETURN hb_answers;
END
$heybuddy$
"""
