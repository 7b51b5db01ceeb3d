"""What readers do with reports: each action with its sentence, who may do it, and what the two members then hear."""

from dataclasses import replace

import pytest
from simcord import MemberActor, ResponseMessage

from bot.domain.report_reader import Reader, ReportAction
from bot.domain.restriction import HOLD_FOR
from bot.domain.verdict import LAST_DELAY, MALICIOUS_FOR
from bot.store.report_timers import ReportTimers
from tests.chat.chat_harness import ChatHarness
from tests.chat.moderation.reading import SECRET, Desk, report_waits
from tests.chat.outbox import deliver_all
from tests.chat.safety.report_stories import all_reports
from tests.chat.shown import custom_id_of, labels_of, message_of, text_of
from tests.store.opening import PRIVACY_KEY

DECISIONS = ["close", "note", "warn", "pause", "out"]
STEPS = ["ask", "hand_over"]


async def actions(desk: Desk, besides: frozenset[ReportAction] = frozenset()) -> list[ReportAction]:
    """What the audit has, the newest first, without looking and taking."""
    reader = Reader(member_id=desk.dana.id, server_id=desk.harness.guild.id)
    entries = await desk.harness.store.audit.list_newest(reader, limit=30)
    return [each.action for each in entries if each.action not in {ReportAction.OPENED, ReportAction.TAKEN} | besides]


def days_for(decision: str) -> dict[str, object]:
    """What the form of a pause has besides."""
    return {"days": "7"} if decision == "pause" else {}


@pytest.mark.parametrize("decision", DECISIONS)
async def test_each_decision_has_rule_and_sentence(harness: ChatHarness, decision: str) -> None:
    """Both are in the audit; the reporter hears that it is decided, and not what; the list has it no more."""
    desk = await report_waits(harness)
    message = await desk.opened()
    await desk.decide(message, decision, sentence="Because of that.", **days_for(decision))
    assert "Nothing is waiting." in text_of(message)
    reader = Reader(member_id=desk.dana.id, server_id=harness.guild.id)
    [newest, *_] = await harness.store.audit.list_newest(reader, limit=1)
    assert (newest.action, newest.rule, newest.sentence) == (ReportAction(decision), 1, "Because of that.")
    await deliver_all(harness)
    told = text_of(harness.last_direct_message(desk.story.alice))
    assert "Report 1 is closed" in told
    assert "Because" not in told


@pytest.mark.parametrize(("decision", "what"), [("warn", "A warning"), ("pause", "for a while"), ("out", "any more")])
async def test_a_sanction_of_a_severe_report_begins_at_once(harness: ChatHarness, decision: str, what: str) -> None:
    """Its member reads the rule, and nothing of whoever reported or decided."""
    desk = await report_waits(harness, "sexual")
    message = await desk.opened()
    await desk.decide(message, decision, rule=["3"], **days_for(decision))
    await harness.store.report_timers.begin_sanctions(harness.clock.now())
    await deliver_all(harness)
    text = text_of(harness.last_direct_message(desk.story.bob))
    assert what in text
    assert "Keep phone numbers, addresses and other accounts to yourself." in text
    for hidden in ("Alice", "Rita", SECRET, "So it is", str(desk.story.alice.id)):
        assert hidden not in text


async def test_no_action_follows_from_a_worry(harness: ChatHarness) -> None:
    """It can be closed or noted, and nothing else is offered."""
    desk = await report_waits(harness, "worry")
    labels = labels_of(await desk.opened())
    assert labels[:2] == ["Close", "Note"]
    assert {"Warn", "Pause", "No more matches"}.isdisjoint(labels)


async def test_a_hold_is_ended_and_renewed_with_a_sentence(harness: ChatHarness) -> None:
    """The report stays open for its reader; the member can search, and not again."""
    desk = await report_waits(harness, "recorded")
    message = await desk.opened()
    await desk.submit(message, "hb:rep:do:renew_hold", sentence="We need another day.")
    until = harness.clock.now() + HOLD_FOR
    assert "The hold starts again." in text_of(message)
    assert f"<t:{int(until.timestamp())}:f>" in text_of(message)
    await desk.submit(message, "hb:rep:do:end_hold", sentence="It was somebody else.")
    assert "The hold is over." in text_of(message)
    assert "gets no new partner" not in text_of(message)
    harness.clock.pass_time(minutes=2)
    assert "Looking for a partner" in text_of(await desk.story.bob.slash(harness.study, "study now"))
    assert await actions(desk) == [ReportAction.HOLD_ENDED, ReportAction.HOLD_RENEWED]


