"""Every change of a search or a match marks what members were shown about it, in the same transaction."""

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.invitation import LINK_LIFETIME
from bot.domain.match import UNDO_FOR, EndReason
from bot.domain.message import Delivered, MessageKind, TryAgain
from bot.store.interactions import Interaction, ShownCard
from bot.store.outbox import NewMessage, StaleMessage, insert_message
from tests.store.scenario import SERVER, Meeting, Scenario

Fact = Callable[[Scenario, Meeting], Awaitable[object]]
MINUTE = timedelta(minutes=1)


async def show_card(scenario: Scenario, member_id: int, *, server_id: int = SERVER) -> None:
    """Show a member their card in a server, or in direct messages if that is 0."""
    now = scenario.clock.now()
    card = ShownCard(
        message_id=member_id, server_id=server_id, locale="en", shows="card", changes_at=None, changes=None
    )
    interaction = Interaction(encrypted_token="sealed", opened_at=now)
    await scenario.store.interactions.save_card(member_id, interaction, card, now)


async def send_all(scenario: Scenario) -> None:
    """Deliver what is due."""
    fence, now = await scenario.fence("courier"), scenario.clock.now()
    for number, message in enumerate(await scenario.store.outbox.find_due(now, 99)):
        delivered = Delivered(channel_id=1, message_id=number, shows=message.kind)
        assert await scenario.store.outbox.mark_sent(message, delivered, now, fence)


async def stale(scenario: Scenario) -> list[StaleMessage]:
    """What is stale now."""
    return list(await scenario.store.outbox.find_stale(scenario.clock.now(), 99))


async def shown(scenario: Scenario) -> list[tuple[int, MessageKind]]:
    """Member and kind of what is stale now."""
    return sorted((each.message.member_id, each.message.kind) for each in await stale(scenario))


async def drawn(scenario: Scenario) -> None:
    """All that is stale is drawn again."""
    fence = await scenario.fence("courier")
    for each in await stale(scenario):
        await scenario.store.outbox.mark_drawn(each, Delivered(shows="new"), scenario.clock.now(), fence)


@pytest.fixture
async def meeting(scenario: Scenario) -> Meeting:
    """A match of which both members have a card and a message; a third member waits, with a card."""
    for member_id in (1, 2, 3):
        await show_card(scenario, member_id)
    made = await scenario.matched(1, 2)
    await scenario.waiting(3)
    await send_all(scenario)
    assert await shown(scenario) == [(1, MessageKind.CARD), (2, MessageKind.CARD), (3, MessageKind.CARD)]
    await drawn(scenario)
    assert await shown(scenario) == []
    return made


BOTH = [(1, MessageKind.CARD), (1, MessageKind.INVITATION), (2, MessageKind.CARD), (2, MessageKind.INVITATION)]
THIRD = [(3, MessageKind.CARD)]


async def ends(scenario: Scenario, meeting: Meeting) -> None:
    """The match ends."""
    assert await scenario.store.matches.end(meeting.match_id, EndReason.NO_SHOW, now=scenario.clock.now())


async def is_redeemed(scenario: Scenario, meeting: Meeting) -> None:
    """A link is opened."""
    assert await scenario.redeem(meeting.tokens[0])


async def is_replaced(scenario: Scenario, meeting: Meeting) -> None:
    """A new link is issued."""
    assert await scenario.store.invitations.issue(meeting.seats[0], "new", b"new", now=scenario.clock.now())


async def is_left(scenario: Scenario, meeting: Meeting) -> None:
    """A seat is given up, and the time to undo it passes. Before that, nothing of the partner's changes."""
    assert await scenario.store.browser_sessions.leave_seat(meeting.seats[0], scenario.clock.now())
    assert {member for member, _ in await shown(scenario)} == {1}
    scenario.clock.pass_time(seconds=UNDO_FOR.seconds)


async def is_left_and_taken_back(scenario: Scenario, meeting: Meeting) -> None:
    """It is undone in time."""
    assert await scenario.store.browser_sessions.leave_seat(meeting.seats[0], scenario.clock.now())
    assert await scenario.store.browser_sessions.undo_leaving(meeting.seats[0], scenario.clock.now())


