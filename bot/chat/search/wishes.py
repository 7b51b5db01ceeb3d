"""Parses what a member typed or chose into wishes that this server offers; omitted ones come from the last search."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from bot.chat.search.options import CHOICE_OPTIONS, LENGTHS_EXAMPLE
from bot.chat.ui.notices import NotPossible
from bot.chat.ui.text import quoted_input
from bot.domain.server import Server
from bot.domain.ticket import ANY, Wishes

_SEPARATOR = re.compile(r"[^\w]+")
_FIELDS: Final[Mapping[str, Sequence[str]]] = MappingProxyType(
    {
        "subject": ("subject", "subject_group"),
        "length": ("lengths", "any_length"),
        "language": ("languages",),
        **{option.name: (option.name,) for option in CHOICE_OPTIONS},
    }
)
"""The fields of each wish, by its name in `/study now`."""
_IGNORED_WORDS = frozenset({"", "and", "or", "m", "min", "minutes"})


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
    raw: RawWishes, *, last: Wishes | None, server: Server, own_language: str, language_names: Mapping[str, str]
) -> Wishes:
    """The wishes. Raises NotPossible if this server does not offer one of them.

    `own_language` is the code of the member's language, used if nothing else is known; `language_names` are names
    by code.
    """
    wishes = _offered_here(last, server, own_language)
    choices = {
        option.name: option.choice_of(raw.choices[option.name])
        for option in CHOICE_OPTIONS
        if option.name in raw.choices
    }
    subject, group = _read_subject(raw.subject, server) if raw.subject else (wishes.subject, wishes.subject_group)
    lengths, any_length = _read_lengths(raw.length, server) if raw.length else (wishes.lengths, wishes.any_length)
    return replace(
        wishes,
        subject=subject,
        subject_group=group,
        lengths=lengths,
        any_length=any_length,
        languages=_read_languages(raw.language, server, language_names, wishes.languages)
        if raw.language
        else wishes.languages,
        **choices,  # type: ignore[arg-type]  # fields by name
    )


def _offered_here(last: Wishes | None, server: Server, own_language: str) -> Wishes:
    """The last wishes, limited to what this server offers: they may come from another server."""
    last = last or Wishes(lengths=server.lengths, languages=(own_language,))
    subject, group = _find_subject(last.subject, server) or (ANY, ANY)
    languages = tuple(code for code in last.languages if code in server.languages)
    lengths = () if last.any_length else tuple(length for length in last.lengths if length in server.lengths)
    default = own_language if own_language in server.languages else server.languages[0]
    return replace(
        last,
        subject=subject,
        subject_group=group,
        lengths=lengths or server.lengths,
        any_length=not lengths,
        languages=languages or (default,),
    )


def _find_subject(name: str, server: Server) -> tuple[str, str] | None:
    return next(
        ((known.name, known.group or ANY) for known in server.subjects if known.name.casefold() == name.casefold()),
        None,
    )


def _read_subject(text: str, server: Server) -> tuple[str, str]:
    name = text.strip()
    if name.casefold() == ANY:
        return ANY, ANY
    known = _find_subject(name, server)
    if known is None:
        raise NotPossible("subject", asked=quoted_input(name))
    return known


def _read_lengths(text: str, server: Server) -> tuple[tuple[int, ...], bool]:
    """The lengths, and whether the member left them open."""
    parts = [part for part in _SEPARATOR.split(text.casefold()) if part not in _IGNORED_WORDS]
    if ANY in parts:
        return server.lengths, True
    wanted = {int(digits) for part in parts if (digits := part.removesuffix("min").removesuffix("m")).isdecimal()}
    if not parts or len(wanted) < len(set(parts)) or not wanted <= set(server.lengths):
        possible = [str(length) for length in server.lengths]
        raise NotPossible("length", asked=quoted_input(text), possible=possible, example=LENGTHS_EXAMPLE)
    return tuple(sorted(wanted)), False


def _read_languages(text: str, server: Server, names: Mapping[str, str], last: tuple[str, ...]) -> tuple[str, ...]:
    """The codes of the languages. A form cannot tell which is preferred, so the same ones keep their order."""
    codes = {known.casefold(): code for code in server.languages for known in (code, names.get(code, code))}
    wanted = [part.strip().casefold() for part in text.split(",") if part.strip()]
    if not wanted or any(part not in codes for part in wanted):
        possible = [names.get(code, code) for code in server.languages]
        raise NotPossible("language", asked=quoted_input(text), possible=possible)
    languages = tuple(dict.fromkeys(codes[part] for part in wanted))
    return last if set(languages) == set(last) else languages
