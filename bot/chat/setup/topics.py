"""Subjects, lengths and languages as an admin types them: `Group: a, b, c` lines, and back again. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.server import Server, Subject
from bot.domain.ticket import ANY, LENGTHS

MOST_SUBJECTS = 100
LONGEST_SUBJECT = 40
MOST_LANGUAGES = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Topics:
    """What can be studied here, for how long, and in which languages."""

    subjects: tuple[Subject, ...]
    lengths: tuple[int, ...]
    languages: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mistake:
    """What is wrong with what was typed; `reason` names the words, `found` is the piece meant."""

    reason: str
    found: str = ""


def read(
    subjects: str, lengths: str, languages: str, *, names: Mapping[str, str], now: Topics
) -> tuple[Topics, Mistake | None]:
    """What was typed into the three fields, and the first mistake in them; `names` are the languages' names by code.

    A field with a mistake stays as it is `now`; what was typed well into the others is not lost.
    """
    parts = {"subjects": _subjects(subjects), "lengths": _lengths(lengths), "languages": _languages(languages, names)}
    good = {name: part for name, part in parts.items() if not isinstance(part, Mistake)}
    mistakes = (part for part in parts.values() if isinstance(part, Mistake))
    return replace(now, **good), next(mistakes, None)  # type: ignore[arg-type]  # fields by name


def typed(server: Server) -> tuple[str, str, str]:
    """The three fields as `read` would take them again."""
    groups: dict[str | None, list[str]] = {}
    for subject in server.subjects:
        groups.setdefault(subject.group, []).append(subject.name)
    lines = [f"{group}: {', '.join(names)}" if group else "\n".join(names) for group, names in groups.items()]
    return "\n".join(lines), ", ".join(map(str, server.lengths)), ", ".join(server.languages)


def _subjects(text: str) -> tuple[Subject, ...] | Mistake:
    """Each once; "any" need not be said, it is always possible."""
    listed = [subject for line in text.splitlines() for subject in _line(line)]
    once = {subject.name.casefold(): subject for subject in reversed(listed)}
    found = [
        subject for subject in listed if subject is once[subject.name.casefold()] and subject.name.casefold() != ANY
    ]
    too_long = next((subject.name for subject in found if len(subject.name) > LONGEST_SUBJECT), None)
    if too_long is not None:
        return Mistake(reason="subject_long", found=too_long[:LONGEST_SUBJECT])
    if not 1 <= len(found) <= MOST_SUBJECTS:
        return Mistake(reason="subject_count", found=str(len(found)))
    return tuple(found)


def _line(line: str) -> Sequence[Subject]:
    group, colon, names = line.partition(":")
    group_name = " ".join(group.split()) if colon else ""
    listed = names if colon else line
    cleaned = [" ".join(name.split()) for name in listed.split(",")]
    return [Subject(name=name, group=group_name or None) for name in cleaned if name]


def _lengths(text: str) -> tuple[int, ...] | Mistake:
    parts = re.findall(r"\w+", text)
    if not parts or any(not part.isdecimal() or int(part) not in LENGTHS for part in parts):
        return Mistake(reason="lengths", found=text[:LONGEST_SUBJECT])
    return tuple(sorted({int(part) for part in parts}))


def _languages(text: str, names: Mapping[str, str]) -> tuple[str, ...] | Mistake:
    codes = {known.casefold(): code for code, name in names.items() for known in (code, name)}
    parts = [part.strip() for part in text.split(",") if part.strip()]
    unknown = next((part for part in parts if part.casefold() not in codes), None)
    if unknown is not None or not 1 <= len(parts) <= MOST_LANGUAGES:
        return Mistake(reason="languages", found=(unknown or "")[:LONGEST_SUBJECT])
    return tuple(dict.fromkeys(codes[part.casefold()] for part in parts))
