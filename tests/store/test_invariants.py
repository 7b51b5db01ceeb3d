"""The checker of invariants finds each violation, planted past the guards of the database; a sound store has none."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.match import EndReason
from bot.store import Store
from bot.store.databases.postgres import PostgresDatabase
from bot.store.databases.sqlite import SqliteDatabase
from tests.store.invariants import VIOLATIONS, broken_invariants
from tests.store.rows import fetch_rows
from tests.store.scenario import Scenario
from tests.store.writing import WRONG_INDEXES, make_index_wrong

PLANTED = {
    "waits_twice": (
        "INSERT INTO tickets (id, member_id, server_id, pool, name, locale, wishes, subject, waiting_since, "
        "expires_at, front, state, version) SELECT 'again', member_id, server_id, pool, name, locale, wishes, "
        "subject, waiting_since, expires_at, front, state, version FROM tickets WHERE member_id = 7"
    ),
    "two_live_seats": "UPDATE seats SET member_id = 1 WHERE member_id = 3",
    "two_live_trials": "UPDATE seats SET member_id = 8 WHERE member_id = 9",
    "trial_with_a_ticket_or_a_partner": "UPDATE seats SET member_id = 9 WHERE member_id = 8 AND side = 1",
    "waits_with_live_seat": "UPDATE seats SET member_id = 7 WHERE member_id = 3",
    "live_seat_in_ended_match": "UPDATE seats SET live = 1 WHERE member_id = 5",
    "seat_neither_live_nor_left": "UPDATE seats SET left_at = 1 WHERE member_id = 3",
    "match_without_two_seats": "DELETE FROM seats WHERE member_id = 3",
    "seat_without_spent_ticket": "UPDATE tickets SET state = 'left' WHERE member_id = 3",
    "ticket_spent_without_seat": "UPDATE tickets SET state = 'matched', ended_at = 1 WHERE member_id = 7",
    "waiting_ticket_with_end": "UPDATE tickets SET ended_at = 1 WHERE member_id = 7",
    "match_without_two_invitations": "DELETE FROM outbox WHERE kind = 'invitation' AND member_id = 3",
    "waits_or_sits_under_a_pseudonym": "UPDATE tickets SET member_id = -7 WHERE member_id = 7",
    "open_link_to_dead_seat": "UPDATE seats SET live = 0, left_at = 1 WHERE member_id = 3",
    "active_session_on_dead_seat": "UPDATE seats SET live = 0, left_at = 1 WHERE member_id = 1",
    "redeemed_link_without_session": "DELETE FROM browser_sessions",
    "session_without_redeemed_link": "UPDATE invitations SET session_id = NULL",
    "together_after_leaving": "UPDATE seats SET live = 0, left_at = 1 WHERE member_id = 2",
    "room_of_ended_match_not_closed": "DELETE FROM room_orders",
    "link_pending_for_ended_match": ("UPDATE outbox SET state = 'pending' WHERE kind = 'invitation' AND member_id = 5"),
    "seat_kept_beside_a_blocked_member": "INSERT INTO blocks (blocker_id, blocked_id, since) VALUES (1, 2, 1)",
    "matched_while_kept_apart": (
        "INSERT INTO last_meetings (low_id, high_id, last_at, apart_until) "
        "SELECT 3, 4, created_at - 1, created_at + 1 FROM matches WHERE id = "
        "(SELECT match_id FROM seats WHERE member_id = 3)"
    ),
    "two_matches_before_meeting": (
        "UPDATE seats SET member_id = member_id - 2 WHERE member_id IN (5, 6); "
        "UPDATE matches SET state = 'inviting' WHERE state = 'ended'"
    ),
    "match_state_contradicts_its_times": "UPDATE matches SET ended_at = NULL WHERE state = 'ended'",
}
"""What breaks each invariant, if 1 and 2 are in their room, 3 and 4 invited, 5 and 6 done, 7 waits,
and 8 and 9 are in trials."""

DROP_GUARDS = """
DO $$ DECLARE guard record; BEGIN
  FOR guard IN SELECT conrelid::regclass AS owner, conname FROM pg_constraint
    WHERE contype IN ('c', 'f') AND connamespace = current_schema()::regnamespace
  LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', guard.owner, guard.conname); END LOOP;
  FOR guard IN SELECT i.indexrelid::regclass AS index FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
    WHERE i.indisunique AND NOT i.indisprimary AND c.relnamespace = current_schema()::regnamespace
  LOOP EXECUTE format('DROP INDEX %s', guard.index); END LOOP;
END $$
"""
"""Removes what PostgreSQL checks, save the primary keys."""


@pytest.fixture
async def story(scenario: Scenario) -> Store:
    """Of every kind of member and match one."""
    meeting = await scenario.matched(1, 2)
    for token in meeting.tokens:
        assert await scenario.redeem(token)
    await scenario.in_the_room(meeting)
    await scenario.matched(3, 4)
    over = await scenario.matched(5, 6)
    assert await scenario.store.matches.end(over.match_id, EndReason.NO_SHOW, now=scenario.clock.now())
    await scenario.waiting(7)
    await scenario.trial(8)
    await scenario.trial(9)
    return scenario.store


def plant_in_sqlite(database: SqliteDatabase, statements: str) -> None:
    with closing(sqlite3.connect(database._path, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        indexes = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
        for (index,) in connection.execute(indexes).fetchall():
            connection.execute(f"DROP INDEX {index}")
        connection.executescript(statements)


async def plant_in_postgres(database: PostgresDatabase, statements: str) -> None:
    connection = await database._connector.connect()
    try:
        await connection.execute(f"{DROP_GUARDS}; {statements}")
    finally:
        await connection.close()


async def plant(store: Store, statements: str) -> None:
    """Execute `statements` although an index, a key or a check forbids them."""
    if isinstance(store.database, PostgresDatabase):
        await plant_in_postgres(store.database, statements)
    else:
        assert isinstance(store.database, SqliteDatabase)
        plant_in_sqlite(store.database, statements)


def test_every_invariant_is_broken_once() -> None:
    """None is left out."""
    assert PLANTED.keys() == VIOLATIONS.keys()


async def test_a_sound_store(story: Store) -> None:
    """Nothing is found."""
    assert await broken_invariants(story) == []


async def test_a_sound_store_whose_members_deleted_their_data(story: Store, scenario: Scenario) -> None:
    """Nothing is found where no session is left at all, and a session that is lost is still found."""
    for member in range(1, 10):
        await story.personal_data.erase(member, nobody=-1, now=scenario.clock.now())
    assert await fetch_rows(story, "SELECT id FROM browser_sessions") == []
    assert await broken_invariants(story) == []
    await plant(story, "UPDATE invitations SET attempt_hash = token_hash WHERE state = 'redeemed'")
    assert await broken_invariants(story) == ["redeemed_link_without_session"]


@pytest.mark.parametrize("name", PLANTED)
async def test_a_planted_violation_is_found(story: Store, name: str) -> None:
    """By its name, in either database."""
    await plant(story, PLANTED[name])
    assert name in await broken_invariants(story)


async def test_a_row_that_refers_to_none_is_found(story: Store, database: Path) -> None:
    """SQLite itself finds it."""
    await plant(story, "UPDATE invitations SET seat_id = 'nobody'")
    assert "foreign key" in await broken_invariants(story)


async def test_a_damaged_file_is_found(story: Store, database: Path) -> None:
    """By what SQLite says of it."""
    make_index_wrong(database, *WRONG_INDEXES[1])
    assert any("members_by_age" in found for found in await broken_invariants(story))
