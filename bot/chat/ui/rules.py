"""The rules of studying together: the server's own, or ours."""

from collections.abc import Sequence
from typing import Final

from bot.domain.server import Server
from bot.words import Words

MAX_RULES: Final = 5
"""A form of Discord's has no more fields."""
MAX_RULE_LETTERS: Final = 150


def rules_of(words: Words, server: Server) -> Sequence[str]:
    """The rules of a server, at most MAX_RULES lines."""
    return server.rules or first_rules(words)


def numbered_rules(words: Words, server: Server) -> str:
    """The rules of a server as members read them, one per line."""
    return "\n".join(f"{number}. {rule}" for number, rule in enumerate(rules_of(words, server), 1))


def first_rules(words: Words) -> Sequence[str]:
    """The rules until a server has its own."""
    return tuple(words("chat.first_rules").splitlines())
