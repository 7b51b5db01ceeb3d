"""Reporting by command and from the message after a session: two inputs at most, and silence towards the other."""

import pytest

from bot.chat.safety.report_actions import ReportActions
from bot.chat.ui.notices import NotPossible
from bot.domain.match import EndReason
from bot.domain.report import REPORTABLE_FOR, REPORTS_A_DAY, ReportPlace, ReportReason
from bot.domain.report_reader import Reader
from bot.domain.verdict import Decision, Verdict
from bot.store import StoreUnavailable
from tests.chat.chat_harness import ChatHarness
from tests.chat.match_facts import invited
from tests.chat.outbox import deliver_all
from tests.chat.safety.report_stories import all_reports, form_values, session_over, told
from tests.chat.shown import labels_of, link_in, message_of, text_of

SECRET = "He asked me for my address."


async def test_a_report_takes_a_command_and_a_form(harness: ChatHarness) -> None:
    """By default it is about the last partner; reason and words are copied, the two are kept apart, a number comes."""
    story = await session_over(harness)
    form = await story.alice.slash(harness.study, "study report")
    assert form.modal is not None
    assert form.modal["title"] == "Report Bob"
    assert len(form.modal["components"]) == 2
    answer = await story.alice.submit_modal(form, form_values("hate", SECRET))
    assert answer.ephemeral
    [report] = await all_reports(harness)
    assert f"Report {report.number} is with the admins of Study Hall" in text_of(answer)
    assert labels_of(answer) == ["Add something", "Get help now"]
    assert (report.reporter_id, report.reported_id) == (story.alice.id, story.bob.id)
    assert (report.reason, report.words, report.place) == (ReportReason.HATE, SECRET, ReportPlace.COMMAND)
    assert await harness.store.blocks.blocked_by(story.alice.id) == [story.bob.id]


async def test_nothing_has_to_be_filled_in(harness: ChatHarness) -> None:
    """A form that is sent as it was opened is a report."""
    story = await session_over(harness)
    form = await story.alice.slash(harness.study, "study report")
    await story.alice.submit_modal(form, {})
    [report] = await all_reports(harness)
    assert (report.reason, report.words) == (ReportReason.UNSAID, "")


async def test_the_reported_member_learns_nothing(harness: ChatHarness) -> None:
    """No message reaches them, also when the reporter has a receipt."""
    story = await session_over(harness)
    before = len(story.bob.user.dm_channel.history())
    await story.report("sexual", SECRET)
    await told(harness)
    assert len(story.bob.user.dm_channel.history()) == before
    assert "Report 1 is with the admins" in text_of(harness.last_direct_message(story.alice))


async def test_who_was_threatened_reads_first_that_it_is_not_their_fault(harness: ChatHarness) -> None:
    """Then that the report is there; help is the first button."""
    story = await session_over(harness)
    shown = await story.report("recorded")
    text = text_of(shown)
    assert text.index("This isn't your fault") < text.index("Don't pay") < text.index("Report 1 is with")
    assert labels_of(shown) == ["Get help now", "Add something"]


async def test_help_is_a_list_of_links(harness: ChatHarness) -> None:
    """Help lines, and Discord's own page."""
    story = await session_over(harness)
    shown = await story.alice.click(message_of(await story.report()), label="Get help now")
    card = message_of(shown)
    assert shown.ephemeral
    assert "Where to find help" in text_of(card)
    assert link_in(card.components) == "https://findahelpline.com"
    assert len(labels_of(card)) == 4


async def test_more_words_go_to_the_same_report(harness: ChatHarness) -> None:
    """Also when they come from the receipt."""
    story = await session_over(harness)
    first = message_of(await story.report("hate", "One."))
    form = await story.alice.click(first, label="Add something")
    assert form.modal is not None
    assert form.modal["title"] == "Report 1: say more"
    await story.alice.submit_modal(form, form_values(None, "Two."))
    await told(harness)
    form = await story.alice.user.click(harness.last_direct_message(story.alice), label="Add something")
    await story.alice.user.submit_modal(form, form_values("sexual", "Three."))
    [report] = await all_reports(harness)
    assert (report.reason, report.words) == (ReportReason.SEXUAL, "One.\nTwo.\nThree.")


@pytest.mark.parametrize("typed", ["{id}", "<@{id}>", "<@!{id}>", "bob", "Bob"])
async def test_somebody_is_chosen_by_id_or_name(harness: ChatHarness, typed: str) -> None:
    """As Discord offers it, or as a member types or pastes it."""
    story = await session_over(harness)
    form = await story.alice.slash(harness.study, "study report", member=typed.format(id=story.bob.id))
    await story.alice.submit_modal(form, {})
    [report] = await all_reports(harness)
    assert report.reported_id == story.bob.id


