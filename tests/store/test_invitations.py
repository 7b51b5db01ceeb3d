"""One-time links: single use, expiry, newer ones."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.invitation import LINK_LASTS, digest, link_token
from bot.domain.match import EndReason
from bot.domain.message import Delivered
from bot.store.browser_sessions import SessionState
from bot.store.invitations import LinkState
from bot.store.room_orders import Action
from tests.store.ledger import LINK_KEY, Ledger


async def test_of_sixty_four_who_try_one_gets_in(ledger: Ledger) -> None:
    """Single use is one conditional update, whoever comes at the same moment."""
    meeting = await ledger.matched()
    got_in = await asyncio.gather(*(ledger.redeem(meeting.tokens[0]) for _ in range(64)))
    assert sum(got_in) == 1


async def test_looking_spends_nothing(ledger: Ledger) -> None:
    """A link can be looked at as often as anybody likes; an unknown one is None."""
    meeting = await ledger.matched()
    for _ in range(3):
        assert (await ledger.look(meeting.tokens[0])).state is LinkState.OPEN
    assert await ledger.store.invitations.look(digest("unknown")) is None


@pytest.mark.parametrize(("milliseconds", "works"), [(-1, True), (0, False), (1, False)])
async def test_fifteen_minutes_from_its_delivery(ledger: Ledger, milliseconds: int, works: bool) -> None:
    """Until it is delivered a link does not age; then it lasts a quarter of an hour, to the millisecond."""
    meeting = await ledger.matched()
    ledger.clock.pass_time(minutes=3)
    fence = await ledger.fence("courier")
    for message in await ledger.store.outbox.due(ledger.clock.now(), 9):
        assert await ledger.store.outbox.sent(message, Delivered(), ledger.clock.now(), fence)
    delivered = ledger.clock.now()
    assert (await ledger.look(meeting.tokens[0])).expires_at == delivered + LINK_LASTS
    ledger.clock.set(delivered + LINK_LASTS + timedelta(milliseconds=milliseconds))
    assert await ledger.redeem(meeting.tokens[0]) is works


async def test_a_second_delivery_does_not_renew(ledger: Ledger) -> None:
    """The card and the message carry the same link; its life begins with the first."""
    meeting = await ledger.matched()
    now = ledger.clock.now()
    for minutes in (0, 5):
        at = now + timedelta(minutes=minutes)
        await ledger.store.invitations.handed_over(meeting.invitations[0], now=at, expires_at=at + LINK_LASTS)
    assert (await ledger.look(meeting.tokens[0])).expires_at == now + LINK_LASTS


async def test_a_newer_link_replaces_the_older(ledger: Ledger) -> None:
    """The old one stops working when the new one is issued; nobody who is in is disturbed."""
    meeting = await ledger.matched()
    newer = link_token(LINK_KEY, "newer")
    now = ledger.clock.now()
    assert await ledger.store.invitations.issue(meeting.seats[0], "newer", digest(newer), now=now)
    assert (await ledger.look(meeting.tokens[0])).state is LinkState.REPLACED
    assert await ledger.redeem(meeting.tokens[0]) is False
    assert await ledger.redeem(newer) is True
    assert await ledger.store.invitations.issued_lately(meeting.seats[0], now - timedelta(minutes=10)) == 1


async def test_no_link_into_a_match_that_is_over(ledger: Ledger) -> None:
    """Neither an old one nor a new one."""
    meeting = await ledger.matched()
    now = ledger.clock.now()
    await ledger.store.matches.end(meeting.match_id, EndReason.NO_SHOW, now=now)
    assert await ledger.store.invitations.issue(meeting.seats[0], "new", digest("new"), now=now) is False
    assert await ledger.redeem(meeting.tokens[0]) is False


async def test_another_device_replaces_the_first_and_its_room(ledger: Ledger) -> None:
    """A redeemed newer link puts the first browser out: session replaced, room renamed, the old one ordered closed."""
    meeting = await ledger.matched()
    assert await ledger.redeem(meeting.tokens[0], cookie="phone")
    await ledger.in_the_room(meeting)
    newer = link_token(LINK_KEY, "newer")
    now = ledger.clock.now()
    assert await ledger.store.invitations.issue(meeting.seats[0], "newer", digest(newer), now=now)
    phone = await ledger.session("phone")
    assert phone is not None
    assert phone.state is SessionState.ACTIVE
    assert await ledger.redeem(newer, cookie="laptop")
    phone, laptop = await ledger.session("phone"), await ledger.session("laptop")
    assert phone is not None
    assert laptop is not None
    assert (phone.state, laptop.state) == (SessionState.REPLACED, SessionState.ACTIVE)
    match = laptop.seat.match
    assert match.room_name != meeting.room_name
    assert (laptop.seat.own.present, laptop.seat.partner.present) == (False, False)
    orders = await ledger.store.orders.due(9)
    assert [(order.action, order.room_name) for order in orders] == [(Action.CLOSE, meeting.room_name)]
