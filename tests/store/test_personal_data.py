"""What is kept about a member is read and deleted, in every table that there is."""

import asyncio
import json
from collections.abc import Collection, Sequence
from datetime import timedelta

import pytest

from bot.domain.match import EndReason
from bot.domain.message import Delivered
from bot.domain.restriction import HOLD_FOR
from bot.domain.ticket import requeued_ticket
from bot.store import Store
from bot.store.database import Database, Statement
from bot.store.interactions import Interaction
from bot.store.personal_data import ERASED_AGAIN_AFTER, MOST_ROWS
from bot.store.personal_tables import PERSONAL
from tests.loops.factories import open_server
from tests.store.deleted_members import (
    ALICE,
    ALICE_AWAY,
    BOB,
    EVE,
    NOBODY,
    erase,
    export,
    fill_every_table,
    finish,
    met,
    send_everything,
    tables_with,
)
from tests.store.many_rows import FILL
from tests.store.rows import change_rows, fetch_rows
from tests.store.scenario import SERVER, Scenario
from tests.store.test_stale import drawn


async def test_a_copy_has_every_table(scenario: Scenario) -> None:
    """Times as text in ISO's form, ids as text; nothing about somebody of whom nothing is kept."""
    await fill_every_table(scenario)
    found = await export(scenario)
    assert found.keys() == PERSONAL.keys()
    assert found["seats"][0]["partner_name"] == f"Member {BOB}"
    assert found["memberships"][0]["server_id"] == str(SERVER)
    since = scenario.clock.now().isoformat(timespec="seconds")
    assert found["blocks"] == [{"since": since, "blocked_name": f"Member {BOB}"}]
    assert found["last_meetings"] == [{"last_day": scenario.clock.now().date().isoformat()}]
    assert json.loads(json.dumps(found)) == found
    assert await export(scenario, 5) == {}


async def test_a_copy_never_tells_of_others(scenario: Scenario) -> None:
    """No id of anybody else, nothing of a block against its member, no number and no time of a report."""
    await fill_every_table(scenario)
    reported_at = scenario.clock.now()
    scenario.clock.pass_time(days=2)
    text = json.dumps(await export(scenario)).replace(f"Member {BOB}", "the name that they have seen")
    for secret in (BOB, EVE, "REPORT-27", "HOLD-OF", ALICE_AWAY):
        assert str(secret) not in text
    assert (reported_at + HOLD_FOR).isoformat(timespec="seconds") not in text  # it would tell when the hold began
    holds = [{"server_id": str(SERVER), "kind": "hold", "in_force": False, "until": None}]
    assert (await export(scenario))["restrictions"] == holds


async def test_a_copy_does_not_tell_when_a_partner_left(scenario: Scenario) -> None:
    """Who reports leaves in that moment; the other's copy has no such time."""
    meeting = await scenario.matched(ALICE, BOB)
    await scenario.in_the_room(meeting)
    scenario.clock.pass_time(minutes=7, seconds=13)
    left_at = scenario.clock.now()
    await scenario.store.blocks.add(BOB, ALICE, left_at)
    scenario.clock.pass_time(minutes=90)
    assert await scenario.store.matches.end(meeting.match_id, EndReason.DONE, now=scenario.clock.now())
    assert left_at.isoformat(timespec="seconds") not in json.dumps(await export(scenario))


async def test_a_message_that_waits_is_no_part_of_a_copy(scenario: Scenario) -> None:
    """It may be held back on purpose."""
    await scenario.matched(ALICE, BOB)
    assert "outbox" not in await export(scenario)
    await send_everything(scenario)
    assert len((await export(scenario))["outbox"]) == 1