async def test_partners_are_offered_while_typing(harness: ChatHarness) -> None:
    """The newest first, and only those of the last days."""
    story = await session_over(harness)
    assert await story.alice.autocomplete(harness.study, "study report", "member", "bo") == [
        {"name": "Bob", "value": str(story.bob.id)}
    ]
    harness.clock.pass_time(seconds=REPORTABLE_FOR.total_seconds())
    assert await story.alice.autocomplete(harness.study, "study report", "member", "") == []


async def test_two_partners_with_one_name_are_told_apart(harness: ChatHarness) -> None:
    """By the day of the match; the name alone is not clear then."""
    story = await session_over(harness)
    other = harness.guild.add_member(harness.env.create_user("another", global_name="Bob"))
    harness.clock.pass_time(days=1)
    match_id = await harness.pair(story.alice, other)
    await harness.store.matches.end(match_id, EndReason.DONE, now=harness.clock.now())
    offered = await story.alice.autocomplete(harness.study, "study report", "member", "bob")
    assert offered == [
        {"name": "Bob · 2026-03-03", "value": str(other.id)},
        {"name": "Bob · 2026-03-02", "value": str(story.bob.id)},
    ]
    refusal = await story.alice.slash(harness.study, "study report", member="bob")
    assert "I can't find that match" in text_of(refusal)


async def test_nobody_is_reported_unmet(harness: ChatHarness) -> None:
    """The answer names what works all the same."""
    story = await session_over(harness)
    eve = harness.member("Eve")
    for member in (str(eve.id), "Eve", str(story.alice.id)):
        refusal = await story.alice.slash(harness.study, "study report", member=member)
        assert "I can't find that match" in text_of(refusal)
        assert "/study block" in text_of(refusal)
    assert "Nobody to report" in text_of(await eve.slash(harness.study, "study report"))
    assert await all_reports(harness) == []


async def test_a_match_of_long_ago_is_not_reported(harness: ChatHarness) -> None:
    """One second before it is; also with a form that was opened in time."""
    story = await session_over(harness)
    form = await story.alice.slash(harness.study, "study report")
    harness.clock.pass_time(seconds=REPORTABLE_FOR.total_seconds())
    refusal = await story.alice.submit_modal(form, form_values("hate", SECRET))
    assert "too long ago" in text_of(refusal)
    [given_back] = [each for each in refusal.followups if each.attachments]
    assert given_back.attachments[0].filename.endswith(".txt")
    assert "Nobody to report" in text_of(await story.alice.slash(harness.study, "study report"))
    assert await all_reports(harness) == []


async def test_the_message_after_a_session_asks_and_is_answered(harness: ChatHarness) -> None:
    """Fine is one press; the message says so and asks no more."""
    story = await session_over(harness)
    asked = harness.last_direct_message(story.alice)
    assert "How was it with Bob?" in text_of(asked)
    assert labels_of(asked) == ["Fine", "Something was wrong"]
    await story.alice.user.click(asked, label="Fine")
    assert "You said it was fine with Bob" in text_of(asked)
    assert labels_of(asked) == []
    assert await all_reports(harness) == []


async def test_something_was_wrong_takes_a_press_and_a_form(harness: ChatHarness) -> None:
    """The message says so and keeps no buttons; the receipt is beside it."""
    story = await session_over(harness)
    asked = harness.last_direct_message(story.alice)
    form = await story.alice.user.click(asked, label="Something was wrong")
    answer = await story.alice.user.submit_modal(form, form_values("recorded", SECRET))
    assert "That's report 1 now" in text_of(asked)
    assert labels_of(asked) == []
    [receipt] = answer.followups
    assert "This isn't your fault" in text_of(receipt)
    assert labels_of(receipt) == ["Get help now", "Add something"]
    [report] = await all_reports(harness)
    assert (report.place, report.reason, report.words) == (ReportPlace.MESSAGE, ReportReason.RECORDED, SECRET)


async def test_a_form_that_is_closed_unsent_leaves_the_question(harness: ChatHarness) -> None:
    """It can be answered later."""
    story = await session_over(harness)
    asked = harness.last_direct_message(story.alice)
    await story.alice.user.click(asked, label="Something was wrong")
    assert labels_of(asked) == ["Fine", "Something was wrong"]


async def test_a_restart_in_the_middle_of_the_form(harness: ChatHarness) -> None:
    """Another process files it."""
    story = await session_over(harness)
    form = await story.alice.slash(harness.study, "study report")
    await harness.restart()
    await story.alice.submit_modal(form, form_values("sexual", SECRET))
    [report] = await all_reports(harness)
    assert report.words == SECRET


async def test_it_works_in_direct_messages(harness: ChatHarness) -> None:
    """Also for who has left the server."""
    story = await session_over(harness)
    form = await story.alice.user.slash("study report")
    await story.alice.user.submit_modal(form, form_values("hate", SECRET))
    [report] = await all_reports(harness)
    assert report.reporter_id == story.alice.id


