"""Discord's limits as numbers: the sizes it accepts, and how many requests it allows."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final

MAX_CHOICES = 25
"""Options of one select menu, choices of one autocompletion."""
MAX_CHOICE_LETTERS = 100
MAX_CUSTOM_ID_LETTERS = 100
MAX_TEXT_INPUT_LETTERS = 4000
MAX_PLACE_NAME_LETTERS = 100
"""Of servers, channels and categories."""

MAX_INVALID_REQUESTS = 500
"""We stop here. Discord bans an address at 10,000 invalid requests in ten minutes."""
COUNTED_FOR = 600.0  # seconds
INVALID_STATUSES = frozenset({401, 403, 429})


class Share(StrEnum):
    """What a request with the bot's token is for. Each share has its own rate, so that none holds up another."""

    COURIER = "courier"
    MEMBERS = "members"
    OTHER = "other"


REQUESTS_PER_SECOND: Final = MappingProxyType({Share.COURIER: 42, Share.MEMBERS: 5, Share.OTHER: 2})
"""Discord allows a bot fifty in all; one is left over for what the network bunches together."""
REQUESTS_AT_ONCE: Final = MappingProxyType({Share.COURIER: 4, Share.MEMBERS: 2, Share.OTHER: 5})
"""After a pause; a start takes five requests. From then on they are sent evenly."""
