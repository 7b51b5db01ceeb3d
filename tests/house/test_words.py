"""The catalogue agrees with the code: every text is used, every text that is asked for exists, in every language."""

import ast
import re
import string
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from bot.words import DEFAULT_LANGUAGE, catalogue_languages, words_for

ROOT = Path(__file__).parents[2]
SECTIONS = ("chat", "page", "problems", "why")
ANYTHING = r"[\w.]+"
KEY = re.compile(rf"(?:{'|'.join(SECTIONS)})(?:\.\w+)+")
FILE_NAME = re.compile(r"\.(?:html|js|mjs|css|json|svg|py)$")
OWN_NAME = "language"  # read by `bot.words.language_names`
TEXTS = {key: text for key, text in words_for(DEFAULT_LANGUAGE).texts.items() if key != OWN_NAME}


def python_patterns() -> Iterator[str]:
    """The strings of Python code as regular expressions, in which a placeholder stands for anything."""
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
    """The keys in the page: `{{page.x.y}}` in its HTML, `page.x.y` in its modules; `page.x[` uses all below it."""
    for path in (ROOT / "web" / "page").rglob("*"):
        generated = {"node_modules", "dist"} & set(path.relative_to(ROOT).parts)
        if not generated and path.suffix in {".html", ".js"}:
            for name, below in re.findall(r"\b((?:page|problems)(?:\.\w+)+)(\[?)", path.read_text(encoding="utf-8")):
                yield re.escape(name) + (rf"\.{ANYTHING}" if below else "")


def _can_be_key(pattern: str) -> bool:
    """Whether a pattern has a dot and more than placeholders around it."""
    return r"\." in pattern and re.search(r"[a-z]{3}", pattern.replace(ANYTHING, "")) is not None


@cache
def patterns() -> frozenset[str]:
    """The patterns of Python code and page."""
    return frozenset(pattern for pattern in (*python_patterns(), *page_patterns()) if _can_be_key(pattern))


def unused(keys: Iterable[str]) -> list[str]:
    """The keys that no pattern matches, with or without the name of its section."""
    any_pattern = re.compile("|".join(sorted(patterns())))
    return [key for key in keys if not any(map(any_pattern.fullmatch, (key, key.partition(".")[2])))]


def placeholders(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_is_used() -> None:
    """A text that no code asks for is removed."""
    assert unused(TEXTS) == []
    assert unused(["page.nobody_asks_for_this"]) == ["page.nobody_asks_for_this"]


def test_every_key_in_the_code_has_a_text() -> None:
    """A key in the code is in the catalogue, as a text or as a group of texts."""
    full = {pattern for pattern in patterns() if pattern.partition(r"\.")[0] in SECTIONS}
    literal = {pattern.replace("\\", "") for pattern in full if ANYTHING not in pattern}
    keys = {key for key in literal if KEY.fullmatch(key) and not FILE_NAME.search(key)}
    groups = {key[: dot.start()] for key in TEXTS for dot in re.finditer(r"\.", key)}
    assert sorted(keys - set(TEXTS) - groups) == []


@pytest.mark.parametrize("language", [code for code in catalogue_languages() if code != DEFAULT_LANGUAGE])
def test_a_language_has_every_text(language: str) -> None:
    """A catalogue has its own name and the same keys with the same placeholders as the default one."""
    texts = dict(words_for(language).texts)
    assert texts.pop("language")
    assert {key: placeholders(text) for key, text in texts.items()} == {
        key: placeholders(text) for key, text in TEXTS.items()
    }
