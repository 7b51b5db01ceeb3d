"""Sources in their order become one `Settings`, or every problem at once, in our words."""

from collections import ChainMap
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from bot.config.keys import KEYS, NEEDED_BY
from bot.config.problems import SettingsError, SettingsProblem
from bot.config.settings import Part, Refused, Settings
from bot.config.sources import from_environment, from_file, from_keys

BY_NAME = {key.name: key for key in KEYS}
SEATS_PER_ROOM = {name: place for place, name in enumerate(BY_NAME)}
VIDEO = ("livekit.url", "livekit.api_key", "livekit.api_secret")


def load(
    *,
    environment: Mapping[str, str],
    path: Path | None = None,
    overrides: Mapping[str, str] | None = None,
    parts: Collection[Part] = tuple(Part),
) -> Settings:
    """Read the settings `parts` need: overrides before environment before the file at `path` before default.

    Raises SettingsError with every problem there is.
    """
    sources = (from_keys(overrides or {}), from_environment(environment), from_file(path))
    written = ChainMap(*map(dict, sources))
    problems = [*_missing(written, parts), *(value for value in written.values() if isinstance(value, SettingsProblem))]
    try:
        settings = Settings.model_validate(_by_section(written))
    except ValidationError as refused:
        problems = [*_refusals(refused, written), *problems]
    else:
        if not problems:
            return settings
    one_a_key = {problem.key: problem for problem in problems}
    raise SettingsError(sorted(one_a_key.values(), key=lambda problem: SEATS_PER_ROOM.get(problem.key, -1)))


def _missing(written: Mapping[str, object], parts: Collection[Part]) -> Iterator[SettingsProblem]:
    for name, needed_by in NEEDED_BY.items():
        if name not in written and not needed_by.isdisjoint(parts):
            variables = " or ".join(BY_NAME[name].variables)
            yield SettingsProblem(key=name, said=f"is missing: write it in config.toml, or set {variables}")


def _by_section(written: Mapping[str, object]) -> Mapping[str, Mapping[str, object]]:
    tree: dict[str, dict[str, object]] = {}
    for name, value in written.items():
        if not isinstance(value, SettingsProblem):
            section, _, field = name.partition(".")
            tree.setdefault(section, {})[field] = value
    return tree


def _refusals(refused: ValidationError, written: Mapping[str, object]) -> Iterator[SettingsProblem]:
    """What pydantic found, in our words: its own are for programmers, and may show a secret."""
    for error in refused.errors():
        section, *rest = map(str, error["loc"])
        cause = error.get("ctx", {}).get("error")
        if isinstance(cause, Refused):
            yield SettingsProblem(key=f"{section}.{cause.field or rest[0]}", said=str(cause))
        elif error["type"] == "missing":
            given = ", ".join(name for name in BY_NAME if name in written and name.startswith(section))
            said = f"is missing beside {given}: give all of {', '.join(VIDEO)} for video, or none to run without"
            yield SettingsProblem(key=f"{section}.{rest[0]}", said=said)
        elif error["type"] != "default_factory_not_called":  # follows from another error
            yield SettingsProblem(key=f"{section}.{rest[0]}", said=BY_NAME[f"{section}.{rest[0]}"].hint)
