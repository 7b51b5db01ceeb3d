"""The form for subjects, lengths and languages, filled with what they are now."""

from collections.abc import Mapping, Sequence

import discord

from bot.chat.setup import topics
from bot.domain.server import Server
from bot.words import Words

LONGEST_TEXT = 4000


def form(words: Words, *, custom_id: str, server: Server) -> discord.ui.Modal:
    """The modal. It is finished at once: what is submitted is answered by its id."""
    modal = discord.ui.Modal(title=words("chat.setup.topics.title"), custom_id=custom_id)
    for name, text in zip(("subjects", "lengths", "languages"), topics.typed(server), strict=True):
        paragraph = name == "subjects"
        field: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
            custom_id=name,
            default=text if len(text) <= LONGEST_TEXT else text.replace(", ", ","),
            max_length=LONGEST_TEXT if paragraph else 100,
            style=discord.TextStyle.paragraph if paragraph else discord.TextStyle.short,
        )
        label = discord.ui.Label(
            text=words(f"chat.setup.form.{name}.label"),
            description=words(f"chat.setup.form.{name}.help"),
            component=field,
        )
        modal.add_item(label)
    modal.stop()
    return modal


def typed(values: Mapping[str, Sequence[str]]) -> tuple[str, str, str]:
    """The three fields as submitted."""
    subjects, lengths, languages = ("".join(values.get(name, ())) for name in ("subjects", "lengths", "languages"))
    return subjects, lengths, languages
