"""The forms of reports: what happened, and why a second look is asked for. Nothing in them has to be filled in."""

from collections.abc import Mapping, Sequence

import discord

from bot.chat.discord_limits import MAX_FORM_TITLE_LETTERS
from bot.domain.display_name import shorten_in_middle
from bot.domain.report import WORDS_AT_MOST, ReportReason
from bot.words import Words

REASON_FIELD, WORDS_FIELD = "reason", "words"


def report_form(words: Words, *, custom_id: str, partner: str, number: int | None) -> discord.ui.Modal:
    """The modal for a report about `partner`, or for more words to that with this number. It is stopped, as all are."""
    if number is None:
        title = words("chat.report.form.title", partner=partner)
    else:
        title = words("chat.report.form.title_more", number=number)
    modal = _form(title, custom_id)
    reasons = [
        discord.RadioGroupOption(label=words(f"chat.report.choose.{each}"), value=each.value) for each in ReportReason
    ]
    radio: discord.ui.RadioGroup[discord.ui.Modal] = discord.ui.RadioGroup(
        custom_id=REASON_FIELD, options=reasons, required=False
    )
    modal.add_item(
        discord.ui.Label(
            text=words("chat.report.form.reason"), description=words("chat.report.form.optional"), component=radio
        )
    )
    _add_words(modal, words("chat.report.form.words"), words("chat.report.form.words_help"))
    modal.stop()
    return modal


def submitted_report(values: Mapping[str, Sequence[str]]) -> tuple[ReportReason, str]:
    """The reason and the words that were submitted."""
    reason = next(filter(None, values.get(REASON_FIELD, ())), ReportReason.UNSAID)
    return ReportReason(reason), submitted_words(values)


def second_look_form(words: Words, *, custom_id: str) -> discord.ui.Modal:
    """The modal with which a second look is asked for. It is stopped, as all are."""
    modal = _form(words("chat.report.second.form_title"), custom_id)
    _add_words(modal, words("chat.report.second.label"), words("chat.report.form.optional"))
    modal.stop()
    return modal


def submitted_words(values: Mapping[str, Sequence[str]]) -> str:
    """The words that were submitted."""
    return "".join(values.get(WORDS_FIELD, ())).strip()


def _form(title: str, custom_id: str) -> discord.ui.Modal:
    return discord.ui.Modal(title=shorten_in_middle(title, MAX_FORM_TITLE_LETTERS), custom_id=custom_id)


def _add_words(modal: discord.ui.Modal, label: str, explanation: str) -> None:
    field: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
        custom_id=WORDS_FIELD, max_length=WORDS_AT_MOST, required=False, style=discord.TextStyle.paragraph
    )
    modal.add_item(discord.ui.Label(text=label, description=explanation, component=field))
