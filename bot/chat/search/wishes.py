"""Parses what a member typed or chose into wishes that this server offers; omitted ones come from the last search."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from bot.chat.search.options import CHOICE_OPTIONS, LENGTHS_EXAMPLE
from bot.chat.ui.any_choice import includes_any, means_any
from bot.chat.ui.lengths import read_lengths
from bot.chat.ui.name_search import find_names, nearest_names
from bot.chat.ui.notices import NotPossible
from bot.chat.ui.text import quoted_input
from bot.domain.server import Server, Subject
from bot.domain.ticket import ANY, Wishes
from bot.domain.typed_text import caseless, has_separator, items_of
from bot.words.languages import read_languages, spoken_language

ANY_SUBJECT = Subject(name=ANY)
MAX_NAMED = 10
"""So many subjects are listed if what was typed may mean each of them."""

_FIELDS: Final[Mapping[str, Sequence[str]]] = MappingProxyType(
    {
        "subject": ("subject", "subject_group"),
        "length": ("lengths", "any_length"),
        "language": ("languages",),
        **{option.name: (option.name,) for option in CHOICE_OPTIONS},
    }
)
"""The fields of each wish, by its name in `/study now`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RawWishes:
    """The options of a command or the fields of a form as typed; None if omitted.

    `choices` are the codes of the choice options that were given, by name; `wait` is in minutes.
    """

    subject: str | None = None
    length: str | None = None
    language: str | None = None
    wait: int | None = None
    choices: Mapping[str, str] = field(default_factory=dict)


def named_wishes(raw: RawWishes) -> Collection[str]:
    """The names, as in `/study now`, of the wishes that were given."""
    given = {"subject": raw.subject, "length": raw.length, "language": raw.language}
    return {*raw.choices, *(name for name, typed in given.items() if typed)}


def changed_wishes(before: Wishes, after: Wishes) -> Collection[str]:
    """The names of the wishes in which the two differ."""
    return {
        name
        for name, fields in _FIELDS.items()
        if any(getattr(before, each) != getattr(after, each) for each in fields)
    }


def with_wishes(wishes: Wishes, names: Collection[str], source: Wishes) -> Wishes:
    """`wishes` with those of these names as in `source`; the others stay, even if one server does not offer them."""
    fields = [field for name in names for field in _FIELDS[name]]
    return replace(wishes, **{field: getattr(source, field) for field in fields})


def read_wishes(
    raw: RawWishes, *, last: Wishes | None, server: Server, locale: str, language_names: Mapping[str, str]
) -> Wishes:
    """The wishes. Raises NotPossible if this server does not offer one of them.

    `locale` is the member's, whose language is used if nothing else is known; `language_names` are names by code.
    """
    wishes = wishes_offered(last, server, locale)
    choices = {
        option.name: option.choice_of(raw.choices[option.name])
        for option in CHOICE_OPTIONS
        if option.name in raw.choices
    }
    subject = _read_subject(raw.subject, server) if raw.subject else None
    lengths, any_length = _read_lengths(raw.length, server) if raw.length else (wishes.lengths, wishes.any_length)
    return replace(
        wishes,
        subject=subject.name if subject else wishes.subject,
        subject_group=(subject.group or ANY) if subject else wishes.subject_group,
        lengths=lengths,
        any_length=any_length,
        languages=_read_languages(raw.language, server, language_names, wishes.languages)
        if raw.language
        else wishes.languages,
        **choices,  # type: ignore[arg-type]  # fields by name
    )


def wishes_offered(last: Wishes | None, server: Server, locale: str) -> Wishes:
    """The last wishes, limited to what this server offers: they may come from another one, or it has changed."""
    own_language = spoken_language(locale)
    last = last or Wishes(lengths=server.lengths, languages=(own_language,))
    subject = _same_subject(last.subject, server)
    languages = tuple(code for code in last.languages if code in server.languages)
    lengths = () if last.any_length else tuple(length for length in last.lengths if length in server.lengths)
    default = own_language if own_language in server.languages else server.languages[0]
    return replace(
        last,
        subject=subject.name,
        subject_group=subject.group or ANY,
        lengths=lengths or server.lengths,
        any_length=not lengths,
        languages=languages or (default,),
    )


def _same_subject(name: str, server: Server) -> Subject:
    """The subject with this name in `server`; no particular one if it is not offered there."""
    return next((known for known in server.subjects if caseless(known.name) == caseless(name)), ANY_SUBJECT)


def _read_subject(typed: str, server: Server) -> Subject:
    """The subject that is clearly meant; a group's name may mean each of its subjects. Raises NotPossible."""
    if _same_subject(typed, server) is ANY_SUBJECT and means_any(typed):
        return ANY_SUBJECT
    names = [subject.name for subject in server.subjects]
    found = find_names(typed, names)
    if len(found) != 1:
        in_group = [subject.name for subject in server.subjects if find_names(typed, [subject.group or ""])]
        raise _no_such_subject(typed, found or in_group, names)
    return server.subjects[names.index(found[0])]


def _no_such_subject(typed: str, meant: Sequence[str], names: Sequence[str]) -> NotPossible:
    asked, nearest = quoted_input(typed), nearest_names(typed, names)
    if meant:
        return NotPossible("subject_unclear", asked=asked, possible=meant[:MAX_NAMED])
    several = dict.fromkeys(name for item in items_of(typed) for name in find_names(item, names))
    if has_separator(typed) and len(several) > 1:
        return NotPossible("subject_one", possible=list(several)[:MAX_NAMED])
    if nearest:
        return NotPossible("subject_near", asked=asked, possible=nearest)
    return NotPossible("subject", asked=asked)


def _read_lengths(typed: str, server: Server) -> tuple[tuple[int, ...], bool]:
    """The lengths, and whether the member left them open."""
    lengths = read_lengths(typed, server.lengths)
    if lengths is None:
        possible = [str(length) for length in server.lengths]
        raise NotPossible("length", asked=quoted_input(typed), possible=possible, example=LENGTHS_EXAMPLE)
    return tuple(lengths), includes_any(typed)


def _read_languages(typed: str, server: Server, names: Mapping[str, str], last: tuple[str, ...]) -> tuple[str, ...]:
    """The codes of the languages. A form cannot tell which is preferred, so the same ones keep their order."""
    offered = {code: names.get(code, code) for code in server.languages}
    codes, unknown = (server.languages, ()) if includes_any(typed) else read_languages(typed, offered)
    if unknown or not codes:
        raise NotPossible("language", asked=quoted_input(typed), possible=list(offered.values()))
    return last if set(codes) == set(last) else tuple(codes)
