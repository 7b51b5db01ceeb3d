"""Finds the setting that a misspelled key or environment variable was meant to be."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Final

from bot.config.problems import SettingsProblem
from bot.config.setting_keys import ENVIRONMENT_PREFIX, FILE_SUFFIX, SETTING_KEYS, SettingKey

LIKE_A_VARIABLE: Final = 0.85
"""How alike a variable has to be to one of ours; the names of other programs' variables are less so."""
NAMES_OF_OURS: Final = frozenset({"HEYBUDDY", "HEY", "BUDDY", "BOT"})
SEPARATORS: Final = re.compile(r"[\W_]+")
SET_BY_KUBERNETES: Final = ("tcp://", "udp://")
"""Kubernetes tells of a service called heybuddy-web by variables such as HEYBUDDY_WEB_PORT, with such values."""


def unknown_key(name: str) -> SettingsProblem:
    """The problem that `name`, a key of the file or the command line, is none of ours, with the one it may mean."""
    if fields := [key.name for key in SETTING_KEYS if key.section == name]:
        return SettingsProblem(
            key=name, message=f"is a section, not a setting: write its settings, such as {fields[0]}"
        )
    misplaced = next((key for key in SETTING_KEYS if name.endswith(f".{key.name}")), None)
    if misplaced:
        section = name.removesuffix(f".{misplaced.name}")
        field = misplaced.name.removeprefix(f"{section}.")
        move = "move it above the first line in brackets" if field == misplaced.name else f"write {field} there"
        message = f"stands under [{section}] and so would mean {name}: {move}"
        return SettingsProblem(key=misplaced.name, message=message, meant=misplaced.name)
    near = _find_key(name)
    hint = f"did you mean {near.name}?" if near else "a new file of heybuddy init has every key there is"
    return SettingsProblem(key=name, message=f"there's no such setting; {hint}", meant=near.name if near else None)


def unknown_variables(given: Mapping[str, str]) -> Iterable[SettingsProblem]:
    """A problem for each variable of `given` that is none of ours, but is written as if it were."""
    by_spelling = {_simplify(name): (name, key) for key in SETTING_KEYS for name in key.environment_names}
    ours = [spelling for spelling in by_spelling if spelling.startswith(_simplify(ENVIRONMENT_PREFIX))]
    known = {name for name, _ in by_spelling.values()}
    for name, value in given.items():
        spelling = _simplify(name)
        if name in known or not spelling.startswith(_simplify(ENVIRONMENT_PREFIX)):
            continue
        in_our_form = name.startswith(ENVIRONMENT_PREFIX) and "__" in name
        near = get_close_matches(spelling, ours, n=1, cutoff=0.6 if in_our_form else LIKE_A_VARIABLE)
        if near and (in_our_form or not value.startswith(SET_BY_KUBERNETES)):
            right, key = by_spelling[near[0]]
            message = f"there's no such setting; did you mean {right}?"
            yield SettingsProblem(key=name, message=message, meant=key.name)
        elif in_our_form:
            yield SettingsProblem(key=name, message="there's no such setting; config.toml has every key there is")


def find_similar_variable(key: SettingKey, given: Mapping[str, str]) -> tuple[str, str] | None:
    """A variable of `given` that is none of ours but nearly one of `key`, and that one; None if there is none."""
    known = {name for each in SETTING_KEYS for name in each.environment_names}
    wanted = {_simplify(name): name for name in key.environment_names}
    for name in (name for name, value in given.items() if value and name not in known):
        spelling = re.sub("PATH$", FILE_SUFFIX.strip("_"), _simplify(name))
        near = get_close_matches(spelling, wanted, n=1, cutoff=LIKE_A_VARIABLE)
        if near:
            return name, wanted[near[0]]
        if _words_of(name) - NAMES_OF_OURS - {key.section.upper()} == _words_of(key.field):
            return name, key.usual_variable
    return None


def _find_key(name: str) -> SettingKey | None:
    """The setting of that section whose field has the same words and more or fewer; or with the same field in another
    section; or else the one with the nearest name.
    """
    section, _, last = name.rpartition(".")
    for key in SETTING_KEYS:
        given, right = _words_of(last), _words_of(key.field)
        if section.lower() == key.section and (given <= right or right <= given):
            return key
    field = _simplify(last)
    for key in SETTING_KEYS:
        if _simplify(key.field) == field:
            return key
    by_spelling = {key.name: key for key in SETTING_KEYS}
    near = get_close_matches(name.lower().replace("-", "_"), by_spelling, n=1)
    return by_spelling[near[0]] if near else None


def _words_of(name: str) -> frozenset[str]:
    return frozenset(SEPARATORS.sub(" ", name).upper().split())


def _simplify(name: str) -> str:
    return SEPARATORS.sub("", name).upper()
