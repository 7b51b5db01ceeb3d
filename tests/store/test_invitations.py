"""Invitations: single use, expiry, and newer links that replace older ones."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import new_id
from bot.domain.browser_session import BrowserSessionState
from bot.domain.invitation import (
    LINK_LIFETIME,
    LINKS_PER_WINDOW,
    LINKS_WINDOW,
    InvitationState,
    digest,
    link_token,
)
from bot.domain.match import MINUTE, EndReason
from bot.domain.message import Delivered
from bot.domain.room import RoomAction
from tests.store.opening import open_store
from tests.store.scenario import LINK_KEY, Meeting, Scenario


async def test_of_64_concurrent_attempts_one_redeems_a_link(scenario: Scenario) -> None:
    """Single use is one conditional update."""
    meeting = await scenario.matched()
    redeemed = await asyncio.gather(*(scenario.redeem(meeting.tokens[0]) for _ in range(64)))
    assert sum(redeemed) == 1


async def test_reading_an_invitation_spends_nothing(scenario: Scenario) -> None:
    """It can be read any number of times; an unknown one is None."""
    meeting = await scenario.matched()
    for _ in range(3):
        assert (await scenario.invitation(meeting.tokens[0])).state is InvitationState.OPEN
    assert await scenario.store.invitations.find_by_token(digest("unknown")) is None


@pytest.mark.parametrize(("milliseconds", "works"), [(-1, True), (0, False), (1, False)])
async def test_a_link_works_for_15_minutes_from_its_delivery(
    scenario: Scenario, milliseconds: int, works: bool
) -> None:
    """It expires to the millisecond; before its delivery it does not age."""
    meeting = await scenario.matched()
    scenario.clock.pass_time(minutes=3)
    fence = await scenario.fence("courier")
    for message in await scenario.store.outbox.find_due(scenario.clock.now(), 9):
        assert await scenario.store.outbox.mark_sent(message, Delivered(), scenario.clock.now(), fence)
    delivered = scenario.clock.now()
    assert (await scenario.invitation(meeting.tokens[0])).expires_at == delivered + LINK_LIFETIME
    scenario.clock.set(delivered + LINK_LIFETIME + timedelta(milliseconds=milliseconds))
    assert await scenario.redeem(meeting.tokens[0]) is works


async def test_a_link_that_was_not_delivered_does_not_age(scenario: Scenario) -> None:
    """It can be redeemed, however late it is delivered."""
    meeting = await scenario.matched()
    scenario.clock.set(scenario.clock.now() + 9 * LINK_LIFETIME)
    assert await scenario.redeem(meeting.tokens[0]) is True


async def test_a_second_delivery_does_not_extend_the_lifetime(scenario: Scenario) -> None:
    """Card and message carry the same link; the first of them counts."""
    meeting = await scenario.matched()
    now = scenario.clock.now()
    for minutes in (0, 5):
        at = now + timedelta(minutes=minutes)
        await scenario.store.invitations.mark_delivered(meeting.invitations[0], now=at, expires_at=at + LINK_LIFETIME)
    assert (await scenario.invitation(meeting.tokens[0])).expires_at == now + LINK_LIFETIME


async def test_a_newer_link_replaces_the_older(scenario: Scenario) -> None:
    """The older one stops working when the newer one is issued."""
    meeting = await scenario.matched()
    newer = link_token(LINK_KEY, "newer")
    now = scenario.clock.now()
    assert await scenario.store.invitations.issue(meeting.seats[0], "newer", digest(newer), now=now)
    assert (await scenario.invitation(meeting.tokens[0])).state is InvitationState.REPLACED
    assert await scenario.redeem(meeting.tokens[0]) is False
    assert await scenario.redeem(newer) is True


async def issue_another(scenario: Scenario, meeting: Meeting) -> bool:
    """Issue a new link for the first seat now."""
    name = new_id(scenario.clock)
    return await scenario.store.invitations.issue(meeting.seats[0], name, digest(name), now=scenario.clock.now())


async def test_a_seat_gets_only_so_many_new_links(scenario: Scenario) -> None:
    """Its first link does not count, and a refusal leaves the newest one open. Other seats are not affected."""
    meeting = await scenario.matched()
    invitations, seat, began = scenario.store.invitations, meeting.seats[0], scenario.clock.now()
    for _ in range(LINKS_PER_WINDOW):
        assert await invitations.next_link_at(seat, scenario.clock.now()) is None
        assert await issue_another(scenario, meeting)
        scenario.clock.pass_time(minutes=1)
    newest = await invitations.find_open_by_seat(seat)
    assert await issue_another(scenario, meeting) is False
    assert await invitations.next_link_at(seat, scenario.clock.now()) == began + LINKS_WINDOW
    assert await invitations.find_open_by_seat(seat) == newest is not None
    assert await invitations.next_link_at(meeting.seats[1], scenario.clock.now()) is None
    scenario.clock.pass_time(minutes=LINKS_WINDOW // MINUTE - LINKS_PER_WINDOW)
    assert await issue_another(scenario, meeting)


async def test_many_processes_issue_no_more_links(scenario: Scenario, database: Path) -> None:
    """Of thirty that are asked for at once, in three processes, as many are issued as may be; the last one is open."""
    meeting = await scenario.matched()
    async with AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(open_store(f"sqlite:///{database}")) for _ in range(3)]
        scenarios = [Scenario(store, scenario.clock) for store in stores]
        issued = await asyncio.gather(*(issue_another(each, meeting) for each in scenarios * 10))
    assert issued.count(True) == LINKS_PER_WINDOW
    assert await scenario.store.invitations.find_open_by_seat(meeting.seats[0]) is not None


async def test_no_link_into_an_ended_match(scenario: Scenario) -> None:
    """Neither the old link nor a new one works."""
    meeting = await scenario.matched()
    now = scenario.clock.now()
    await scenario.store.matches.end(meeting.match_id, EndReason.NO_SHOW, now=now)
    assert await scenario.store.invitations.issue(meeting.seats[0], "new", digest("new"), now=now) is False
    assert await scenario.store.invitations.find_open_by_seat(meeting.seats[0]) is None
    assert await scenario.redeem(meeting.tokens[0]) is False


async def test_another_device_replaces_the_first_and_its_room(scenario: Scenario) -> None:
    """The first browser's session is replaced, the room gets a new name, and the old room is ordered closed."""
    meeting = await scenario.matched()
    assert await scenario.redeem(meeting.tokens[0], cookie="phone")
    await scenario.in_the_room(meeting)
    newer = link_token(LINK_KEY, "newer")
    now = scenario.clock.now()
    assert await scenario.store.invitations.issue(meeting.seats[0], "newer", digest(newer), now=now)
    phone = await scenario.session("phone")
    assert phone is not None
    assert phone.state is BrowserSessionState.ACTIVE
    assert await scenario.redeem(newer, cookie="laptop")
    phone, laptop = await scenario.session("phone"), await scenario.session("laptop")
    assert phone is not None
    assert laptop is not None
    assert (phone.state, laptop.state) == (BrowserSessionState.REPLACED, BrowserSessionState.ACTIVE)
    match = laptop.seat.match
    assert match.room_name != meeting.room_name
    assert (laptop.seat.own.present, laptop.seat.partner.present) == (False, False)
    orders = await scenario.store.room_orders.find_due(9)
    assert [(order.action, order.room_name) for order in orders] == [(RoomAction.CLOSE, meeting.room_name)]
