"""Types of single settings: what each accepts, and the markers on fields that `bot.config.setting_keys` reads.

A field's description tells operators what to write if its value is invalid.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Final

import pydantic
from pydantic import AfterValidator, Field

ROUNDING_ERROR: Final = 1e-9


class Part(StrEnum):
    """A part of the program that a process can run; by default it runs all of them."""

    CHAT = "chat"  # Discord, together with the courier
    WEB = "web"
    MATCHMAKER = "matchmaker"
    JANITOR = "janitor"


LOOP_OF_PART: Mapping[Part, str] = MappingProxyType(
    {Part.CHAT: "courier", Part.WEB: "rooms", Part.MATCHMAKER: "matchmaker", Part.JANITOR: "janitor"}
)
"""The loop that runs with each part: the name of its lease, and its word in `GET /readyz`."""


@dataclass(frozen=True)
class EnvironmentName:
    """Marks a field that has a short environment variable besides the long one."""

    name: str


@dataclass(frozen=True)
class RequiredBy:
    """Marks a field that `parts` cannot run without."""

    parts: tuple[Part, ...]


@dataclass(frozen=True)
class MadeUp:
    """Marks a field with a secret that an operator makes up once; if it is missing, they are offered a random one."""


class InvalidValue(ValueError):
    """A value that cannot be used; the message says why, and what to write instead.

    `field` names the field to blame, if it is another one.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotAsDescribed(ValueError):
    """A value that cannot be used; the message says why, and the field's description what to write instead."""


def lower_case(raw: object) -> object:
    """Return text in lower case, anything else unchanged."""
    return raw.lower() if isinstance(raw, str) else raw


def _check_weight_sum(weight: float, so_far: pydantic.ValidationInfo) -> float:
    total = weight + sum(value for name, value in so_far.data.items() if name.startswith("weight_"))
    if total > 1 + ROUNDING_ERROR:
        message = (
            "adds up to more than 1 with the other weights, of which those that aren't set have their defaults: "
            "make some of them smaller"
        )
        raise InvalidValue(message, field="weight_subject")
    return weight


Seconds = Annotated[float, Field(ge=0.1, le=60, description="write a number of seconds from 0.1 to 60")]
Share = Annotated[float, Field(ge=0, le=1, description="write a number from 0 to 1")]
Weight = Annotated[Share, AfterValidator(_check_weight_sum), Field(validate_default=True)]
