"""Domain values as the JSON text that the store holds, and back. One codec for all of them.

A field that is missing in a row gets its default, so rows written by older versions can still be read.
"""

from typing import TypeVar

import msgspec

Decoded = TypeVar("Decoded")


def encode(value: object) -> str:
    """`value` as compact JSON: dataclasses as objects, enums as their values, tuples and lists as arrays."""
    return msgspec.json.encode(value).decode()


def decode(text: str, kind: type[Decoded]) -> Decoded:
    """A value of type `kind` from the text of `encode`. Raises msgspec.ValidationError if it does not match."""
    return msgspec.json.decode(text, type=kind)
