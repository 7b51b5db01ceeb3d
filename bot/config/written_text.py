"""Types of settings that are texts, and what goes wrong when people copy one: its cause is named, never the text."""

import re
from collections.abc import Callable
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints

from bot.config.characters import find_character, is_control, is_invisible, is_quotation_mark
from bot.config.field_types import InvalidValue, NotAsDescribed

MINIMUM_SECRET_BYTES: Final = 32
PLACEHOLDERS: Final = frozenset({"…", "..."})
NAME_AND_EQUALS: Final = re.compile(r"(export\s+|set\s+)?[A-Z][A-Z0-9_]*(TOKEN|SECRET|KEY|PASSWORD)[A-Z0-9_]*\s*=\s*\S")
WORD_OF_THE_HEADER: Final = re.compile(r"(bot|bearer)\s", re.IGNORECASE)


def check_secret_length(secret: str) -> str:
    """Return `secret`; raises NotAsDescribed below `MINIMUM_SECRET_BYTES`."""
    if len(secret.encode()) < MINIMUM_SECRET_BYTES:
        raise NotAsDescribed("is too short")
    return secret


def refuse_quotes_around(raw: object) -> object:
    """Return `raw`; raises InvalidValue if it is a text in quotation marks, which nobody would take away."""
    text = raw.strip() if isinstance(raw, str) else ""
    if len(text) > 1 and is_quotation_mark(text[0]) and is_quotation_mark(text[-1]):
        raise InvalidValue("has quotation marks around it that count as part of it: remove them")
    return raw


def _check_line(text: str) -> str:
    """Return `text`; raises NotAsDescribed or InvalidValue unless it is one line that was typed as it is meant."""
    if not text:
        raise NotAsDescribed("is empty")
    if text in PLACEHOLDERS:
        raise NotAsDescribed("isn't filled in yet")
    if len(text.splitlines()) > 1:
        raise InvalidValue("has more than one line: keep only the one you need")
    return _refuse_character(text, is_control)


def _check_visible(text: str) -> str:
    return _refuse_character(text, is_invisible)


def _refuse_character(text: str, fits: Callable[[str], bool]) -> str:
    if found := find_character(text, fits):
        raise InvalidValue(f"has an invisible character in it (U+{ord(found):04X}): type it again")
    return text


def _check_secret(secret: str) -> str:
    if NAME_AND_EQUALS.match(secret):
        raise InvalidValue("starts with a name and =: keep only what comes after")
    return secret


def _check_token(token: str) -> str:
    """Return `token`; raises NotAsDescribed if it cannot be sent as one word in a header."""
    if WORD_OF_THE_HEADER.match(token):
        raise NotAsDescribed(f'starts with "{token.split(maxsplit=1)[0]}", which heybuddy adds by itself')
    if any(character.isspace() for character in token):
        raise NotAsDescribed("has a space in it")
    if "=" in token:
        raise NotAsDescribed("has an = in it, which no token has")
    if find_character(token, is_quotation_mark):
        raise NotAsDescribed("has a quotation mark in it")
    if foreign := find_character(token, lambda each: not each.isascii()):
        raise NotAsDescribed(f"has the character {foreign} in it (U+{ord(foreign):04X}), which no token has")
    return token


Line = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_check_line)]
Text = Annotated[Line, AfterValidator(_check_visible)]
Secret = Annotated[Text, AfterValidator(_check_secret), Field(repr=False)]
Token = Annotated[Secret, AfterValidator(_check_token)]
LongSecret = Annotated[Secret, AfterValidator(check_secret_length)]
