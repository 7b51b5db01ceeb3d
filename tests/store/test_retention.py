"""What is not needed any more is deleted in time, a few rows at a time, and nothing that is live."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.invitation import digest
from bot.domain.match import EndReason
from bot.domain.message import Delivered, MessageKind, TryAgain
from bot.domain.room import MediaSource
from bot.domain.ticket import Wishes
from bot.store import retention
from bot.store.interactions import USABLE_FOR, Interaction
from bot.store.matches import SeatInMatch
from bot.store.outbox import NewMessage
from bot.store.postponed_searches import PostponedSearch
from bot.store.presence import Track
from bot.store.retention import KEPT_FOR, NAMES_KEPT_FOR
from tests.loops.factories import open_server
from tests.store.rows import fetch_rows
from tests.store.scenario import SERVER, Meeting, Scenario
from tests.store.test_stale import drawn, send_all, show_card, shown

MILLISECOND = timedelta(milliseconds=1)
COUNTED_FROM_SETTLING = (
    "failed_attempts",
    "interactions",
    "setup_drafts",
    "postponed_searches",
    "memberships",
    "refused_requests",
    "webhook_events",
    "browser_sessions",
    "outbox",
    "room_orders",
)
WITH_THEIR_MATCH = {"seats", "media_times", "invitations"}
WITH_THEIR_REPORT = {"report_recusals", "appeals"}
KEPT = {
    "blocks": "until they are taken back",
    "gate_reminders": "until the gate has opened, or the member has left the server",
    "deletions": "until what was being written meanwhile is deleted, half a minute later",
    "report_numbers": "a row for each server, so that no number is given again",
    "leases": "a row for each loop",
    "installation": "a few values",
    "readiness": "the processes that run forget those that have ended",
    "chat_processes": "the same",
}
"""Tables from which nothing is deleted because of its age, and why."""


async def fetch(scenario: Scenario, sql: str) -> list[tuple[object, ...]]:
    return list(await fetch_rows(scenario.store, sql))


async def rows_in(scenario: Scenario, *tables: str) -> Mapping[str, object]:
    counts = {}
    for table in tables:
        [(counts[table],)] = await fetch(scenario, f"SELECT count(*) FROM {table}")  # noqa: S608 -- our own names
    return counts


async def names(scenario: Scenario) -> list[object]:
    found = await fetch(scenario, "SELECT name FROM seats UNION ALL SELECT name FROM tickets ORDER BY name")
    return [name for (name,) in found]


async def delete_after(scenario: Scenario, age: timedelta) -> bool:
    return await scenario.store.retention.delete_expired(scenario.clock.now() + age)


@pytest.fixture
async def meeting(scenario: Scenario) -> Meeting:
    """A meeting with rows in the tables of `COUNTED_FROM_SETTLING`, settled at this moment, and one pending message."""
    made = await scenario.matched(1, 2)
    now = scenario.clock.now()
    await scenario.store.presence.record_event("EV", now)
    await scenario.store.failed_attempts.record("attempt", b"client", now)
    await scenario.store.refused_requests.add("a process", 1, now)
    await scenario.store.interactions.save(1, Interaction(encrypted_token="token", opened_at=now))
    await scenario.store.setup_drafts.save(SERVER, 1, {"subjects": "Maths"}, now)
    asked = PostponedSearch(server_id=SERVER, wishes=Wishes(), remembered=Wishes())
    await scenario.store.postponed_searches.save(1, asked, now)
    await scenario.store.memberships.ask(SERVER, 2, now + timedelta(days=9))  # so that one row stays
    assert await scenario.redeem(made.tokens[0], "cookie")
    due = await scenario.store.outbox.find_due(now, 9)
    message = next(each for each in due if each.seat_id == made.seats[0])
    await scenario.store.outbox.mark_sent(message, Delivered(), now, await scenario.fence("courier"))
    await scenario.store.browser_sessions.leave_seat(made.seats[0], now)
    [order] = await scenario.store.room_orders.find_due(9)
    await scenario.store.room_orders.mark_done(order.id, now)
    return made


@pytest.fixture
async def ended_meeting(scenario: Scenario) -> Meeting:
    """Two have met and were in the room for twenty minutes; the match has ended just now."""
    made = await scenario.matched(1, 2)
    await scenario.in_the_room(made)
    scenario.clock.pass_time(minutes=20)
    for seat in made.seats:
        await scenario.store.browser_sessions.leave_seat(seat, scenario.clock.now())
    scenario.clock.pass_time(seconds=10)
    assert await scenario.store.matches.end(made.match_id, EndReason.DONE, now=scenario.clock.now())
    return made


@pytest.mark.parametrize("table", COUNTED_FROM_SETTLING)
async def test_rows_are_deleted_when_they_were_kept_long_enough(
    scenario: Scenario, meeting: Meeting, table: str
) -> None:
    """They are deleted not a millisecond earlier; deleting again deletes nothing more."""
    assert await scenario.store.matches.end(meeting.match_id, EndReason.NO_SHOW, now=scenario.clock.now())
    await drawn(scenario)
    age, expired = KEPT_FOR[table], 2 if table == "outbox" else 1  # the message that was sent, and the withdrawn one
    [before] = (await rows_in(scenario, table)).values()
    assert isinstance(before, int)
    for passed, deleted in ((age, 0), (age + MILLISECOND, expired), (age + MILLISECOND, expired)):
        await delete_after(scenario, passed)
        assert await rows_in(scenario, table) == {table: before - deleted}


async def test_a_match_is_deleted_with_its_seats_and_invitations(scenario: Scenario, ended_meeting: Meeting) -> None:
    """Thirty days after its end; the tickets, which ended earlier, are kept as long. No row is left."""
    tables = ("matches", "tickets", *WITH_THEIR_MATCH)
    camera = Track(seat_id=ended_meeting.seats[0], source=MediaSource.CAMERA, track_sid="TR_0", sid="PA_0")
    await scenario.store.presence.track_unpublished(camera, scenario.clock.now())
    before = await rows_in(scenario, *tables)
    find_by_token = scenario.store.invitations.find_by_token
    await delete_after(scenario, KEPT_FOR["matches"])
    assert await find_by_token(digest(ended_meeting.tokens[0])) is not None
    assert await rows_in(scenario, *tables) == before
    assert before == {"matches": 1, "tickets": 2, "seats": 2, "media_times": 1, "invitations": 2}
    await delete_after(scenario, KEPT_FOR["matches"] + MILLISECOND)
    assert await rows_in(scenario, *tables) == dict.fromkeys(tables, 0)
    assert await find_by_token(digest(ended_meeting.tokens[0])) is None
    assert await scenario.store.matches.find_by_seat(ended_meeting.seats[0]) is None
    assert await scenario.store.matches.find_latest_by_member(1) is None


async def test_a_ticket_that_was_never_matched(scenario: Scenario) -> None:
    """Thirty days after the member has left."""
    await scenario.waiting(1)
    await scenario.store.tickets.stop_waiting(1, scenario.clock.now())
    for passed, left in ((KEPT_FOR["tickets"], 1), (KEPT_FOR["tickets"] + MILLISECOND, 0)):
        await delete_after(scenario, passed)
        assert await rows_in(scenario, "tickets") == {"tickets": left}


async def test_names_are_blanked_earlier(scenario: Scenario, ended_meeting: Meeting) -> None:
    """Fourteen days after the end of the match the rows stay without names; what is live keeps its names."""
    del ended_meeting
    await scenario.waiting(3)
    known = ["Member 1", "Member 1", "Member 2", "Member 2", "Member 3"]
    await delete_after(scenario, NAMES_KEPT_FOR)
    assert await names(scenario) == known
    await delete_after(scenario, NAMES_KEPT_FOR + MILLISECOND)
    assert await names(scenario) == ["", "", "", "", "Member 3"]
    latest = await scenario.store.matches.find_latest_by_member(1)
    assert latest is not None
    assert (latest.own.name, latest.partner.name, latest.partner.member_id) == ("", "", 2)


async def test_when_two_met_is_kept_longer(scenario: Scenario, ended_meeting: Meeting) -> None:
    """Half a year: matching needs it."""
    del ended_meeting
    met = {(1, 2): scenario.clock.now() - timedelta(seconds=10)}
    await scenario.waiting(1)
    await scenario.waiting(2)
    for passed, kept in ((0, met), (MILLISECOND.total_seconds(), {})):
        await delete_after(scenario, KEPT_FOR["last_meetings"] + timedelta(seconds=passed - 10))
        assert await scenario.store.last_meetings.find_with_waiting([1]) == kept


async def test_members_who_did_nothing_for_a_year(scenario: Scenario) -> None:
    """Searching, an interaction and a direct message count; the day is enough, so that it costs one write a day."""
    members, interactions, clock = scenario.store.members, scenario.store.interactions, scenario.clock
    await scenario.waiting(1)
    await scenario.store.tickets.stop_waiting(1, clock.now())
    await members.save_dm_channel(2, 7, clock.now())
    first = clock.now()
    clock.pass_time(hours=23)
    await interactions.save(1, Interaction(encrypted_token="token", opened_at=clock.now()))
    assert await fetch(scenario, "SELECT count(DISTINCT seen_at) FROM members") == [(1,)]
    clock.pass_time(hours=1)
    await interactions.save(1, Interaction(encrypted_token="token", opened_at=clock.now()))
    await interactions.save(3, Interaction(encrypted_token="token", opened_at=clock.now()))
    clock.set(first)
    await delete_after(scenario, KEPT_FOR["members"])
    assert await fetch(scenario, "SELECT member_id FROM members ORDER BY member_id") == [(1,), (2,)]
    await delete_after(scenario, KEPT_FOR["members"] + MILLISECOND)
    assert await fetch(scenario, "SELECT member_id FROM members") == [(1,)]


async def test_the_settings_of_a_server_that_the_bot_has_left(scenario: Scenario) -> None:
    """Thirty days later; those of a server where it is stay, and if it comes back in time, all is as before."""
    server = await open_server(scenario.store)
    await delete_after(scenario, timedelta(days=999))
    assert await scenario.store.servers.get(SERVER) == server
    assert await scenario.store.servers.leave(SERVER, scenario.clock.now())
    await delete_after(scenario, KEPT_FOR["servers"])
    assert await scenario.store.servers.get(SERVER) == replace(server, left_at=scenario.clock.now())
    await delete_after(scenario, KEPT_FOR["servers"] + MILLISECOND)
    assert await scenario.store.servers.get(SERVER) is None


async def test_what_is_live_stays(scenario: Scenario, meeting: Meeting) -> None:
    """Waiting tickets, live matches with their names, pending messages and open orders stay, however old they are."""
    other = await scenario.matched(3, 4)
    assert await scenario.redeem(other.tokens[1])
    await scenario.store.browser_sessions.leave_seat(other.seats[0], scenario.clock.now())
    await scenario.waiting(5)
    await delete_after(scenario, timedelta(days=999))
    assert len(await scenario.store.room_orders.find_due(9)) == 1
    assert await scenario.store.outbox.next_due_at() is not None
    assert [ticket.name for ticket in await scenario.waiting_tickets()] == ["Member 5"]
    for seat_id in (*meeting.seats, *other.seats):
        found = await scenario.store.matches.find_by_seat(seat_id)
        assert isinstance(found, SeatInMatch)
        assert found.own.name.startswith("Member ")
    assert await fetch(scenario, "SELECT count(*) FROM invitations") == [(4,)]
    assert (await scenario.store.tickets.find_by_seat(other.seats[1])) is not None


@pytest.fixture
async def paused_service(scenario: Scenario) -> Meeting:
    """All messages were sent to two in a match and to one who waits, then nothing ran for two years."""
    for member in (1, 2, 3):
        await show_card(scenario, member)
    made = await scenario.matched(1, 2)
    assert await scenario.redeem(made.tokens[0])
    ticket, now = await scenario.waiting(3), scenario.clock.now()
    paused = NewMessage(id="paused", kind=MessageKind.PAUSED, member_id=3, server_id=SERVER, locale="en", due_at=now)
    assert await scenario.store.tickets.record_pause(ticket, paused=True, now=now, messages=[paused])
    await send_all(scenario)
    await drawn(scenario)
    scenario.clock.pass_time(days=2 * 365)
    return made


@pytest.mark.parametrize(
    "table", ["outbox", "browser_sessions", "matches", "seats", "invitations", "tickets", "members"]
)
async def test_what_something_live_refers_to_stays(scenario: Scenario, paused_service: Meeting, table: str) -> None:
    """Searches and matches that were live before a pause have all that belongs to them; later it is deleted."""
    before = await rows_in(scenario, table)
    assert before[table]
    await delete_after(scenario, timedelta(0))
    assert await rows_in(scenario, table) == before
    now = scenario.clock.now()
    assert await scenario.store.matches.end(paused_service.match_id, EndReason.NO_SHOW, now=now)
    await scenario.store.tickets.stop_waiting(3, now)
    await drawn(scenario)
    await delete_after(scenario, KEPT_FOR["matches"] + MILLISECOND)
    assert await rows_in(scenario, table) == {table: 0}


async def test_a_stale_message_is_kept_until_it_is_drawn(scenario: Scenario, paused_service: Meeting) -> None:
    """Until a first attempt, however long after the end of what it speaks of; there is no name in it."""
    now = scenario.clock.now()
    assert await scenario.store.matches.end(paused_service.match_id, EndReason.NO_SHOW, now=now)
    await scenario.store.tickets.stop_waiting(3, now)
    before = await rows_in(scenario, "outbox")
    await delete_after(scenario, timedelta(days=999))
    assert await rows_in(scenario, "outbox") == before == {"outbox": 6}
    payloads = await fetch(scenario, "SELECT payload FROM outbox")
    assert "Member" not in str(payloads)
    await drawn(scenario)
    await delete_after(scenario, timedelta(0))
    assert await rows_in(scenario, "outbox") == {"outbox": 0}


async def fail_to_draw(scenario: Scenario) -> None:
    """Discord takes no edit of what is stale."""
    now, fence, failed = scenario.clock.now(), await scenario.fence("courier"), TryAgain(reason="busy")
    for each in await scenario.store.outbox.find_stale(now, 99):
        await scenario.store.outbox.postpone_drawing(each, again_at=now, failed=failed, now=now, fence=fence)


async def test_a_message_that_cannot_be_drawn_is_forgotten_after_a_day(
    scenario: Scenario, paused_service: Meeting
) -> None:
    """Counted from the end of what it speaks of, however old the message is then."""
    now = scenario.clock.now()
    assert await scenario.store.matches.end(paused_service.match_id, EndReason.NO_SHOW, now=now)
    await scenario.store.tickets.stop_waiting(3, now)
    await fail_to_draw(scenario)
    for passed, left in ((KEPT_FOR["outbox"], 6), (KEPT_FOR["outbox"] + MILLISECOND, 0)):
        await delete_after(scenario, passed)
        assert await rows_in(scenario, "outbox") == {"outbox": left}


async def test_one_who_has_left_a_live_match_keeps_the_messages(scenario: Scenario, paused_service: Meeting) -> None:
    """The partner may stay, and when the match ends what both were shown changes."""
    await scenario.store.browser_sessions.leave_seat(paused_service.seats[1], scenario.clock.now())
    scenario.clock.pass_time(minutes=1)
    await drawn(scenario)
    await delete_after(scenario, timedelta(0))
    now = scenario.clock.now()
    assert await scenario.store.matches.end(paused_service.match_id, EndReason.NO_SHOW, now=now)
    assert (2, MessageKind.INVITATION) in await shown(scenario)


async def test_a_server_that_the_bot_has_left_stays_while_a_match_is_live(scenario: Scenario) -> None:
    """Without it the members would be sent something about a server where the bot is not any more."""
    await open_server(scenario.store)
    made = await scenario.matched(1, 2)
    await scenario.store.servers.leave(SERVER, scenario.clock.now())
    scenario.clock.pass_time(days=365)
    await delete_after(scenario, timedelta(0))
    assert await scenario.store.servers.get(SERVER) is not None
    assert await scenario.store.matches.end(made.match_id, EndReason.NO_SHOW, now=scenario.clock.now())
    await delete_after(scenario, timedelta(0))
    assert await scenario.store.servers.get(SERVER) is None


async def test_an_interaction_is_kept_while_it_is_usable(scenario: Scenario) -> None:
    """A card can be edited as long as Discord allows it."""
    await show_card(scenario, 1)
    await delete_after(scenario, USABLE_FOR)
    assert await scenario.store.interactions.find_card(1, scenario.clock.now() + USABLE_FOR - MILLISECOND)


async def test_whose_membership_was_deleted_is_asked_about(scenario: Scenario, paused_service: Meeting) -> None:
    """What Discord told before a pause counts no more; everybody who waits or has a seat is asked about again."""
    del paused_service
    await delete_after(scenario, timedelta(0))
    assert await rows_in(scenario, "memberships") == {"memberships": 0}
    await scenario.store.memberships.ask_again(scenario.clock.now())
    questions = await scenario.store.memberships.open_questions([SERVER], urgent=False, limit=9)
    assert sorted(question.member_id for question in questions) == [1, 2, 3]


async def test_a_write_deletes_few_rows(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says whether there may be more, so that it is called again soon."""
    monkeypatch.setattr(retention, "ROWS_PER_WRITE", 2)
    for member in range(5):
        await scenario.waiting(member)
        await scenario.store.tickets.stop_waiting(member, scenario.clock.now())
    left = []
    while await delete_after(scenario, timedelta(days=31)):
        left.append((await rows_in(scenario, "tickets"))["tickets"])
    assert left == [3, 1]
    assert await rows_in(scenario, "tickets") == {"tickets": 0}


async def test_the_file_shrinks(scenario: Scenario, database: Path) -> None:
    """The space of deleted rows goes back to the file system, little by little."""
    for name in range(2000):
        await scenario.store.presence.record_event(f"{name:0500}", scenario.clock.now())
    [(before,)] = await fetch(scenario, "PRAGMA page_count")
    while await delete_after(scenario, timedelta(days=1)):
        pass
    for _ in range(9):
        await delete_after(scenario, timedelta(days=1))
    [(after,)], [(unused,)] = await fetch(scenario, "PRAGMA page_count"), await fetch(scenario, "PRAGMA freelist_count")
    assert isinstance(before, int)
    assert isinstance(after, int)
    assert after < before / 2
    assert unused == 0


async def test_every_table_has_an_age(scenario: Scenario, database: Path) -> None:
    """A table that is added is deleted from in time, or there is a reason why not."""
    tables = {name for (name,) in await fetch(scenario, "SELECT name FROM sqlite_schema WHERE type = 'table'")}
    assert tables == {*KEPT_FOR, *WITH_THEIR_MATCH, *WITH_THEIR_REPORT, *KEPT}