async def test_the_reporter_is_asked_and_answers(harness: ChatHarness) -> None:
    """By the button on the question; the answer is in the report."""
    desk = await report_waits(harness)
    message = await desk.opened()
    await desk.submit(message, "hb:rep:do:ask", sentence="When was it?")
    await deliver_all(harness)
    question = harness.last_direct_message(desk.story.alice)
    assert "When was it?" in text_of(question)
    assert "Rita" not in text_of(question)
    alice = desk.story.alice.user
    form = await alice.click(question, label="Answer")
    await alice.submit_modal(form, {"words": "At the end."})
    assert (await desk.now()).words == f"{SECRET}\nAt the end."


async def test_a_report_is_handed_to_the_operator(harness: ChatHarness) -> None:
    """Once; the offer is gone then."""
    desk = await report_waits(harness)
    message = await desk.opened()
    await desk.submit(message, "hb:rep:do:hand_over", sentence="It is about an admin's friend.")
    assert "I'll tell whoever runs this bot." in text_of(message)
    assert "Hand to the operator" not in labels_of(message)
    assert (await desk.now()).to_operator


async def test_a_malicious_report_holds_nobody_any_more(harness: ChatHarness) -> None:
    """Nor do others of its reporter, for a while."""
    desk = await report_waits(harness, "sexual")
    message = await desk.opened()
    await desk.decide(message, "close", extra=["malicious"])
    harness.clock.pass_time(days=1)
    carol = harness.member("Carol")
    await harness.pair(desk.story.alice, carol)
    form = await desk.story.alice.slash(harness.study, "study report")
    await desk.story.alice.submit_modal(form, {"reason": "sexual"})
    assert MALICIOUS_FOR.days > 1
    assert await harness.store.restrictions.find_active(harness.guild.id, carol.id, harness.clock.now()) == []


async def test_two_readers_at_once(harness: ChatHarness) -> None:
    """Both have opened it in time; who decides second is told so and gets their sentence back, and nothing is lost."""
    desk = await report_waits(harness)
    first = await desk.opened(desk.rita)
    harness.clock.pass_time(minutes=15)
    second = await desk.opened(desk.sam)
    form = await desk.rita.click(first, custom_id=custom_id_of(first, "hb:rep:decide:warn:"))
    await desk.decide(second, "close", desk.sam)
    answer = await desk.rita.submit_modal(form, {"rule": ["1"], "sentence": "My long sentence."})
    assert "That didn't go through" in " ".join(map(text_of, answer.followups))
    assert any(each.attachments for each in answer.followups)
    assert await actions(desk) == [ReportAction.CLOSED]


async def test_a_reader_cannot_decide_while_another_has_it(harness: ChatHarness) -> None:
    """With buttons that were shown before the other took it."""
    desk = await report_waits(harness)
    first = await desk.opened(desk.rita)
    harness.clock.pass_time(minutes=15)
    await desk.opened(desk.sam)
    answer = await desk.decide(first, "out")
    assert "someone else has it now" in " ".join(map(text_of, answer.followups))
    assert (await desk.now()).decided is None


async def test_a_restart_in_the_middle_of_a_form(harness: ChatHarness) -> None:
    """Another process carries it out."""
    desk = await report_waits(harness)
    message = await desk.opened()
    form = await desk.rita.click(message, custom_id=custom_id_of(message, "hb:rep:decide:note:"))
    await harness.restart()
    await desk.rita.submit_modal(form, {"rule": ["1"], "sentence": "So it is."})
    assert await actions(desk) == [ReportAction.NOTED]


async def test_a_sentence_of_spaces_is_none(harness: ChatHarness) -> None:
    """The reader is told what is missing, and nothing is decided."""
    desk = await report_waits(harness)
    message = await desk.opened()
    answer = await desk.decide(message, "warn", sentence="   ")
    assert "Choose a rule and write a sentence" in " ".join(map(text_of, answer.followups))
    assert (await desk.now()).decided is None


@pytest.mark.parametrize("kind", [*DECISIONS, *STEPS, "recuse"])
async def test_who_may_do_what(harness: ChatHarness, kind: str) -> None:
    """Only a reader with no part in it; for all others nothing changes, with ids that they cannot have seen."""
    desk = await report_waits(harness)
    role, alice, bob = harness.guild.roles["Safety"], desk.story.alice, desk.story.bob
    eve = harness.member("Eve")
    others = {"member": eve, "admin": desk.dana, "reported": bob, "reporter": alice, "recused": desk.sam}
    for party in (alice, bob):
        harness.env.backend.add_member_role(harness.guild.id, party.id, role.id)
    await desk.list(desk.rita)
    await desk.list(desk.sam)
    recused = Reader(member_id=desk.sam.id, server_id=harness.guild.id)
    assert await harness.store.report_desk.recuse(desk.report.id, recused, harness.clock.now())
    before = await desk.now()
    for who, member in others.items():
        await press_as(desk, member, await opened_and_given_back(desk), kind)
        remaining = [
            replace(each, about_staff=before.about_staff, read_at=before.read_at, waits_since=before.waits_since)
            for each in await all_reports(harness)
        ]
        assert (await done(desk), remaining) == ({ReportAction.RECUSED}, [before]), who
    await press_as(desk, desk.rita, await opened_and_given_back(desk), kind)
    assert len(await done(desk)) == (1 if kind == "recuse" else 2)