async def test_a_copy_is_bounded(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says which tables have more."""
    monkeypatch.setattr("bot.store.personal_data.MOST_ROWS", 1)
    for _ in range(2):
        await scenario.waiting(ALICE)
        await scenario.store.tickets.stop_waiting(ALICE, scenario.clock.now())
        scenario.clock.pass_time(seconds=1)
    copy = await scenario.store.personal_data.read(ALICE, scenario.clock.now())
    assert (len(copy.tables["tickets"]), copy.cut) == (1, ["tickets"])
    assert MOST_ROWS > 30 * 24


OF_ALICE = (f"Member {ALICE}", "Typed by Alice", "sealed", "Written by Alice", "Asked by Alice")
"""What is to be found in no table after her deletion."""


async def test_a_deletion_leaves_neither_id_nor_name(scenario: Scenario) -> None:
    """In any table; a moment later not even the row that says who has deleted their data."""
    await fill_every_table(scenario)
    await erase(scenario)
    assert await tables_with(scenario.store, ALICE, *OF_ALICE) == {"deletions"}
    assert await tables_with(scenario.store, "Written by Eve") == {"reports"}, "it is not hers"
    scenario.clock.set(scenario.clock.now() + ERASED_AGAIN_AFTER)
    await finish(scenario)
    assert await tables_with(scenario.store, ALICE) == set()
    under_pseudonym = {
        *("seats", "tickets", "blocks", "restrictions", "last_meetings"),
        *("reports", "former_reporters", "malicious_reporters", "audit"),
    }
    assert await tables_with(scenario.store, ALICE_AWAY) == under_pseudonym
    assert await tables_with(scenario.store, NOBODY) == {"tickets"}
    left = {"seats", "matches", "invitations", "blocks", "restrictions", "last_meetings"}
    left |= {"appeals", "former_reporters", "malicious_reporters", "media_times"}
    assert (await export(scenario)).keys() == left


async def test_the_partner_keeps_what_is_theirs(scenario: Scenario) -> None:
    """Their seat, search and name; the other's name is blank, and what they were shown is drawn again."""
    meeting = await met(scenario)
    await drawn(scenario)
    assert await scenario.store.outbox.find_stale(scenario.clock.now(), 9) == []
    await erase(scenario)
    seat = await scenario.store.matches.find_by_seat(meeting.seats[1])
    assert seat is not None
    assert (seat.own.name, seat.partner.name, seat.partner.member_id) == (f"Member {BOB}", "", ALICE_AWAY)
    stale = await scenario.store.outbox.find_stale(scenario.clock.now(), 9)
    assert {each.message.member_id for each in stale} == {BOB}


@pytest.mark.parametrize("state", ["waiting", "invited", "in the room", "has left a moment ago"])
async def test_whatever_the_member_is_doing_ends(scenario: Scenario, state: str) -> None:
    """Search, seat, link and session; for the partner it is an ordinary leave, and nothing can be undone."""
    store = scenario.store
    if state == "waiting":
        await scenario.waiting(ALICE)
        await erase(scenario)
        assert await store.tickets.find_by_member(ALICE) is None
        [(member_id, ended_as, wishes)] = await fetch_rows(store, "SELECT member_id, state, wishes FROM tickets")
        assert (member_id, ended_as, json.loads(wishes)) == (NOBODY, "left", {"subject": "Maths"})
        return
    meeting = await scenario.matched(ALICE, BOB)
    if state == "in the room":
        assert await scenario.redeem(meeting.tokens[0], "cookie of Alice")
        await scenario.in_the_room(meeting)
    if state == "has left a moment ago":
        await store.browser_sessions.leave_seat(meeting.seats[0], scenario.clock.now())
    await erase(scenario)
    assert await store.matches.find_by_member(ALICE) is None
    assert await store.matches.find_by_member(BOB) is not None
    assert not await store.browser_sessions.undo_leaving(meeting.seats[0], scenario.clock.now())
    assert not await scenario.redeem(meeting.tokens[0])
    assert await scenario.session("cookie of Alice") is None
    orders = [(order.action, order.identity) for order in await store.room_orders.find_due(9)]
    assert orders == [("remove", meeting.seats[0])]


async def test_an_admin_in_a_test_of_their_own(scenario: Scenario) -> None:
    """Both of its places are given up."""
    await open_server(scenario.store)
    trial = await scenario.trial(ALICE)
    assert (await export(scenario))["matches"][0]["kind"] == "trial"
    await erase(scenario)
    assert await tables_with(scenario.store, ALICE) == {"deletions"}
    seats = await fetch_rows(scenario.store, "SELECT member_id, live, left_for_good FROM seats")
    assert seats == [(ALICE_AWAY, 0, 1)] * len(trial.seats)


async def test_a_deletion_changes_no_count(scenario: Scenario) -> None:
    """Statistics of days that are over stay the same: searches, matches, seats and links are there, of somebody."""
    await fill_every_table(scenario)
    before = await counts_of(scenario)
    await erase(scenario)
    assert await counts_of(scenario) == before


async def counts_of(scenario: Scenario) -> list[object]:
    """Everything that `/buddy stats` counts of these days, by the queries themselves."""
    day = 86_400_000
    now = int(scenario.clock.now().timestamp() * 1000)
    values = {"server_id": SERVER, "since": now - 2 * day, "until": now + day, "day_length": day, "fewest": 1}
    queries = ("matches.count_outcomes", "matches.count_links", "tickets.count_ended")
    found: list[object] = []
    for name in queries:
        rows = await scenario.store.database.all(name, **values)
        found.append([tuple(row[each] for each in ("day", "series", "about", "count", "people")) for row in rows])
    return found


async def test_a_deletion_is_all_or_nothing(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is one transaction: a process that dies in it has changed nothing, and the member asks again."""
    await fill_every_table(scenario)
    before = [await fetch_rows(scenario.store, f"SELECT * FROM {table}") for table in FILL]  # noqa: S608 -- our names
    written: list[int] = []
    write = scenario.store.database.write

    async def fail_at_the_end(
        _: Database, statements: Sequence[Statement], *, notify: Collection[str] = ()
    ) -> Sequence[Sequence[object]]:
        written.append(len(statements))
        return await write([*statements, Statement(name="no such query", values={})], notify=notify)

    monkeypatch.setattr(type(scenario.store.database), "write", fail_at_the_end)
    with pytest.raises(KeyError):
        await erase(scenario)
    monkeypatch.undo()
    assert len(written) == 1
    assert [await fetch_rows(scenario.store, f"SELECT * FROM {table}") for table in FILL] == before  # noqa: S608
    await erase(scenario)


async def test_what_was_in_progress_is_deleted_as_well(scenario: Scenario) -> None:
    """A message was on its way, and Discord was answering; nothing of that stays, and it is done once."""
    store, clock = scenario.store, scenario.clock
    await scenario.matched(ALICE, BOB)
    [message, _] = sorted(await store.outbox.find_due(clock.now(), 9), key=lambda each: each.member_id)
    await erase(scenario)
    assert not await store.outbox.mark_sent(message, Delivered(), clock.now(), await scenario.fence("courier"))
    await store.members.save_dm_channel(ALICE, 7, clock.now())
    await store.interactions.save_follow_up(ALICE, Interaction(encrypted_token="t", opened_at=clock.now()), message.id)
    await scenario.told(ALICE)
    clock.set(clock.now() + ERASED_AGAIN_AFTER - timedelta(milliseconds=1))
    await finish(scenario)
    assert await tables_with(store, ALICE) == {"deletions", "members", "interactions", "memberships"}
    clock.pass_time(seconds=1)
    await finish(scenario)
    assert await tables_with(store, ALICE) == set()


async def test_what_somebody_asks_for_after_their_deletion_stays(scenario: Scenario) -> None:
    """A reminder, say: they have used something since, so they are here again."""
    await erase(scenario)
    scenario.clock.pass_time(seconds=1)
    used = Interaction(encrypted_token="sealed", opened_at=scenario.clock.now())
    await scenario.store.interactions.save(ALICE, used)
    await change_rows(scenario.store, f"INSERT INTO gate_reminders VALUES ({SERVER}, {ALICE}, 1, 'en', 1)")  # noqa: S608
    scenario.clock.pass_time(minutes=1)
    await finish(scenario)
    assert await tables_with(scenario.store, ALICE) == {"interactions", "gate_reminders"}


async def test_a_deletion_while_the_clock_was_ahead(scenario: Scenario) -> None:
    """It is finished when the clock is right again."""
    now = scenario.clock.now()
    await scenario.store.personal_data.erase(ALICE, nobody=NOBODY, now=now + timedelta(days=9))
    await finish(scenario)
    assert await tables_with(scenario.store, ALICE) == set()


async def test_who_is_back_already_is_not_deleted_again(scenario: Scenario) -> None:
    """A search that began meanwhile goes on."""
    await erase(scenario)
    ticket = await scenario.waiting(ALICE)
    scenario.clock.pass_time(minutes=1)
    await finish(scenario)
    assert await scenario.store.tickets.find_by_member(ALICE) == ticket
    assert await tables_with(scenario.store, ALICE) == {"tickets", "members", "memberships", "rules_consents"}


async def test_nobody_is_requeued_who_has_deleted_their_data(scenario: Scenario) -> None:
    """The janitor has seen them in the match a moment ago."""
    meeting = await scenario.matched(ALICE, BOB)
    again = requeued_ticket(
        meeting.tickets[0], new_id="again", matched_at=scenario.clock.now(), now=scenario.clock.now()
    )
    await erase(scenario)
    ended = scenario.store.matches.end(meeting.match_id, EndReason.NO_SHOW, now=scenario.clock.now(), requeue=[again])
    assert await ended
    assert await tables_with(scenario.store, ALICE) == {"deletions"}


async def test_a_match_made_in_that_moment_is_left(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """The deletion looks for a seat first; a match that begins before it is written makes it look again."""
    tickets = await scenario.waiting(ALICE), await scenario.waiting(BOB)
    new, meeting = scenario.match_of(*tickets)
    fence = await scenario.fence()
    look = scenario.store.database.all
    looked: list[int] = []

    async def look_before_the_match(_: Database, name: str, /, **values: object) -> object:
        found = await look(name, **values)  # type: ignore[arg-type]  # as it was called
        if name == "seats.find_live":
            looked.append(len(found))
            if len(looked) == 1:
                assert await scenario.store.matches.create(new, fence=fence)
        return found

    monkeypatch.setattr(type(scenario.store.database), "all", look_before_the_match)
    await erase(scenario)
    assert looked == [0, 1]
    seat = await scenario.store.matches.find_by_seat(meeting.seats[0])
    assert seat is not None
    assert (seat.own.member_id, seat.left_for_good, seat.own.left_at) == (ALICE_AWAY, True, scenario.clock.now())


@pytest.mark.parametrize("number", range(6))
async def test_races_with_what_is_in_progress(scenario: Scenario, second_store: Store, number: int) -> None:
    """A match, a link and a message at the very moment, by another process: nothing of Alice is left."""
    if number % 2:
        meeting = await scenario.matched(ALICE, BOB)
        rival = scenario.redeem(meeting.tokens[0], "cookie")
    else:
        new, meeting = scenario.match_of(await scenario.waiting(ALICE), await scenario.waiting(BOB))
        rival = second_store.matches.create(new, fence=await scenario.fence())
    both = [rival, erase(scenario)]
    await asyncio.gather(*(both if number % 3 else reversed(both)))
    assert await tables_with(scenario.store, ALICE, f"Member {ALICE}") == {"deletions"}
    waits = await scenario.store.tickets.find_by_member(BOB)
    sits = await scenario.store.matches.find_by_member(BOB)
    assert (waits is None) != (sits is None)
    assert await fetch_rows(scenario.store, "SELECT count(*) FROM browser_sessions") == [(0,)]


async def test_two_deletions_at_once(scenario: Scenario, second_store: Store) -> None:
    """Both succeed, and everything is there once."""
    await fill_every_table(scenario)
    other = second_store.personal_data.erase(ALICE, nobody=NOBODY - 1, now=scenario.clock.now())
    await asyncio.gather(erase(scenario), other)
    assert await tables_with(scenario.store, ALICE) == {"deletions"}
    assert await fetch_rows(scenario.store, "SELECT count(*) FROM blocks") == [(2,)]


async def test_who_waits_for_what_a_deletion_writes(scenario: Scenario) -> None:
    """The matchmaker, the courier and the web part hear of it."""
    listeners = [scenario.store.listen(topic) for topic in ("tickets", "room_orders", "outbox")]
    await scenario.matched(ALICE, BOB)
    for listener in listeners:
        await listener.wait(0)
    await erase(scenario)
    await asyncio.wait_for(asyncio.gather(*(listener.wait(60) for listener in listeners)), 5)
