"""The forms of setup, each filled with a text: of the topics, of the panel, of the rules; and what is submitted."""

from collections.abc import Mapping, Sequence

import discord

from bot.chat.discord_limits import MAX_TEXT_INPUT_LETTERS
from bot.chat.setup.topics import TypedTopics, typed_topics
from bot.chat.ui.rules import MAX_RULE_LETTERS, MAX_RULES
from bot.domain.display_name import clean_display_name
from bot.domain.ticket import LENGTHS
from bot.words import Words

MAX_SHORT_LETTERS = 300
MAX_PANEL_LETTERS = 600
PANEL_FIELD = "text"

TextField = discord.ui.TextInput[discord.ui.Modal]


def topics_form(words: Words, *, custom_id: str, filled: TypedTopics) -> discord.ui.Modal:
    """The modal. It is stopped: it is answered by its custom id when it is submitted, also after a restart."""
    modal = discord.ui.Modal(title=words("chat.setup.titles.topics"), custom_id=custom_id)
    for name, field in (
        ("subjects", _subjects_field(filled.subjects)),
        ("lengths", _short_field("lengths", filled.lengths)),
        ("languages", _short_field("languages", filled.languages)),
    ):
        explanation = words(f"chat.setup.form.{name}.help", lengths=", ".join(map(str, LENGTHS)))
        label = words(f"chat.setup.form.{name}.label")
        modal.add_item(discord.ui.Label(text=label, description=explanation, component=field))
    modal.stop()
    return modal


def submitted_topics(values: Mapping[str, Sequence[str]]) -> TypedTopics:
    """The submitted values, by the name of their field."""
    return typed_topics({name: "".join(value) for name, value in values.items()})


def panel_form(words: Words, *, custom_id: str, filled: str) -> discord.ui.Modal:
    """The modal for the panel's text. It is stopped, as all are."""
    modal = discord.ui.Modal(title=words("chat.setup.text_form.title"), custom_id=custom_id)
    field: TextField = discord.ui.TextInput(
        custom_id=PANEL_FIELD,
        default=filled[:MAX_PANEL_LETTERS],
        max_length=MAX_PANEL_LETTERS,
        required=False,
        style=discord.TextStyle.paragraph,
    )
    label, explanation = words("chat.setup.text_form.label"), words("chat.setup.text_form.help")
    modal.add_item(discord.ui.Label(text=label, description=explanation, component=field))
    modal.stop()
    return modal


def rules_form(words: Words, *, custom_id: str, filled: Sequence[str]) -> discord.ui.Modal:
    """The modal for the rules, with a field for each. It is stopped, as all are."""
    modal = discord.ui.Modal(title=words("chat.setup.rules_form.title"), custom_id=custom_id)
    for number in range(1, MAX_RULES + 1):
        rule = filled[number - 1] if number <= len(filled) else ""
        field: TextField = discord.ui.TextInput(
            custom_id=str(number), default=rule[:MAX_RULE_LETTERS], max_length=MAX_RULE_LETTERS, required=False
        )
        label = words("chat.setup.rules_form.label", number=number)
        modal.add_item(discord.ui.Label(text=label, component=field))
    modal.stop()
    return modal


def submitted_panel_text(values: Mapping[str, Sequence[str]]) -> str:
    """The submitted text of the panel, "" for ours."""
    return "".join(values.get(PANEL_FIELD, ())).strip()


def submitted_rules(values: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The submitted rules, in order, without empty ones and without what nobody sees."""
    typed = ("".join(values.get(str(number), ())) for number in range(1, MAX_RULES + 1))
    cleaned = (clean_display_name(rule, fallback="", max_letters=MAX_RULE_LETTERS) for rule in typed)
    return tuple(rule for rule in cleaned if rule)


def _subjects_field(text: str) -> TextField:
    return discord.ui.TextInput(
        custom_id="subjects",
        default=text,
        max_length=MAX_TEXT_INPUT_LETTERS,
        style=discord.TextStyle.paragraph,
    )


def _short_field(name: str, text: str) -> TextField:
    return discord.ui.TextInput(custom_id=name, default=text, max_length=MAX_SHORT_LETTERS)
