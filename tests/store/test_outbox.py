"""The outbox: which messages are due, in which order, and how they are settled."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.domain.agreement import agree
from bot.domain.match import EndReason
from bot.domain.message import (
    DELIVERIES,
    LINK_KINDS,
    SEARCH_KINDS,
    Delivered,
    MatchDetails,
    MessageKind,
    Route,
    TryAgain,
)
from bot.store.interactions import Interaction
from bot.store.outbox import MENTIONS_APART, NewMessage, insert_message, message_to_seat
from tests.store.rows import fetch_rows
from tests.store.scenario import Meeting, Scenario


@dataclass(frozen=True, kw_only=True, slots=True)
class SeatOf:
    """The address of a seat."""

    id: str
    match_id: str
    member_id: int


def details(meeting: Meeting) -> MatchDetails:
    """The payload of a message about this match."""
    return MatchDetails(agreement=agree(*meeting.tickets))


async def put(scenario: Scenario, meeting: Meeting, kind: MessageKind, side: int, *, row_id: str) -> None:
    """Write one more message; the reminder it comes with changes nothing here."""
    row = NewMessage(
        id=row_id,
        kind=kind,
        member_id=meeting.tickets[side].member_id,
        match_id=meeting.match_id,
        seat_id=meeting.seats[side],
        payload=details(meeting) if kind in LINK_KINDS else None,
        due_at=scenario.clock.now(),
    )
    await scenario.store.matches.record_reminder(meeting.match_id, now=scenario.clock.now(), messages=[row])


async def test_members_without_an_interaction_are_sent_to_first(scenario: Scenario) -> None:
    """Members who can also be reached through an interaction come last."""
    meeting = await scenario.matched(1, 2)
    await scenario.store.interactions.save(1, Interaction(encrypted_token="sealed", opened_at=scenario.clock.now()))
    due = await scenario.store.outbox.find_due(scenario.clock.now(), 9)
    assert [(message.kind, message.member_id) for message in due] == [
        (MessageKind.INVITATION, 2),
        (MessageKind.INVITATION, 1),
    ]
    assert due[0].payload == details(meeting)


async def test_a_message_is_marked_sent_once(scenario: Scenario) -> None:
    """Marking it again changes nothing, and it is not due any more."""
    await scenario.matched()
    fence, now = await scenario.fence("courier"), scenario.clock.now()
    message = (await scenario.store.outbox.find_due(now, 9))[0]
    assert await scenario.store.outbox.mark_sent(message, Delivered(channel_id=1, message_id=2), now, fence) is True
    assert await scenario.store.outbox.mark_sent(message, Delivered(), now, fence) is False
    assert message.id not in {each.id for each in await scenario.store.outbox.find_due(now, 9)}


async def test_a_postponed_message_is_due_later(scenario: Scenario) -> None:
    """It keeps its id, link and route; the attempt is counted."""
    await scenario.matched()
    fence, now = await scenario.fence("courier"), scenario.clock.now()
    first, second = await scenario.store.outbox.find_due(now, 9)
    at = now + timedelta(seconds=5)
    await scenario.store.outbox.postpone(first, due_at=at, failed=TryAgain(reason="discord_503"), now=now, fence=fence)
    assert [each.id for each in await scenario.store.outbox.find_due(now, 9)] == [second.id]
    again = next(each for each in await scenario.store.outbox.find_due(at, 9) if each.id == first.id)
    assert (again.attempts, again.invitation_id, again.route) == (1, first.invitation_id, Route.DIRECT)
    assert await scenario.store.outbox.next_due_at() == now


async def test_two_mentions_of_one_match_are_two_minutes_apart(scenario: Scenario) -> None:
    """Readers of the channel cannot tell who meets whom; mentions of other matches do not wait."""
    await scenario.matched(1, 2)
    await scenario.matched(3, 4)
    fence, now = await scenario.fence("courier"), scenario.clock.now()
    outbox = scenario.store.outbox
    for message in await outbox.find_due(now, 9):
        await outbox.reroute(message, Route.MENTION, due_at=now, reason="closed", now=now, fence=fence)
    late = now + timedelta(seconds=7)
    first = await outbox.find_due(late, 9)
    assert len({message.match_id for message in first}) == len(first) == 2
    for message in first:
        await outbox.mark_sent(message, Delivered(channel_id=1, message_id=2), late, fence)
    assert await outbox.find_due(late + MENTIONS_APART - timedelta(milliseconds=1), 9) == []
    assert len(await outbox.find_due(late + MENTIONS_APART, 9)) == 2


async def test_where_a_message_was_sent_is_recorded(scenario: Scenario) -> None:
    """Channel and message id are stored with the sent message, so that it can be edited or deleted later."""
    await scenario.matched(1, 2)
    fence, now = await scenario.fence("courier"), scenario.clock.now()
    sent, other = await scenario.store.outbox.find_due(now, 9)
    await scenario.store.outbox.mark_sent(sent, Delivered(channel_id=5, message_id=6), now, fence)
    rows = await fetch_rows(scenario.store, "SELECT id, channel_id, message_id FROM outbox")
    assert sorted(rows) == sorted([(sent.id, 5, 6), (other.id, None, None)])


async def test_no_reminder_to_a_member_who_has_come(scenario: Scenario) -> None:
    """Other messages are written; a member who has left the seat gets none."""
    meeting = await scenario.matched(1, 2)
    await scenario.in_the_room(meeting, 0)
    await scenario.store.browser_sessions.leave_seat(meeting.seats[1], scenario.clock.now())
    for number, kind in enumerate((MessageKind.REMINDER, MessageKind.NEW_LINK, MessageKind.MATCH_OVER)):
        for side in (0, 1):
            message = message_to_seat(
                kind,
                SeatOf(id=meeting.seats[side], match_id=meeting.match_id, member_id=1 + side),
                message_id=f"{kind} {side}",
                payload=details(meeting) if kind in LINK_KINDS else None,
                due_at=scenario.clock.now() + timedelta(seconds=number),
            )
            await scenario.store.database.write([insert_message(message)])
    due = await scenario.store.outbox.find_due(scenario.clock.now() + timedelta(minutes=1), 9)
    assert [each.id for each in due if each.kind is not MessageKind.INVITATION] == ["new_link 0", "match_over 0"]


@pytest.mark.parametrize("ended", [True, False])
async def test_links_that_became_useless_are_withdrawn(scenario: Scenario, ended: bool) -> None:
    """All messages with links are: both members' when the match ends, the member's own after leaving."""
    meeting = await scenario.matched(1, 2)
    now = scenario.clock.now()
    for kind in MessageKind:
        if kind not in SEARCH_KINDS - {MessageKind.PARTNER_DECLINED}:
            message = message_to_seat(
                kind,
                SeatOf(id=meeting.seats[0], match_id=meeting.match_id, member_id=1),
                message_id=kind,
                payload=details(meeting) if kind in LINK_KINDS else None,
                due_at=now,
            )
            await scenario.store.database.write([insert_message(message)])
    if ended:
        await scenario.store.matches.end(meeting.match_id, EndReason.NO_SHOW, now=now)
    else:
        await scenario.store.browser_sessions.leave_seat(meeting.seats[0], now)
    due = await scenario.store.outbox.find_due(now, 99)
    assert {each.kind for each in due if each.member_id == 1} == {
        MessageKind.PARTNER_DECLINED,
        MessageKind.NO_SHOW,
        MessageKind.MATCH_OVER,
        MessageKind.GATE_OPEN,
        MessageKind.TRIAL,  # it says how the trial has ended
    }
    assert len([each for each in due if each.member_id == 2]) == (0 if ended else 1)


async def test_a_message_from_a_clock_that_was_ahead_is_useful_as_long_as_any(scenario: Scenario) -> None:
    """Once its time is pulled back it is due, and it gets old from then on."""
    await scenario.matched(1, 2)
    scenario.clock.correct(days=-7)
    outbox, now = scenario.store.outbox, scenario.clock.now()
    await scenario.store.clock_correction.pull_back_times(now)
    useful = DELIVERIES[MessageKind.INVITATION].useful_for
    for passed, due in ((timedelta(), 2), (useful - timedelta(milliseconds=1), 2), (useful, 0)):
        assert len(await outbox.find_due(now + passed, 9)) == due
