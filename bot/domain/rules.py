"""Which rules of studying together a member agrees to before their first search: the server's own, or ours."""

from typing import Final

from bot.domain.server import Server

OUR_RULES: Final = ".1"
"""The version of our own rules; it is to change with them, and then everybody is asked again."""


def rules_version(server: Server) -> str:
    """The version of the rules that count in `server` now. Whoever agreed to another one has to be asked again.

    `rules_consents.agreed` compares with the same version.
    """
    return f"{server.rules_version}{OUR_RULES if server.rules is None else ''}"
