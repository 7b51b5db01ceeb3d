"""Stories of reports, told through Discord: a session that is over, a report by command, what Discord then shows."""

from dataclasses import dataclass

from simcord import InteractionResult, MemberActor

from bot.domain.report import UNDO_REPORT_FOR
from bot.domain.report_reader import Reader
from bot.store.report_rows import Report
from tests.chat.chat_harness import ChatHarness
from tests.chat.match_facts import both_are_in, invited, janitor_step
from tests.chat.outbox import deliver_all
from tests.chat.setup.staff_room import staff_room

MINUTE = 60


@dataclass(frozen=True, kw_only=True)
class Session:
    """Alice and Bob have studied together; their match is over."""

    harness: ChatHarness
    alice: MemberActor
    bob: MemberActor

    async def report(self, reason: str | None = None, words: str = "") -> InteractionResult:
        """Alice reports Bob with `/study report`; returns the answer."""
        form = await self.alice.slash(self.harness.study, "study report")
        return await self.alice.submit_modal(form, form_values(reason, words))


async def session_over(harness: ChatHarness, **settings: object) -> Session:
    """They were together for some minutes, and the janitor has asked both how it was. There is a channel for staff."""
    staff = await staff_room(harness)
    alice, bob, _ = await invited(harness, staff_channel_id=staff.id, **settings)
    own, partner = await harness.seat_of(alice), await harness.seat_of(bob)
    await both_are_in(harness, alice, bob)
    harness.clock.pass_time(seconds=5 * MINUTE)
    for seat in (own, partner):
        await harness.store.browser_sessions.leave_seat(seat.own.id, harness.clock.now())
    harness.clock.pass_time(seconds=MINUTE)
    await janitor_step(harness)
    await deliver_all(harness)
    return Session(harness=harness, alice=alice, bob=bob)


def form_values(reason: str | None, words: str) -> dict[str, object]:
    """What is typed into the form of a report; no reason leaves the choice empty."""
    return {"words": words} if reason is None else {"reason": reason, "words": words}


async def all_reports(harness: ChatHarness) -> list[Report]:
    """The undecided reports as somebody reads them who has no part in them, once they cannot be undone any more."""
    later = harness.clock.now() + UNDO_REPORT_FOR
    return list(await harness.store.report_desk.list_open(Reader(member_id=1, server_id=harness.guild.id), later))


async def told(harness: ChatHarness) -> None:
    """The time to undo a report passes, and everybody is told who is to be told."""
    harness.clock.pass_time(seconds=UNDO_REPORT_FOR.total_seconds())
    await deliver_all(harness)
