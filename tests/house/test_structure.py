"""The structure of `bot` and `web` in figures: descriptive names, short files and functions, few imports, no cycles."""

import importlib
import statistics
from collections.abc import Iterator
from dataclasses import is_dataclass
from enum import Enum
from types import FunctionType, ModuleType

import numpy as np

from tools import structure

SOURCES = structure.read_sources()
ONLY_ASSEMBLE = {"bot/assemble.py", "bot/chat/features.py", "bot/chat/part.py", "bot/store/__init__.py", "web/part.py"}
MOST_IMPORTS = 12
MUTABLE = (list, dict, set, bytearray)
STARTS_A_PROGRAM = "__main__"


def test_names_are_descriptive() -> None:
    """Functions, methods and classes have names of eight letters or more on average."""
    assert structure.mean_name_length(SOURCES) >= 8


def test_files_and_functions_are_short() -> None:
    """Half of all files have at most 145 lines, half of all functions at most 7."""
    assert statistics.median(structure.file_lengths(SOURCES).values()) <= 145
    assert statistics.median(structure.function_lengths(SOURCES).values()) <= 7


def test_no_file_imports_many_others() -> None:
    """A file that needs more than twelve of our modules does too much, unless it only puts parts together."""
    imports = structure.fan_out(SOURCES)
    assert {name: count for name, count in imports.items() if count > MOST_IMPORTS and name not in ONLY_ASSEMBLE} == {}
    assert imports.keys() >= ONLY_ASSEMBLE


def test_no_import_cycles() -> None:
    """No module imports itself by way of others."""
    assert structure.import_cycles(SOURCES) == []


def test_public_definitions_have_docstrings() -> None:
    """Public definitions say what they do."""
    assert structure.docstring_share(SOURCES) >= 0.94


def own_values(module: ModuleType) -> Iterator[tuple[str, object]]:
    """The values that a module binds at its top level, without what it imports from elsewhere."""
    for name in structure.assigned_names(module.__name__):
        yield name, getattr(module, name)


def can_change(value: object) -> bool:
    """Whether a value can be changed in place, or is an instance of a class of ours that is no frozen value."""
    if isinstance(value, np.ndarray):
        return bool(value.flags.writeable)
    if isinstance(value, MUTABLE):
        return True
    ours = type(value).__module__.partition(".")[0] in structure.PACKAGES
    is_value = is_dataclass(value) or isinstance(value, Enum | tuple | type | FunctionType | BaseException)
    return ours and not is_value


def test_importing_creates_nothing_mutable() -> None:
    """Values created at import are shared by everything, so they must be immutable."""
    names = [source.module for source in SOURCES if not source.module.endswith(STARTS_A_PROGRAM)]
    values = [(name, *named) for name in names for named in own_values(importlib.import_module(name))]
    assert [(name, key) for name, key, value in values if key != "__all__" and can_change(value)] == []
