"""What readers are shown fits into Discord's limits, in every language and with the longest of everything."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest

from bot.chat.moderation.audit_view import PER_PAGE as ENTRIES_PER_PAGE
from bot.chat.moderation.audit_view import AuditPage, audit_view
from bot.chat.moderation.custom_ids import DECIDE_FORM, STEP_FORM, STEPS
from bot.chat.moderation.forms import DecisionChoices, decision_form, sentence_form, submitted_verdict
from bot.chat.moderation.queue import PER_PAGE, QueueEntry, QueuePage
from bot.chat.moderation.queue_view import queue_view
from bot.chat.moderation.report_texts import evidence_lines
from bot.chat.moderation.report_view import ShownReport, report_view
from bot.chat.moderation.reported_member import MemberFacts
from bot.chat.ui.notices import NotPossible
from bot.chat.ui.rules import MAX_RULE_LETTERS, MAX_RULES
from bot.domain.age_group import AgeGroup, pool_of
from bot.domain.report import (
    ALL_WORDS_AT_MOST,
    WORDS_AT_MOST,
    Evidence,
    MediaTimes,
    ReportPlace,
    ReportReason,
    ReportSide,
    SeatTimes,
)
from bot.domain.report_reader import Reader, ReportAction
from bot.domain.room import MediaSource
from bot.domain.ticket import ANY
from bot.domain.verdict import SENTENCE_AT_MOST, AppealOutcome, Decision, EarlierReport
from bot.store.appeals import OpenAppeal
from bot.store.audit import AuditEntry
from bot.store.report_desk import OpenedReport
from bot.store.report_rows import Decided, Report
from bot.words import Words, catalogue_languages, words_for
from tests.chat.form_limits import BIG_SERVER, LARGEST_ID, assert_form_fits
from tests.chat.shown import all_components, all_text

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MEDIA = tuple(MediaTimes(source=source, first_at=NOON, last_at=NOON) for source in MediaSource)
TIMES = SeatTimes(invited_at=NOON, entered_at=NOON, left_at=NOON, media=MEDIA)
MEMBER = MemberFacts(account_created_at=NOON, has_come_back=True)
ID = "r" * 22
READER = Reader(member_id=LARGEST_ID, server_id=LARGEST_ID)
SERVER = replace(BIG_SERVER, name="*" * 100)
EARLIER = tuple(
    EarlierReport(number=10**6 + each, decision=Decision.PAUSE, decided_at=NOON, days=30) for each in range(40)
)


def longest_report(**changes: Any) -> Report:
    """A report with as much in it as there can be."""
    evidence = Evidence(
        pool=pool_of(LARGEST_ID, AgeGroup.MINOR),
        subject="*" * 40,
        matched_at=NOON,
        met_at=NOON,
        reporter=TIMES,
        reported=replace(TIMES, left_at=NOON + timedelta(minutes=1)),
        earlier=EARLIER,
    )
    report = Report(
        id=ID,
        server_id=LARGEST_ID,
        number=10**6,
        match_id="m",
        side=0,
        reporter_id=LARGEST_ID,
        reporter_locale="en",
        reported_id=LARGEST_ID - 1,
        reported_locale="en",
        place=ReportPlace.MESSAGE,
        reason=ReportReason.MINOR_WITH_ADULT,
        words="*\n" * (ALL_WORDS_AT_MOST // 2),
        evidence=evidence,
        filed_at=NOON,
        counts_at=NOON,
        waits_since=NOON,
        announced=True,
        taken_until=NOON,
    )
    return replace(report, **changes)


def all_views(words: Words) -> Iterator[discord.ui.LayoutView]:
    """Every message that readers are shown."""
    decided = Decided(
        decision=Decision.PAUSE, at=NOON, by=-1, rule=5, sentence="*" * SENTENCE_AT_MOST, days=30, everywhere=False
    )
    reports = [
        longest_report(),
        longest_report(reason=ReportReason.WORRY, reporter_id=None, reported_id=-5, evidence=None, words=""),
        longest_report(decided=decided, due_at=NOON, to_operator=True),
    ]
    for report in reports:
        for is_taken in (False, True):
            opened = OpenedReport(report=report, earlier=EARLIER, is_taken=is_taken, held_until=NOON)
            for side in (None, *ReportSide):
                appeal = side and OpenAppeal(report=report, side=side, words="*" * WORDS_AT_MOST, asked_at=NOON)
                shown = ShownReport(opened=opened, reader=READER, taken_until=NOON, appeal=appeal, member=MEMBER)
                yield report_view(words, shown, words("chat.reports.note.ask"))
    entries = [QueueEntry(report=longest_report(id=f"{each:022}"), since=NOON) for each in range(PER_PAGE - 2)]
    entries[0] = replace(entries[0], report=longest_report(read_at=NOON))
    entries += [QueueEntry(report=longest_report(), since=NOON, appeal_of=side) for side in ReportSide]
    for now in (NOON, NOON - timedelta(seconds=1)):
        page = QueuePage(entries=entries, number=2, pages=3, waiting=400, unread=300, held=200, oldest_at=NOON, now=now)
        yield queue_view(words, SERVER, page, words("chat.reports.note.decided_close"))
    for action in ReportAction:
        entry = AuditEntry(
            action=action,
            at=NOON,
            actor_id=LARGEST_ID,
            about_id=LARGEST_ID,
            number=10**6,
            rule=5,
            sentence="*" * SENTENCE_AT_MOST,
        )
        audit = [entry] * ENTRIES_PER_PAGE
        yield audit_view(
            words, AuditPage(server_id=LARGEST_ID, server_name="*" * 100, number=2, entries=audit, has_more=True)
        )


def ids_in(components: list[Mapping[str, Any]]) -> list[str]:
    """The custom ids, in order."""
    return [part["custom_id"] for part in all_components(components) if "custom_id" in part]


def test_a_match_for_any_subject_is_told_in_words() -> None:
    """As the members chose it, not as it is stored."""
    report = longest_report()
    assert report.evidence is not None
    for_any = replace(report, evidence=replace(report.evidence, subject=ANY))
    [first, *_] = evidence_lines(words_for(), for_any)
    assert first.startswith("Matched for any subject, ")


@pytest.mark.parametrize("language", catalogue_languages())
def test_messages_fit(language: str) -> None:
    """At most 4,000 letters, 40 parts, five buttons in a row, labels of 80; each id is there once."""
    for view in all_views(words_for(language)):
        components: list[Mapping[str, Any]] = view.to_components()  # type: ignore[no-untyped-call]  # the library's
        assert view.total_children_count <= 40
        assert len(all_text(components)) <= 4000
        assert len(set(ids_in(components))) == len(ids_in(components))
        for part in all_components(components):
            assert len(part.get("label", "")) <= 80
            assert len(part.get("custom_id", "")) <= 100
            assert part.get("content") != ""
            if part["type"] == 1:
                assert 1 <= len(part["components"]) <= 5


@pytest.mark.parametrize("language", catalogue_languages())
def test_forms_fit(language: str) -> None:
    """Five fields at most; a rule is shown as far as it fits."""
    words, rules = words_for(language), ["*" * MAX_RULE_LETTERS] * MAX_RULES
    for decision in Decision:
        for operator in (False, True):
            choices = DecisionChoices(decision=decision, rules=rules, can_be_everywhere=operator)
            custom_id = DECIDE_FORM.format(decision=decision, server=LARGEST_ID, report=ID)
            form = decision_form(words, custom_id=custom_id, choices=choices)
            assert_form_fits(form)
            options = form.to_dict()["components"][0]["component"]["options"]
            assert all(len(option["label"]) <= 100 for option in options)
    for step in STEPS:
        custom_id = STEP_FORM.format(step=step, server=LARGEST_ID, report=ID)
        assert_form_fits(sentence_form(words, custom_id=custom_id, what=step))
    for outcome in AppealOutcome:
        assert_form_fits(sentence_form(words, custom_id="x", what=outcome))


@pytest.mark.parametrize(
    "values",
    [
        {"sentence": ("Why.",)},
        {"rule": ("0",), "sentence": ("Why.",)},
        {"rule": ("1",), "sentence": (" ",)},
        {"rule": ("x",), "sentence": ("Why.",)},
        {"rule": ("1",), "sentence": ("Why.",), "extra": ("everywhere",)},
        {"rule": ("1",), "sentence": ("Why.",), "extra": ("malicious",)},
    ],
)
def test_a_verdict_that_lacks_something_is_refused(values: Mapping[str, tuple[str, ...]]) -> None:
    """Whatever a changed client sends."""
    with pytest.raises(NotPossible, match="verdict"):
        submitted_verdict(Decision.WARN, values)


def test_a_pause_has_one_of_three_lengths() -> None:
    """And no other."""
    filled = {"rule": ("1",), "sentence": ("Why.",)}
    assert submitted_verdict(Decision.PAUSE, {**filled, "days": ("30",)}).days == 30
    for days in ((), ("2",), ("-7",)):
        with pytest.raises(NotPossible, match="verdict"):
            submitted_verdict(Decision.PAUSE, {**filled, "days": days})