async def third_stops(scenario: Scenario, meeting: Meeting) -> None:
    """The member who waits stops."""
    assert await scenario.store.tickets.stop_waiting(3, scenario.clock.now())


async def third_expires(scenario: Scenario, meeting: Meeting) -> None:
    """Their search finds nobody."""
    scenario.clock.pass_time(minutes=14)
    ticket = await scenario.store.tickets.find_by_member(3)
    assert ticket is not None
    fence = await scenario.fence()
    assert await scenario.store.tickets.expire(ticket, now=scenario.clock.now(), messages=[], fence=fence)


async def third_is_paused(scenario: Scenario, meeting: Meeting) -> None:
    """Their server is closed."""
    ticket = await scenario.store.tickets.find_by_member(3)
    assert ticket is not None
    assert await scenario.store.tickets.record_pause(ticket, paused=True, now=scenario.clock.now())
    assert not await scenario.store.tickets.record_pause(ticket, paused=True, now=scenario.clock.now())


async def third_is_matched(scenario: Scenario, meeting: Meeting) -> None:
    """Somebody turns up."""
    third = await scenario.store.tickets.find_by_member(3)
    assert third is not None
    new, _ = scenario.match_of(third, await scenario.waiting(4))
    assert await scenario.store.matches.create(new, fence=await scenario.fence())


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        (ends, BOTH),
        (is_redeemed, BOTH),
        (is_replaced, BOTH),
        (is_left, BOTH),
        (is_left_and_taken_back, BOTH),
        (third_stops, THIRD),
        (third_expires, THIRD),
        (third_is_paused, THIRD),
        (third_is_matched, THIRD),
    ],
)
async def test_a_fact_marks_what_was_shown_about_it(
    scenario: Scenario, meeting: Meeting, fact: Fact, expected: list[tuple[int, MessageKind]]
) -> None:
    """And nothing that others were shown."""
    await fact(scenario, meeting)
    assert await shown(scenario) == expected


async def test_a_search_marks_messages_and_the_card(scenario: Scenario) -> None:
    """The answer to the command becomes the card, but not if it cannot be shown or another was asked for meanwhile."""
    await show_card(scenario, 1)
    now = scenario.clock.now()
    message = NewMessage(id="paused", kind=MessageKind.PAUSED, member_id=1, due_at=now, server_id=SERVER, locale="en")
    await scenario.store.database.write([insert_message(message)])
    await send_all(scenario)
    await drawn(scenario)
    await scenario.waiting(1)
    assert await shown(scenario) == [(1, MessageKind.CARD), (1, MessageKind.PAUSED)]


async def test_a_change_during_a_drawing_is_not_forgotten(scenario: Scenario, meeting: Meeting) -> None:
    """Not even one in the same millisecond: the message is drawn once more."""
    await is_redeemed(scenario, meeting)
    being_drawn = await stale(scenario)
    await ends(scenario, meeting)
    fence = await scenario.fence("courier")
    for each in being_drawn:
        await scenario.store.outbox.mark_drawn(each, Delivered(shows="old"), scenario.clock.now(), fence)
    assert await shown(scenario) == BOTH
    await drawn(scenario)
    assert await shown(scenario) == []


async def test_a_change_during_a_delivery_is_not_forgotten(scenario: Scenario) -> None:
    """A message that was being sent when its match ended is drawn again."""
    meeting = await scenario.matched(1, 2)
    news = NewMessage(
        id="news",
        kind=MessageKind.PARTNER_DECLINED,
        member_id=3,
        due_at=scenario.clock.now(),
        server_id=SERVER,
        locale="en",
    )
    await scenario.store.database.write([insert_message(news)])
    await scenario.waiting(3)
    await scenario.store.tickets.stop_waiting(3, scenario.clock.now())
    await ends(scenario, meeting)
    await send_all(scenario)
    assert await shown(scenario) == [(3, MessageKind.PARTNER_DECLINED)]


