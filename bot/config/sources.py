"""Where settings come from: overrides, environment, TOML file. Values stay as they were written."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from bot.config.keys import KEYS, Key
from bot.config.problems import Problem

PREFIX = "HEYBUDDY_"


@dataclass(frozen=True, kw_only=True)
class Source:
    """What one place says, by key, and what is wrong with it."""

    found: Mapping[str, object] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def from_overrides(overrides: Mapping[str, str]) -> Source:
    """Values by key, from the command line or from a program."""
    by_name = {key.name: key for key in KEYS}
    problems = tuple(_unknown(name, by_name) for name in overrides if name not in by_name)
    return Source(found=dict(overrides), problems=problems)


def from_file(path: Path | None) -> Source:
    """A TOML file, or nothing where there is no path."""
    if path is None:
        return Source()
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        return _broken(path, f"cannot be read ({error.strerror}); `heybuddy init` writes one")
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return _broken(path, f"is not valid TOML: {error}")
    found = dict(_flatten(tree))
    by_name = {key.name: key for key in KEYS}
    return Source(found=found, problems=tuple(_unknown(name, by_name) for name in found if name not in by_name))


def from_environment(environment: Mapping[str, str]) -> Source:
    """`HEYBUDDY_<SECTION>__<KEY>`, the short names, and `…_FILE` for secrets. An empty variable counts as none."""
    given = {name: value for name, value in environment.items() if value}
    known = {name for key in KEYS for name in key.variables}
    found: dict[str, object] = {}
    problems = [_unknown(name, known) for name in given if _is_ours(name) and name not in known]
    for key in KEYS:
        names = [name for name in key.variables if name in given]
        if len(names) > 1:
            problems.append(Problem(key=key.name, said=f"is given twice, by {' and '.join(names)}: keep one of them"))
        elif names:
            try:
                found[key.name] = _value_of(names[0], given[names[0]], key)
            except OSError as error:
                said = f"the file {given[names[0]]} that {names[0]} names cannot be read ({error.strerror})"
                problems.append(Problem(key=key.name, said=said))
    return Source(found=found, problems=tuple(problems))


def _value_of(variable: str, value: str, key: Key) -> str:
    from_a_file = key.secret and variable.endswith("_FILE")
    return Path(value).read_text(encoding="utf-8").strip() if from_a_file else value


def _is_ours(variable: str) -> bool:
    return variable.startswith(PREFIX) and "__" in variable


def _flatten(tree: Mapping[str, object]) -> Iterable[tuple[str, object]]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}.{key}", inner) for key, inner in value.items())
        else:
            yield name, value


def _unknown(name: str, known: Iterable[str]) -> Problem:
    near = get_close_matches(name, list(known), n=1)
    hint = f"did you mean {near[0]}?" if near else "config.example.toml has every key there is"
    return Problem(key=name, said=f"there is no such setting; {hint}")


def _broken(path: Path, said: str) -> Source:
    return Source(problems=(Problem(key=str(path), said=said),))
