"""A report in words, as its readers see it: who, what, and what was copied into it, plainly."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bot.chat.moderation.reported_member import MemberFacts
from bot.chat.ui.text import date_and_time, escape_markdown, listed, time_of_day, time_passed
from bot.domain.report import MediaTimes, ReportPlace, SeatTimes
from bot.domain.ticket import ANY
from bot.domain.verdict import Decision, EarlierReport, Step, next_step
from bot.store.report_desk import OpenedReport
from bot.store.report_rows import Decided, Report
from bot.words import Words

MOST_WORDS_SHOWN: Final = 750  # letters of the 4,000 that a message may have
MOST_SENTENCE_SHOWN: Final = 600
CUT_OFF: Final = "\\> \n"
MOST_EARLIER: Final = 8


def person(words: Words, member_id: int | None) -> str:
    """A member as a mention, which notifies nobody here; who has deleted their data has no name any more."""
    return f"<@{member_id}>" if member_id is not None and member_id > 0 else words("chat.reports.former_member")


def decision_text(words: Words, decision: Decision, days: int | None) -> str:
    """What was or may be decided, such as "a pause of 7 days"."""
    return words(f"chat.reports.decision.{decision}", days=str(days or ""))


def head_lines(words: Words, report: Report) -> Iterator[str]:
    """Number, reason, where and when, about whom and by whom."""
    yield f"### {words('chat.reports.report', number=report.number)}"
    reason = words(f"chat.report.reason.{report.reason}")
    yield f"**{reason}**"
    place = words(f"chat.reports.place.{ReportPlace(report.place)}")
    yield words(
        "chat.reports.filed", when=date_and_time(report.filed_at), age=time_passed(report.filed_at), place=place
    )
    yield words("chat.reports.about", member=person(words, report.reported_id))
    yield words("chat.reports.by", member=person(words, report.reporter_id))
    if report.to_operator:
        yield words("chat.reports.to_operator")


def quotation(text: str, most: int = MOST_WORDS_SHOWN) -> str:
    """What somebody wrote, as a quotation of at most `most` letters, which are those of Discord's markup."""
    lines = _quoted(text)
    return lines if len(lines) <= most else f"{lines[: most - 1].rstrip(CUT_OFF)}…"


def is_cut(text: str) -> bool:
    """Whether a quotation shows only the beginning of it."""
    return len(_quoted(text)) > MOST_WORDS_SHOWN


def evidence_lines(words: Words, report: Report) -> Iterator[str]:
    """What the store knew when the report was filed."""
    evidence = report.evidence
    if evidence is None:
        yield words("chat.reports.no_evidence")
        return
    group = evidence.pool.partition(":")[2]
    key = "chat.reports.matched_any" if evidence.subject == ANY else "chat.reports.matched"
    yield words(key, subject=escape_markdown(evidence.subject), when=date_and_time(evidence.matched_at))
    if group:
        yield words(f"chat.reports.group.{group}")
    together = evidence.met_at
    yield words("chat.reports.together", when=time_of_day(together)) if together else words("chat.reports.not_together")
    seats = {"reporter": evidence.reporter, "reported": evidence.reported}
    yield from (_seat_line(words, whose, times) for whose, times in seats.items())
    yield from _media_lines(words, seats)
    if evidence.left_first is not None:
        yield words(f"chat.reports.left_first.{evidence.left_first}")


def member_lines(words: Words, member: MemberFacts | None) -> Iterator[str]:
    """What Discord tells of the reported member now, if it tells anything."""
    if member is not None:
        come_back = "come_back" if member.has_come_back else "not_come_back"
        yield words("chat.reports.member.account", when=time_passed(member.account_created_at))
        yield words(f"chat.reports.member.{come_back}")


def standing_lines(words: Words, opened: OpenedReport) -> Iterator[str]:
    """What was decided before, what may come next, and whether a hold lasts."""
    yield _earlier_line(words, opened.earlier)
    if opened.report.decided is None:
        step = next_step(opened.earlier)
        yield words("chat.reports.next_step", step=_step_text(words, step))
    if opened.held_until is not None:
        yield words("chat.reports.held_until", until=date_and_time(opened.held_until))


def decided_lines(words: Words, decided: Decided, report: Report) -> Iterator[str]:
    """What was decided, with its rule and the sentence."""
    what = decision_text(words, decided.decision, decided.days)
    yield words("chat.reports.decided", what=what, when=date_and_time(decided.at), rule=decided.rule)
    yield quotation(decided.sentence, MOST_SENTENCE_SHOWN)
    if report.due_at is not None:
        yield words("chat.reports.begins", when=date_and_time(report.due_at))


def _seat_line(words: Words, whose: str, times: SeatTimes) -> str:
    known = {"invited": times.invited_at, "entered": times.entered_at, "left": times.left_at}
    parts = [words(f"chat.reports.times.{name}", when=time_of_day(at)) for name, at in known.items() if at is not None]
    shown = listed(parts) if parts else words("chat.reports.times.never")
    return words(f"chat.reports.times.{whose}", times=shown)


def _media_lines(words: Words, seats: Mapping[str, SeatTimes]) -> Iterator[str]:
    """What each has sent, and what the times mean; nothing of reports from before that was noted."""
    sent = {whose: times.media for whose, times in seats.items() if times.media is not None}
    for whose, media in sent.items():
        parts = listed([_media_part(words, each) for each in media]) or words("chat.reports.media.nothing")
        yield words(f"chat.reports.media.{whose}", media=parts)
    if any(sent.values()):
        yield words("chat.reports.media.meaning")


def _media_part(words: Words, media: MediaTimes) -> str:
    source = words(f"chat.reports.media.{media.source}")
    first = time_of_day(media.first_at)
    if media.last_at is None:
        return words("chat.reports.media.since", source=source, first=first)
    return words("chat.reports.media.between", source=source, first=first, last=time_of_day(media.last_at))


def _earlier_line(words: Words, earlier: Sequence[EarlierReport]) -> str:
    if not earlier:
        return words("chat.reports.earlier_none")
    newest = earlier[-MOST_EARLIER:]
    parts = [
        words("chat.reports.earlier_one", number=each.number, what=decision_text(words, each.decision, each.days))
        for each in newest
    ]
    return words("chat.reports.earlier", reports=listed(parts))


def _step_text(words: Words, step: Step) -> str:
    return decision_text(words, step.decision, step.days)


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in escape_markdown(text).splitlines())
