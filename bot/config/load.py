"""Sources in their order become one `Settings`, or every problem at once."""

from collections import ChainMap
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from bot.config.keys import EVERY_PART, KEYS, MINIMUM_SECRET_BYTES, Key
from bot.config.problems import InvalidValue, Problem, SettingsError
from bot.config.settings import (
    DiscordSettings,
    LiveKitSettings,
    LogSettings,
    MatchingSettings,
    Part,
    Settings,
    StoreSettings,
    WebSettings,
)
from bot.config.sources import from_environment, from_file, from_overrides
from bot.config.values import is_this_machine

ROUNDING = 1e-9
VIDEO = ("livekit.url", "livekit.api_key", "livekit.api_secret")


def load(
    *,
    environment: Mapping[str, str],
    path: Path | None = None,
    overrides: Mapping[str, str] | None = None,
    parts: Collection[Part] = EVERY_PART,
) -> Settings:
    """Read the settings `parts` need: overrides before environment before the file at `path` before default.

    Raises SettingsError with every problem there is.
    """
    sources = (from_overrides(overrides or {}), from_environment(environment), from_file(path))
    written = ChainMap(*(dict(source.found) for source in sources))
    problems = [problem for source in sources for problem in source.problems]
    broken = {problem.key for problem in problems}
    values: dict[str, Any] = {}
    for key in KEYS:
        try:
            values[key.name] = _value(key, written, parts)
        except InvalidValue as error:
            if key.name not in broken:
                problems.append(Problem(key=key.name, said=str(error)))
    problems += [*_video_problems(values), *_weight_problems(values)]
    if problems:
        raise SettingsError(problems)
    return _settings(values)


def _value(key: Key, written: Mapping[str, object], parts: Collection[Part]) -> object:
    if key.name in written:
        return key.read(written[key.name])
    if key.needed_by & set(parts):
        raise InvalidValue(f"is missing: write it in config.toml, or set {' or '.join(key.variables)}")
    return key.default


def _video_problems(values: Mapping[str, Any]) -> list[Problem]:
    """Video is all or nothing, and a short secret is for this machine only."""
    if not all(name in values for name in VIDEO):
        return []
    missing = [name for name in VIDEO if not values[name]]
    if missing:
        given = [name for name in (*VIDEO, "livekit.api_url") if values.get(name)]
        said = f"is missing beside {', '.join(given)}: give all of {', '.join(VIDEO)} for video, or none to run without"
        return [Problem(key=name, said=said) for name in missing] if given else []
    if len(values["livekit.api_secret"].encode()) < MINIMUM_SECRET_BYTES and not is_this_machine(values["livekit.url"]):
        said = f"has to have at least {MINIMUM_SECRET_BYTES} bytes: who guesses a shorter one enters any room"
        return [Problem(key="livekit.api_secret", said=said)]
    return []


def _weight_problems(values: Mapping[str, Any]) -> list[Problem]:
    """Each weight may be right and all of them together not."""
    names = [key.name for key in KEYS if key.field.startswith("weight_")]
    if sum(values.get(name, 0) for name in names) <= 1 + ROUNDING:
        return []
    return [
        Problem(key=names[0], said=f"adds up to more than 1 with {', '.join(names[1:])}: make some of them smaller")
    ]


def _settings(values: Mapping[str, Any]) -> Settings:
    def section(name: str) -> dict[str, Any]:
        return {key.field: values[key.name] for key in KEYS if key.section == name}

    return Settings(
        discord=DiscordSettings(**section("discord") | {"token": values["discord.token"] or ""}),
        web=WebSettings(**section("web") | {"public_url": values["web.public_url"] or ""}),
        livekit=_video(section("livekit")),
        store=StoreSettings(**section("store")),
        matching=MatchingSettings(**section("matching")),
        log=LogSettings(**section("log")),
    )


def _video(section: dict[str, Any]) -> LiveKitSettings | None:
    """The server's own address follows from the browsers' unless it is said."""
    if not section["url"]:
        return None
    derived = section["url"].replace("ws", "http", 1)
    return LiveKitSettings(**section | {"api_url": section["api_url"] or derived})
