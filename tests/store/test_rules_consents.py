"""No search begins without consent to the rules that count in its server now, checked where it is written."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.match import EndReason
from bot.domain.rules import rules_version
from bot.domain.server import Audience, Server
from bot.domain.ticket import Wishes, requeued_ticket
from bot.store import retention
from bot.store.interactions import Interaction
from bot.store.postponed_searches import PostponedSearch
from bot.store.retention import KEPT_FOR
from bot.store.tickets import AlreadyWaiting, InMatch, NotAgreed
from tests.loops.factories import open_server
from tests.store.rows import change_rows, fetch_rows
from tests.store.scenario import SERVER, Scenario

OURS = Server(server_id=SERVER, name="Study Hall", audience=Audience.ADULTS, channel_id=1)
MILLISECOND = timedelta(milliseconds=1)
OWN = replace(OURS, rules=("Be on time.",), rules_version=2)


async def delete_after(scenario: Scenario, age: timedelta) -> bool:
    return await scenario.store.retention.delete_expired(scenario.clock.now() + age)


async def count_rows(scenario: Scenario, *tables: str) -> list[int]:
    return [len(await fetch_rows(scenario.store, f"SELECT 1 FROM {table}")) for table in tables]  # noqa: S608 -- our own names


async def saved(scenario: Scenario, server: Server) -> None:
    present = await scenario.store.servers.get(server.server_id)
    await scenario.store.servers.save(server, expected_version=present.version if present else 0)


async def is_refused(scenario: Scenario, member_id: int = 1) -> bool:
    """Whether a search of this member is refused for want of consent; otherwise it has begun, and ends."""
    try:
        await scenario.store.tickets.start_waiting(scenario.ticket(member_id))
    except NotAgreed:
        return True
    return await scenario.store.tickets.stop_waiting(member_id, scenario.clock.now()) is None


@pytest.mark.parametrize("server", [None, OURS, OWN, replace(OURS, rules_version=3)])
async def test_consent_to_the_present_version_is_needed(scenario: Scenario, server: Server | None) -> None:
    """To ours or the server's own, and before the first setup to ours; that of another member or server is none."""
    if server is not None:
        await saved(scenario, server)
    version, now = rules_version(server or OURS), scenario.clock.now()
    assert await is_refused(scenario)
    for other in ((SERVER, 2, version), (SERVER + 1, 1, version), (SERVER, 1, "7"), (SERVER, 1, f"{version}.")):
        await scenario.store.rules_consents.save(*other, now)
        assert await is_refused(scenario)
    await scenario.store.rules_consents.save(SERVER, 1, version, now)
    assert not await is_refused(scenario)


async def test_changed_rules_need_another_consent(scenario: Scenario) -> None:
    """Ours, then the server's own, then changed ones, then ours again: each is asked about."""
    for version, rules in enumerate((None, ("Be on time.",), ("Be early.",), None), 1):
        await saved(scenario, replace(OURS, rules=rules, rules_version=version))
        assert await is_refused(scenario)
        await scenario.agreed(1)
        assert not await is_refused(scenario)


async def test_rules_that_cannot_be_read_lock_nobody_out(scenario: Scenario) -> None:
    """Ours are shown instead, under the version that the store asks for."""
    await saved(scenario, OWN)
    await change_rows(scenario.store, "UPDATE servers SET rules = '7'")
    await scenario.agreed(1)
    assert not await is_refused(scenario)


async def test_a_refused_search_changes_nothing(scenario: Scenario) -> None:
    """One that would have moved here goes on where it is; what was postponed and what is remembered stay."""
    there = replace(scenario.ticket(1), server_id=SERVER + 1, pool=str(SERVER + 1))
    await scenario.agreed(1, SERVER + 1)
    await scenario.store.tickets.start_waiting(there)
    asked = PostponedSearch(server_id=SERVER, wishes=Wishes(subject="Law"), remembered=Wishes(), wait_minutes=9)
    await scenario.store.postponed_searches.save(1, asked, scenario.clock.now())
    before = await scenario.store.members.last_wishes(1)
    with pytest.raises(NotAgreed):
        await scenario.store.tickets.start_waiting(scenario.ticket(1, subject="Law"), moves=True)
    assert await scenario.store.tickets.find_by_member(1) == there
    assert await scenario.store.postponed_searches.find(SERVER, 1) == asked
    assert await scenario.store.members.last_wishes(1) == before


