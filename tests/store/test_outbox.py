"""What is to be told: in which order, by which route, until it is."""

from datetime import timedelta

from bot.domain.message import Delivered, Kind, Route
from bot.store.outbox import OutboxRow
from tests.store.ledger import Ledger, Meeting


async def put(ledger: Ledger, meeting: Meeting, kind: Kind, side: int, *, row_id: str) -> None:
    """Write one more message with a fact that changes nothing."""
    row = OutboxRow(
        id=row_id,
        kind=kind,
        member_id=meeting.tickets[side].member_id,
        match_id=meeting.match_id,
        seat_id=meeting.seats[side],
        values={"partner": "Ä <@1>"},
        due_at=ledger.clock.now(),
    )
    await ledger.store.matches.remind(meeting.match_id, now=ledger.clock.now(), rows=[row])


async def test_cards_first_then_those_we_reach_no_other_way(ledger: Ledger) -> None:
    """Edits of cards cost nothing and come first; then members whose interaction is dead; then by time."""
    meeting = await ledger.matched(1, 2)
    await ledger.store.interactions.keep(1, "sealed", ledger.clock.now(), card=True)
    await put(ledger, meeting, Kind.CARD, 0, row_id="card")
    due = await ledger.store.outbox.due(ledger.clock.now(), 9)
    assert [(message.kind, message.member_id) for message in due] == [
        (Kind.CARD, 1),
        (Kind.INVITATION, 2),
        (Kind.INVITATION, 1),
    ]
    assert due[0].values == {"partner": "Ä <@1>"}


async def test_a_message_is_settled_once(ledger: Ledger) -> None:
    """Sent is sent; a second record of it finds nothing to do."""
    await ledger.matched()
    fence, now = await ledger.fence("courier"), ledger.clock.now()
    message = (await ledger.store.outbox.due(now, 9))[0]
    assert await ledger.store.outbox.sent(message, Delivered(channel_id=1, message_id=2), now, fence) is True
    assert await ledger.store.outbox.sent(message, Delivered(), now, fence) is False
    assert message.id not in {each.id for each in await ledger.store.outbox.due(now, 9)}


async def test_later_is_not_now(ledger: Ledger) -> None:
    """A retry keeps the row, its link and its route, and counts."""
    await ledger.matched()
    fence, now = await ledger.fence("courier"), ledger.clock.now()
    first, second = await ledger.store.outbox.due(now, 9)
    at = now + timedelta(seconds=5)
    await ledger.store.outbox.later(first, due_at=at, reason="discord_503", now=now, fence=fence)
    assert [each.id for each in await ledger.store.outbox.due(now, 9)] == [second.id]
    again = next(each for each in await ledger.store.outbox.due(at, 9) if each.id == first.id)
    assert (again.attempts, again.invitation_id, again.route) == (1, first.invitation_id, Route.DIRECT)
    assert await ledger.store.outbox.next_due() == now


async def test_two_mentions_of_a_match_are_two_minutes_apart(ledger: Ledger) -> None:
    """Nobody in the channel may see who meets whom; another match's mention does not wait."""
    await ledger.matched(1, 2)
    await ledger.matched(3, 4)
    fence, now = await ledger.fence("courier"), ledger.clock.now()
    outbox = ledger.store.outbox
    for message in await outbox.due(now, 9):
        await outbox.reroute(message, Route.MENTION, due_at=now, reason="closed", now=now, fence=fence)
    late = now + timedelta(seconds=7)
    first = await outbox.due(late, 9)
    assert len({message.match_id for message in first}) == len(first) == 2
    for message in first:
        await outbox.sent(message, Delivered(channel_id=1, message_id=2), late, fence)
    assert await outbox.due(late + timedelta(milliseconds=119_999), 9) == []
    assert len(await outbox.due(late + timedelta(seconds=120), 9)) == 2


async def test_a_mention_can_be_found_again(ledger: Ledger) -> None:
    """To be taken away once it was used."""
    meeting = await ledger.matched(1, 2)
    fence, now = await ledger.fence("courier"), ledger.clock.now()
    message = next(each for each in await ledger.store.outbox.due(now, 9) if each.member_id == 1)
    await ledger.store.outbox.reroute(message, Route.MENTION, due_at=now, reason="closed", now=now, fence=fence)
    mention = next(each for each in await ledger.store.outbox.due(now, 9) if each.id == message.id)
    await ledger.store.outbox.sent(mention, Delivered(channel_id=5, message_id=6), now, fence)
    assert await ledger.store.outbox.mention_of(meeting.seats[0]) == (5, 6)
    assert await ledger.store.outbox.mention_of(meeting.seats[1]) is None
