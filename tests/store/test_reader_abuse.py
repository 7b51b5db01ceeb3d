"""What readers who mean ill, or who act at the same moment, can do with reports, and what nobody can."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.message import MessageKind
from bot.domain.report import LOCK_FOR, ReportReason, ReportSide
from bot.domain.report_reader import Reader
from bot.domain.verdict import AppealOutcome, Decision
from tests.store.interleaving import just_before_writing
from tests.store.reporting import (
    OTHER_READER,
    READER,
    REPORTED,
    REPORTER,
    decide,
    file,
    filed,
    knows,
    met,
    read_report,
    reader,
    restrictions_of,
    step,
    told,
    verdict,
    with_staff,
)
from tests.store.rows import fetch_rows
from tests.store.scenario import SERVER, Scenario

AGAIN = "Please look again."
OUT, CLOSE = verdict(Decision.OUT), verdict(Decision.CLOSE)


async def reopened(scenario: Scenario, report_id: str) -> None:
    """The reporter asks for a second look, and the report is to be decided again."""
    appeals, now = scenario.store.appeals, scenario.clock.now()
    assert await appeals.ask(report_id, REPORTER, AGAIN, now)
    side, by = ReportSide.REPORTER, reader(OTHER_READER)
    assert await appeals.decide(report_id, side, by, AppealOutcome.REOPENED, sentence="Yes.", now=now)


@pytest.mark.parametrize(
    ("again", "left"),
    [
        (CLOSE, []),
        (verdict(Decision.NOTE), []),
        (verdict(Decision.WARN), []),
        (verdict(Decision.PAUSE, 1), ["pause"]),
        (OUT, ["ban"]),
    ],
)
async def test_a_new_decision_takes_the_place_of_the_former(scenario: Scenario, again: object, left: list[str]) -> None:
    """Nobody stays out by a decision that does not stand any more: there would be no second look at it."""
    report = await filed(scenario)
    assert await decide(scenario, report.report_id, OUT)
    scenario.clock.pass_time(hours=13)
    await step(scenario)
    assert await restrictions_of(scenario) == ["ban"]
    await reopened(scenario, report.report_id)
    assert await restrictions_of(scenario) == ["ban"]
    assert await decide(scenario, report.report_id, again)  # type: ignore[arg-type]  # a verdict
    scenario.clock.pass_time(hours=13)
    await step(scenario)
    assert await restrictions_of(scenario) == left


async def test_who_was_believed_after_all_is_not_malicious(scenario: Scenario) -> None:
    """Their next severe report holds again, at the latest while the first is decided once more."""
    report = await filed(scenario)
    assert await decide(scenario, report.report_id, verdict(Decision.CLOSE, is_malicious=True))
    await reopened(scenario, report.report_id)
    scenario.clock.set((await file(scenario, await met(scenario, REPORTER, 40), ReportReason.SEXUAL)).undo_until)
    assert await restrictions_of(scenario, 40) == ["hold"]


async def test_no_hold_begins_after_the_decision(scenario: Scenario) -> None:
    """Two readers, one of whom closes the report in the moment in which the other holds its member."""
    report = await filed(scenario)
    desk = scenario.store.report_desk
    with just_before_writing(scenario.store, lambda: decide(scenario, report.report_id, CLOSE)):
        assert not await desk.renew_hold(report.report_id, reader(OTHER_READER), "Wait.", scenario.clock.now())
    assert await restrictions_of(scenario) == []


async def test_two_readers_who_renew_a_hold_in_the_same_moment(scenario: Scenario) -> None:
    """It is renewed: neither takes back what the other has done."""
    report = await filed(scenario, ReportReason.SEXUAL)
    scenario.clock.pass_time(hours=1)
    desk, now = scenario.store.report_desk, scenario.clock.now()
    for by in (READER, OTHER_READER, READER):
        assert await desk.renew_hold(report.report_id, reader(by), "Wait.", now)
    assert await restrictions_of(scenario) == ["hold"]


async def test_no_question_comes_after_the_decision(scenario: Scenario) -> None:
    """The reporter would be asked about what is closed."""
    report = await filed(scenario)
    desk = scenario.store.report_desk
    with just_before_writing(scenario.store, lambda: decide(scenario, report.report_id, CLOSE)):
        assert not await desk.ask_reporter(report.report_id, reader(OTHER_READER), "Who?", scenario.clock.now())
    assert MessageKind.REPORT_QUESTION not in {kind for kind, _ in await told(scenario)}


async def test_two_readers_who_act_at_once(scenario: Scenario) -> None:
    """One has it, the other hears so; of three decisions at once there is one, with one entry and one receipt."""
    report_id = (await filed(scenario)).report_id
    desk, now = scenario.store.report_desk, scenario.clock.now()
    taken = await asyncio.gather(*(desk.take(report_id, reader(by), now) for by in (READER, OTHER_READER)))
    assert sorted(taken) == [False, True]
    verdicts = ((READER, OUT), (OTHER_READER, CLOSE), (READER, verdict(Decision.WARN)))
    decided = await asyncio.gather(*(decide(scenario, report_id, each, reader(by)) for by, each in verdicts))
    assert sum(decided) == 1
    assert [kind for kind, _ in await told(scenario)].count(MessageKind.REPORT_DECIDED) == 1
    rows = await fetch_rows(scenario.store, "SELECT action FROM audit WHERE action IN ('out', 'close', 'warn')")
    assert len(rows) == 1


async def test_a_reader_who_is_none_any_more_keeps_it_for_a_quarter_of_an_hour(scenario: Scenario) -> None:
    """Then others decide; whoever lost the role can neither renew nor release."""
    await with_staff(scenario, READER, OTHER_READER)
    report_id = (await filed(scenario)).report_id
    desk, taken_at = scenario.store.report_desk, scenario.clock.now()
    assert await desk.take(report_id, reader(), taken_at)
    await knows(scenario, READER, None)
    former = Reader(member_id=READER, server_id=SERVER, is_staff=False)
    scenario.clock.set(taken_at + LOCK_FOR - timedelta(milliseconds=1))
    assert not await desk.take(report_id, former, scenario.clock.now())
    assert not await desk.release(report_id, former, scenario.clock.now())
    assert not await decide(scenario, report_id, CLOSE, former)
    assert not await decide(scenario, report_id, CLOSE, reader(OTHER_READER))
    scenario.clock.set(taken_at + LOCK_FOR)
    assert await decide(scenario, report_id, CLOSE, reader(OTHER_READER))


async def test_who_stands_back_while_they_decide(scenario: Scenario) -> None:
    """Either they have decided, or they have stood back and it is for others: never both."""
    await with_staff(scenario, READER, OTHER_READER)
    report_id = (await filed(scenario)).report_id
    desk, now = scenario.store.report_desk, scenario.clock.now()
    with just_before_writing(scenario.store, lambda: desk.recuse(report_id, reader(), now)):
        assert not await decide(scenario, report_id, OUT)
    assert await read_report(scenario, report_id, "decision") is None
    assert await decide(scenario, report_id, OUT, reader(OTHER_READER))


async def test_an_appeal_of_the_wrong_side(scenario: Scenario) -> None:
    """A stranger has none, the reported member none about a report without a sanction; nobody has two."""
    report_id = (await filed(scenario)).report_id
    ask, now = scenario.store.appeals.ask, scenario.clock.now()
    assert await decide(scenario, report_id, CLOSE)
    asked = await asyncio.gather(*(ask(report_id, member_id, AGAIN, now) for member_id in (REPORTED, 40, READER)))
    assert asked == [False, False, False]
    assert sorted(await asyncio.gather(*(ask(report_id, REPORTER, AGAIN, now) for _ in range(3)))) == [
        False,
        False,
        True,
    ]


async def test_ban_and_unban_at_once(scenario: Scenario) -> None:
    """Whatever comes last counts, and the audit has the same in the same order."""
    bans, now = scenario.store.bans, scenario.clock.now()

    def ban(number: int) -> object:
        return bans.ban(SERVER, 5, admin_id=7, ban_id=f"ban{number}", sentence="x", now=now)

    def unban() -> object:
        return bans.unban(SERVER, 5, admin_id=8, sentence="x", now=now)

    await asyncio.gather(*(act for number in range(4) for act in (ban(number), unban())))  # type: ignore[call-overload]
    actions = [action for (action,) in await fetch_rows(scenario.store, "SELECT action FROM audit ORDER BY id")]
    assert actions == ["banned", "unbanned"] * (len(actions) // 2) + ["banned"] * (len(actions) % 2)
    assert await restrictions_of(scenario, 5) == (["ban"] if actions[-1] == "banned" else [])


async def test_undoing_and_reading_never_meet(scenario: Scenario) -> None:
    """To the millisecond: what can be undone cannot be read yet, and what can be read cannot be undone any more."""
    for early, undone in ((timedelta(milliseconds=1), True), (timedelta(), False)):
        meeting = await met(scenario, 10 + undone, 20 + undone)
        report = await file(scenario, meeting)
        scenario.clock.set(report.undo_until - early)
        desk, now = scenario.store.report_desk, scenario.clock.now()
        found, was_undone = await asyncio.gather(
            desk.find(report.report_id, reader(), now), scenario.store.reports.undo(meeting.seats[0], now)
        )
        assert (found is None, was_undone) == (undone, undone)


async def test_a_copy_while_reports_come(scenario: Scenario) -> None:
    """The reported member's copy stays the same, whichever moment of filing, saying more and undoing it meets."""
    meeting = await met(scenario)
    await scenario.store.browser_sessions.leave_seat(meeting.seats[0], scenario.clock.now())
    scenario.clock.pass_time(minutes=1)
    read, now = scenario.store.personal_data.read, scenario.clock.now()
    before = await read(REPORTED, now)
    copies = [asyncio.create_task(read(REPORTED, now)) for _ in range(9)]
    await file(scenario, meeting)
    copies += [asyncio.create_task(read(REPORTED, now)) for _ in range(9)]
    await file(scenario, meeting, ReportReason.NOT_STUDYING, "words")
    copies += [asyncio.create_task(read(REPORTED, now)) for _ in range(9)]
    assert await scenario.store.reports.undo(meeting.seats[0], now)
    assert all([await copy == before for copy in copies])
