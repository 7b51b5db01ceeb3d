"""One report as a message: what it says and what was copied into it, and what its reader can do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

import discord

from bot.chat.moderation import custom_ids
from bot.chat.moderation.report_texts import (
    decided_lines,
    evidence_lines,
    head_lines,
    is_cut,
    member_lines,
    quotation,
    standing_lines,
)
from bot.chat.moderation.reported_member import MemberFacts
from bot.chat.ui.layout import ACCENT_COLOUR
from bot.chat.ui.text import time_of_day
from bot.domain.report import ReportSide, can_decide
from bot.domain.report_reader import Reader
from bot.domain.verdict import AppealOutcome, Decision
from bot.store.appeals import OpenAppeal
from bot.store.report_desk import OpenedReport
from bot.store.report_rows import Report
from bot.words import Words

View = discord.ui.LayoutView
Button = discord.ui.Button[View]

OUTCOMES: Final = MappingProxyType(
    {
        ReportSide.REPORTED: (AppealOutcome.UPHELD, AppealOutcome.LIFTED),
        ReportSide.REPORTER: (AppealOutcome.UPHELD, AppealOutcome.REOPENED),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownReport:
    """A report that `reader` has opened, until when they have it alone, and the appeal for which they have.

    `member`: what Discord tells of the reported member, None if it tells nothing.
    """

    opened: OpenedReport
    reader: Reader
    taken_until: datetime | None
    appeal: OpenAppeal | None = None
    member: MemberFacts | None = None


def report_view(words: Words, shown: ShownReport, note: str = "") -> View:
    """The message, as a stopped view. `note` stands first: what the reader has just done."""
    report = shown.opened.report
    container: discord.ui.Container[View] = discord.ui.Container(accent_colour=ACCENT_COLOUR)
    lines = list(head_lines(words, report))
    container.add_item(discord.ui.TextDisplay("\n".join([*([note] if note else []), *lines, _lock(words, shown)])))
    container.add_item(discord.ui.TextDisplay(quotation(report.words) or words("chat.reports.no_words")))
    container.add_item(discord.ui.Separator())
    container.add_item(discord.ui.TextDisplay("\n".join(evidence_lines(words, report))))
    container.add_item(discord.ui.TextDisplay("\n".join(_standing(words, shown))))
    for row in _rows(words, shown):
        container.add_item(discord.ui.ActionRow(*row))
    view = View(timeout=None)
    view.add_item(container)
    view.stop()
    return view


def _lock(words: Words, shown: ShownReport) -> str:
    taken_until = shown.opened.report.taken_until
    if shown.opened.is_taken and taken_until is not None:
        return words("chat.reports.another_has_it", until=time_of_day(taken_until))
    return words("chat.reports.you_have_it", until=time_of_day(shown.taken_until)) if shown.taken_until else ""


def _standing(words: Words, shown: ShownReport) -> Iterator[str]:
    report = shown.opened.report
    yield from member_lines(words, shown.member)
    yield from standing_lines(words, shown.opened)
    if report.decided is not None:
        yield from decided_lines(words, report.decided, report)
    if shown.appeal is not None:
        yield words(f"chat.reports.appeal_of.{shown.appeal.side}")
        yield quotation(shown.appeal.words) or words("chat.reports.no_words")


def _rows(words: Words, shown: ShownReport) -> Iterator[Sequence[Button]]:
    report = shown.opened.report
    if not shown.opened.is_taken and report.decided is None:
        yield [_decision(words, report, each) for each in Decision if can_decide(report.reason, each)]
        yield list(_steps(words, shown))
    if shown.appeal is not None:
        yield [_outcome(words, report, shown.appeal.side, each) for each in OUTCOMES[shown.appeal.side]]
    yield list(_others(words, shown))


def _decision(words: Words, report: Report, decision: Decision) -> Button:
    return Button(
        label=words(f"chat.reports.do.{decision}"),
        custom_id=custom_ids.DECIDE.format(decision=decision, server=report.server_id, report=report.id),
    )


def _steps(words: Words, shown: ShownReport) -> Iterator[Button]:
    report = shown.opened.report
    steps = ["ask"] if report.reporter_id is not None else []
    steps += ["hand_over"] if not report.to_operator else []
    steps += ["end_hold", "renew_hold"] if shown.opened.held_until else []
    for step in steps:
        yield Button(
            label=words(f"chat.reports.do.{step}"),
            custom_id=custom_ids.DO_STEP.format(step=step, server=report.server_id, report=report.id),
        )


def _outcome(words: Words, report: Report, side: ReportSide, outcome: AppealOutcome) -> Button:
    return Button(
        label=words(f"chat.reports.do.{outcome}"),
        custom_id=custom_ids.DECIDE_APPEAL.format(
            side=side, outcome=outcome, server=report.server_id, report=report.id
        ),
    )


def _others(words: Words, shown: ShownReport) -> Iterator[Button]:
    report = shown.opened.report
    ids = {"server": report.server_id, "report": report.id}
    if report.decided is None and not shown.opened.is_taken:
        yield Button(label=words("chat.reports.do.recuse"), custom_id=custom_ids.RECUSE.format(**ids))
    if is_cut(report.words) or (shown.appeal is not None and is_cut(shown.appeal.words)):
        yield Button(label=words("chat.reports.do.all_words"), custom_id=custom_ids.ALL_WORDS.format(**ids))
    yield Button(label=words("chat.reports.do.back"), custom_id=custom_ids.RELEASE.format(**ids))
