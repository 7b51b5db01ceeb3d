"""Text as Discord displays it: escaped, with times in the reader's time zone and lists as sentences."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.display_name import clean_display_name
from bot.words import Words
from bot.words.direction import isolated

MAX_QUOTED_LETTERS = 40

_MARKUP = re.compile(r"^[#-]|[\\`*_~|<>\[\]@]|:(?=//)", re.MULTILINE)  # first: headings, lists; last: addresses


def escape_markdown(text: str) -> str:
    """`text` with markup, mentions and links escaped, so that Discord shows exactly these characters."""
    return _MARKUP.sub(r"\\\g<0>", text)


def time_of_day(moment: datetime) -> str:
    """Markup that Discord shows as the time of day in each reader's own time zone."""
    return f"<t:{int(moment.timestamp())}:t>"


def date_and_time(moment: datetime) -> str:
    """Markup that Discord shows as date and time of day in each reader's own time zone."""
    return f"<t:{int(moment.timestamp())}:f>"


def quoted_input(text: str) -> str:
    """The beginning of a member's input, short enough to repeat in an answer, and as clean as a name."""
    return clean_display_name(text, fallback="", max_letters=MAX_QUOTED_LETTERS)


def any_of(words: Words, items: Sequence[str]) -> str:
    """The items (at least one) as "a, b or c"."""
    if len(items) == 1:
        return items[0]
    return words("chat.either", most=listed(items[:-1]), last=items[-1])


def listed(items: Sequence[str], separator: str = ", ") -> str:
    """The items one after another, in this order also where some are written from right to left."""
    return separator.join(map(isolated, items))


def displayed_values(words: Words, values: Mapping[str, object]) -> Mapping[str, str]:
    """Values of placeholders as text: ids named `role` as mentions, times in full, lists as "a or b"."""
    return {name: _displayed(words, name, value) for name, value in values.items()}


def _displayed(words: Words, name: str, value: object) -> str:
    match name, value:
        case "role", int():
            return f"<@&{value}>"
        case _, datetime():
            return date_and_time(value)
        case _, list() | tuple():
            return any_of(words, [escape_markdown(str(item)) for item in value])
    return escape_markdown(str(value))
