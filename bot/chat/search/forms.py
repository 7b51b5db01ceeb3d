"""The form behind Change: a modal filled with the current wishes, and the values submitted with it."""

from collections.abc import Mapping, Sequence

import discord

from bot.chat.discord_limits import MAX_CHOICE_LETTERS, MAX_CHOICES, MAX_FORM_FIELDS
from bot.chat.search.options import CHOICE_OPTIONS, chosen_codes
from bot.chat.search.wishes import RawWishes
from bot.domain.server import Server
from bot.domain.ticket import ANY, Wishes
from bot.words import Words

FormField = discord.ui.Item[discord.ui.Modal]


def wishes_form(words: Words, *, custom_id: str, wishes: Wishes, server: Server) -> discord.ui.Modal:
    """The modal. It is stopped, because submissions are handled by custom id alone, even after a restart.

    Discord allows five fields, so further choice options can be set by command only.
    """
    modal = discord.ui.Modal(title=words("chat.wishes.title"), custom_id=custom_id)
    for name, field in list(_fields(words, wishes, server).items())[:MAX_FORM_FIELDS]:
        modal.add_item(discord.ui.Label(text=words(f"chat.wishes.{name}"), component=field))
    modal.stop()
    return modal


def submitted_wishes(values: Mapping[str, Sequence[str]]) -> RawWishes:
    """The submitted values by field name."""
    first = {name: chosen[0] for name, chosen in values.items() if chosen}
    return RawWishes(
        subject=first.get("subject"),
        length=",".join(values.get("length", ())) or None,
        choices=chosen_codes(first),
    )


def _fields(words: Words, wishes: Wishes, server: Server) -> Mapping[str, FormField]:
    lengths = [*((str(length), str(length)) for length in server.lengths), (words("chat.any_length"), ANY)]
    chosen = [ANY] if wishes.any_length else [str(length) for length in wishes.lengths]
    fields: dict[str, FormField] = {
        "subject": _subject_field(words, wishes, server),
        "length": _select("length", lengths, chosen, several=True),
    }
    for option in CHOICE_OPTIONS:
        labelled = [(words(f"chat.choices.{option.name}.{code}"), code) for code in option.form_codes]
        fields[option.name] = _select(option.name, labelled, [option.code_in(wishes)])
    return fields


def _subject_field(words: Words, wishes: Wishes, server: Server) -> FormField:
    if len(server.subjects) >= MAX_CHOICES:
        return discord.ui.TextInput(custom_id="subject", default=wishes.subject, max_length=MAX_CHOICE_LETTERS)
    subjects = [(subject.name, subject.name) for subject in server.subjects]
    return _select("subject", [*subjects, (words("chat.any_subject"), ANY)], [wishes.subject])


def _select(
    custom_id: str, options: Sequence[tuple[str, str]], chosen: Sequence[str], *, several: bool = False
) -> discord.ui.Select[discord.ui.Modal]:
    """A select of labels and values."""
    return discord.ui.Select(
        custom_id=custom_id,
        options=[discord.SelectOption(label=label, value=value, default=value in chosen) for label, value in options],
        max_values=len(options) if several else 1,
        required=True,
    )