async def test_a_message_is_drawn_again_when_time_changes_it(scenario: Scenario) -> None:
    """A link expires, an undo ends: known beforehand, and not earlier."""
    await scenario.matched(1, 2)
    fence, now = await scenario.fence("courier"), scenario.clock.now()
    [first, _] = await scenario.store.outbox.find_due(now, 9)
    await scenario.store.outbox.mark_sent(first, Delivered(message_id=1, changes_at=now + MINUTE), now, fence)
    assert await stale(scenario) == []
    scenario.clock.pass_time(minutes=1)
    [due], busy = await stale(scenario), TryAgain(reason="busy")
    fence, now = await scenario.fence("courier"), scenario.clock.now()
    await scenario.store.outbox.postpone_drawing(due, again_at=now + MINUTE, failed=busy, now=now, fence=fence)
    assert await stale(scenario) == []
    scenario.clock.pass_time(minutes=1)
    assert [each.message.attempts for each in await stale(scenario)] == [1]


async def test_a_newer_link_withdraws_older_ones(scenario: Scenario) -> None:
    """A message that was not sent yet would bring a link that does not work."""
    meeting = await scenario.matched(1, 2)
    await is_replaced(scenario, meeting)
    assert [each.member_id for each in await scenario.store.outbox.find_due(scenario.clock.now(), 9)] == [2]


async def test_a_message_that_cannot_be_read_is_left_as_it_is(
    scenario: Scenario, meeting: Meeting, database: Path
) -> None:
    """The others are drawn, and it does not come up again."""
    await ends(scenario, meeting)
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("UPDATE outbox SET payload = '{' WHERE member_id = 1 AND kind = 'invitation'")
    assert await shown(scenario) == [each for each in BOTH if each != (1, MessageKind.INVITATION)]
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT stale_at FROM outbox WHERE member_id = 1 AND kind = 'invitation'").fetchall()
    assert rows == [(None,)]


async def test_a_mark_of_a_clock_that_was_ahead_is_pulled_back(scenario: Scenario, meeting: Meeting) -> None:
    """Otherwise the message would show what is not true until that time; what time changes later stays."""
    now, fence = scenario.clock.now(), await scenario.fence("courier")
    await ends(scenario, meeting)
    first, second, *_ = [each for each in await stale(scenario) if each.message.kind is MessageKind.INVITATION]
    for each, changes_at in ((first, now + timedelta(hours=1)), (second, now + LINK_LIFETIME)):
        await scenario.store.outbox.mark_drawn(each, Delivered(changes_at=changes_at), now, fence)
    await scenario.store.clock_correction.pull_back_times(now)
    messages = [each.message.id for each in await stale(scenario) if each.message.kind is MessageKind.INVITATION]
    assert messages == [first.message.id]


async def test_a_later_mark_does_not_put_off_an_earlier_one(scenario: Scenario, meeting: Meeting) -> None:
    """What is stale already stays so, although what happens next will show only in a while."""
    await is_redeemed(scenario, meeting)
    assert await scenario.store.browser_sessions.leave_seat(meeting.seats[1], scenario.clock.now())
    assert await shown(scenario) == BOTH


async def test_a_failed_edit_may_have_arrived(scenario: Scenario, meeting: Meeting) -> None:
    """What the message shows is unknown then, so it is edited once more; without an attempt it is known."""
    fence, now = await scenario.fence("courier"), scenario.clock.now()
    await ends(scenario, meeting)
    for each in await stale(scenario):
        failed = TryAgain(reason="busy", attempted=each.message.member_id == 1)
        await scenario.store.outbox.postpone_drawing(each, again_at=now, failed=failed, now=now, fence=fence)
    known = {(each.message.member_id, each.shows is not None, each.message.attempts) for each in await stale(scenario)}
    assert known == {(1, False, 1), (2, True, 0)}


async def test_changed_wishes_mark_the_card(scenario: Scenario, meeting: Meeting) -> None:
    """Who is shown the change may be shown an older drawing right afterwards."""
    ticket = await scenario.store.tickets.find_by_member(3)
    assert ticket is not None
    now = scenario.clock.now()
    await scenario.store.tickets.change_wishes(
        3, ticket.wishes, server_id=ticket.server_id, expires_at=ticket.expires_at, now=now
    )
    assert await shown(scenario) == THIRD
