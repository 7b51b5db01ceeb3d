"""Reports in scenarios: members who met and one who reports the other, and the staff who read it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.clock import new_id
from bot.domain.message import REPORT_KINDS, Delivered, MessageKind
from bot.domain.report import UNDO_REPORT_FOR, ReportPlace, ReportReason
from bot.domain.report_reader import Reader, StaffStanding
from bot.domain.server import Server
from bot.domain.verdict import Decision, Verdict
from bot.store.outbox import OutboxMessage
from bot.store.report_timers import ReportTimers
from bot.store.reports import FiledReport, NewReport, Reports
from tests.loops.factories import make_janitor, open_server
from tests.store.opening import PRIVACY_KEY
from tests.store.rows import fetch_rows
from tests.store.scenario import SERVER, Meeting, Scenario

REPORTER, REPORTED = 1, 2
READER, OTHER_READER = 7, 8
STAFF_CHANNEL = 55
SECOND = timedelta(seconds=1)


async def met(scenario: Scenario, reporter: int = REPORTER, reported: int = REPORTED) -> Meeting:
    """Two who have been in the room together for two minutes; the reporter has the first seat."""
    meeting = await scenario.matched(reporter, reported)
    await scenario.in_the_room(meeting)
    scenario.clock.pass_time(minutes=2)
    return meeting


async def file(
    scenario: Scenario,
    meeting: Meeting,
    reason: ReportReason = ReportReason.HATE,
    words: str = "",
    *,
    side: int = 0,
    place: ReportPlace = ReportPlace.ROOM,
) -> FiledReport:
    """The report of one side of a meeting, now."""
    new = NewReport(id=new_id(scenario.clock), seat_id=meeting.seats[side], place=place, reason=reason, words=words)
    return await scenario.store.reports.file(new, scenario.clock.now())


async def filed(scenario: Scenario, reason: ReportReason = ReportReason.HATE) -> FiledReport:
    """A report that can be read: two have met, and undoing is over."""
    report = await file(scenario, await met(scenario), reason)
    scenario.clock.pass_time(seconds=UNDO_REPORT_FOR.total_seconds())
    return report


async def with_staff(scenario: Scenario, *readers: int, channel_id: int | None = STAFF_CHANNEL) -> Server:
    """The server is set up with a channel for staff, and these members are known to read reports."""
    server = await open_server(scenario.store)
    server = await scenario.store.servers.save(
        replace(server, staff_channel_id=channel_id), expected_version=server.version
    )
    for member_id in readers:
        await knows(scenario, member_id)
    return server


async def knows(scenario: Scenario, member_id: int, standing: StaffStanding | None = StaffStanding.READS) -> None:
    """Chat has seen what this member has to do with reports."""
    await scenario.store.staff_members.record(SERVER, member_id, standing, scenario.clock.now())


def reader(member_id: int = READER, **powers: bool | int) -> Reader:
    """A reader of the scenario's server; `powers` are fields of Reader."""
    return replace(Reader(member_id=member_id, server_id=SERVER), **powers)  # type: ignore[arg-type]  # its fields


def verdict(decision: Decision = Decision.CLOSE, days: int | None = None, **fields: bool) -> Verdict:
    """A verdict about rule 1."""
    return Verdict(decision=decision, rule=1, sentence="It was like this.", days=days, **fields)


async def decide(scenario: Scenario, report_id: str, chosen: Verdict, by: Reader | None = None) -> bool:
    """Decide a report now."""
    return await scenario.store.report_desk.decide(
        report_id, by or reader(), chosen, verdict_id=new_id(scenario.clock), now=scenario.clock.now()
    )


def without_operator(scenario: Scenario) -> Scenario:
    """The scenario in an installation without a safety contact."""
    database = scenario.store.database
    store = replace(
        scenario.store,
        reports=Reports(database, privacy_key=PRIVACY_KEY, safety_contact=None),
        report_timers=ReportTimers(database, privacy_key=PRIVACY_KEY, safety_contact=None),
    )
    return Scenario(store, scenario.clock)


async def step(scenario: Scenario) -> None:
    """One step of the janitor."""
    janitor = make_janitor(scenario.store, scenario.clock)
    await janitor.step(await scenario.fence("janitor"))


async def due(scenario: Scenario) -> Sequence[OutboxMessage]:
    """The messages about reports that are due now."""
    messages = await scenario.store.outbox.find_due(scenario.clock.now(), 999)
    return [message for message in messages if message.kind in REPORT_KINDS - {MessageKind.CHECK_IN}]


async def told(scenario: Scenario) -> list[tuple[MessageKind, int]]:
    """Kind and member of each of them."""
    return sorted((message.kind, message.member_id) for message in await due(scenario))


async def restrictions_of(scenario: Scenario, member_id: int = REPORTED) -> list[str]:
    """The kinds of restriction that keep a member from new matches now."""
    found = await scenario.store.restrictions.find_active(SERVER, member_id, scenario.clock.now())
    return sorted(each.kind for each in found)


async def dump(scenario: Scenario) -> dict[str, list[tuple[object, ...]]]:
    """Everything that a report changes."""
    tables = (
        *("reports", "report_numbers", "blocks", "restrictions", "seats", "outbox", "tickets", "matches"),
        *("browser_sessions", "invitations", "room_orders", "audit", "appeals", "report_recusals", "pseudonyms"),
    )
    return {table: sorted(await fetch_rows(scenario.store, f"SELECT * FROM {table}"), key=repr) for table in tables}  # noqa: S608


async def send(scenario: Scenario) -> None:
    """What is due is sent."""
    fence = await scenario.fence("courier")
    for message in await scenario.store.outbox.find_due(scenario.clock.now(), 999):
        await scenario.store.outbox.mark_sent(message, Delivered(), scenario.clock.now(), fence)


async def read_report(scenario: Scenario, report_id: str, column: str) -> Any:
    """One column of a report."""
    [(value,)] = await fetch_rows(scenario.store, f"SELECT {column} FROM reports WHERE id = '{report_id}'")  # noqa: S608
    return value


async def leave(scenario: Scenario, meeting: Meeting, side: int = 1) -> None:
    await scenario.store.browser_sessions.leave_seat(meeting.seats[side], scenario.clock.now())


async def meet(scenario: Scenario, *partners: int) -> list[Meeting]:
    """The reporter has met all of these, one after the other, and left."""
    meetings = []
    for partner in partners:
        meetings.append(await met(scenario, REPORTER, partner))
        await leave(scenario, meetings[-1], 0)
    return meetings


async def file_and_undo(scenario: Scenario, meeting: Meeting) -> FiledReport:
    """A severe report that stands for 29 seconds."""
    report = await file(scenario, meeting, ReportReason.SEXUAL)
    scenario.clock.pass_time(seconds=29)
    assert await scenario.store.reports.undo(meeting.seats[0], scenario.clock.now())
    return report


async def holds(scenario: Scenario) -> list[tuple[object, ...]]:
    """All that there are, also those that have not begun or have ended."""
    return list(await fetch_rows(scenario.store, "SELECT * FROM restrictions"))
