"""The list of subjects as an admin types it: one on a line, or several, or a group with its subjects. Pure.

"Science: Physics, Chemistry" is a group, and so is a line "Science:" with its subjects on the lines below, up to an
empty line or another group. Any other colon belongs to a subject: "Exam: Maths" is one, "9:30 club" too. Bullets, and
the numbers of a numbered list, belong to none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from bot.chat.discord_limits import MAX_TEXT_INPUT_LETTERS
from bot.chat.ui.any_choice import means_any
from bot.domain.display_name import clean_display_name
from bot.domain.server import Subject
from bot.domain.typed_text import caseless, has_separator, items_of, one_line

_COLON = re.compile(r"(?<!\d)[:：]|[:：](?!\d)")
_COLONS_AROUND = ":： "
_BULLET = re.compile(r"^\s*(?:(?:[-–—*+•‣●▪◦○■□◆→➔➤►▶✓✔☐☑☒]|\[[ xX]?\])\s+)+")
_NUMBER = re.compile(r"^[(\[]?(?P<number>\d{1,3})[.)\]:]\s*(?=\D)")


def read_subjects(text: str) -> Sequence[Subject]:
    """Each subject once, where it is first named. "Any" is left out: it is always possible.

    Its name and its group hide nothing and turn nothing around; they may have any length.
    """
    unique: dict[str, Subject] = {}
    groups: dict[str, str] = {}
    for subject in _without_numbers([*_subjects_in(text)]):
        if subject.name and not means_any(subject.name):
            group = groups.setdefault(caseless(subject.group or ""), subject.group or "")
            unique.setdefault(caseless(subject.name), replace(subject, group=group or None))
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
    return (Subject(name=_cleaned(name), group=_cleaned(group) or None) for name in names)


def _cleaned(name: str) -> str:
    """The name without what is not its own: a bullet before it, colons around it, and what nobody sees."""
    former = ""
    while name != former:
        former = name
        visible = clean_display_name(name, fallback="", max_letters=MAX_TEXT_INPUT_LETTERS)
        name = _BULLET.sub("", f"{visible} ").strip(_COLONS_AROUND)
    return name


def _without_numbers(subjects: Sequence[Subject]) -> Sequence[Subject]:
    """The subjects without their numbers, if these count up from 1, in each group perhaps, and the names still differ.

    So "2. Weltkrieg" keeps its number, and so do "1. Semester, 2. Semester".
    """
    counted = [int(found["number"]) for subject in subjects if (found := _NUMBER.match(subject.name))]
    is_count = counted[:2] == [1, 2] and all(number in {1, before + 1} for before, number in pairwise(counted))
    plain = [replace(subject, name=_cleaned(_NUMBER.sub("", subject.name))) for subject in subjects]
    is_clear = len({caseless(subject.name) for subject in plain}) == len({caseless(each.name) for each in subjects})
    return _without_numbers(plain) if is_count and is_clear else subjects


def _group_text(group: str, names: Sequence[str], *, blank: str) -> str:
    if not group:
        return "\n".join(names)
    end = "," if len(names) == 1 else ""  # a list, though of one
    return f"{group}:{blank}{f',{blank}'.join(names)}{end}"
