"""Messages about reports: what each says, that it names nobody, and that it arrives all the same."""

from datetime import timedelta
from typing import Any

import pytest
from simcord import MemberActor

from bot.domain.message import (
    AlertDetails,
    AppealDetails,
    CheckInDetails,
    Delivered,
    MessageKind,
    Payload,
    Refused,
    ReportDetails,
    Route,
    SanctionDetails,
)
from bot.domain.report import NOBODY, ReportPlace, ReportReaders, ReportReason
from bot.domain.report_reader import StaffStanding
from bot.domain.verdict import AppealOutcome, Decision
from bot.store.reports import NewReport
from tests.chat.chat_harness import ChatHarness
from tests.chat.outbox import deliver, outbox_message
from tests.chat.setup.staff_room import staff_room, texts_in
from tests.chat.shown import text_of
from tests.clocks import START

UNTIL = START + timedelta(days=7)


def receipt(**fields: Any) -> ReportDetails:
    return ReportDetails(report_id="report", number=27, **fields)


def alert(**fields: Any) -> AlertDetails:
    return AlertDetails(number=27, reason=ReportReason.HATE, since=START, **fields)


def sanction(decision: Decision, **fields: Any) -> SanctionDetails:
    return SanctionDetails(report_id="report", decision=decision, **({"rule": 1} | fields))


def appeal(outcome: AppealOutcome) -> AppealDetails:
    return AppealDetails(report_id="report", outcome=outcome)


SAYS: list[tuple[MessageKind, Payload, list[str]]] = [
    (MessageKind.REPORT_RECEIVED, receipt(), ["Report 27 is with the admins of Study Hall", "within a day"]),
    (MessageKind.REPORT_RECEIVED, receipt(is_late=True), ["report 27", "sent several"]),
    (MessageKind.REPORT_RECEIVED, receipt(read_by=ReportReaders.OPERATOR), ["the people who run this bot"]),
    (
        MessageKind.REPORT_RECEIVED,
        receipt(read_by=ReportReaders.NOBODY, is_late=True),
        ["can't reach anyone", "Discord, too"],
    ),
    (MessageKind.REPORT_LATE, receipt(read_by=ReportReaders.NOBODY), ["can't reach anyone", "Discord, too"]),
    (MessageKind.REPORT_LATE, receipt(), ["Report 27 is still waiting"]),
    (MessageKind.REPORT_DECIDED, receipt(), ["Report 27 is closed", "stays private", "second look"]),
    (MessageKind.REPORT_QUESTION, receipt(question="When was it?"), ["When was it?", "/study report"]),
    (MessageKind.READER_ALERT, alert(), ["Report 27", "hate or insults", "/reports", ":R>"]),
    (MessageKind.READER_ALERT, alert(again=True), ["Report 27 is still unread"]),
    (
        MessageKind.READER_ALERT,
        alert(again=True, is_opened=True),
        ["Report 27 is still undecided", "It was opened, and isn't decided yet."],
    ),
    (MessageKind.READER_ALERT, alert(is_appeal=True), ["second look at report 27"]),
    (MessageKind.OPERATOR_ALERT, alert(), ["Report 27 in Study Hall", "yours to read"]),
    (
        MessageKind.OPERATOR_ALERT,
        alert(again=True, is_opened=True),
        ["Report 27 in Study Hall is still undecided", "It was opened, and isn't decided yet.", "yours to read"],
    ),
    (MessageKind.SANCTION, sanction(Decision.WARN), ["Be kind.", "second look"]),
    (
        MessageKind.SANCTION,
        sanction(Decision.PAUSE, until=UNTIL),
        ["Be kind.", f"<t:{int(UNTIL.timestamp())}:f>", "The rest of the server stays open", "second look"],
    ),
    (MessageKind.SANCTION, sanction(Decision.OUT), ["Study Hall", "has no end", "Be kind.", "second look"]),
    (MessageKind.SANCTION, sanction(Decision.OUT, everywhere=True), ["every server I'm in"]),
    (MessageKind.SANCTION, sanction(Decision.WARN, rule=9), ["rule 9"]),
    (MessageKind.APPEAL_DECIDED, appeal(AppealOutcome.UPHELD), ["Nothing changes"]),
    (MessageKind.APPEAL_DECIDED, appeal(AppealOutcome.LIFTED), ["You can be matched in Study Hall"]),
    (MessageKind.APPEAL_DECIDED, appeal(AppealOutcome.REOPENED), ["a new decision"]),
]


@pytest.mark.parametrize(("kind", "payload", "says"), SAYS)
async def test_what_each_message_says(
    harness: ChatHarness, kind: MessageKind, payload: Payload, says: list[str]
) -> None:
    """In the words of the member's language, with what the message carries."""
    await harness.set_up()
    alice = harness.member("Alice")
    assert isinstance(await deliver(harness, alice, kind, Route.DIRECT, payload=payload), Delivered)
    text = text_of(harness.last_direct_message(alice))
    assert [each for each in says if each not in text] == []


