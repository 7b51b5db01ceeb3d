"""Subjects, lengths and languages as an admin types them: `Group: a, b, c` lines, and back again. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bot.chat.ui.text import quoted_input
from bot.domain.server import Server, Subject
from bot.domain.ticket import ANY, LENGTHS

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
        "languages": _read_languages(typed.languages, language_names),
    }
    correct = {name: value for name, value in fields.items() if not isinstance(value, Mistake)}
    mistakes = (value for value in fields.values() if isinstance(value, Mistake))
    return replace(current, **correct), next(mistakes, None)  # type: ignore[arg-type]  # fields by name


def write_topics(topics: Topics) -> TypedTopics:
    """The topics as text that `read_topics` can parse."""
    groups: dict[str | None, list[str]] = {}
    for subject in topics.subjects:
        groups.setdefault(subject.group, []).append(subject.name)
    lines = [f"{group}: {', '.join(names)}" if group else "\n".join(names) for group, names in groups.items()]
    return TypedTopics(
        subjects="\n".join(lines), lengths=", ".join(map(str, topics.lengths)), languages=", ".join(topics.languages)
    )


def _read_subjects(text: str) -> tuple[Subject, ...] | Mistake:
    """Each subject once, where it is first named. "any" is dropped: it is always possible."""
    unique: dict[str, Subject] = {}
    for line in text.splitlines():
        for subject in _subjects_in_line(line):
            unique.setdefault(subject.name.casefold(), subject)
    unique.pop(ANY, None)
    too_long = next((subject.name for subject in unique.values() if len(subject.name) > MAX_SUBJECT_LETTERS), None)
    if too_long is not None:
        return Mistake(reason="subject_long", found=quoted_input(too_long))
    if not 1 <= len(unique) <= MAX_SUBJECTS:
        return Mistake(reason="subject_count", found=str(len(unique)))
    return tuple(unique.values())


def _subjects_in_line(line: str) -> Iterator[Subject]:
    group, colon, names = line.partition(":")
    group_name = " ".join(group.split()) if colon else ""
    for name in (names if colon else line).split(","):
        if one_line := " ".join(name.split()):
            yield Subject(name=one_line, group=group_name or None)


def _read_lengths(text: str) -> tuple[int, ...] | Mistake:
    parts = re.findall(r"\w+", text)
    if not parts or any(not part.isdecimal() or int(part) not in LENGTHS for part in parts):
        return Mistake(reason="lengths", found=quoted_input(text))
    return tuple(sorted({int(part) for part in parts}))


def _read_languages(text: str, names: Mapping[str, str]) -> tuple[str, ...] | Mistake:
    codes = {known.casefold(): code for code, name in names.items() for known in (code, name)}
    parts = [part.strip() for part in text.split(",") if part.strip()]
    unknown = next((part for part in parts if part.casefold() not in codes), None)
    if unknown is not None or not 1 <= len(parts) <= MAX_LANGUAGES:
        return Mistake(reason="languages", found=quoted_input(unknown or ""))
    return tuple(dict.fromkeys(codes[part.casefold()] for part in parts))
