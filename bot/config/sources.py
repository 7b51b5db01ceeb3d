"""Where settings come from: overrides, environment, TOML file. Values are raw, or a SettingsProblem."""

import tomllib
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path

from bot.config.problems import SettingsProblem
from bot.config.setting_keys import ENVIRONMENT_PREFIX, FILE_SUFFIX, SETTING_KEYS, SettingKey


def read_keys(given: Mapping[str, object]) -> Mapping[str, object]:
    """Check `given`, values by `section.field`: an unknown key gets a SettingsProblem as its value."""
    known = [key.name for key in SETTING_KEYS]
    return {name: value if name in known else _unknown_key(name, known) for name, value in given.items()}


def read_file(path: Path | None) -> Mapping[str, object]:
    """Read a TOML file into raw values by key; an empty mapping without a path.

    A file that cannot be read yields one SettingsProblem under its path.
    """
    if path is None:
        return {}
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8-sig"))  # editors on Windows begin with a mark
    except FileNotFoundError:
        message = f"is not there: correct the name, or write it with `heybuddy init --config {path}`"
    except OSError as error:
        message = _describe_unreadable(error)
    except UnicodeDecodeError:
        message = "is not text in UTF-8: save it so"
    except tomllib.TOMLDecodeError as error:
        message = f"is not valid TOML: {error}; correct that line (text has to be in quotes)"
    else:
        return read_keys(dict(_flatten(tree)))
    return {str(path): SettingsProblem(key=str(path), message=message)}


def read_environment(environment: Mapping[str, str]) -> Mapping[str, object]:
    """Read `HEYBUDDY_<SECTION>__<KEY>`, the short names, and `…_FILE` for secrets, into raw values by key.

    An empty variable counts as unset. Reads the files that `…_FILE` variables name.
    """
    given = {name: value for name, value in environment.items() if value}
    known = {name for key in SETTING_KEYS for name in key.environment_names}
    ours = [name for name in given if name.startswith(ENVIRONMENT_PREFIX) and "__" in name]
    unknown = {name: _unknown_key(name, known) for name in ours if name not in known}
    present = [key for key in SETTING_KEYS if not given.keys().isdisjoint(key.environment_names)]
    return unknown | {key.name: _environment_value(key, given) for key in present}


def _environment_value(key: SettingKey, given: Mapping[str, str]) -> object:
    first, *others = (name for name in key.environment_names if name in given)
    if others:
        message = f"is given twice, by {' and '.join([first, *others])}: keep one of them"
        return SettingsProblem(key=key.name, message=message)
    if not (key.secret and first.endswith(FILE_SUFFIX)):
        return given[first]
    return _read_secret(key, named_by=first, path=Path(given[first]))


def _read_secret(key: SettingKey, *, named_by: str, path: Path) -> object:
    """The content of the file that the variable `named_by` names."""
    try:
        if secret := path.read_text(encoding="utf-8-sig").strip():
            return secret
        fault = "is empty: write the secret into it"
    except OSError as error:
        fault = _describe_unreadable(error)
    except UnicodeDecodeError:
        fault = "is not text in UTF-8: write the secret into it anew"
    return SettingsProblem(key=key.name, message=f"the file {path} that {named_by} names {fault}")


def _describe_unreadable(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "is not there: correct the name"
    if isinstance(error, PermissionError):
        return "may not be read by this user: run heybuddy as the user that owns it, or change the owner"
    if isinstance(error, IsADirectoryError):
        return "is a folder: name a file"
    return f"cannot be read: {error.strerror}"


def _flatten(tree: Mapping[str, object]) -> Iterable[tuple[str, object]]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}.{key}", inner) for key, inner in value.items())
        else:
            yield name, value


def _unknown_key(name: str, known: Collection[str]) -> SettingsProblem:
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else "a new file of heybuddy init has every key there is"
    return SettingsProblem(key=name, message=f"there is no such setting; {hint}")
