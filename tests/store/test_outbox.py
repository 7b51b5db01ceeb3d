"""What is to be told: in which order, by which route, until it is."""

from datetime import timedelta

from bot.domain.agreement import agree
from bot.domain.message import LINK_KINDS, Delivered, MatchDetails, MessageKind, Route
from bot.store.databases.sqlite import SqliteDatabase
from bot.store.outbox import NewMessage
from tests.store.scenario import Meeting, Scenario


def details(meeting: Meeting) -> MatchDetails:
    """What a message about this meeting tells."""
    return MatchDetails(partner="Ä <@1>", agreement=agree(*meeting.tickets))


async def put(scenario: Scenario, meeting: Meeting, kind: MessageKind, side: int, *, row_id: str) -> None:
    """Write one more message with a fact that changes nothing."""
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


async def test_cards_first_then_those_we_reach_no_other_way(scenario: Scenario) -> None:
    """Edits of cards cost nothing and come first; then members whose interaction is dead; then by time."""
    meeting = await scenario.matched(1, 2)
    await scenario.store.interactions.save(1, "sealed", scenario.clock.now(), card=True)
    await put(scenario, meeting, MessageKind.CARD, 0, row_id="card")
    due = await scenario.store.outbox.find_due(scenario.clock.now(), 9)
    assert [(message.kind, message.member_id) for message in due] == [
        (MessageKind.CARD, 1),
        (MessageKind.INVITATION, 2),
        (MessageKind.INVITATION, 1),
    ]
    assert due[0].payload == details(meeting)


async def test_a_message_is_settled_once(scenario: Scenario) -> None:
    """Sent is sent; a second record of it finds nothing to do."""
    await scenario.matched()
    fence, now = await scenario.fence("courier"), scenario.clock.now()
    message = (await scenario.store.outbox.find_due(now, 9))[0]
    assert await scenario.store.outbox.mark_sent(message, Delivered(channel_id=1, message_id=2), now, fence) is True
    assert await scenario.store.outbox.mark_sent(message, Delivered(), now, fence) is False
    assert message.id not in {each.id for each in await scenario.store.outbox.find_due(now, 9)}


async def test_later_is_not_now(scenario: Scenario) -> None:
    """A retry keeps the row, its link and its route, and counts."""
    await scenario.matched()
    fence, now = await scenario.fence("courier"), scenario.clock.now()
    first, second = await scenario.store.outbox.find_due(now, 9)
    at = now + timedelta(seconds=5)
    await scenario.store.outbox.postpone(first, due_at=at, reason="discord_503", now=now, fence=fence)
    assert [each.id for each in await scenario.store.outbox.find_due(now, 9)] == [second.id]
    again = next(each for each in await scenario.store.outbox.find_due(at, 9) if each.id == first.id)
    assert (again.attempts, again.invitation_id, again.route) == (1, first.invitation_id, Route.DIRECT)
    assert await scenario.store.outbox.next_due_at() == now


async def test_two_mentions_of_a_match_are_two_minutes_apart(scenario: Scenario) -> None:
    """Nobody in the channel may see who meets whom; another match's mention does not wait."""
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
    assert await outbox.find_due(late + timedelta(milliseconds=119_999), 9) == []
    assert len(await outbox.find_due(late + timedelta(seconds=120), 9)) == 2


async def test_where_a_message_was_sent_is_recorded(scenario: Scenario) -> None:
    """Channel and message id are stored with the sent message, so that it can be edited or deleted later."""
    await scenario.matched(1, 2)
    fence, now = await scenario.fence("courier"), scenario.clock.now()
    sent, other = await scenario.store.outbox.find_due(now, 9)
    await scenario.store.outbox.mark_sent(sent, Delivered(channel_id=5, message_id=6), now, fence)
    database = scenario.store.database
    assert isinstance(database, SqliteDatabase)
    rows = await database._reader.fetch("SELECT id, channel_id, message_id FROM outbox", {})
    assert sorted(map(tuple, rows)) == sorted([(sent.id, 5, 6), (other.id, None, None)])