@pytest.mark.parametrize("is_opened", [False, True])
async def test_readers_are_promised_no_other_reader(harness: ChatHarness, is_opened: bool) -> None:
    """There may be no operator, and perhaps they know already."""
    await harness.set_up()
    alice = harness.member("Alice")
    payload = alert(again=True, is_opened=is_opened)
    await deliver(harness, alice, MessageKind.READER_ALERT, Route.DIRECT, payload=payload)
    assert "runs this bot" not in text_of(harness.last_direct_message(alice))


async def met_and_reported(harness: ChatHarness) -> tuple[MemberActor, str]:
    """Alice and Bob are matched; Alice has a seat."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await harness.pair(alice, bob)
    seat = await harness.seat_of(alice)
    return alice, seat.own.id


async def test_the_question_how_it_was(harness: ChatHarness) -> None:
    """It names the partner while the name is kept."""
    alice, seat_id = await met_and_reported(harness)
    for seat, title in ((seat_id, "How was it with Bob?"), ("gone", "How was it with your partner?")):
        details = CheckInDetails(seat_id=seat)
        await deliver(harness, alice, MessageKind.CHECK_IN, Route.DIRECT, payload=details)
        assert title in text_of(harness.last_direct_message(alice))


@pytest.mark.parametrize("again", [False, True])
async def test_staff_are_told_in_their_channel(harness: ChatHarness, again: bool) -> None:
    """Number, reason and since when, no name; told again, it calls those who read."""
    staff, readers = await staff_room(harness), harness.guild.create_role("Readers")
    await harness.set_up(staff_channel_id=staff.id, reader_role_id=readers.id)
    alice = harness.member("Alice")
    message = outbox_message(
        harness, alice, MessageKind.STAFF_ALERT, Route.STAFF, member_id=NOBODY, payload=alert(again=again)
    )
    assert isinstance(await harness.chat.deliver(message), Delivered)
    [text] = texts_in(harness, staff)
    assert "Report 27" in text
    assert "hate or insults" in text
    assert "Alice" not in text
    request = harness.requests_to("/messages")[-1]
    pinged = request["allowed_mentions"].get("roles", [])
    assert [int(each) for each in pinged] == ([readers.id] if again else [])
    assert (f"<@&{readers.id}>" in text) is again
    assert request["nonce"] == message.id


async def test_a_channel_for_staff_that_is_gone(harness: ChatHarness) -> None:
    """It is refused for good, so the readers are told otherwise."""
    await harness.set_up()
    alice = harness.member("Alice")
    for settings in ({}, {"staff_channel_id": 404}):
        await harness.set_up(**settings)
        message = outbox_message(harness, alice, MessageKind.STAFF_ALERT, Route.STAFF, payload=alert())
        assert isinstance(await harness.chat.deliver(message), Refused)


async def test_a_receipt_reaches_a_member_with_closed_messages(harness: ChatHarness) -> None:
    """As soon as they use the bot again, hours later; and once."""
    alice, seat_id = await met_and_reported(harness)
    new = NewReport(id="A" * 22, seat_id=seat_id, place=ReportPlace.ROOM)
    report = await harness.store.reports.file(new, harness.clock.now())
    harness.clock.set(report.undo_until)
    now, fence = harness.clock.now(), await _fence(harness)
    for message in await harness.store.outbox.find_due(now, 99):
        await harness.store.outbox.mark_failed(message, reason="closed", now=now, fence=fence)
    harness.clock.pass_time(hours=30)
    while await harness.store.retention.delete_expired(harness.clock.now()):
        pass
    answer = await alice.slash(harness.study, "study status")
    due = await harness.store.outbox.find_due(harness.clock.now(), 99)
    receipts = [message for message in due if message.kind is MessageKind.REPORT_RECEIVED]
    assert [(message.member_id, message.route) for message in receipts] == [(alice.id, Route.FOLLOW_UP)]
    delivered = await harness.chat.deliver(receipts[0])
    assert isinstance(delivered, Delivered)
    await harness.store.outbox.mark_sent(receipts[0], delivered, harness.clock.now(), await _fence(harness))
    assert "Thank you" in text_of(answer.followups[-1])
    await alice.slash(harness.study, "study status")
    due = await harness.store.outbox.find_due(harness.clock.now(), 99)
    assert [message for message in due if message.kind is MessageKind.REPORT_RECEIVED] == []


async def _fence(harness: ChatHarness) -> Any:
    return await harness.store.leases.acquire("courier", "test", now=harness.clock.now())


async def test_who_belongs_to_the_staff_becomes_known(harness: ChatHarness) -> None:
    """By what they may do when they use the bot; whoever leaves the server is no staff."""
    readers = harness.guild.create_role("Readers")
    alice = harness.member("Alice")
    staff = await staff_room(harness, alice.id)
    await harness.set_up(staff_channel_id=staff.id, reader_role_id=readers.id)
    bob, carol, dana = harness.member("Bob", roles=[readers]), harness.member("Carol"), harness.admin("Dana")
    for member in (alice, bob, carol, dana):
        await member.slash(harness.study, "study status")
    known = await harness.store.database.all("staff_members.list", server_id=harness.guild.id)
    standings = {row["member_id"]: StaffStanding.READS if row["reads"] else StaffStanding.SEES_ALERTS for row in known}
    assert standings == {
        alice.id: StaffStanding.SEES_ALERTS,
        bob.id: StaffStanding.READS,
        dana.id: StaffStanding.SEES_ALERTS,
    }
