"""The form for subjects, lengths and languages, filled with the current ones, and the values submitted with it."""

from collections.abc import Mapping, Sequence

import discord

from bot.chat.discord_limits import MAX_TEXT_INPUT_LETTERS
from bot.chat.setup.topics import TypedTopics, topics_of, write_topics
from bot.domain.server import Server
from bot.domain.ticket import LENGTHS
from bot.words import Words, language_names

MAX_SHORT_LETTERS = 300

TextField = discord.ui.TextInput[discord.ui.Modal]


def topics_form(words: Words, *, custom_id: str, server: Server) -> discord.ui.Modal:
    """The modal. It is stopped: it is answered by its custom id when it is submitted, also after a restart."""
    modal = discord.ui.Modal(title=words("chat.setup.topics.title"), custom_id=custom_id)
    current = write_topics(topics_of(server), language_names=language_names())
    for name, field in (
        ("subjects", _subjects_field(current.subjects)),
        ("lengths", _short_field("lengths", current.lengths)),
        ("languages", _short_field("languages", current.languages)),
    ):
        explanation = words(f"chat.setup.form.{name}.help", lengths=", ".join(map(str, LENGTHS)))
        label = words(f"chat.setup.form.{name}.label")
        modal.add_item(discord.ui.Label(text=label, description=explanation, component=field))
    modal.stop()
    return modal


def submitted_topics(values: Mapping[str, Sequence[str]]) -> TypedTopics:
    """The submitted values, by the name of their field."""
    subjects, lengths, languages = ("".join(values.get(name, ())) for name in ("subjects", "lengths", "languages"))
    return TypedTopics(subjects=subjects, lengths=lengths, languages=languages)


def _subjects_field(text: str) -> TextField:
    return discord.ui.TextInput(
        custom_id="subjects",
        default=text,
        max_length=MAX_TEXT_INPUT_LETTERS,
        style=discord.TextStyle.paragraph,
    )


def _short_field(name: str, text: str) -> TextField:
    return discord.ui.TextInput(custom_id=name, default=text, max_length=MAX_SHORT_LETTERS)
