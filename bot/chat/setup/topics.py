"""Subjects, lengths and languages as an admin types them, and back again. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.chat.discord_limits import MAX_TEXT_INPUT_LETTERS
from bot.chat.setup.subject_list import read_subjects, write_subjects
from bot.chat.ui.lengths import read_lengths
from bot.chat.ui.text import quoted_input
from bot.domain.server import Server, Subject
from bot.domain.ticket import LENGTHS
from bot.words.languages import read_languages

MAX_SUBJECTS = 100
MAX_SUBJECT_LETTERS = 40
MAX_LANGUAGES = 10


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
    """What is wrong with the input; `reason` is the key of its text, `found` the offending piece."""

    reason: str
    found: str = ""


def topics_of(server: Server) -> Topics:
    """The topics in a server's settings."""
    return Topics(subjects=server.subjects, lengths=server.lengths, languages=server.languages)


def read_topics(
    typed: TypedTopics, *, language_names: Mapping[str, str], current: Topics
) -> tuple[Topics, Mistake | None]:
    """The topics typed into the form, and the first mistake; `language_names` are names by code.

    A field with a mistake keeps its `current` value; the other fields are still used.
    """
    fields = {
        "subjects": _read_subjects(typed.subjects),
        "lengths": _read_lengths(typed.lengths),
        "languages": _read_languages(typed.languages, language_names, current.languages),
    }
    correct = {name: value for name, value in fields.items() if not isinstance(value, Mistake)}
    mistakes = (value for value in fields.values() if isinstance(value, Mistake))
    return replace(current, **correct), next(mistakes, None)  # type: ignore[arg-type]  # fields by name


def write_topics(topics: Topics, *, language_names: Mapping[str, str]) -> TypedTopics:
    """The topics as text that `read_topics` reads as these very topics; languages by name, else by code."""
    return TypedTopics(
        subjects=write_subjects(topics.subjects, max_letters=MAX_TEXT_INPUT_LETTERS),
        lengths=", ".join(map(str, topics.lengths)),
        languages=", ".join(language_names.get(code, code) for code in topics.languages),
    )


def _read_subjects(text: str) -> tuple[Subject, ...] | Mistake:
    subjects = read_subjects(text)
    too_long = next((subject.name for subject in subjects if len(subject.name) > MAX_SUBJECT_LETTERS), None)
    if too_long is not None:
        return Mistake(reason="subject_long", found=quoted_input(too_long))
    if not 1 <= len(subjects) <= MAX_SUBJECTS:
        return Mistake(reason="subject_count", found=str(len(subjects)))
    return tuple(subjects)


def _read_lengths(text: str) -> tuple[int, ...] | Mistake:
    lengths = read_lengths(text, LENGTHS)
    return Mistake(reason="lengths", found=quoted_input(text)) if lengths is None else tuple(lengths)


def _read_languages(text: str, names: Mapping[str, str], current: Sequence[str]) -> tuple[str, ...] | Mistake:
    """The codes; also of `current` languages that have no name."""
    codes, unknown = read_languages(text, {code: code for code in current} | dict(names))
    if unknown:
        return Mistake(reason="languages", found=quoted_input(", ".join(unknown)))
    if not 1 <= len(codes) <= MAX_LANGUAGES:
        return Mistake(reason="language_count", found=str(len(codes)))
    return tuple(codes)
