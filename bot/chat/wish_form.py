"""The form behind Change: the wishes as a modal, filled with what they are now; and back from what was chosen."""

from collections.abc import Iterable, Mapping, Sequence

import discord

from bot.chat.wishes import Asked
from bot.domain.server import Server
from bot.domain.ticket import ANY, Camera, Style, Wishes
from bot.words import Words

MOST_OPTIONS = 25
LEVELS = ("any", "beginner", "intermediate", "advanced")


def form(words: Words, *, custom_id: str, wishes: Wishes, server: Server) -> discord.ui.Modal:
    """The modal. It is finished at once: what is submitted is answered by its id, also after a restart."""
    modal = discord.ui.Modal(title=words("chat.wishes.title"), custom_id=custom_id)
    level = wishes.level.name.lower() if wishes.level is not None else "any"
    for name, component in (
        ("subject", _subject(words, wishes, server)),
        ("length", _select("length", _lengths(server), [str(length) for length in wishes.lengths], several=True)),
        ("style", _select("style", _named(words, "style", ("quiet", "talk", "any")), [wishes.style])),
        ("camera", _select("camera", _named(words, "camera", ("off", "on", "any")), [wishes.camera])),
        ("level", _select("level", _named(words, "level", LEVELS), [level])),
    ):
        modal.add_item(discord.ui.Label(text=words(f"chat.wishes.{name}"), component=component))
    modal.stop()
    return modal


def asked(values: Mapping[str, Sequence[str]]) -> Asked:
    """The submitted values as asked-for wishes; `values` by the field's name."""
    first = {name: chosen[0] for name, chosen in values.items() if chosen}
    return Asked(
        subject=first.get("subject"),
        length=",".join(values.get("length", ())) or None,
        style=first.get("style"),
        camera=first.get("camera"),
        level=first.get("level"),
    )


def _subject(words: Words, wishes: Wishes, server: Server) -> discord.ui.Item[discord.ui.Modal]:
    if len(server.subjects) >= MOST_OPTIONS:
        return discord.ui.TextInput(custom_id="subject", default=wishes.subject, max_length=100)
    options = [(subject.name, subject.name) for subject in server.subjects]
    return _select("subject", [*options, (words("chat.any_subject"), ANY)], [wishes.subject])


def _lengths(server: Server) -> list[tuple[str, str]]:
    return [(str(length), str(length)) for length in server.lengths]


def _named(words: Words, option: str, values: Iterable[str]) -> list[tuple[str, str]]:
    return [(words(f"chat.choices.{option}.{value}"), value) for value in values]


def _select(
    custom_id: str, options: Sequence[tuple[str, str]], chosen: Sequence[str | Style | Camera], *, several: bool = False
) -> discord.ui.Select[discord.ui.Modal]:
    return discord.ui.Select(
        custom_id=custom_id,
        options=[discord.SelectOption(label=label, value=value, default=value in chosen) for label, value in options],
        max_values=len(options) if several else 1,
        required=True,
    )
