"""The list of subjects as an admin types it: one on a line, or several, or a group with its subjects. Pure.

"Science: Physics, Chemistry" is a group, and so is a line "Science:" with its subjects on the lines below, up to an
empty line or another group. Any other colon belongs to a subject: "Exam: Maths" is one, "9:30 club" too.
"""

import re
from collections.abc import Iterator, Sequence

from bot.chat.ui.any_choice import means_any
from bot.domain.server import Subject
from bot.domain.typed_text import caseless, has_separator, items_of, one_line

_COLON = re.compile(r"(?<!\d)[:：]|[:：](?!\d)")
_BULLET = re.compile(r"^\s*[-–—*•‣●▪◦]\s+")


def read_subjects(text: str) -> Sequence[Subject]:
    """Each subject once, where it is first named. "Any" is left out: it is always possible."""
    unique: dict[str, Subject] = {}
    for subject in _subjects_in(text):
        if not means_any(subject.name):
            unique.setdefault(caseless(subject.name), subject)
    return tuple(unique.values())


def write_subjects(subjects: Sequence[Subject], *, max_letters: int) -> str:
    """The text that is read as these subjects, ordered by group; without blanks if it is longer than `max_letters`."""
    groups: dict[str, list[str]] = {}
    for subject in subjects:
        groups.setdefault(subject.group or "", []).append(subject.name)
    written = "\n".join(_group_text(group, names, blank=" ") for group, names in groups.items())
    if len(written) <= max_letters:
        return written
    return "\n".join(_group_text(group, names, blank="") for group, names in groups.items())


def _subjects_in(text: str) -> Iterator[Subject]:
    group = ""
    for line in text.splitlines():
        entry = _BULLET.sub("", line)
        named, listed = _split_at_colon(entry)
        if not entry.strip():
            group = ""
        elif listed is None:
            yield from _of_group(group, items_of(entry))
        elif not listed.strip():
            group = named
        elif named and not has_separator(listed):
            yield from _of_group(group, [one_line(entry)])
        else:
            group = ""
            yield from _of_group(named, items_of(listed))


def _split_at_colon(line: str) -> tuple[str, str | None]:
    """What is before the first colon, on one line, and what follows; None if there is no colon, or after a list."""
    colon = _COLON.search(line)
    if colon is None or has_separator(line[: colon.start()]):
        return "", None
    return one_line(line[: colon.start()]), line[colon.end() :]


def _of_group(group: str, names: Sequence[str]) -> Iterator[Subject]:
    return (Subject(name=name, group=group or None) for name in names)


def _group_text(group: str, names: Sequence[str], *, blank: str) -> str:
    if not group:
        return "\n".join(names)
    end = "," if len(names) == 1 else ""  # a list, though of one
    return f"{group}:{blank}{f',{blank}'.join(names)}{end}"
