"""The form for subjects, lengths and languages, filled with a text, and the text submitted with it."""

from collections.abc import Mapping, Sequence

import discord

from bot.chat.discord_limits import MAX_TEXT_INPUT_LETTERS
from bot.chat.setup.topics import TypedTopics, typed_topics
from bot.domain.ticket import LENGTHS
from bot.words import Words

MAX_SHORT_LETTERS = 300

TextField = discord.ui.TextInput[discord.ui.Modal]


def topics_form(words: Words, *, custom_id: str, filled: TypedTopics) -> discord.ui.Modal:
    """The modal. It is stopped: it is answered by its custom id when it is submitted, also after a restart."""
    modal = discord.ui.Modal(title=words("chat.setup.topics.title"), custom_id=custom_id)
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


def _subjects_field(text: str) -> TextField:
    return discord.ui.TextInput(
        custom_id="subjects",
        default=text,
        max_length=MAX_TEXT_INPUT_LETTERS,
        style=discord.TextStyle.paragraph,
    )


def _short_field(name: str, text: str) -> TextField:
    return discord.ui.TextInput(custom_id=name, default=text, max_length=MAX_SHORT_LETTERS)
