"""Named SQL: every `-- name: x` block of `sql/SUBJECT.sql` is the query `SUBJECT.x`."""

import re
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType

_BLOCK = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


def load() -> Mapping[str, str]:
    """All named queries of the store."""
    found: dict[str, str] = {}
    for source in files("bot.store").joinpath("sql").iterdir():
        if source.name.endswith(".sql"):
            subject = source.name.removesuffix(".sql")
            found |= {f"{subject}.{name}": body for name, body in blocks(source.read_text(encoding="utf-8")).items()}
    return MappingProxyType(found)


def blocks(text: str) -> Mapping[str, str]:
    """The queries of one file by their names."""
    parts = _BLOCK.split(text)
    return {name: body.strip().rstrip(";") for name, body in zip(parts[1::2], parts[2::2], strict=True)}