async def test_a_search_that_moves_takes_the_place_of_the_other(scenario: Scenario) -> None:
    """In one transaction; what was postponed here is forgotten, and in another server kept."""
    there = replace(scenario.ticket(1), server_id=SERVER + 1, pool=str(SERVER + 1))
    await scenario.agreed(1, SERVER + 1)
    await scenario.store.tickets.start_waiting(there)
    asked = PostponedSearch(server_id=SERVER, wishes=Wishes(), remembered=Wishes(), moves=True)
    for server_id in (SERVER, SERVER + 2):
        await scenario.store.postponed_searches.save(1, replace(asked, server_id=server_id), scenario.clock.now())
    await scenario.agreed(1)
    here = scenario.ticket(1)
    await scenario.store.tickets.start_waiting(here, moves=True)
    assert await scenario.store.tickets.find_by_member(1) == here
    ended = await scenario.store.tickets.find_last_ended(1)
    assert ended is not None
    assert ended.ticket.id == there.id
    assert await scenario.store.postponed_searches.find(SERVER, 1) is None
    assert await scenario.store.postponed_searches.find_newest(1) == replace(asked, server_id=SERVER + 2)
    with pytest.raises(AlreadyWaiting):
        await scenario.store.tickets.start_waiting(replace(here, id="other"), moves=True)


async def test_who_waits_or_is_matched_is_told_so_rather_than_asked(scenario: Scenario) -> None:
    """Rules that change end no search and take nobody out of a match; a search that goes on needs no consent."""
    await saved(scenario, OURS)
    meeting = await scenario.matched(1, 2)
    await scenario.waiting(3)
    await saved(scenario, OWN)
    with pytest.raises(InMatch):
        await scenario.store.tickets.start_waiting(scenario.ticket(1))
    with pytest.raises(AlreadyWaiting):
        await scenario.store.tickets.start_waiting(scenario.ticket(3))
    now = scenario.clock.now()
    again = requeued_ticket(meeting.tickets[1], new_id="again", matched_at=now, now=now)
    await scenario.store.browser_sessions.leave_seat(meeting.seats[0], now)
    scenario.clock.pass_time(seconds=10)
    ending = scenario.store.matches.end(meeting.match_id, EndReason.DECLINED, now=scenario.clock.now(), requeue=[again])
    assert await ending
    assert await scenario.store.tickets.find_by_member(2) == again


async def test_agreeing_again_keeps_the_time(scenario: Scenario) -> None:
    """Consent is as old as when it was given; to another version it is new."""
    consents = scenario.store.rules_consents
    times = []
    for version in ("1", "1", "2"):
        await consents.save(SERVER, 1, version, scenario.clock.now())
        [(agreed_at,)] = await fetch_rows(scenario.store, "SELECT agreed_at FROM rules_consents")
        times.append(agreed_at)
        scenario.clock.pass_time(seconds=1)
    assert times[0] == times[1] == times[2] - 2000
    assert await consents.find(SERVER, 1) == "2"


async def test_a_consent_goes_with_its_member(scenario: Scenario) -> None:
    """Who searches now and then is never asked twice; a year after they were seen last, nothing is left of them."""
    await scenario.agreed(1)
    await scenario.agreed(2)
    consents, year = scenario.store.rules_consents, KEPT_FOR["members"]
    scenario.clock.pass_time(seconds=1)
    await scenario.store.interactions.save(2, Interaction(encrypted_token="token", opened_at=scenario.clock.now()))
    scenario.clock.pass_time(seconds=timedelta(days=2).total_seconds())
    await scenario.store.interactions.save(2, Interaction(encrypted_token="token", opened_at=scenario.clock.now()))
    await delete_after(scenario, year - timedelta(days=2, seconds=1))
    assert await consents.find(SERVER, 1) is not None
    await delete_after(scenario, year)
    assert await count_rows(scenario, "rules_consents", "members") == [1, 1]
    assert await consents.find(SERVER, 2) is not None


async def test_consents_go_before_what_they_belong_to(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are, and a few at a time: none is left behind for ever."""
    monkeypatch.setattr(retention, "ROWS_PER_WRITE", 1)
    await open_server(scenario.store)
    for server_id in range(SERVER, SERVER + 3):
        await scenario.agreed(1, server_id)
    for member_id in range(2, 5):
        await scenario.agreed(member_id)
    await scenario.store.servers.leave(SERVER, scenario.clock.now())
    while await delete_after(scenario, KEPT_FOR["servers"] + MILLISECOND):
        pass
    assert await count_rows(scenario, "rules_consents", "servers") == [2, 0]
    while await delete_after(scenario, KEPT_FOR["members"] + MILLISECOND):
        pass
    assert await count_rows(scenario, "rules_consents", "members") == [0, 0]


async def test_a_consent_goes_with_its_server(scenario: Scenario) -> None:
    """Thirty days after the bot has left it, just before the server; one that comes back counts its rules anew."""
    await open_server(scenario.store)
    await scenario.agreed(1)
    await scenario.agreed(1, SERVER + 1)
    await scenario.store.servers.leave(SERVER, scenario.clock.now())
    await delete_after(scenario, KEPT_FOR["servers"])
    assert await scenario.store.rules_consents.find(SERVER, 1) is not None
    await delete_after(scenario, KEPT_FOR["servers"] + MILLISECOND)
    assert await scenario.store.rules_consents.find(SERVER, 1) is None
    assert await scenario.store.rules_consents.find(SERVER + 1, 1) is not None
    assert await scenario.store.servers.get(SERVER) is None
