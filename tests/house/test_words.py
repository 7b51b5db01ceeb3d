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


@cache
def known_words() -> frozenset[str]:
    """What a placeholder can stand for: what code and page write out, and the members of our enumerations."""
    found: set[str] = set()
    for folder in ("bot", "web"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " not in node.value:
                    found.update(re.findall(r"\w+", node.value))
                elif isinstance(node, ast.ClassDef):
                    targets = [each.targets[0] for each in node.body if isinstance(each, ast.Assign)]
                    found.update(each.id.lower() for each in targets if isinstance(each, ast.Name))
    for path in (ROOT / "web" / "page").rglob("*.js"):
        if not {"node_modules", "dist"} & set(path.relative_to(ROOT).parts):
            found.update(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    return frozenset(found)


def can_be_meant(words: str) -> bool:
    """Whether a placeholder can stand for these words with dots between them; one may be put together of two."""
    return all(
        word in known_words() or any({word[:end], word[end + 1 :]} <= known_words() for end in _underscores(word))
        for word in words.split(".")
    )


def _underscores(word: str) -> Iterator[int]:
    return (match.start() for match in re.finditer("_", word))


def _can_be_key(pattern: str) -> bool:
    """Whether a pattern has a dot and more than placeholders around it."""
    return r"\." in pattern and re.search(r"[a-z]{3}", pattern.replace(ANYTHING, "")) is not None


@cache
def patterns() -> frozenset[str]:
    """The patterns of Python code and page."""
    return frozenset(pattern for pattern in (*python_patterns(), *page_patterns()) if _can_be_key(pattern))


def unused(keys: Iterable[str]) -> list[str]:
    """The keys that no pattern matches, with or without the name of its section, by words that code can mean."""
    compiled = [re.compile(pattern.replace(ANYTHING, f"({ANYTHING})")) for pattern in patterns()]

    def is_used(key: str) -> bool:
        matches = (pattern.fullmatch(each) for pattern in compiled for each in (key, key.partition(".")[2]))
        return any(match and all(map(can_be_meant, match.groups())) for match in matches)

    return [key for key in keys if not is_used(key)]


def placeholders(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_is_used() -> None:
    """A text that no code asks for is removed."""
    assert unused(TEXTS) == []
    nowhere = [f"{section}.unasked{ending}" for section in SECTIONS for ending in ("", ".title", ".unasked")]
    assert unused(nowhere) == nowhere


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
