"""What happens to reports with time: unread ones are told again, sanctions begin later, nothing is told twice."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.match import UNDO_FOR
from bot.domain.message import AlertDetails, MessageKind, ReportDetails
from bot.domain.report import (
    NOBODY,
    REPORTS_WINDOW,
    SEVERE_TELL_AGAIN_AFTER,
    TELL_AGAIN_AFTER,
    ReportReaders,
    ReportReason,
)
from bot.domain.report_reader import StaffStanding
from bot.domain.restriction import HOLD_FOR
from bot.domain.verdict import FIRST_DELAY, LAST_DELAY, Decision
from tests.store.opening import OPERATOR
from tests.store.reporting import (
    OTHER_READER,
    READER,
    REPORTED,
    REPORTER,
    SECOND,
    STAFF_CHANNEL,
    decide,
    due,
    file,
    filed,
    knows,
    meet,
    met,
    reader,
    restrictions_of,
    send,
    step,
    told,
    verdict,
    with_staff,
    without_operator,
)
from tests.store.scenario import SERVER, Scenario

Told = Sequence[tuple[MessageKind, int]]
AGAIN = [
    (MessageKind.READER_ALERT, READER),
    (MessageKind.READER_ALERT, OTHER_READER),
    (MessageKind.REPORT_LATE, REPORTER),
    (MessageKind.STAFF_ALERT, NOBODY),
]
OPERATOR_TOLD = [(MessageKind.OPERATOR_ALERT, OPERATOR)]


async def news(scenario: Scenario) -> Told:
    """What a step of the janitor and the courier tell now."""
    await step(scenario)
    written = await told(scenario)
    await send(scenario)
    return written


@pytest.mark.parametrize(
    ("reason", "after"), [(ReportReason.HATE, TELL_AGAIN_AFTER), (ReportReason.SEXUAL, SEVERE_TELL_AGAIN_AFTER)]
)
async def test_a_report_that_nobody_reads(scenario: Scenario, reason: ReportReason, after: timedelta) -> None:
    """After a day, or an hour if severe, all readers are told again; after as long once more the operator is."""
    await with_staff(scenario, READER, OTHER_READER)
    report = await filed(scenario, reason)
    counts_at = report.undo_until - timedelta(seconds=30)
    assert await news(scenario) == [(MessageKind.REPORT_RECEIVED, REPORTER), (MessageKind.STAFF_ALERT, NOBODY)]
    for moment, expected in (
        (after - SECOND, []),
        (after, AGAIN),
        (after + SECOND, []),
        (2 * after - SECOND, []),
        (2 * after, OPERATOR_TOLD),
        (2 * after + SECOND, []),
        (5 * after, []),
    ):
        scenario.clock.set(counts_at + moment)
        written = [each for _ in range(2) for each in await news(scenario)]  # what escalates is told in the next step
        assert [each for each in written if each[0] is not MessageKind.CHECK_IN] == expected
    [listed] = await scenario.store.report_desk.list_open(
        reader(OPERATOR, is_staff=False, is_operator=True), scenario.clock.now()
    )
    assert listed.id == report.report_id


async def test_where_no_reader_is_known_the_operator_is_told_earlier(scenario: Scenario) -> None:
    """Together with the channel for staff, because nobody else can be told."""
    await with_staff(scenario)
    report = await filed(scenario)
    await news(scenario)
    scenario.clock.set(report.undo_until - timedelta(seconds=30) + TELL_AGAIN_AFTER)
    written = sorted([*await news(scenario), *await news(scenario)])
    assert written == [*OPERATOR_TOLD, (MessageKind.REPORT_LATE, REPORTER), (MessageKind.STAFF_ALERT, NOBODY)]


async def test_without_a_safety_contact_the_report_waits(scenario: Scenario) -> None:
    """The operator is told as soon as there is one."""
    await with_staff(scenario, channel_id=None)
    await filed(scenario)
    await send(scenario)
    await step(without_operator(scenario))
    assert await told(scenario) == []
    assert await news(scenario) == OPERATOR_TOLD


async def test_without_a_safety_contact_the_reporter_hears_that_nobody_can_read_it(scenario: Scenario) -> None:
    """At once, with the receipt, and when it has waited; there is a channel or a reader as soon as there is one."""
    alone = without_operator(scenario)
    meeting = await met(scenario)
    assert (await file(alone, meeting)).read_by is ReportReaders.NOBODY
    scenario.clock.set(scenario.clock.now() + TELL_AGAIN_AFTER)
    await step(alone)
    receipts = [each.payload for each in await due(scenario) if each.member_id == REPORTER]
    assert [each.read_by for each in receipts if isinstance(each, ReportDetails)] == [ReportReaders.NOBODY] * 2
    await with_staff(scenario)
    assert (await file(alone, meeting, words="more")).read_by is ReportReaders.ADMINS


@pytest.mark.parametrize("goes", [False, True])
@pytest.mark.parametrize(("reporter", "reported"), [(OPERATOR, REPORTED), (REPORTER, OPERATOR)])
async def test_an_operator_who_is_a_party_never_hears_of_it(
    scenario: Scenario, reporter: int, reported: int, goes: bool
) -> None:
    """Their report would be read by nobody, so that is what its reporter hears; also once they have deleted data."""
    meeting = await met(scenario, reporter, reported)
    if goes:
        await scenario.store.personal_data.erase(OPERATOR, nobody=-1, now=scenario.clock.now())
    report = await file(scenario, meeting)
    assert report.read_by is ReportReaders.NOBODY
    scenario.clock.set(report.undo_until + 3 * TELL_AGAIN_AFTER)
    await step(scenario)
    assert [kind for kind, _ in await told(scenario) if kind is MessageKind.OPERATOR_ALERT] == []


async def test_an_operator_whom_no_alert_reaches_is_nobody(scenario: Scenario) -> None:
    """Until the next alert arrives."""
    outcomes = []
    for number, has_failed in enumerate((True, False, False)):
        report = await file(scenario, await met(scenario, 10 + number, 20 + number))
        outcomes.append(report.read_by)
        scenario.clock.set(report.undo_until)
        await step(scenario)
        [alert] = [each for each in await due(scenario) if each.kind is MessageKind.OPERATOR_ALERT]
        if has_failed:
            fence = await scenario.fence("courier")
            await scenario.store.outbox.mark_failed(alert, reason="closed", now=scenario.clock.now(), fence=fence)
        else:
            await send(scenario)
    assert outcomes == [ReportReaders.OPERATOR, ReportReaders.NOBODY, ReportReaders.OPERATOR]


@pytest.mark.parametrize("readers", [(), (READER, OTHER_READER)], ids=["no reader", "two readers"])
async def test_the_staff_channel_takes_nothing(scenario: Scenario, readers: tuple[int, ...]) -> None:
    """Deleted, or closed for the bot: the readers are told, each in a message, and if none is known the operator."""
    await with_staff(scenario, *readers)
    await filed(scenario)
    fence = await scenario.fence("courier")
    for message in await due(scenario):
        if message.kind is MessageKind.STAFF_ALERT:
            now = scenario.clock.now()
            await scenario.store.outbox.mark_failed(message, reason="Unknown Channel", now=now, fence=fence)
    await send(scenario)
    written = [each for _ in range(2) for each in await news(scenario)]
    assert written == ([(MessageKind.READER_ALERT, each) for each in readers] or OPERATOR_TOLD)


async def test_a_server_without_a_staff_channel(scenario: Scenario) -> None:
    """The known readers are told at once, each in a message."""
    await with_staff(scenario, READER, OTHER_READER, channel_id=None)
    await filed(scenario)
    assert await news(scenario) == [
        (MessageKind.READER_ALERT, READER),
        (MessageKind.READER_ALERT, OTHER_READER),
        (MessageKind.REPORT_RECEIVED, REPORTER),
    ]


@pytest.mark.parametrize("standing", StaffStanding)
async def test_a_report_about_staff_that_nobody_reads(scenario: Scenario, standing: StaffStanding) -> None:
    """Never in the channel that they see, and never to them."""
    await with_staff(scenario, READER)
    await knows(scenario, REPORTED, standing)
    await filed(scenario)
    written = list(await news(scenario))
    for _ in range(3):
        scenario.clock.set(scenario.clock.now() + TELL_AGAIN_AFTER)
        written += [each for _ in range(2) for each in await news(scenario)]
    assert [each for each in written if each[1] in {NOBODY, REPORTED}] == []
    assert [kind for kind, _ in written] == [
        MessageKind.READER_ALERT,
        MessageKind.REPORT_RECEIVED,
        MessageKind.READER_ALERT,
        MessageKind.REPORT_LATE,
        MessageKind.OPERATOR_ALERT,
    ]


async def test_a_late_report_that_is_decided_before_it_counts(scenario: Scenario) -> None:
    """It holds nobody, and staff hear nothing more of it."""
    await with_staff(scenario, READER, OTHER_READER)
    *others, last = await meet(scenario, *range(20, 24))
    for meeting in others:
        await file(scenario, meeting)
    report = await file(scenario, last, ReportReason.SEXUAL)
    assert report.is_late
    scenario.clock.set(report.undo_until)
    await news(scenario)
    assert await decide(scenario, report.report_id, verdict())
    await send(scenario)
    scenario.clock.set(scenario.clock.now() + REPORTS_WINDOW)
    await step(scenario)
    alerts = [each.payload for each in await due(scenario) if isinstance(each.payload, AlertDetails)]
    assert len(alerts) > 0, "nobody has read the others"
    assert report.number not in {alert.number for alert in alerts}
    assert await restrictions_of(scenario, 23) == []


async def test_a_sanction_begins_some_hours_later(scenario: Scenario) -> None:
    """Between one and twelve hours after the decision, not always as late; it is told then, and once."""
    await with_staff(scenario, READER)
    decided, delays = [], []
    for number in range(12):
        report = await file(scenario, await met(scenario, 100 + number, 200 + number))
        scenario.clock.set(report.undo_until)
        assert await decide(scenario, report.report_id, verdict(Decision.PAUSE, 1))
        decided.append((200 + number, scenario.clock.now()))
    begun: dict[int, timedelta] = {}
    for _ in range(13 * 6):
        await step(scenario)
        for message in await due(scenario):
            if message.kind is MessageKind.SANCTION and message.member_id not in begun:
                begun[message.member_id] = scenario.clock.now() - dict(decided)[message.member_id]
        await send(scenario)
        scenario.clock.pass_time(minutes=10)
    delays = sorted(begun.values())
    assert len(delays) == len(decided)
    assert delays[0] >= FIRST_DELAY
    assert delays[-1] <= LAST_DELAY + timedelta(minutes=10)
    assert delays[-1] - delays[0] > timedelta(hours=5)


async def test_a_severe_one_begins_at_once(scenario: Scenario) -> None:
    """Within the next step of the janitor."""
    report = await filed(scenario, ReportReason.SEXUAL)
    assert await decide(scenario, report.report_id, verdict(Decision.WARN))
    await step(scenario)
    assert (MessageKind.SANCTION, REPORTED) in await told(scenario)
    assert await restrictions_of(scenario) == []


@pytest.mark.parametrize("everywhere", [False, True])
async def test_whoever_is_out_leaves_as_anybody_leaves(scenario: Scenario, everywhere: bool) -> None:
    """Their search and session end, in this server or everywhere; the partner sees an ordinary Leave."""
    report = await filed(scenario, ReportReason.SEXUAL)
    seat = await scenario.store.matches.find_by_member(REPORTED)
    assert seat is not None
    await scenario.store.browser_sessions.leave_seat(seat.own.id, scenario.clock.now())
    scenario.clock.set(scenario.clock.now() + HOLD_FOR)
    later = await met(scenario, 30, REPORTED)
    operator = reader(OPERATOR, is_operator=True)
    assert await decide(scenario, report.report_id, verdict(Decision.OUT, everywhere=everywhere), operator)
    await step(scenario)
    assert await restrictions_of(scenario) == ["ban"]
    elsewhere = await scenario.store.restrictions.find_active(SERVER + 1, REPORTED, scenario.clock.now())
    assert len(elsewhere) == everywhere
    partner = await scenario.store.matches.find_by_seat(later.seats[0])
    assert partner is not None
    assert partner.partner.left_at == scenario.clock.now()
    assert partner.own.left_at is None
    ordinary = await met(scenario, 40, 41)
    await scenario.store.browser_sessions.leave_seat(ordinary.seats[1], scenario.clock.now())
    other = await scenario.store.matches.find_by_seat(ordinary.seats[0])
    assert other is not None
    assert (other.match.state, other.partner.present) == (partner.match.state, partner.partner.present)


async def test_a_ban_ends_a_search(scenario: Scenario) -> None:
    """At once, as any restriction does."""
    report = await filed(scenario)
    seat = await scenario.store.matches.find_by_member(REPORTED)
    assert seat is not None
    await scenario.store.browser_sessions.leave_seat(seat.own.id, scenario.clock.now())
    assert await decide(scenario, report.report_id, verdict(Decision.OUT))
    scenario.clock.pass_time(hours=13)
    await scenario.waiting(REPORTED)
    await step(scenario)
    assert await scenario.waiting_tickets() == []


async def test_the_bot_has_left_the_server(scenario: Scenario) -> None:
    """Nothing is sent about it any more, and the janitor goes on."""
    await with_staff(scenario, READER)
    await filed(scenario)
    await scenario.store.servers.leave(SERVER, scenario.clock.now())
    scenario.clock.set(scenario.clock.now() + 3 * TELL_AGAIN_AFTER)
    for _ in range(3):
        await step(scenario)
    assert await told(scenario) == []


async def test_late_settings_of_the_server_count(scenario: Scenario) -> None:
    """A channel that was chosen since is told of what is unread."""
    server = await with_staff(scenario, READER, channel_id=None)
    await filed(scenario)
    await news(scenario)
    await scenario.store.servers.save(replace(server, staff_channel_id=STAFF_CHANNEL), expected_version=server.version)
    scenario.clock.set(scenario.clock.now() + TELL_AGAIN_AFTER)
    assert (MessageKind.STAFF_ALERT, NOBODY) in await news(scenario)


@pytest.mark.parametrize("how", ["leave", "report", "block"])
async def test_how_was_it(scenario: Scenario, how: str) -> None:
    """Both are asked when their session has ended, also one who left early, but nobody who has reported or blocks."""
    meeting = await met(scenario)
    now = scenario.clock.now()
    if how == "leave":
        await scenario.store.browser_sessions.leave_seat(meeting.seats[0], now)
    elif how == "report":
        await file(scenario, meeting)
        await scenario.store.blocks.remove(REPORTER, REPORTED)
    else:
        await scenario.store.blocks.add(REPORTER, REPORTED, now)
    scenario.clock.pass_time(seconds=30)
    await scenario.store.browser_sessions.leave_seat(meeting.seats[1], scenario.clock.now())
    scenario.clock.set(scenario.clock.now() + UNDO_FOR)
    for _ in range(2):
        await step(scenario)
    messages = await scenario.store.outbox.find_due(scenario.clock.now(), 99)
    asked = sorted(each.member_id for each in messages if each.kind is MessageKind.CHECK_IN)
    assert asked == ([REPORTER, REPORTED] if how == "leave" else [REPORTED])


async def test_two_who_met_for_less_than_a_minute_are_not_asked(scenario: Scenario) -> None:
    """That does not count as having met."""
    meeting = await scenario.matched(REPORTER, REPORTED)
    await scenario.in_the_room(meeting)
    scenario.clock.pass_time(seconds=59)
    for seat in meeting.seats:
        await scenario.store.browser_sessions.leave_seat(seat, scenario.clock.now())
    scenario.clock.set(scenario.clock.now() + UNDO_FOR)
    await step(scenario)
    messages = await scenario.store.outbox.find_due(scenario.clock.now(), 99)
    assert [each for each in messages if each.kind is MessageKind.CHECK_IN] == []


async def test_a_clock_that_was_ahead(scenario: Scenario) -> None:
    """What was filed, taken and decided by it is read, given back and begun as if it had been right."""
    await with_staff(scenario, READER)
    right, ahead = scenario.clock.now(), timedelta(hours=48)
    scenario.clock.set(right + ahead)
    first = await file(scenario, await met(scenario))
    second = await file(scenario, await met(scenario, 3, 4))
    scenario.clock.set(second.undo_until)
    assert await scenario.store.report_desk.take(second.report_id, reader(), scenario.clock.now())
    assert await decide(scenario, first.report_id, verdict(Decision.WARN))
    scenario.clock.correct(hours=-48)
    await scenario.store.clock_correction.pull_back_times(scenario.clock.now())
    scenario.clock.pass_time(minutes=16)
    assert await scenario.store.report_desk.take(second.report_id, reader(OTHER_READER), scenario.clock.now())
    scenario.clock.set(scenario.clock.now() + LAST_DELAY)
    await step(scenario)
    assert (MessageKind.SANCTION, REPORTED) in await told(scenario)
