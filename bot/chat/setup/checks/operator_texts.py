"""What only the operator can mend: `/buddy check` and `heybuddy check` say it in the same words."""

from typing import Final

from bot.words import Words

NO_CONTACT: Final = "no_contact"
COMMANDS_OLD: Final = "commands_old"
VIDEO_DOWN: Final = "video"
LINK_REFUSED: Final = "link_refused"
MINORS_NOT_ALLOWED: Final = "minors_not_allowed"
OPERATOR_CODES: Final = frozenset({NO_CONTACT, COMMANDS_OLD, VIDEO_DOWN, LINK_REFUSED, MINORS_NOT_ALLOWED})


def operator_sentence(words: Words, code: str, **values: str) -> str:
    """What is wrong, as both read it."""
    return words(f"chat.check.{code}", **values)


def sentence_for_admins(words: Words, code: str, **values: str) -> str:
    """The same, and who can mend it."""
    return f"{operator_sentence(words, code, **values)} {words('chat.check.operator_mends')}"
