"""The form behind Change: a modal filled with the current wishes, and the values submitted with it."""

from collections.abc import Mapping, Sequence

import discord

from bot.chat.discord_limits import MAX_CHOICE_LETTERS, MAX_CHOICES
from bot.chat.search.options import CHOICE_OPTIONS, SHARED_FIELD, ChoiceOption, chosen_codes
from bot.chat.search.wishes import RawWishes
from bot.domain.server import Server
from bot.domain.ticket import ANY, Wishes
from bot.words import Words, language_names

FormField = discord.ui.Item[discord.ui.Modal]
Labelled = Sequence[tuple[str, str]]

SHARING = tuple(option for option in CHOICE_OPTIONS if option.form_field == SHARED_FIELD)
ALONE = tuple(option for option in CHOICE_OPTIONS if option.form_field is None)


def wishes_form(words: Words, *, custom_id: str, wishes: Wishes, server: Server) -> discord.ui.Modal:
    """The modal, with everything that is remembered for the next search; Discord allows five fields.

    It is filled with `wishes`, which must be offered in this server, so that it is accepted as it is. It is stopped,
    because submissions are handled by custom id alone, even after a restart.
    """
    modal = discord.ui.Modal(title=words("chat.wishes.title"), custom_id=custom_id)
    for name, field in _fields(words, wishes, server).items():
        help_text = _help_text(words, name, field)
        modal.add_item(discord.ui.Label(text=words(f"chat.wishes.{name}"), description=help_text, component=field))
    modal.stop()
    return modal


def _help_text(words: Words, name: str, field: FormField) -> str | None:
    if isinstance(field, discord.ui.TextInput):
        return words("chat.wishes.subject_help")  # too many subjects for a list to choose from
    return words("chat.wishes.manner_help") if name == SHARED_FIELD else None


def submitted_wishes(values: Mapping[str, Sequence[str]]) -> RawWishes:
    """The submitted values by field name."""
    first = {name: chosen[0] for name, chosen in values.items() if chosen}
    return RawWishes(
        subject=first.get("subject"),
        length=_joined(values, "length"),
        language=_joined(values, "language"),
        choices={**chosen_codes(first), **_shared_choices(values)},
    )


def _joined(values: Mapping[str, Sequence[str]], name: str) -> str | None:
    return ",".join(values.get(name, ())) or None


def _shared_choices(values: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
    """The codes of the options that share a field; none or several of one option mean no preference."""
    if SHARED_FIELD not in values:
        return {}
    chosen = {option.name: _chosen_of(option, values[SHARED_FIELD]) for option in SHARING}
    return {name: codes[0] if len(codes) == 1 else ANY for name, codes in chosen.items()}


def _chosen_of(option: ChoiceOption, values: Sequence[str]) -> list[str]:
    prefix = f"{option.name}:"
    return [value.removeprefix(prefix) for value in values if value.startswith(prefix)]


def _fields(words: Words, wishes: Wishes, server: Server) -> Mapping[str, FormField]:
    lengths = [*((str(length), str(length)) for length in server.lengths), (words("chat.any_length"), ANY)]
    chosen = [ANY] if wishes.any_length else [str(length) for length in wishes.lengths]
    fields: dict[str, FormField] = {
        "subject": _subject_field(words, wishes, server),
        "length": _select("length", lengths, chosen, several=True),
    }
    if len(server.languages) > 1:
        names = language_names()
        languages = [(names.get(code, code), code) for code in server.languages][:MAX_CHOICES]
        fields["language"] = _select("language", languages, wishes.languages, several=True)
    fields[SHARED_FIELD] = _shared_field(words, wishes)
    for option in ALONE:
        labelled = [(words(f"chat.choices.{option.name}.{code}"), code) for code in option.form_codes]
        fields[option.name] = _select(option.name, labelled, [option.code_in(wishes)])
    return fields


def _shared_field(words: Words, wishes: Wishes) -> FormField:
    choices = [(option, code) for option in SHARING for code in option.codes if code != ANY]
    labelled = [
        (words(f"chat.wishes.choices.{option.name}.{code}"), f"{option.name}:{code}") for option, code in choices
    ]
    chosen = [f"{option.name}:{option.code_in(wishes)}" for option in SHARING]
    return _select(SHARED_FIELD, labelled, chosen, several=True, required=False)


def _subject_field(words: Words, wishes: Wishes, server: Server) -> FormField:
    if len(server.subjects) >= MAX_CHOICES:
        shown = words("chat.any_subject") if wishes.subject == ANY else wishes.subject
        return discord.ui.TextInput(custom_id="subject", default=shown, max_length=MAX_CHOICE_LETTERS)
    subjects = [(subject.name, subject.name) for subject in server.subjects]
    return _select("subject", [*subjects, (words("chat.any_subject"), ANY)], [wishes.subject])


def _select(
    custom_id: str, options: Labelled, chosen: Sequence[str], *, several: bool = False, required: bool = True
) -> discord.ui.Select[discord.ui.Modal]:
    """A select of labels and values."""
    return discord.ui.Select(
        custom_id=custom_id,
        options=[discord.SelectOption(label=label, value=value, default=value in chosen) for label, value in options],
        min_values=int(required),
        max_values=len(options) if several else 1,
        required=required,
    )
