"""Reads lengths of meetings as people type them: "25 and 50", "25/50", "25min", "1:15", "1h15", "25-75", "50+"."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from bot.chat.ui.any_choice import includes_any
from bot.domain.typed_text import JOINT_WORDS, caseless

_HOURS: Final = "hours|hour|hrs|hr|h|std|stunden|stunde|heures|heure|horas|hora|ore|ora|час|часа|часов|ч|小时|時間|시간"
_MINUTES: Final = "minutes|minute|mins|min|m|'|minuten|minutos|minuto|minuti|minut|минуты|минут|мин|分钟|分鐘|分|분"
_RANGE: Final = r"[-‐-―−~〜]|(?:to|until|bis|bis zu|à|a|до)\b"
_JOINTS: Final = rf"(?:{JOINT_WORDS})\b|[^\w+]|\+(?=\s*\d)"
_END: Final = r"(?![^\W\d_])\.?"  # a unit is a whole word
_TOKEN = re.compile(
    rf"(?P<hours>\d{{1,2}}(?:\.\d{{1,3}})?)\s*(?:{_HOURS}){_END}(?:\s*(?P<and_minutes>\d{{1,3}})(?:\s*(?:{_MINUTES}))?{_END})?"
    rf"|(?P<clock>\d):(?P<past>\d\d)(?!\d)"
    rf"|(?P<minutes>\d{{1,4}})(?!\d)(?:\s*(?:{_MINUTES}))?{_END}"
    rf"|(?P<and_more>\+(?!\s*\d))|(?P<range>{_RANGE})|(?P<joint>{_JOINTS})"
)
_MINUTES_PER_HOUR: Final = 60
_RANGE_SIGN: Final = "to"
_AND_MORE: Final = "+"


def read_lengths(typed: str, offered: Sequence[int]) -> Sequence[int] | None:
    """The lengths in minutes, ascending, each once; None if one of them is not `offered` or `typed` is not understood.

    "Any" means all that are offered; "25-50" means all from 25 to 50; "50+" all from 50 on. Digits of any script.
    """
    if includes_any(typed):
        return offered
    tokens = _tokens_of("".join(_plain_digit(letter) for letter in typed))
    return None if tokens is None else _offered_lengths(tokens, offered)


def _plain_digit(letter: str) -> str:
    """Digits of every script as 0 to 9; raised and other decorated ones are no digits: 5² is not 52."""
    value = unicodedata.decimal(letter, None)
    if value is not None:
        return str(value)
    return letter if unicodedata.digit(letter, None) is None else "_"


def _tokens_of(typed: str) -> list[int | str] | None:
    """Numbers of minutes, and what connects them; None if there is anything else."""
    text, position = caseless(typed), 0
    tokens: list[int | str] = []
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            return None
        tokens += _token(found)
        position = found.end()
    return tokens


def _token(found: re.Match[str]) -> Iterator[int | str]:
    parts = found.groupdict(default="0")
    if found["hours"]:
        yield round(float(parts["hours"]) * _MINUTES_PER_HOUR) + int(parts["and_minutes"])
    elif found["clock"]:
        yield int(parts["clock"]) * _MINUTES_PER_HOUR + int(parts["past"])
    elif found["minutes"]:
        yield int(parts["minutes"])
    elif found["and_more"]:
        yield _AND_MORE
    elif found["range"]:
        yield _RANGE_SIGN


def _offered_lengths(tokens: Sequence[int | str], offered: Sequence[int]) -> Sequence[int] | None:
    """Each number alone, or the offered ones of a range. A sign without a number before it does no harm."""
    lengths: set[int] = set()
    position = 0
    while position < len(tokens):
        match tokens[position : position + 3]:
            case [int(one), "to", int(other)]:
                low, high, used = min(one, other), max(one, other), 3
            case [int(low), "+", *_]:
                high, used = max(offered, default=low), 2
            case [int(low), *_]:
                high, used = low, 1
            case _:
                position += 1
                continue
        named = {length for length in offered if low <= length <= high}
        if not named:
            return None
        lengths |= named
        position += used
    return tuple(sorted(lengths)) or None
