"""Documents can be read in a terminal, and the places they name exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
WIDTH = 100
UNBREAKABLE = ("|", "![")
IN_THE_TREE = re.compile(r"\b(?:bot|web|tests|tools|docs)/[\w./-]*")


def breakable_lines(text: str) -> list[str]:
    """The lines of a document without tables, pictures and addresses, which cannot be broken."""
    return [line for line in text.splitlines() if not line.startswith(UNBREAKABLE) and "://" not in line]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_lines_wrap(document: Path) -> None:
    """No line that can be broken is longer than 100 columns."""
    assert [line for line in breakable_lines(document.read_text(encoding="utf-8")) if len(line) > WIDTH] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_places_exist(document: Path) -> None:
    """Every path into the tree that a document names is there."""
    named = {place.rstrip("./") for place in IN_THE_TREE.findall(document.read_text(encoding="utf-8"))}
    assert sorted(place for place in named if not (ROOT / place).exists()) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_tests_exist(document: Path) -> None:
    """A test that a document names with its file is there."""
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", document.read_text(encoding="utf-8"))
    assert [
        (file, name) for file, name in named if f"def {name}(" not in (ROOT / file).read_text(encoding="utf-8")
    ] == []
