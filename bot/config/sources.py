"""Where settings come from: overrides, environment, TOML file. Each value is raw, and knows where it was written."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.config.problems import SettingsProblem
from bot.config.setting_keys import FILE_SUFFIX, SETTING_KEYS, SettingKey
from bot.config.spelling import unknown_key, unknown_variables
from bot.config.text_file import NotThere, Unreadable, read_text_file
from bot.config.toml_faults import describe_toml_error

NAMES: Final = frozenset(key.name for key in SETTING_KEYS)


@dataclass(frozen=True, slots=True)
class Written:
    """A raw value, or the SettingsProblem that takes its place.

    `origin` says where it was written, as the end of a sentence about it; None if the sentence says so itself.
    """

    value: object
    origin: str | None = None


def read_keys(given: Mapping[str, object], origin: str) -> Mapping[str, Written]:
    """What `given`, values by `section.field`, says: an unknown key gets a SettingsProblem as its value."""
    return {name: Written(value if name in NAMES else unknown_key(name), origin) for name, value in given.items()}


def read_file(path: Path | None) -> Mapping[str, Written]:
    """Read a TOML file into raw values by key; an empty mapping without a path.

    A file that cannot be read yields one SettingsProblem under its path.
    """
    if path is None:
        return {}
    try:
        text = read_text_file(path)
    except Unreadable as fault:
        can_be_made = isinstance(fault, NotThere) and fault.can_be_made
        advice = f", or write it with `heybuddy init --config {path}`" if can_be_made else ""
        return _unusable(path, f"{str(fault).removeprefix(f'{path} ')}{advice}")
    try:
        tree = tomllib.loads(f"{text}\n")  # with a last line that ends, the parser tells its number
    except ValueError as error:
        return _unusable(path, describe_toml_error(error, text))
    except RecursionError:
        return _unusable(path, "isn't valid TOML: too many brackets within each other")
    return read_keys(dict(_flatten(tree)), f"in {path}")


def read_environment(environment: Mapping[str, str]) -> Mapping[str, Written]:
    """Read `HEYBUDDY_<SECTION>__<KEY>`, the short names, and `…_FILE` for secrets, into raw values by key.

    An empty variable counts as unset. Reads the files that `…_FILE` variables name.
    """
    given = {name: value for name, value in environment.items() if value}
    unknown = {problem.key: Written(problem) for problem in unknown_variables(given)}
    present = [key for key in SETTING_KEYS if not given.keys().isdisjoint(key.environment_names)]
    return unknown | {key.name: _environment_value(key, given) for key in present}


def _environment_value(key: SettingKey, given: Mapping[str, str]) -> Written:
    first, *others = (name for name in key.environment_names if name in given)
    if others:
        message = f"is given twice, by {' and '.join([first, *others])}: keep one of them"
        return Written(SettingsProblem(key=key.name, message=message))
    if not (key.secret and first.endswith(FILE_SUFFIX)):
        return Written(given[first], f"from {first}")
    return _read_secret(key, named_by=first, path=Path(given[first]))


def _read_secret(key: SettingKey, *, named_by: str, path: Path) -> Written:
    """The content of the file that the variable `named_by` names; a name without a file may be the secret itself."""
    try:
        if secret := read_text_file(path).strip():
            return Written(secret, f"in {path}, which {named_by} names")
        fault = f"{path} is empty: write the secret into it"
    except NotThere:
        nowhere = "the file isn't there" if path.is_absolute() else f"the file isn't in {Path.cwd()}"
        fault = f"{nowhere}: write its whole path, not the secret"
    except Unreadable as unreadable:
        fault = str(unreadable)
    return Written(SettingsProblem(key=key.name, message=fault), f"{named_by} names it")


def _unusable(path: Path, message: str) -> Mapping[str, Written]:
    return {str(path): Written(SettingsProblem(key=str(path), message=message))}


def _flatten(tree: Mapping[str, object], prefix: str = "") -> Iterable[tuple[str, object]]:
    """The values of a tree by their full names. A table in the place of a setting is its value."""
    for key, value in tree.items():
        name = prefix + key
        if isinstance(value, Mapping) and name not in NAMES:
            yield from _flatten(value, f"{name}.")
        else:
            yield name, value
