"""Every problem that the server answers with has its texts and is documented."""

import re
from pathlib import Path

from bot.words import words_for

ROOT = Path(__file__).parents[2]
PARTS = {"title", "detail", "next"}
NOT_FROM_THE_SERVER = {"page"}


def documented() -> set[str]:
    """The codes in docs/http.md."""
    return set(
        re.findall(r"^\| `(\w+)` \| \d{3} \|", (ROOT / "docs" / "http.md").read_text(encoding="utf-8"), re.MULTILINE)
    )


def codes_with_texts() -> dict[str, set[str]]:
    """The codes in the catalogue, each with the parts of its text."""
    found: dict[str, set[str]] = {}
    for key in words_for().texts:
        section, _, rest = key.partition(".")
        if section == "problems":
            code, _, part = rest.partition(".")
            found.setdefault(code, set()).add(part)
    return found


def test_every_code_is_documented_and_the_reverse() -> None:
    """Scripts and monitors rely on the codes."""
    assert documented() == set(codes_with_texts())


def test_every_code_says_what_happened_and_what_to_do() -> None:
    """A problem has a title, a sentence of detail, and what to do next."""
    assert {code: parts for code, parts in codes_with_texts().items() if not parts >= PARTS} == {}