async def opened_and_given_back(desk: Desk) -> ResponseMessage:
    """The message with the buttons of the report, which nobody has any more."""
    message, rita = await desk.opened(), Reader(member_id=desk.rita.id, server_id=desk.harness.guild.id)
    await desk.harness.store.report_desk.release(desk.report.id, rita, desk.harness.clock.now())
    return message


async def done(desk: Desk) -> set[ReportAction]:
    """What was done with the report; that its turn was given back is left out."""
    return {action for action in await actions(desk) if action is not ReportAction.RELEASED}


async def press_as(desk: Desk, member: MemberActor, message: ResponseMessage, kind: str) -> None:
    """Let a member use an action of the report that Rita has opened, by its id alone, as a changed client could."""
    give_to(desk, member, message)
    if kind == "recuse":
        await member.click(message, label="I know this person")
    elif kind in STEPS:
        await desk.submit(message, f"hb:rep:do:{kind}", member, sentence="So it is.")
    else:
        await desk.decide(message, kind, member, **days_for(kind))


def give_to(desk: Desk, member: MemberActor, message: ResponseMessage) -> None:
    """Let a member press the buttons of a message that only another sees."""
    stored = desk.harness.env.backend.get_message(desk.harness.study.id, message.id)
    assert stored.interaction_metadata is not None
    user = {**stored.interaction_metadata["user"], "id": str(member.id)}
    stored.interaction_metadata = {**stored.interaction_metadata, "user": user}


@pytest.mark.parametrize("in_direct_message", [False, True])
async def test_the_operator_reads_what_was_handed_on(harness: ChatHarness, in_direct_message: bool) -> None:
    """By the alert in a direct message, whether they belong to the server or not; nothing else is there for them."""
    desk = await report_waits(harness)
    operator = harness.member("Olga")
    await harness.env.restart_bot(harness.new_chat(safety_contact=operator.id).client)
    assert "Nothing is waiting." in text_of(await operator.slash(harness.study, "reports"))
    message = await desk.opened()
    await desk.submit(message, "hb:rep:do:hand_over", sentence="Please look.")
    timers = ReportTimers(harness.store.database, privacy_key=PRIVACY_KEY, safety_contact=operator.id)
    await timers.tell_operator(harness.clock.now())
    await deliver_all(harness)
    alert = harness.last_direct_message(operator)
    assert "Report 1 in Study Hall" in text_of(alert)
    if in_direct_message:
        shown = message_of(await operator.user.click(alert, label="Open reports"))
        await operator.user.click(shown, custom_id=custom_id_of(shown, "hb:rep:open"))
    else:
        shown = message_of(await operator.slash(harness.study, "reports"))
        await operator.click(shown, custom_id=custom_id_of(shown, "hb:rep:open"))
    assert SECRET in text_of(shown)


async def test_a_reader_opens_the_list_from_a_direct_message(harness: ChatHarness) -> None:
    """Discord is asked what they are in the server; who lost the role since is refused."""
    desk = await report_waits(harness)
    await harness.set_up(staff_channel_id=None, reader_role_id=harness.guild.roles["Safety"].id)
    await desk.list()
    harness.clock.pass_time(minutes=2)
    carol = harness.member("Carol")
    await harness.pair(desk.story.alice, carol)
    form = await carol.slash(harness.study, "study report")
    await carol.submit_modal(form, {"reason": "hate"})
    harness.clock.pass_time(minutes=1)
    await deliver_all(harness)
    alert = harness.last_direct_message(desk.rita)
    assert "Open reports" in labels_of(alert)
    assert "Waiting: 2" in text_of(await desk.rita.user.click(alert, label="Open reports"))
    harness.env.backend.remove_member_role(harness.guild.id, desk.rita.id, harness.guild.roles["Safety"].id)
    assert "This is for those" in text_of(await desk.rita.user.click(alert, label="Open reports"))


async def test_only_the_operator_decides_for_all_servers(harness: ChatHarness) -> None:
    """Others are not offered it."""
    desk = await report_waits(harness)
    message = await desk.opened()
    form = await desk.rita.click(message, custom_id=custom_id_of(message, "hb:rep:decide:out:"))
    assert form.modal is not None
    assert len(form.modal["components"]) == 2
    await harness.env.restart_bot(harness.new_chat(safety_contact=desk.rita.id).client)
    await desk.decide(message, "out", extra=["everywhere"])
    await harness.store.report_timers.begin_sanctions(harness.clock.now() + LAST_DELAY)
    elsewhere = harness.guild.id + 1
    later = harness.clock.now() + LAST_DELAY
    [ban] = await harness.store.restrictions.find_active(elsewhere, desk.story.bob.id, later)
    assert ban.server_id is None
