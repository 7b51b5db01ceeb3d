"""Discord's limits as numbers: the sizes it accepts, and how many requests it allows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from math import ceil
from types import MappingProxyType
from typing import Final

MAX_CHOICES = 25
"""Options of one select menu, choices of one autocompletion."""
MAX_CHOICE_LETTERS = 100
MAX_CUSTOM_ID_LETTERS = 100
MAX_TEXT_INPUT_LETTERS = 4000
MAX_FORM_TITLE_LETTERS = 45
MAX_PLACE_NAME_LETTERS = 100
"""Of servers, channels and categories."""

MAX_INVALID_REQUESTS = 500
"""We stop here. Discord bans an address at 10,000 invalid requests in ten minutes."""
COUNTED_FOR: Final = timedelta(minutes=10)
INVALID_STATUSES = frozenset({401, 403, 429})


class Share(StrEnum):
    """What a request with the bot's token is for. None of them holds up another."""

    COURIER = "courier"
    MEMBERS = "members"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class Allowance:
    """So many requests in any second: the first `at_once` together, then evenly spaced."""

    per_second: int
    at_once: int


ALLOWED_TO_BOT: Final = Allowance(per_second=47, at_once=5)
"""What all processes send together. Discord allows fifty in any second: `LEFT_FOR_BUNCHES` are left over, and one for a
process that has just started and that the others have not noticed yet."""
LEFT_FOR_BUNCHES: Final = 2
"""How many more than were sent in any second Discord may count in one: the network bunches some together."""

RESERVED: Final = MappingProxyType(
    {Share.MEMBERS: Allowance(per_second=5, at_once=2), Share.OTHER: Allowance(per_second=2, at_once=5)}
)
"""What these shares may use, as far as they need it; the courier has the rest. A start takes five requests."""


def allowances(processes: int) -> Mapping[Share, Allowance]:
    """What each share of one process may send while so many chat processes (1 or more) use the same token.

    The courier runs in one of them only. It leaves alone what the other processes may send, and has half of everything
    however many they are; what it may send is the most that its whole process sends.
    """
    if processes == 1:
        return {Share.COURIER: ALLOWED_TO_BOT, **RESERVED}
    each = {
        share: Allowance(per_second=ceil(all_.per_second / processes), at_once=1) for share, all_ in RESERVED.items()
    }
    others = (processes - 1) * sum(allowance.per_second for allowance in each.values())
    left = max(ALLOWED_TO_BOT.per_second - others, ALLOWED_TO_BOT.per_second // 2)
    return {Share.COURIER: Allowance(per_second=left, at_once=ALLOWED_TO_BOT.at_once), **each}
