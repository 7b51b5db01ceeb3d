"""Named SQL: every `-- name: x` block of `sql/TABLE.sql` is the query `TABLE.x`."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

_HEADING = re.compile(r"^-- name: ([\w.]+)\n", re.MULTILINE)


@cache
def load() -> Mapping[str, str]:
    """The SQL of all named queries of the store, by `TABLE.NAME`. Reads the files once in a process."""
    found: dict[str, str] = {}
    for source in files("bot.store").joinpath("sql").iterdir():
        if source.name.endswith(".sql"):
            table = source.name.removesuffix(".sql")
            found |= {f"{table}.{name}": sql for name, sql in parse(source.read_text(encoding="utf-8")).items()}
    return MappingProxyType(found)


def parse(text: str) -> Mapping[str, str]:
    """The queries of one file by their names, each without its semicolon. Text before the first one is ignored."""
    parts = _HEADING.split(text)
    return {name: sql.strip().rstrip(";") for name, sql in zip(parts[1::2], parts[2::2], strict=True)}
