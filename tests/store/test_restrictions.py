"""Restrictions: whoever is restricted gets no new match, in the moment it begins and until it ends."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.match import NO_SHOW_AFTER, EndReason
from bot.domain.pseudonym import pseudonym_of
from bot.domain.restriction import HOLD_FOR, Restriction, RestrictionKind, strictest
from bot.domain.ticket import requeued_ticket
from bot.store.database import Statement
from bot.store.tickets import RestrictedMeanwhile
from bot.store.times import to_ms
from tests.store.opening import PRIVACY_KEY
from tests.store.scenario import SERVER, Scenario

SECOND = timedelta(seconds=1)


def hold_of(scenario: Scenario, member_id: int = 1, *, server_id: int | None = SERVER) -> Restriction:
    """A hold that begins now."""
    now = scenario.clock.now()
    return Restriction(
        id=f"hold-{member_id}",
        kind=RestrictionKind.HOLD,
        member_id=member_id,
        server_id=server_id,
        since=now,
        until=now + HOLD_FOR,
    )


async def impose(scenario: Scenario, restriction: Restriction) -> bool:
    return await scenario.store.restrictions.add(restriction, scenario.clock.now())


@pytest.mark.parametrize("server_id", [SERVER, None])
async def test_a_restricted_member_cannot_search(scenario: Scenario, server_id: int | None) -> None:
    """From the moment it begins until a moment before it ends."""
    await impose(scenario, hold_of(scenario, server_id=server_id))
    for wait in (timedelta(), HOLD_FOR - SECOND):
        scenario.clock.set(scenario.clock.now() + wait)
        with pytest.raises(RestrictedMeanwhile):
            await scenario.waiting(1)
    scenario.clock.set(scenario.clock.now() + SECOND)
    await scenario.waiting(1)


async def test_a_restriction_of_another_server_or_member_concerns_nobody_else(scenario: Scenario) -> None:
    """Each holds where it was imposed."""
    await impose(scenario, hold_of(scenario, server_id=SERVER + 1))
    await impose(scenario, hold_of(scenario, 2))
    ticket = await scenario.waiting(1)
    assert await scenario.waiting_tickets() == [ticket]


@pytest.mark.parametrize("server_id", [SERVER, None])
async def test_a_search_ends_with_the_restriction(scenario: Scenario, server_id: int | None) -> None:
    """At once; imposing it again changes nothing, and a search that began after it was lifted stays."""
    await scenario.waiting(1)
    hold = hold_of(scenario, server_id=server_id)
    assert await impose(scenario, hold)
    assert await scenario.waiting_tickets() == []
    restrictions, now = scenario.store.restrictions, scenario.clock.now()
    assert [await restrictions.lift(hold.id, now) for _ in range(2)] == [True, False]
    await scenario.waiting(1)
    assert not await impose(scenario, hold)
    assert len(await scenario.waiting_tickets()) == 1


@pytest.mark.parametrize("member_id", [1, 2])
@pytest.mark.parametrize("server_id", [SERVER, None, SERVER + 1])
async def test_a_restriction_that_begins_meanwhile_makes_no_match(
    scenario: Scenario, member_id: int, server_id: int | None
) -> None:
    """Even if the ticket were left waiting; one of another server concerns nobody here."""
    new, _ = scenario.match_of(await scenario.waiting(1), await scenario.waiting(2))
    hold = hold_of(scenario, member_id)
    values = {"id": "hold", "member_id": member_id, "server_id": server_id, "kind": hold.kind, "report_id": None}
    times = {"since": to_ms(hold.since), "until": to_ms(hold.until)}
    await scenario.store.database.write([Statement(name="restrictions.add", values={**values, **times})])
    assert await scenario.store.matches.create(new, fence=await scenario.fence()) is (server_id == SERVER + 1)


async def test_whoever_is_restricted_is_not_requeued(scenario: Scenario) -> None:
    """The partner is, if their match falls through."""
    meeting = await scenario.matched(1, 2)
    await impose(scenario, hold_of(scenario))
    tickets = [await scenario.store.tickets.find_by_seat(seat) for seat in meeting.seats]
    now = scenario.clock.now()
    requeue = [
        requeued_ticket(each.ticket, new_id=f"again-{each.ticket.member_id}", matched_at=each.ended_at, now=now)
        for each in tickets
        if each
    ]
    scenario.clock.set(scenario.clock.now() + NO_SHOW_AFTER)
    assert await scenario.store.matches.end(
        meeting.match_id, EndReason.NO_SHOW, now=scenario.clock.now(), requeue=requeue
    )
    assert [ticket.member_id for ticket in await scenario.waiting_tickets()] == [2]


async def test_a_running_match_goes_on(scenario: Scenario) -> None:
    """A hold concerns new matches only."""
    meeting = await scenario.matched(1, 2)
    await impose(scenario, hold_of(scenario))
    seat = await scenario.store.matches.find_by_seat(meeting.seats[0])
    assert seat is not None
    assert seat.own.left_at is None


async def test_a_member_who_deleted_their_data_stays_restricted(scenario: Scenario) -> None:
    """Under their pseudonym, which is found when they come back."""
    hold = hold_of(scenario)
    await impose(scenario, replace(hold, member_id=pseudonym_of(PRIVACY_KEY, 1)))
    with pytest.raises(RestrictedMeanwhile):
        await scenario.waiting(1)
    [found] = await scenario.store.restrictions.find_active(SERVER, 1, scenario.clock.now())
    assert found.id == hold.id


def test_the_member_is_told_of_the_one_that_ends_last() -> None:
    """A ban, which has no end, before all others; of an empty list there is none."""
    now = datetime(2026, 5, 1, tzinfo=UTC)
    hold = Restriction(
        id="1", kind=RestrictionKind.HOLD, member_id=1, server_id=None, since=now, until=now + timedelta(days=1)
    )
    longer = replace(hold, kind=RestrictionKind.PAUSE, until=now + timedelta(days=7))
    ban = replace(hold, kind=RestrictionKind.BAN, until=None)
    assert strictest([]) is None
    short = replace(longer, until=now + timedelta(hours=1))
    assert strictest([hold, longer]) == strictest([longer, hold]) == longer
    assert strictest([hold, short]) == strictest([short, hold]) == hold
    assert strictest([longer, ban, hold]) == ban
