"""Separated pools in the store: whoever believes what, two of different age groups get neither match nor seat."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.age_group import AgeGroup, pool_of
from bot.domain.membership import FRESH_FOR_MATCH, Bar, Barred, Membership
from bot.domain.message import MessageKind
from bot.domain.server import Audience, Server
from bot.domain.ticket import TicketState
from bot.store.memberships import JudgedByOldSettings
from bot.store.servers import Servers
from bot.store.tickets import BarredMeanwhile, PoolUncertain
from tests.store.scenario import SERVER, Meeting, Scenario

MINOR_ROLE, ADULT_ROLE, READERS = 11, 12, 13
MINOR, ADULT = AgeGroup.MINOR, AgeGroup.ADULT
MOMENT = timedelta(milliseconds=1)
SEPARATED = Server(
    server_id=SERVER,
    name="School",
    audience=Audience.MIXED,
    channel_id=1,
    minor_role_id=MINOR_ROLE,
    adult_role_id=ADULT_ROLE,
    reader_role_id=READERS,
)
ADULTS_ONLY = replace(SEPARATED, audience=Audience.ADULTS)


async def saved(scenario: Scenario, server: Server) -> Server:
    """Save these settings; the operator allows servers in which some are under 18."""
    servers = Servers(scenario.store.database, minors_allowed=True)
    before = await servers.get(SERVER)
    return await servers.save(server, expected_version=before.version if before else 0)


async def create(scenario: Scenario, a: int, b: int) -> bool:
    """Try to make a match of two who wait, as a matchmaker would that knows nothing of pools."""
    first, second = [await scenario.store.tickets.find_by_member(member) for member in (a, b)]
    assert first is not None
    assert second is not None
    new, _ = scenario.match_of(first, second)
    return await scenario.store.matches.create(new, fence=await scenario.fence())


async def met_in(scenario: Scenario, age_group: AgeGroup | None) -> Meeting:
    """Two of this group who were matched."""
    a, b = [await scenario.waiting(member, age_group=age_group) for member in (1, 2)]
    new, meeting = scenario.match_of(a, b)
    assert await scenario.store.matches.create(new, fence=await scenario.fence())
    return meeting


@pytest.mark.parametrize("audience", [Audience.MIXED, Audience.UNSURE])
@pytest.mark.parametrize(
    ("first", "second", "may_meet"),
    [(MINOR, MINOR, True), (ADULT, ADULT, True), (MINOR, ADULT, False), (ADULT, MINOR, False)],
)
async def test_only_one_age_group_is_matched_with_itself(
    scenario: Scenario, audience: Audience, first: AgeGroup, second: AgeGroup, may_meet: bool
) -> None:
    """The store decides it, not the matchmaker; two who may not meet go on waiting."""
    await saved(scenario, replace(SEPARATED, audience=audience))
    for member, group in ((1, first), (2, second)):
        await scenario.waiting(member, age_group=group)
    assert await create(scenario, 1, 2) is may_meet
    assert len(await scenario.waiting_tickets()) == (0 if may_meet else 2)


async def test_a_ticket_that_lies_about_its_pool_is_refused(scenario: Scenario) -> None:
    """By what Discord told; and whoever has neither role or both cannot wait at all."""
    await saved(scenario, SEPARATED)
    for member, group in ((1, MINOR), (2, ADULT), (3, None)):
        await scenario.told(member, age_group=group)
    for member, pool in ((1, ADULT), (2, MINOR), (1, None), (3, MINOR), (3, None), (4, MINOR)):
        with pytest.raises(PoolUncertain):
            await scenario.store.tickets.start_waiting(replace(scenario.ticket(member), pool=pool_of(SERVER, pool)))
    for group in (AgeGroup.NEITHER, AgeGroup.BOTH):
        await scenario.told(5, age_group=group)
        with pytest.raises(BarredMeanwhile):
            await scenario.store.tickets.start_waiting(replace(scenario.ticket(5), pool=pool_of(SERVER, group)))


@pytest.mark.parametrize("stale", [0, 1], ids=["the first", "the second"])
@pytest.mark.parametrize(("age", "fresh"), [(FRESH_FOR_MATCH, True), (FRESH_FOR_MATCH + MOMENT, False)])
async def test_a_match_needs_fresh_answers_about_both(
    scenario: Scenario, stale: int, age: timedelta, fresh: bool
) -> None:
    """One whose answer is too old is no candidate either; a new answer makes them one again."""
    await saved(scenario, SEPARATED)
    tickets = [await scenario.waiting(member, age_group=MINOR) for member in (1, 2)]
    scenario.clock.pass_time(seconds=age.total_seconds())
    await scenario.told(2 - stale, age_group=MINOR)
    candidates = await scenario.store.tickets.waiting_versions(scenario.clock.now())
    assert (tickets[stale].id in candidates) is fresh
    assert tickets[1 - stale].id in candidates
    assert await create(scenario, 1, 2) is fresh
    if not fresh:
        await scenario.told(1 + stale, age_group=MINOR)
        assert await create(scenario, 1, 2)


async def test_where_nothing_separates_pools_no_answer_is_needed(scenario: Scenario) -> None:
    """Adults among themselves do not wait for Discord."""
    await saved(scenario, ADULTS_ONLY)
    for member in (1, 2):
        await scenario.agreed(member)
        await scenario.store.tickets.start_waiting(scenario.ticket(member))
    assert len(await scenario.store.tickets.waiting_versions(scenario.clock.now())) == 2
    assert await create(scenario, 1, 2)


@pytest.mark.parametrize("now_told", [ADULT, AgeGroup.NEITHER, AgeGroup.BOTH])
async def test_who_is_of_another_group_by_now_loses_the_ticket(scenario: Scenario, now_told: AgeGroup) -> None:
    """They are told why, once; who has changed over may search in the other pool at once."""
    await saved(scenario, SEPARATED)
    ticket = await scenario.waiting(1, age_group=MINOR)
    for _ in range(2):
        await scenario.told(1, age_group=now_told)
    assert await scenario.store.tickets.find_state(ticket.id) is TicketState.LEFT
    bar = await scenario.store.outbox.find_bar(1, ticket.id)
    reasons = {AgeGroup.NEITHER: Barred.NO_AGE_ROLE, AgeGroup.BOTH: Barred.BOTH_AGE_ROLES, ADULT: Barred.OTHER_POOL}
    assert bar is not None
    assert bar.reason is reasons[now_told]
    [message] = await scenario.store.outbox.find_due(scenario.clock.now(), 9)
    assert message.kind is MessageKind.UNMATCHED
    if now_told is ADULT:
        await scenario.waiting(1, age_group=ADULT)


async def test_who_is_of_another_group_by_now_loses_the_seat_for_good(scenario: Scenario) -> None:
    """They are removed from the room and their link ends; the partner may stay. The same news again changes nothing."""
    await saved(scenario, SEPARATED)
    meeting = await met_in(scenario, MINOR)
    assert await scenario.redeem(meeting.tokens[0])
    await scenario.in_the_room(meeting)
    for _ in range(2):
        await scenario.told(1, age_group=ADULT)
    seat, partner = [await scenario.store.matches.find_by_seat(each) for each in meeting.seats]
    assert seat is not None
    assert partner is not None
    assert (seat.left_for_good, partner.left_for_good) == (True, False)
    assert [order.identity for order in await scenario.store.room_orders.find_due(9)] == [meeting.seats[0]]
    link = await scenario.invitation(meeting.tokens[0])
    assert link.is_in_other_pool
    assert not link.session_active
    assert not (await scenario.invitation(meeting.tokens[1])).is_in_other_pool


async def test_a_seat_that_was_left_is_not_taken_back_in_another_pool(scenario: Scenario) -> None:
    """Discord tells of the new role while leaving could still be undone."""
    await saved(scenario, SEPARATED)
    meeting = await met_in(scenario, MINOR)
    sessions, now = scenario.store.browser_sessions, scenario.clock.now()
    for seat in meeting.seats:
        assert await sessions.leave_seat(seat, now)
    await scenario.told(1, age_group=ADULT)
    assert [await sessions.undo_leaving(seat, now) for seat in meeting.seats] == [False, True]


@pytest.mark.parametrize(
    ("before", "after", "group", "then"),
    [
        pytest.param(ADULTS_ONLY, SEPARATED, None, MINOR, id="some are under 18 after all"),
        pytest.param(SEPARATED, ADULTS_ONLY, MINOR, None, id="only adults after all"),
        pytest.param(SEPARATED, replace(SEPARATED, minor_role_id=99), MINOR, AgeGroup.NEITHER, id="another role"),
        pytest.param(
            SEPARATED,
            replace(SEPARATED, minor_role_id=ADULT_ROLE, adult_role_id=MINOR_ROLE),
            MINOR,
            ADULT,
            id="the roles swapped",
        ),
    ],
)
async def test_what_was_told_under_other_settings_does_not_count(
    scenario: Scenario, before: Server, after: Server, group: AgeGroup | None, then: AgeGroup | None
) -> None:
    """Nobody is matched by it and no seat is taken back; once Discord has told again, nobody is in a wrong pool."""
    await saved(scenario, before)
    meeting = await met_in(scenario, group)
    for member in (3, 4):
        await scenario.waiting(member, age_group=group)
    await saved(scenario, after)
    assert not await create(scenario, 3, 4)
    assert await scenario.store.tickets.waiting_versions(scenario.clock.now()) == {}
    await scenario.store.memberships.ask_again(scenario.clock.now())
    asked = await scenario.store.memberships.open_questions([SERVER], urgent=False, limit=9)
    assert sorted(question.member_id for question in asked) == [1, 2, 3, 4]
    for member in (1, 2, 3, 4):
        await scenario.told(member, age_group=then)
    assert await scenario.waiting_tickets() == []
    seats = [await scenario.store.matches.find_by_seat(seat) for seat in meeting.seats]
    assert all(seat is not None and seat.left_for_good for seat in seats)


async def test_settings_of_another_kind_forget_nothing(scenario: Scenario) -> None:
    """Otherwise every change of a subject would ask about everybody."""
    await saved(scenario, SEPARATED)
    await scenario.waiting(1, age_group=MINOR)
    await saved(scenario, replace(SEPARATED, audience=Audience.UNSURE, name="Other", lengths=(25,)))
    assert (await scenario.store.memberships.find(SERVER, 1)).age_group is MINOR
    assert len(await scenario.store.tickets.waiting_versions(scenario.clock.now())) == 1


async def test_news_that_was_judged_by_other_settings_is_refused(scenario: Scenario) -> None:
    """An answer that was read before an admin saved, and is written after it, says nothing about the new roles."""
    server, now = await saved(scenario, SEPARATED), scenario.clock.now()
    await saved(scenario, replace(SEPARATED, minor_role_id=ADULT_ROLE, adult_role_id=MINOR_ROLE))
    memberships = scenario.store.memberships
    with pytest.raises(JudgedByOldSettings):
        await memberships.record(SERVER, 1, bar=None, told_at=now, now=now, age_group=MINOR, judged_by=server.version)
    assert (await memberships.find(SERVER, 1)).told_at is None
    gone = Bar(reason=Barred.NOT_MEMBER, until=now + timedelta(days=1))
    assert await memberships.record(SERVER, 1, bar=gone, told_at=now, now=now)  # no settings have a part in that


async def test_since_when_a_member_is_there_is_remembered(scenario: Scenario) -> None:
    """Joining again counts from then."""
    for days in (9, 1):
        joined_at = scenario.clock.now() - timedelta(days=days)
        await scenario.told(1, Membership(joined_at=joined_at))
        assert (await scenario.store.memberships.find(SERVER, 1)).joined_at == joined_at


async def test_two_servers_with_different_roles(scenario: Scenario) -> None:
    """A member of two servers belongs to the pool of each there, and what one tells takes nothing away in the other."""
    await saved(scenario, SEPARATED)
    other = replace(SEPARATED, server_id=SERVER + 1)
    await Servers(scenario.store.database, minors_allowed=True).save(other, expected_version=0)
    ticket, now = await scenario.waiting(1, age_group=MINOR), scenario.clock.now()
    record = scenario.store.memberships.record
    assert await record(SERVER + 1, 1, bar=None, told_at=now, now=now, age_group=ADULT)
    assert await scenario.store.tickets.find_by_member(1) == ticket
    await scenario.store.tickets.stop_waiting(1, now)
    there = replace(scenario.ticket(1), server_id=SERVER + 1)
    await scenario.agreed(1, server_id=SERVER + 1)
    with pytest.raises(PoolUncertain):
        await scenario.store.tickets.start_waiting(replace(there, pool=pool_of(SERVER + 1, MINOR)))
    await scenario.store.tickets.start_waiting(replace(there, pool=pool_of(SERVER + 1, ADULT)))
