"""The columns of the queue have one owner each."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot.matching

MODULES = sorted(Path(bot.matching.__path__[0]).glob("*.py"))


def writes_to_others(source: str) -> Iterator[str]:
    """The assignments to elements of an attribute that is not the writing object's own."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Assign(targets=targets):
                yield from filter(None, map(_column_of_another, targets))
            case ast.AugAssign(target=target):
                yield from filter(None, [_column_of_another(target)])


def _column_of_another(target: ast.expr) -> str | None:
    match target:
        case ast.Subscript(value=ast.Attribute(value=ast.Name(id="self"))):
            return None
        case ast.Subscript(value=ast.Attribute()):
            return ast.unparse(target)
    return None


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_a_column_is_written_by_its_owner_only(module: Path) -> None:
    """No module assigns to an element of another object's column."""
    assert [*writes_to_others(module.read_text(encoding="utf-8"))] == []


def test_such_a_write_is_found() -> None:
    """Plain and augmented assignments alike; an object's own columns are its own."""
    source = "queue.slots.version[slot] += 1\npool.prices[0] = 1.0\nself.values[slot] = 0.0"
    assert [*writes_to_others(source)] == ["queue.slots.version[slot]", "pool.prices[0]"]