async def test_nobody_reports_in_the_name_of_another(harness: ChatHarness) -> None:
    """The seat in an id that was made up is judged by whose it is."""
    story = await session_over(harness)
    store = harness.store
    actions = ReportActions(
        reports=store.reports,
        appeals=store.appeals,
        matches=store.matches,
        servers=store.servers,
        clock=harness.clock,
    )
    seat = (await store.reports.find_reportable(story.alice.id, harness.clock.now()))[0].seat_id
    with pytest.raises(NotPossible, match="not_yours"):
        await actions.file_report(story.bob.id, seat, place=ReportPlace.COMMAND, reason=ReportReason.HATE, words=SECRET)
    assert await all_reports(harness) == []


async def test_a_report_leaves_the_room(harness: ChatHarness) -> None:
    """As an ordinary Leave; the partner keeps the seat."""
    alice, bob, _ = await invited(harness)
    form = await alice.slash(harness.study, "study report")
    await alice.submit_modal(form, {})
    assert await harness.store.matches.find_by_member(alice.id) is None
    assert await harness.store.matches.find_by_member(bob.id) is not None


async def test_the_fourth_of_a_day_is_kept_for_later(harness: ChatHarness) -> None:
    """Its answer says so; it blocks all the same."""
    await harness.set_up()
    alice = harness.member("Alice")
    answers = []
    for number in range(REPORTS_A_DAY + 1):
        partner = harness.member(f"Partner{number}")
        match_id = await harness.pair(alice, partner)
        form = await alice.slash(harness.study, "study report")
        answers.append(await alice.submit_modal(form, {}))
        await harness.store.matches.end(match_id, EndReason.DONE, now=harness.clock.now())
        harness.clock.pass_time(minutes=10)
    assert ["You've sent several in a short time" in text_of(each) for each in answers] == [False, False, False, True]
    assert len(await harness.store.blocks.blocked_by(alice.id)) == REPORTS_A_DAY + 1


async def test_a_decided_report_can_be_looked_at_again_once(harness: ChatHarness) -> None:
    """By a button on the message about the decision; more words are refused then, and come back."""
    story = await session_over(harness)
    receipt = message_of(await story.report("hate", SECRET))
    form = await story.alice.click(receipt, label="Add something")
    await told(harness)
    await _decide(harness, Decision.CLOSE)
    refusal = await story.alice.submit_modal(form, form_values(None, "More."))
    assert "That report is closed" in text_of(refusal)
    await deliver_all(harness)
    decided = harness.last_direct_message(story.alice)
    assert "Report 1 is closed" in text_of(decided)
    assert labels_of(decided) == ["Second look"]
    for shown in ("I've passed it on", "Not possible any more"):
        form = await story.alice.user.click(decided, label="Second look")
        answer = await story.alice.user.submit_modal(form, {"words": "Please."})
        assert shown in text_of(answer)
    [appeal] = await harness.store.appeals.list_open(_reader(harness), harness.clock.now())
    assert appeal.words == "Please."


async def test_a_sanction_has_its_four_parts(harness: ChatHarness) -> None:
    """The rule, until when, what still works, and the button for a second look; nothing of the reporter."""
    story = await session_over(harness)
    await story.report("sexual", SECRET)
    await told(harness)
    await _decide(harness, Decision.PAUSE, days=7)
    await harness.store.report_timers.begin_sanctions(harness.clock.now())
    await deliver_all(harness)
    message = harness.last_direct_message(story.bob)
    text = text_of(message)
    assert "Be kind." in text
    assert f"<t:{int(harness.clock.now().timestamp()) + 7 * 86400}:f>" in text
    assert "The rest of the server stays open to you." in text
    assert labels_of(message) == ["Second look"]
    assert "Alice" not in text
    assert SECRET not in text
    form = await story.bob.user.click(message, label="Second look")
    assert "I've passed it on" in text_of(await story.bob.user.submit_modal(form, {}))


async def test_words_come_back_if_nothing_can_be_saved(harness: ChatHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody writes such a thing twice."""
    story = await session_over(harness)
    form = await story.alice.slash(harness.study, "study report")

    async def fail(*_: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(harness.store.reports, "file", fail)
    answer = await story.alice.submit_modal(form, form_values("hate", SECRET))
    assert "I can't save anything right now" in text_of(answer)
    assert any(each.attachments for each in answer.followups)


def _reader(harness: ChatHarness) -> Reader:
    return Reader(member_id=1, server_id=harness.guild.id)


async def _decide(harness: ChatHarness, decision: Decision, *, days: int | None = None) -> None:
    [report] = await all_reports(harness)
    verdict = Verdict(decision=decision, rule=1, sentence="So it is.", days=days)
    assert await harness.store.report_desk.decide(
        report.id, _reader(harness), verdict, verdict_id="v" * 22, now=harness.clock.now()
    )
