"""Where settings come from: keys, environment, TOML file. Values are raw, or a SettingsProblem."""

import tomllib
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path

from bot.config.keys import KEYS, Key
from bot.config.problems import SettingsProblem

PREFIX = "HEYBUDDY_"


def from_keys(given: Mapping[str, object]) -> Mapping[str, object]:
    """Values by key, from the command line or from a program."""
    known = [key.name for key in KEYS]
    return {name: value if name in known else _unknown(name, known) for name, value in given.items()}


def from_file(path: Path | None) -> Mapping[str, object]:
    """A TOML file, or nothing where there is no path."""
    if path is None:
        return {}
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        said = f"cannot be read ({error.strerror}); `heybuddy init` writes one"
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        said = f"is not valid TOML: {error}"
    else:
        return from_keys(dict(_flat(tree)))
    return {str(path): SettingsProblem(key=str(path), said=said)}


def from_environment(environment: Mapping[str, str]) -> Mapping[str, object]:
    """`HEYBUDDY_<SECTION>__<KEY>`, the short names, and `…_FILE` for secrets. An empty variable counts as none."""
    given = {name: value for name, value in environment.items() if value}
    known = {name for key in KEYS for name in key.variables}
    ours = [name for name in given if name.startswith(PREFIX) and "__" in name]
    unknown = {name: _unknown(name, known) for name in ours if name not in known}
    return unknown | {key.name: _value(key, given) for key in KEYS if not given.keys().isdisjoint(key.variables)}


def _value(key: Key, given: Mapping[str, str]) -> object:
    first, *others = (name for name in key.variables if name in given)
    if others:
        return SettingsProblem(
            key=key.name, said=f"is given twice, by {' and '.join([first, *others])}: keep one of them"
        )
    if not (key.secret and first.endswith("_FILE")):
        return given[first]
    try:
        return Path(given[first]).read_text(encoding="utf-8").strip()
    except OSError as error:
        said = f"the file {given[first]} that {first} names cannot be read ({error.strerror})"
        return SettingsProblem(key=key.name, said=said)


def _flat(tree: Mapping[str, object]) -> Iterable[tuple[str, object]]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}.{key}", inner) for key, inner in value.items())
        else:
            yield name, value


def _unknown(name: str, known: Collection[str]) -> SettingsProblem:
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else "config.example.toml has every key there is"
    return SettingsProblem(key=name, said=f"there is no such setting; {hint}")
