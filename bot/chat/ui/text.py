"""Text as Discord displays it: escaped, with times in the reader's time zone and lists as sentences."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import accumulate

from bot.domain.display_name import clean_display_name, shorten_in_middle
from bot.words import Words
from bot.words.direction import isolated

MAX_QUOTED_LETTERS = 40

_MARKUP = re.compile(r"^[#-]|(?<=\d)\.(?=\s)|[\\`*_~|<>\[\]@]|:(?=//)", re.MULTILINE)
"""First headings and lists, the numbered ones too; last addresses."""


def escape_markdown(text: str) -> str:
    """`text` with markup, mentions and links escaped, so that Discord shows exactly these characters."""
    return _MARKUP.sub(r"\\\g<0>", text)


def time_of_day(moment: datetime) -> str:
    """Markup that Discord shows as the time of day in each reader's own time zone."""
    return f"<t:{int(moment.timestamp())}:t>"


def date_and_time(moment: datetime) -> str:
    """Markup that Discord shows as date and time of day in each reader's own time zone."""
    return f"<t:{int(moment.timestamp())}:f>"


def time_passed(moment: datetime) -> str:
    """Markup that Discord shows as how long ago it was."""
    return f"<t:{int(moment.timestamp())}:R>"


def quoted_input(text: str) -> str:
    """A member's input as clean as a name, and short enough to repeat in an answer: "…" where something is left out."""
    return shorten_in_middle(clean_display_name(text, fallback="", max_letters=len(text)), MAX_QUOTED_LETTERS)


def any_of(words: Words, items: Sequence[str]) -> str:
    """The items (at least one) as "a, b or c"."""
    if len(items) == 1:
        return items[0]
    return words("chat.either", most=listed(items[:-1]), last=items[-1])


def listed(items: Sequence[str], separator: str = ", ") -> str:
    """The items one after another, in this order also where some are written from right to left."""
    return separator.join(map(isolated, items))


def fitting_items(items: Sequence[str], max_letters: int, separator: str = ", ") -> Sequence[str]:
    """The first items, as many as `listed` makes at most `max_letters` of, each with its separator."""
    lengths = accumulate(len(isolated(item)) + len(separator) for item in items)
    return [item for item, length in zip(items, lengths, strict=True) if length <= max_letters]


def displayed_values(words: Words, values: Mapping[str, object]) -> Mapping[str, str]:
    """Values of placeholders as text: ids of roles as mentions, times in full, lists as "a or b"."""
    return {name: _displayed(words, name, value) for name, value in values.items()}


def _displayed(words: Words, name: str, value: object) -> str:
    match name, value:
        case "role" | "minor_role" | "adult_role", int():
            return f"<@&{value}>"
        case _, datetime():
            return date_and_time(value)
        case _, list() | tuple():
            return any_of(words, [escape_markdown(str(item)) for item in value])
    return escape_markdown(str(value))
