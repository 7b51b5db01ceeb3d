"""How matches end in these tests: as the rules end them."""

from bot.domain.match import OVERTIME, UNDO_FOR, EndReason
from tests.store.ledger import Ledger, Meeting


async def end(ledger: Ledger, meeting: Meeting, reason: EndReason = EndReason.BLOCKED) -> None:
    """End a match for a reason that holds; where the reason needs it time passes before."""
    if reason is EndReason.DECLINED:
        await ledger.store.sessions.leave(meeting.seats[1], ledger.clock.now())
        ledger.clock.pass_time(seconds=UNDO_FOR.total_seconds())
    if reason is EndReason.DONE:
        await ledger.in_the_room(meeting)
        ledger.clock.pass_time(minutes=50, seconds=OVERTIME.total_seconds())
    assert await ledger.store.matches.end(meeting.match_id, reason, now=ledger.clock.now())
