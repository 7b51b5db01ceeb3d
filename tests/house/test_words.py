"""The catalogue and the code agree: every word is used, every word asked for is there, in every language."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.words import DEFAULT_LANGUAGE, languages, load

ROOT = Path(__file__).parents[2]
SECTIONS = ("chat", "page", "problems", "why")
ANYTHING = r"[\w.]+"
KEY = re.compile(rf"(?:{'|'.join(SECTIONS)})(?:\.\w+)+")
FILE_NAME = re.compile(r"\.(?:html|js|mjs|css|json|svg|py)$")
CATALOGUE = load(DEFAULT_LANGUAGE).texts
ABOUT_ITSELF = {"language"}


def python_patterns() -> Iterator[str]:
    """What Python code may ask for, as regular expressions: texts, a placeholder standing for anything."""
    for folder in ("bot", "web"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.JoinedStr):
                    parts = [
                        re.escape(str(part.value)) if isinstance(part, ast.Constant) else ANYTHING
                        for part in node.values
                    ]
                    yield "".join(parts)
                elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " " not in node.value:
                    yield re.escape(node.value)


def page_patterns() -> Iterator[str]:
    """What the page asks for: `{{page.x.y}}` in its document, `page.x.y` in its modules; `page.x[` asks for all."""
    for path in (ROOT / "web" / "page").rglob("*"):
        made = {"node_modules", "dist"} & set(path.relative_to(ROOT).parts)
        if not made and path.suffix in {".html", ".js"}:
            for name, below in re.findall(r"\b((?:page|problems)(?:\.\w+)+)(\[?)", path.read_text(encoding="utf-8")):
                yield re.escape(name) + (rf"\.{ANYTHING}" if below else "")


def _names_something(pattern: str) -> bool:
    """Whether a pattern is dotted and says more than "anything, dot, anything"."""
    return r"\." in pattern and re.search(r"[a-z]{3}", pattern.replace(ANYTHING, "")) is not None


PATTERNS = {pattern for pattern in (*python_patterns(), *page_patterns()) if _names_something(pattern)}
FULL = {pattern for pattern in PATTERNS if pattern.partition(r"\.")[0] in SECTIONS}


def asked_for(key: str) -> bool:
    """Whether any pattern asks for `key`, by its whole name or, inside its section, without the section's."""
    inside = key.partition(".")[2]
    return any(re.fullmatch(pattern, name) for pattern in PATTERNS for name in (key, inside))


def placeholders(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_word_is_used() -> None:
    """A text nobody asks for is removed."""
    assert [key for key in CATALOGUE if key not in ABOUT_ITSELF and not asked_for(key)] == []


def test_every_word_asked_for_is_there() -> None:
    """A key in the code has its text in the catalogue."""
    plain = {pattern.replace("\\", "") for pattern in FULL if ANYTHING not in pattern}
    keys = {key for key in plain if KEY.fullmatch(key) and not FILE_NAME.search(key)}
    prefixes = {key[: dot.start()] for key in CATALOGUE for dot in re.finditer(r"\.", key)}
    assert sorted(keys - set(CATALOGUE) - prefixes) == []


@pytest.mark.parametrize("language", [language for language in languages() if language != DEFAULT_LANGUAGE])
def test_a_language_has_every_word(language: str) -> None:
    """The same keys with the same placeholders."""
    texts = load(language).texts
    assert {key: placeholders(text) for key, text in texts.items()} == {
        key: placeholders(text) for key, text in CATALOGUE.items()
    }
