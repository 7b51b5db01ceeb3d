"""Merges the sources in their order into one `Settings`, or reports all problems together."""

import json
from collections import ChainMap
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from pydantic import ValidationError

from bot.clock import SystemClock
from bot.config.addresses import password_in
from bot.config.field_types import InvalidValue, NotAsDescribed, Part
from bot.config.problems import SettingsError, SettingsProblem
from bot.config.setting_keys import SETTING_KEYS, SettingKey
from bot.config.settings import Settings
from bot.config.sources import read_environment, read_file, read_keys
from bot.config.spelling import find_similar_variable

KEY_BY_NAME: Final[Mapping[str, SettingKey]] = MappingProxyType({key.name: key for key in SETTING_KEYS})
KEY_ORDER: Final[Mapping[str, int]] = MappingProxyType({name: place for place, name in enumerate(KEY_BY_NAME)})
USUAL_FILE: Final = "config.toml"
BY_OVERRIDE: Final = "from --set"
LONGEST_SHOWN: Final = 24  # letters
NEW_SECRET_BYTES: Final = 32  # of a secret that is made up for an operator
FIRST: Final = -1  # problems that are not about a known key come first


def load_settings(
    *,
    environment: Mapping[str, str],
    path: Path | None = None,
    overrides: Mapping[str, str] | None = None,
    parts: Collection[Part] = tuple(Part),
    sections: Collection[str] | None = None,
) -> Settings:
    """Read the settings that `parts` need: overrides, then environment, then the file at `path`, then defaults.

    With `sections`, only these are read, and the others keep their defaults; a setting that does not exist is a problem
    all the same, because it may be meant for any of them.

    Raises SettingsError with every problem found, in the order of the keys. Reads files, and writes nothing.
    """
    sources = (read_keys(overrides or {}, BY_OVERRIDE), read_environment(environment), read_file(path))
    merged = ChainMap(*map(dict, sources))
    written = {name: given for name, given in merged.items() if _is_used(name, given.value, parts, sections)}
    raw = {name: given.value for name, given in written.items()}
    unusable = [
        given.value.found(given.origin) for given in written.values() if isinstance(given.value, SettingsProblem)
    ]
    if path and isinstance(raw.get(str(path)), SettingsProblem):  # then what is missing may well be in it
        raise _error_about(unusable)
    problems = list(_missing_keys(raw, parts, path))
    if problems and not raw and path is None:
        raise _error_about([_missing_file()])
    try:
        settings = Settings.model_validate(_group_by_section(raw))
    except ValidationError as error:
        found = _validation_problems(error, raw)
        problems += (problem.found(written[problem.key].origin) if problem.key in raw else problem for problem in found)
    else:
        if not (problems or unusable):
            return settings
    raise _error_about([*_name_causes(problems, unusable, raw, environment), *unusable])


def read_database_url(text: str) -> str:
    """An address of a database in its normal form, as `store.database` takes it. Raises SettingsError."""
    raw = {"store.database": text}
    try:
        return Settings.model_validate(_group_by_section(raw)).store.database
    except ValidationError as error:
        raise _error_about(_validation_problems(error, raw)) from None


def names_no_password(key: str, value: str) -> bool:
    """Whether the setting `key` is an address, and `value` has no password in it, so that anybody may see it."""
    try:
        return key == "store.database" and not password_in(value)
    except ValueError:  # no address; what is in it nobody knows
        return False


def _name_causes(
    problems: Iterable[SettingsProblem],
    unusable: Iterable[SettingsProblem],
    raw: Mapping[str, object],
    environment: Mapping[str, str],
) -> Iterator[SettingsProblem]:
    """Of a value that is missing or empty because its name is misspelled only that is a problem."""
    misspelled = {problem.meant for problem in unusable}
    for problem in problems:
        if raw.get(problem.key, "") != "":
            yield problem
        elif problem.key not in misspelled:
            similar = find_similar_variable(KEY_BY_NAME[problem.key], environment)
            message = similar and f"is missing, and there is a variable {similar[0]}: did you mean {similar[1]}?"
            yield SettingsProblem(key=problem.key, message=message or problem.message)


