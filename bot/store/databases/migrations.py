"""The numbered SQL files that bring a database to the newest schema; a number means the same one in each database."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files


@cache
def read_migrations(folder: str) -> Sequence[tuple[int, str]]:
    """Number and SQL text of every migration in `folder`, which lies beside this file, in order."""
    sources = sorted(files(__package__).joinpath(folder).iterdir(), key=lambda source: source.name)
    return [
        (int(source.name[:4]), source.read_text(encoding="utf-8")) for source in sources if source.name.endswith(".sql")
    ]
