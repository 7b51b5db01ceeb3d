"""One-time links: single use, expiry, newer ones."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.browser_session import BrowserSessionState
from bot.domain.invitation import LINK_LIFETIME, InvitationState, digest, link_token
from bot.domain.match import EndReason
from bot.domain.message import Delivered
from bot.domain.room import RoomAction
from tests.store.scenario import LINK_KEY, Scenario


async def test_of_sixty_four_who_try_one_gets_in(scenario: Scenario) -> None:
    """Single use is one conditional update, whoever comes at the same moment."""
    meeting = await scenario.matched()
    got_in = await asyncio.gather(*(scenario.redeem(meeting.tokens[0]) for _ in range(64)))
    assert sum(got_in) == 1


async def test_looking_spends_nothing(scenario: Scenario) -> None:
    """A link can be looked at as often as anybody likes; an unknown one is None."""
    meeting = await scenario.matched()
    for _ in range(3):
        assert (await scenario.invitation(meeting.tokens[0])).state is InvitationState.OPEN
    assert await scenario.store.invitations.find_by_token(digest("unknown")) is None


@pytest.mark.parametrize(("milliseconds", "works"), [(-1, True), (0, False), (1, False)])
async def test_fifteen_minutes_from_its_delivery(scenario: Scenario, milliseconds: int, works: bool) -> None:
    """Until it is delivered a link does not age; then it lasts a quarter of an hour, to the millisecond."""
    meeting = await scenario.matched()
    scenario.clock.pass_time(minutes=3)
    fence = await scenario.fence("courier")
    for message in await scenario.store.outbox.find_due(scenario.clock.now(), 9):
        assert await scenario.store.outbox.mark_sent(message, Delivered(), scenario.clock.now(), fence)
    delivered = scenario.clock.now()
    assert (await scenario.invitation(meeting.tokens[0])).expires_at == delivered + LINK_LIFETIME
    scenario.clock.set(delivered + LINK_LIFETIME + timedelta(milliseconds=milliseconds))
    assert await scenario.redeem(meeting.tokens[0]) is works


async def test_a_second_delivery_does_not_renew(scenario: Scenario) -> None:
    """The card and the message carry the same link; its life begins with the first."""
    meeting = await scenario.matched()
    now = scenario.clock.now()
    for minutes in (0, 5):
        at = now + timedelta(minutes=minutes)
        await scenario.store.invitations.mark_delivered(meeting.invitations[0], now=at, expires_at=at + LINK_LIFETIME)
    assert (await scenario.invitation(meeting.tokens[0])).expires_at == now + LINK_LIFETIME


async def test_a_newer_link_replaces_the_older(scenario: Scenario) -> None:
    """The old one stops working when the new one is issued; nobody who is in is disturbed."""
    meeting = await scenario.matched()
    newer = link_token(LINK_KEY, "newer")
    now = scenario.clock.now()
    assert await scenario.store.invitations.issue(meeting.seats[0], "newer", digest(newer), now=now)
    assert (await scenario.invitation(meeting.tokens[0])).state is InvitationState.REPLACED
    assert await scenario.redeem(meeting.tokens[0]) is False
    assert await scenario.redeem(newer) is True
    assert await scenario.store.invitations.count_reissued(meeting.seats[0], now - timedelta(minutes=10)) == 1


async def test_no_link_into_a_match_that_is_over(scenario: Scenario) -> None:
    """Neither an old one nor a new one."""
    meeting = await scenario.matched()
    now = scenario.clock.now()
    await scenario.store.matches.end(meeting.match_id, EndReason.NO_SHOW, now=now)
    assert await scenario.store.invitations.issue(meeting.seats[0], "new", digest("new"), now=now) is False
    assert await scenario.redeem(meeting.tokens[0]) is False


async def test_another_device_replaces_the_first_and_its_room(scenario: Scenario) -> None:
    """A redeemed newer link puts the first browser out: session replaced, room renamed, the old one ordered closed."""
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
