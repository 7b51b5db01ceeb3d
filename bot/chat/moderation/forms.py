"""The forms of readers: the rule that was broken and a sentence that says why. Both go to the audit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import discord

from bot.chat.discord_limits import MAX_CHOICE_LETTERS
from bot.chat.ui.notices import NotPossible
from bot.domain.display_name import shorten_in_middle
from bot.domain.verdict import PAUSE_DAYS, SENTENCE_AT_MOST, Decision, Verdict
from bot.words import Words

RULE, SENTENCE, DAYS, EXTRA = "rule", "sentence", "days", "extra"
MALICIOUS, EVERYWHERE = "malicious", "everywhere"


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionChoices:
    """What the form of a decision offers: the server's rules, and for the operator all servers."""

    decision: Decision
    rules: Sequence[str]
    can_be_everywhere: bool = False


def decision_form(words: Words, *, custom_id: str, choices: DecisionChoices) -> discord.ui.Modal:
    """The modal for a decision. It is stopped, as all are."""
    modal = discord.ui.Modal(title=words(f"chat.reports.do.{choices.decision}"), custom_id=custom_id)
    rules = [
        discord.SelectOption(label=shorten_in_middle(f"{number}. {rule}", MAX_CHOICE_LETTERS), value=str(number))
        for number, rule in enumerate(choices.rules, start=1)
    ]
    rule: discord.ui.Select[discord.ui.Modal] = discord.ui.Select(custom_id=RULE, options=rules)
    modal.add_item(
        discord.ui.Label(
            text=words("chat.reports.form.rule"), description=words("chat.reports.form.rule_help"), component=rule
        )
    )
    _add_sentence(modal, words, "sentence")
    if choices.decision is Decision.PAUSE:
        modal.add_item(discord.ui.Label(text=words("chat.reports.form.days"), component=_days(words)))
    extra = _extra(choices)
    if extra is not None:
        ticked: discord.ui.CheckboxGroup[discord.ui.Modal] = discord.ui.CheckboxGroup(
            custom_id=EXTRA,
            options=[discord.CheckboxGroupOption(label=words(f"chat.reports.form.{extra}"), value=extra)],
            required=False,
            min_values=0,
        )
        modal.add_item(discord.ui.Label(text=words(f"chat.reports.form.{extra}_title"), component=ticked))
    modal.stop()
    return modal


def sentence_form(words: Words, *, custom_id: str, what: str) -> discord.ui.Modal:
    """The modal for what is said in a sentence only: a step, or what a second look comes to. It is stopped."""
    modal = discord.ui.Modal(title=words(f"chat.reports.do.{what}"), custom_id=custom_id)
    _add_sentence(modal, words, "question" if what == "ask" else "sentence")
    modal.stop()
    return modal


def submitted_verdict(decision: Decision, values: Mapping[str, Sequence[str]]) -> Verdict:
    """The verdict that was submitted. Raises NotPossible if something is missing."""
    days = _number(values, DAYS) if decision is Decision.PAUSE else None
    ticked = values.get(EXTRA, ())
    try:
        return Verdict(
            decision=decision,
            rule=_number(values, RULE) or 0,
            sentence=submitted_sentence(values),
            days=days,
            everywhere=EVERYWHERE in ticked,
            is_malicious=MALICIOUS in ticked,
        )
    except ValueError as incomplete:
        raise NotPossible("verdict") from incomplete


def submitted_sentence(values: Mapping[str, Sequence[str]]) -> str:
    """The sentence that was submitted."""
    return "".join(values.get(SENTENCE, ())).strip()


def _number(values: Mapping[str, Sequence[str]], field: str) -> int | None:
    return next((int(each) for each in values.get(field, ()) if each.isdecimal()), None)


def _add_sentence(modal: discord.ui.Modal, words: Words, kind: str) -> None:
    field: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
        custom_id=SENTENCE, max_length=SENTENCE_AT_MOST, style=discord.TextStyle.paragraph
    )
    label, explanation = words(f"chat.reports.form.{kind}"), words(f"chat.reports.form.{kind}_help")
    modal.add_item(discord.ui.Label(text=label, description=explanation, component=field))


def _days(words: Words) -> discord.ui.RadioGroup[discord.ui.Modal]:
    options = [
        discord.RadioGroupOption(label=words("chat.reports.form.day_count", days=days), value=str(days))
        for days in PAUSE_DAYS
    ]
    return discord.ui.RadioGroup(custom_id=DAYS, options=options)


def _extra(choices: DecisionChoices) -> str | None:
    if choices.decision is Decision.CLOSE:
        return MALICIOUS
    return EVERYWHERE if choices.decision is Decision.OUT and choices.can_be_everywhere else None
