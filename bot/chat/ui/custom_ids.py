"""Custom ids of buttons, selects and forms: one template both formats and parses an id.

An id holds everything that is needed to answer it, so clicks work after any restart. Messages in Discord keep their
ids forever: never change a released template.
"""

import re
from dataclasses import dataclass
from string import Formatter

from bot.chat.discord_limits import MAX_CUSTOM_ID_LETTERS

NUMBER = r"\d+"
OPAQUE_ID = r"[\w-]{1,40}"
"""The pattern of the random ids of the store."""


@dataclass(frozen=True, slots=True)
class CustomId:
    """A kind of custom id: `template` formats one, `pattern` parses it."""

    template: str
    pattern: re.Pattern[str]

    def format(self, **values: object) -> str:
        """The id with these values. Raises ValueError if `pattern` does not match it, or if it is too long."""
        text = self.template.format_map(values)
        if len(text) > MAX_CUSTOM_ID_LETTERS or not self.pattern.fullmatch(text):
            raise ValueError(f"Not a custom id that can be parsed again: {text}")
        return text


def custom_id(template: str, **fields: str) -> CustomId:
    """A kind of custom id such as `hb:find:{server}`; `fields` are patterns of fields that are not whole numbers."""
    parts: list[str] = []
    for literal, field, _, _ in Formatter().parse(template):
        parts.append(re.escape(literal))
        if field is not None:
            parts.append(f"(?P<{field}>{fields.get(field, NUMBER)})")
    return CustomId(template, re.compile("".join(parts)))
