"""Subjects, lengths and languages as an admin types them, and back again. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.chat.discord_limits import MAX_TEXT_INPUT_LETTERS
from bot.chat.setup.subject_list import read_subjects, write_subjects
from bot.chat.ui.lengths import read_lengths
from bot.domain.server import Server, Subject
from bot.domain.ticket import LENGTHS
from bot.domain.typed_text import caseless, items_of
from bot.words import texts_in_all_languages
from bot.words.languages import read_languages

MAX_SUBJECTS = 100
MAX_SUBJECT_LETTERS = 40
MAX_LANGUAGES = 10
DIGEST_LETTERS = 16
TOO_MANY = frozenset({"subjects_many", "languages_many"})
"""The mistakes of which what was found is a number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Topics:
    """What can be studied here, for how many minutes, and in which languages (codes)."""

    subjects: tuple[Subject, ...]
    lengths: tuple[int, ...]
    languages: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TypedTopics:
    """The three fields of the form as text."""

    subjects: str
    lengths: str
    languages: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Mistake:
    """What is wrong with a field: every offending piece, and those that were understood. `reason` keys the text."""

    reason: str
    found: tuple[str, ...] = ()
    understood: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What an admin typed and is not saved; `shown` is the digest of the topics that they have seen beside it."""

    typed: TypedTopics
    shown: str


def digest_of(value: object) -> str:
    """A short text that differs between different values, such as topics: it is made of what `repr` shows."""
    return hashlib.sha256(repr(value).encode()).hexdigest()[:DIGEST_LETTERS]


def typed_topics(fields: Mapping[str, str]) -> TypedTopics:
    """The three fields by their names; one that is missing is empty."""
    return TypedTopics(**{name: fields.get(name, "") for name in ("subjects", "lengths", "languages")})


def topics_of(server: Server) -> Topics:
    """The topics in a server's settings."""
    return Topics(subjects=server.subjects, lengths=server.lengths, languages=server.languages)


def read_topics(
    typed: TypedTopics, *, language_names: Mapping[str, str], current: Topics
) -> tuple[Topics, tuple[Mistake, ...]]:
    """The topics typed into the form, and every field's mistake; `language_names` are names by code.

    A field with a mistake keeps its `current` value; the other fields are still used.
    """
    fields = {
        "subjects": _read_subjects(_without_label(typed.subjects, "subjects")),
        "lengths": _read_lengths(_without_label(typed.lengths, "lengths")),
        "languages": _read_languages(_without_label(typed.languages, "languages"), language_names, current.languages),
    }
    correct = {name: value for name, value in fields.items() if not isinstance(value, Mistake)}
    mistakes = tuple(value for value in fields.values() if isinstance(value, Mistake))
    return replace(current, **correct), mistakes  # type: ignore[arg-type]  # fields by name


def write_topics(topics: Topics, *, language_names: Mapping[str, str]) -> TypedTopics:
    """The topics as text that `read_topics` reads as these very topics; languages by name, else by code."""
    return TypedTopics(
        subjects=write_subjects(topics.subjects, max_letters=MAX_TEXT_INPUT_LETTERS),
        lengths=", ".join(map(str, topics.lengths)),
        languages=", ".join(language_names.get(code, code) for code in topics.languages),
    )


def _without_label(text: str, field: str) -> str:
    """The text without the field's own name before it: "Subjects: Maths, Physics" is no group."""
    before, colon, after = text.partition(":")
    labels = {field, *texts_in_all_languages(f"chat.setup.form.{field}.label")}
    return after if colon and caseless(before) in map(caseless, labels) else text


def _read_subjects(text: str) -> tuple[Subject, ...] | Mistake:
    subjects = read_subjects(text)
    names = tuple(subject.name for subject in subjects)
    too_long = tuple(name for name in names if len(name) > MAX_SUBJECT_LETTERS)
    if too_long:
        return Mistake(
            reason="subject_long", found=too_long, understood=tuple(name for name in names if name not in too_long)
        )
    if not names:
        return Mistake(reason="subjects_none")
    if len(names) > MAX_SUBJECTS:
        return Mistake(reason="subjects_many", found=(str(len(names)),))
    return tuple(subjects)


def _read_lengths(text: str) -> tuple[int, ...] | Mistake:
    lengths = read_lengths(text, LENGTHS)
    if lengths is not None:
        return tuple(lengths)
    pieces = {piece: read_lengths(piece, LENGTHS) for piece in items_of(text)}
    wrong = tuple(piece for piece, understood in pieces.items() if understood is None)
    understood = tuple(str(length) for lengths in pieces.values() for length in lengths or ())
    return Mistake(reason="lengths", found=wrong or (text,), understood=understood)


def _read_languages(text: str, names: Mapping[str, str], current: Sequence[str]) -> tuple[str, ...] | Mistake:
    """The codes; also of `current` languages that have no name."""
    codes, unknown = read_languages(text, {code: code for code in current} | dict(names))
    understood = tuple(names.get(code, code) for code in codes)
    if unknown:
        return Mistake(reason="languages", found=tuple(unknown), understood=understood)
    if not codes:
        return Mistake(reason="languages_none")
    if len(codes) > MAX_LANGUAGES:
        return Mistake(reason="languages_many", found=(str(len(codes)),))
    return tuple(codes)
