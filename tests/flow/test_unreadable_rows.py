"""Rows that cannot be read: they are named in the log, nobody else notices, and their members are free again."""

import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.check.loops import last_rounds
from bot.check.signs_of_life import read_signs
from bot.domain.invitation import digest
from bot.domain.membership import KnownMembership
from bot.store import Store, held_locks, inspect_file
from bot.store.interactions import Interaction
from tests.loops.all_loops import AllLoops
from tests.loops.factories import open_server
from tests.store.scenario import SERVER, Meeting, Scenario
from tests.store.test_stale import show_card

FAR = 2**62  # milliseconds; no such time exists


@pytest.fixture
async def scenario(scenario: Scenario) -> Scenario:
    await open_server(scenario.store)
    return scenario


@pytest.fixture(autouse=True)
def named_columns(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """After each test: whatever the log names as unreadable, it names a column that was damaged."""
    yield
    damaged = {column for change in _messages(caplog, __name__) for column in re.findall(r"(\w+) = ", change)}
    named = [text.partition("left out: ")[2].partition(":")[0] for text in _messages(caplog, "bot.store.rows")]
    damaged |= {"notified_at"} if "delivered_at" in damaged else set()  # what the query calls it
    assert [column for column in named if not any(column.endswith(each) for each in damaged)] == []


def _messages(caplog: pytest.LogCaptureFixture, logger: str) -> list[str]:
    return [record.getMessage() for record in caplog.get_records("call") if record.name == logger]


def damage(database: Path, change: str) -> None:
    """Change the file behind the store's back, whatever the schema says. The log has the change."""
    logging.getLogger(__name__).warning(change)
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        assert connection.execute(change).rowcount > 0


async def others_meet(loops: AllLoops) -> bool:
    """Whether two members who start to search now are matched and get their links."""
    for member in (1, 2):
        await loops.scenario.waiting(member)
    await loops.run_round()
    return {message.member_id for message in loops.sent if message.kind == "invitation"} >= {1, 2}


@pytest.mark.parametrize(
    "change",
    [
        "wishes = '{'",
        "wishes = '[]'",
        "wishes = 'null'",
        """wishes = '{"style": "loud"}'""",
        """wishes = '{"level": 9}'""",
        """wishes = '{"lengths": ["long"]}'""",
        """wishes = '{"lengths": [7]}'""",
        """wishes = '{"lengths": [9223372036854775808]}'""",
        """wishes = '{"languages": 7}'""",
        "wishes = CAST(x'7bff7d' AS TEXT)",
        "name = CAST(x'ff' AS TEXT), wishes = '{'",
        f"waiting_since = {FAR}",
        f"waiting_since = -{FAR}",
        f"expires_at = {FAR}",
        "version = -1, wishes = '{'",
        "state = 'lost'",
    ],
)
async def test_a_waiting_ticket(
    scenario: Scenario, database: Path, caplog: pytest.LogCaptureFixture, change: str
) -> None:
    """Others are matched; its member can search again at once, and is told when the search has ended."""
    ticket = await scenario.waiting(9)
    damage(database, f"UPDATE tickets SET {change}")  # noqa: S608 -- our own texts
    loops = AllLoops(scenario)
    assert await others_meet(loops)
    await scenario.store.tickets.find_by_member(9)
    await loops.run_for(minutes=2)
    again = await scenario.store.tickets.find_by_member(9)
    if again is None:
        await scenario.waiting(9)
        assert await scenario.store.tickets.find_by_member(9) is not None
    assert len([message for message in caplog.messages if ticket.id in message]) <= 1


@pytest.mark.parametrize("read_first", [False, True])
async def test_a_member_whose_ticket_cannot_be_read_searches_again(
    scenario: Scenario, database: Path, read_first: bool
) -> None:
    """At once, before any loop has seen it: the ticket that cannot be read is ended."""
    await scenario.waiting(9)
    damage(database, "UPDATE tickets SET wishes = '{'")
    if read_first:
        assert await scenario.store.tickets.find_by_member(9) is None
    second = await scenario.waiting(9)
    assert await scenario.store.tickets.find_by_member(9) == second


async def test_a_search_that_cannot_be_read_is_ended_with_a_message(
    scenario: Scenario, database: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Within a minute; the log names the ticket once."""
    ticket = await scenario.waiting(9)
    damage(database, "UPDATE tickets SET wishes = '{'")
    loops = AllLoops(scenario)
    await loops.run_for(minutes=3)
    assert [(message.kind, message.member_id) for message in loops.sent] == [("unmatched", 9)]
    assert [message for message in caplog.messages if ticket.id in message] == [
        f"tickets {ticket.id} cannot be read, so it is left out: wishes: Input data was truncated"
    ]


async def test_a_search_that_was_to_expire_anyway(scenario: Scenario, database: Path) -> None:
    """Its member is told once."""
    await scenario.waiting(9)
    loops = AllLoops(scenario)
    await loops.run_round()
    damage(database, "UPDATE tickets SET wishes = '{'")
    scenario.clock.pass_time(minutes=14)
    await loops.run_round()
    await loops.run_round()
    assert [(message.kind, message.member_id) for message in loops.sent] == [("unmatched", 9)]


MATCH_DAMAGES = [
    "UPDATE matches SET agreement = '{'",
    "UPDATE matches SET agreement = 'null'",
    """UPDATE matches SET agreement = '{"subject": "Maths"}'""",
    "UPDATE matches SET agreement = CAST(x'ff' AS TEXT)",
    "UPDATE matches SET reason = 'whatever'",
    "UPDATE matches SET created_at = 4611686018427387904",
    "UPDATE matches SET reminded_at = -4611686018427387904",
    "UPDATE seats SET entered_at = -4611686018427387904",
    "UPDATE invitations SET delivered_at = -4611686018427387904",
]


@pytest.mark.parametrize("meeting", [False, True], ids=["inviting", "meeting"])
@pytest.mark.parametrize("change", MATCH_DAMAGES)
async def test_a_match(scenario: Scenario, database: Path, change: str, meeting: bool) -> None:
    """Others are matched; within a minute it is ended, its room ordered closed, and both members are told and free."""
    made = await scenario.matched(8, 9)
    if meeting:
        await scenario.in_the_room(made)
    damage(database, change)
    loops = AllLoops(scenario)
    assert await others_meet(loops)
    await loops.run_for(minutes=2)
    if await scenario.store.matches.find_by_member(9) is None:
        await both_are_free(scenario, loops, made)


async def both_are_free(scenario: Scenario, loops: AllLoops, made: Meeting) -> None:
    assert {message.member_id for message in loops.sent if message.kind == "match_over"} == {8, 9}
    assert [order.room_name for order in await scenario.store.room_orders.find_due(9)] == [made.room_name]
    for member in (8, 9):
        await scenario.waiting(member)


async def test_a_match_that_cannot_be_read_is_ended_only_once(scenario: Scenario, database: Path) -> None:
    """Repeating it changes nothing and tells nobody again."""
    made = await scenario.matched(8, 9)
    damage(database, "UPDATE matches SET agreement = '{'")
    store, now = scenario.store, scenario.clock.now()
    assert await store.matches.end_unreadable(made.match_id, now=now, messages=[])
    assert not await store.matches.end_unreadable(made.match_id, now=now, messages=[])
    assert await store.matches.find_unreadable() == []


@pytest.mark.parametrize(
    "change",
    [
        "kind = 'telegram'",
        "payload = '{'",
        "payload = '[]'",
        """payload = '{"agreement": 7}'""",
        "route = 'pigeon'",
        f"due_at = -{FAR}",
        "payload = CAST(x'ff' AS TEXT)",
    ],
)
async def test_a_message(scenario: Scenario, database: Path, caplog: pytest.LogCaptureFixture, change: str) -> None:
    """It is named and recorded as failed; the others are sent."""
    await scenario.matched(8, 9)
    damage(database, f"UPDATE outbox SET {change} WHERE member_id = 9")  # noqa: S608 -- our own texts
    loops = AllLoops(scenario)
    assert await others_meet(loops)
    assert 8 in {message.member_id for message in loops.sent}
    assert 9 not in {message.member_id for message in loops.sent}
    assert await scenario.store.outbox.next_due_at() is None
    assert len([message for message in caplog.messages if message.startswith("outbox ")]) == 1


async def test_a_message_that_is_due_at_no_time(scenario: Scenario, database: Path) -> None:
    """It is sent: a message cannot be due that late."""
    await scenario.matched(8, 9)
    damage(database, f"UPDATE outbox SET due_at = {FAR}")  # noqa: S608 -- our own texts
    loops = AllLoops(scenario)
    await loops.run_round()
    assert {message.member_id for message in loops.sent} == {8, 9}


@pytest.mark.parametrize("wishes", ["'{'", "'[]'", """'{"camera": 1}'""", "CAST(x'ff' AS TEXT)"])
async def test_remembered_wishes(scenario: Scenario, database: Path, wishes: str) -> None:
    """The member searches as if for the first time."""
    await scenario.waiting(9)
    damage(database, f"UPDATE members SET wishes = {wishes}")  # noqa: S608 -- our own texts
    assert await scenario.store.members.last_wishes(9) is None


@pytest.mark.parametrize(
    "change",
    ["subjects = '{'", "lengths = '[\"long\"]'", "languages = 'null'", "audience = 'whoever'", "lengths = '[]'"],
)
async def test_settings_of_a_server(store: Store, scenario: Scenario, database: Path, change: str) -> None:
    """The rest of the settings holds, its members are matched, and saving puts it right."""
    before = await open_server(store)
    damage(database, f"UPDATE servers SET {change}")  # noqa: S608 -- our own texts
    read = await store.servers.get(before.server_id)
    assert read is not None
    assert (read.name, read.channel_id, read.version) == (before.name, before.channel_id, before.version)
    assert await others_meet(AllLoops(scenario))
    assert await store.servers.save(before, expected_version=before.version) == await store.servers.get(
        before.server_id
    )


@pytest.mark.parametrize("change", ["state = 'torn'", f"issued_at = -{FAR}", f"expires_at = {FAR}"])
async def test_an_invitation(scenario: Scenario, database: Path, change: str) -> None:
    """Its link is not known; the other one's works."""
    made = await scenario.matched(8, 9)
    damage(database, f"UPDATE invitations SET {change} WHERE id = '{made.invitations[1]}'")  # noqa: S608 -- our own texts
    found = [await scenario.store.invitations.find_by_token(digest(token)) for token in made.tokens]
    assert [invitation is not None for invitation in found] == [True, False]


@pytest.mark.parametrize("change", ["state = 'lost'", f"created_at = {FAR}", f"seen_at = -{FAR}"])
async def test_a_browser_session(scenario: Scenario, database: Path, change: str) -> None:
    """The browser has no session; it can use a new link."""
    made = await scenario.matched(8, 9)
    assert await scenario.redeem(made.tokens[0], "cookie")
    damage(database, f"UPDATE browser_sessions SET {change}")  # noqa: S608 -- our own texts
    assert await scenario.session("cookie") is None


async def test_a_room_order(scenario: Scenario, database: Path) -> None:
    """The others are carried out."""
    made = [await scenario.matched(6, 7), await scenario.matched(8, 9)]
    for each in made:
        assert await scenario.store.matches.end_unreadable(each.match_id, now=scenario.clock.now(), messages=[])
    damage(database, "UPDATE room_orders SET action = 'paint' WHERE id = 1")
    assert [order.room_name for order in await scenario.store.room_orders.find_due(9)] == [made[1].room_name]


async def test_a_last_meeting(scenario: Scenario, database: Path) -> None:
    """It does not count."""
    made = await scenario.matched(1, 2)
    await scenario.in_the_room(made)
    scenario.clock.pass_time(minutes=2)
    for seat in made.seats:
        assert await scenario.store.browser_sessions.leave_seat(seat, scenario.clock.now())
    assert await scenario.store.matches.end_unreadable(made.match_id, now=scenario.clock.now(), messages=[])
    damage(database, f"UPDATE last_meetings SET last_at = -{FAR}")  # noqa: S608 -- our own texts
    assert await others_meet(AllLoops(scenario))


async def test_an_interaction(scenario: Scenario, database: Path) -> None:
    """It cannot be used, so another route is taken."""
    await scenario.store.interactions.save(9, Interaction(encrypted_token="token", opened_at=scenario.clock.now()))
    await show_card(scenario, 9)
    damage(database, f"UPDATE interactions SET opened_at = {FAR}")  # noqa: S608 -- our own texts
    assert await scenario.store.interactions.find_newest(9, scenario.clock.now()) is None
    assert await scenario.store.interactions.find_card(9, scenario.clock.now()) is None


MEMBERSHIP_DAMAGES = [
    f"{column} = {sign}{FAR}" for column in ("told_at", "barred_until", "asked_at") for sign in ("", "-")
]


@pytest.mark.parametrize("change", MEMBERSHIP_DAMAGES)
async def test_a_membership_in_a_meeting(scenario: Scenario, database: Path, change: str) -> None:
    """It is not known, so the meeting goes on, its link works, and Discord is asked about all members."""
    made = await scenario.matched(8, 9)
    await scenario.in_the_room(made)
    await scenario.store.memberships.ask(SERVER, 9, scenario.clock.now())
    damage(database, f"UPDATE memberships SET {change} WHERE member_id = 9")  # noqa: S608 -- our own texts
    loops = AllLoops(scenario)
    assert await others_meet(loops)
    await loops.run_for(minutes=3)
    seat = await scenario.store.matches.find_by_member(9)
    assert seat is not None
    assert seat.barred_until is None
    assert (await scenario.invitation(made.tokens[1])).barred_until is None
    asked = [await scenario.store.memberships.open_questions([SERVER], urgent=each, limit=9) for each in (True, False)]
    assert 9 in {question.member_id for questions in asked for question in questions}


@pytest.mark.parametrize("change", MEMBERSHIP_DAMAGES)
async def test_a_membership_that_is_put_right(scenario: Scenario, database: Path, change: str) -> None:
    """The next question can be answered, also without an answer of Discord's, and the answer replaces everything."""
    await scenario.waiting(9)
    memberships, clock = scenario.store.memberships, scenario.clock
    damage(database, f"UPDATE memberships SET {change} WHERE member_id = 9")  # noqa: S608 -- our own texts
    await memberships.ask(SERVER, 9, clock.now())
    assert (await memberships.find(SERVER, 9)).urgent_at == clock.now()
    clock.pass_time(seconds=1)
    await scenario.told(9)
    assert await memberships.find(SERVER, 9) == KnownMembership(told_at=clock.now())


async def test_a_membership_does_not_bar_from_undo(scenario: Scenario, database: Path) -> None:
    """A member of whom nothing is known can take the seat back."""
    made = await scenario.matched(8, 9)
    sessions, now = scenario.store.browser_sessions, scenario.clock.now()
    assert await sessions.leave_seat(made.seats[1], now)
    damage(database, f"UPDATE memberships SET barred_until = {FAR}")  # noqa: S608 -- our own texts
    assert await sessions.undo_leaving(made.seats[1], now)


@pytest.mark.parametrize("sign", ["", "-"])
async def test_a_lease_and_a_state(scenario: Scenario, database: Path, sign: str) -> None:
    """The others are read, and `heybuddy check` reports them."""
    store, now = scenario.store, scenario.clock.now()
    for name in ("courier", "janitor"):
        await store.leases.acquire(name, "test", now=now, stepped_at=now)
        await store.leases.acquire(name, "test", now=now, stepped_at=now)
    await store.readiness.record("test", {"gateway": None, "store": None}, now)
    damage(database, f"UPDATE leases SET stepped_at = {sign}{FAR} WHERE name = 'courier'")  # noqa: S608 -- our own texts
    damage(database, f"UPDATE readiness SET since = {sign}{FAR} WHERE word = 'store'")  # noqa: S608 -- our own texts
    assert [lease.name for lease in await store.leases.read_all()] == ["janitor"]
    assert [state.word for state in await store.readiness.read_all()] == ["gateway"]
    signs = read_signs(await inspect_file(database), held_locks(database), now)
    assert [*last_rounds(signs)] == ["janitor 0 s ago"]
    assert [state.word for state in signs.recent] == ["gateway"]
