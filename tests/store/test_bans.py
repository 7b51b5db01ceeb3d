"""Bans by admins: search and seat end at once as by an ordinary Leave, and the audit has who did it and why."""

from datetime import timedelta

from bot.domain.match import MatchState
from bot.domain.report_reader import Reader, ReportAction
from bot.domain.restriction import Restriction, RestrictionKind
from tests.store.scenario import SERVER, Scenario
from tests.store.trial_story import seat

ADMIN, OTHER_ADMIN = 70, 71
WHY = "Rude to two people."


async def ban(scenario: Scenario, member_id: int = 1, *, ban_id: str = "ban", server_id: int = SERVER) -> bool:
    return await scenario.store.bans.ban(
        server_id, member_id, admin_id=ADMIN, ban_id=ban_id, sentence=WHY, now=scenario.clock.now()
    )


async def unban(scenario: Scenario, member_id: int = 1) -> bool:
    return await scenario.store.bans.unban(
        SERVER, member_id, admin_id=OTHER_ADMIN, sentence="Enough.", now=scenario.clock.now()
    )


async def kinds(scenario: Scenario, member_id: int = 1) -> list[RestrictionKind]:
    """What restricts a member in the server."""
    found = await scenario.store.restrictions.find_active(SERVER, member_id, scenario.clock.now())
    return [each.kind for each in found]


async def audit(scenario: Scenario, reader_id: int = OTHER_ADMIN) -> list[tuple[ReportAction, int | None, int | None]]:
    """What a reader of the audit sees, the newest first: what was done, by whom and about whom."""
    entries = await scenario.store.audit.list_newest(Reader(member_id=reader_id, server_id=SERVER), limit=9)
    return [(each.action, each.actor_id, each.about_id) for each in entries]


async def test_a_ban_ends_the_search(scenario: Scenario) -> None:
    """At once, and without an end; who did it is in the audit with the reason."""
    await scenario.waiting(1)
    assert await ban(scenario)
    assert await scenario.waiting_tickets() == []
    assert await kinds(scenario) == [RestrictionKind.BAN]
    [entry] = await scenario.store.audit.list_newest(Reader(member_id=OTHER_ADMIN, server_id=SERVER), limit=9)
    assert (entry.action, entry.actor_id, entry.about_id, entry.sentence) == (ReportAction.BANNED, ADMIN, 1, WHY)


async def test_a_ban_takes_the_seat_for_good(scenario: Scenario) -> None:
    """The partner stays; nothing brings the seat back."""
    meeting = await scenario.matched()
    assert await ban(scenario)
    assert await scenario.store.matches.find_by_member(1) is None
    assert await scenario.store.matches.find_by_member(2) is not None
    assert not await scenario.store.browser_sessions.undo_leaving(meeting.seats[0], scenario.clock.now())


async def test_a_ban_ends_a_trial(scenario: Scenario) -> None:
    """In that server: two others could be in its room."""
    here, elsewhere = await scenario.trial(1), await scenario.trial(2, SERVER + 1)
    assert await ban(scenario)
    assert await ban(scenario, 2, ban_id="other")
    assert (await seat(scenario, here)).match.state is MatchState.ENDED
    assert (await seat(scenario, elsewhere)).match.state is MatchState.INVITING


async def test_a_seat_in_another_server_stays(scenario: Scenario) -> None:
    """A ban is of one server."""
    await scenario.matched()
    assert await ban(scenario, server_id=SERVER + 1)
    assert await scenario.store.matches.find_by_member(1) is not None
    assert await kinds(scenario) == []


async def test_a_second_ban_changes_nothing(scenario: Scenario) -> None:
    """Nor does lifting one that is not there; only what happened is in the audit."""
    assert not await unban(scenario)
    assert await ban(scenario)
    assert not await ban(scenario, ban_id="another")
    assert await unban(scenario)
    assert not await unban(scenario)
    assert await kinds(scenario) == []
    assert await audit(scenario) == [
        (ReportAction.UNBANNED, OTHER_ADMIN, 1),
        (ReportAction.BANNED, ADMIN, 1),
    ]


async def test_a_lifted_ban_can_be_followed_by_another(scenario: Scenario) -> None:
    """And the member can search in between."""
    assert await ban(scenario)
    assert await unban(scenario)
    await scenario.waiting(1)
    assert await ban(scenario, ban_id="another")
    assert await scenario.waiting_tickets() == []


async def test_admins_do_not_lift_what_the_operator_imposed(scenario: Scenario) -> None:
    """A ban in all servers stays, also beside one of this server."""
    now = scenario.clock.now()
    everywhere = Restriction(id="all", kind=RestrictionKind.BAN, member_id=1, server_id=None, since=now)
    await scenario.store.restrictions.add(everywhere, now)
    assert not await unban(scenario)
    assert await ban(scenario)
    assert await unban(scenario)
    assert await kinds(scenario) == [RestrictionKind.BAN]


async def test_the_banned_member_reads_nothing_of_it_in_the_audit(scenario: Scenario) -> None:
    """Although they are an admin themselves."""
    assert await ban(scenario, OTHER_ADMIN)
    assert await audit(scenario) == []
    assert len(await audit(scenario, ADMIN)) == 1


async def test_a_hold_stays_beside_a_ban_that_is_lifted(scenario: Scenario) -> None:
    """They are of different kinds."""
    now = scenario.clock.now()
    hold = Restriction(
        id="hold",
        kind=RestrictionKind.HOLD,
        member_id=1,
        server_id=SERVER,
        since=now,
        until=now + timedelta(hours=1),
    )
    await scenario.store.restrictions.add(hold, now)
    assert await ban(scenario)
    assert await unban(scenario)
    assert await kinds(scenario) == [RestrictionKind.HOLD]