def _error_about(problems: Iterable[SettingsProblem]) -> SettingsError:
    one_per_key = {problem.key: problem for problem in problems}
    return SettingsError(sorted(one_per_key.values(), key=lambda problem: KEY_ORDER.get(problem.key, FIRST)))


def _is_used(name: str, value: object, parts: Collection[Part], sections: Collection[str] | None) -> bool:
    """Whether a value matters: in one of `sections`, and not left empty where it may be."""
    if (key := KEY_BY_NAME.get(name)) is None:
        return True
    is_left_empty = value == key.default == "" and key.required_by.isdisjoint(parts)
    return not is_left_empty and (sections is None or key.section in sections)


def _missing_file() -> SettingsProblem:
    """The one cause if there is neither a file nor a single setting from elsewhere: it may well be the wrong folder."""
    advice = "go to its folder, name it with --config, or make one with `heybuddy init`"
    return SettingsProblem(key=USUAL_FILE, message=f"isn't in {Path.cwd()}: {advice}")


def _missing_keys(raw: Mapping[str, object], parts: Collection[Part], path: Path | None) -> Iterator[SettingsProblem]:
    file = path or f"{USUAL_FILE} (`heybuddy init` makes one)"
    for key in SETTING_KEYS:
        if key.name not in raw and not key.required_by.isdisjoint(parts):
            line = f'; a fresh one: {key.name} = "{_new_secret()}"' if key.made_up else ""
            message = f"is missing: write it into {file}, or set {key.usual_variable}{line}"
            yield SettingsProblem(key=key.name, message=message)


def _new_secret() -> str:
    return SystemClock().random_bytes(NEW_SECRET_BYTES).hex()


def _group_by_section(raw: Mapping[str, object]) -> Mapping[str, Mapping[str, object]]:
    tree: dict[str, dict[str, object]] = {}
    for name, value in raw.items():
        if not isinstance(value, SettingsProblem):
            section, _, field = name.partition(".")
            tree.setdefault(section, {})[field] = value
    return tree


def _validation_problems(error: ValidationError, raw: Mapping[str, object]) -> Iterator[SettingsProblem]:
    """Translate pydantic's errors: its own messages are for programmers, and may show a secret."""
    for detail in error.errors():
        section, *rest = map(str, detail["loc"])
        name = f"{section}.{rest[0]}" if rest else section
        cause = detail.get("ctx", {}).get("error")
        if isinstance(cause, InvalidValue):
            yield SettingsProblem(key=f"{section}.{cause.field}" if cause.field else name, message=str(cause))
        elif detail["type"] == "missing":
            yield SettingsProblem(key=name, message=_incomplete_section(name, raw))
        elif detail["type"] == "string_unicode":
            yield SettingsProblem(key=name, message="isn't text in UTF-8: type it again")
        elif detail["type"] != "default_factory_not_called":  # follows from another error
            reason = str(cause) if isinstance(cause, NotAsDescribed) else _describe_value(name, raw, detail["type"])
            yield SettingsProblem(key=name, message=f"{reason}; {KEY_BY_NAME[name].hint}")


def _describe_value(name: str, raw: Mapping[str, object], fault: str) -> str:
    """What is wrong with a value of which no type says it; it is shown if it is too short to be a secret."""
    if fault == "string_type":
        return "isn't text, which is in quotes"
    shown = json.dumps(raw[name], default=str)
    return f"can't be {shown}" if len(shown) <= LONGEST_SHOWN else "can't be this"


def _incomplete_section(name: str, raw: Mapping[str, object]) -> str:
    keys = [key for key in SETTING_KEYS if key.section == KEY_BY_NAME[name].section]
    required = [key.name for key in keys if key.completes_section]
    if name != next(key for key in required if key not in raw):
        return "is missing as well"  # in the next line
    given = [key.name for key in keys if key.name in raw]
    return f"is missing beside {', '.join(given)}: give all of {', '.join(required)} for video, or none to run without"
