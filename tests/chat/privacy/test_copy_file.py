"""The file with a member's data has the shape that docs/privacy.md describes."""

import json
from pathlib import Path

from bot.chat.privacy.cards import copy_notes, shown_span
from bot.chat.privacy.copy_file import FILE_NAME, FORMAT, write_copy
from bot.store.personal_data import MOST_ROWS, PersonalCopy
from bot.store.personal_tables import PERSONAL
from bot.store.retention import KEPT_FOR
from bot.words import words_for
from tests.clocks import START

MOST_BYTES = 10_000_000
"""What Discord takes as an attachment in a server without boosts."""

UNTIL = {"blocks": "until it is deleted", "gate_reminders": "until it is not needed"}


def documented() -> str:
    return (Path(__file__).parents[3] / "docs" / "privacy.md").read_text(encoding="utf-8")


def test_the_document_names_everything() -> None:
    """Every table with its fields and how long it is kept, and every field of the file itself."""
    text, words = documented(), words_for()
    for table, personal in PERSONAL.items():
        [line] = [each for each in text.splitlines() if each.startswith(f"| `{table}` |")]
        *_, fields, kept, _ = (cell.strip() for cell in line.split("|"))
        assert fields == ", ".join(f"`{column}`" for column in personal.columns), table
        spoken = UNTIL[table] if personal.kept_as is None else shown_span(words, KEPT_FOR[personal.kept_as])
        assert kept == spoken, table
    file = json.loads(write_copy(PersonalCopy(tables={}, cut=[]), member_id=1, made_at=START, notes=[]))
    assert [f"| `{name}` |" in text for name in file] == [True] * len(file)
    assert f"newest {MOST_ROWS:,} entries" in text
    assert f"| `format` | {FORMAT} |" in text
    assert f"`{FILE_NAME}`" in text


def test_the_largest_file_is_small_enough() -> None:
    """Every table full of rows as long as they can get."""
    entries = [dict.fromkeys(personal.columns, "a" * 24) for personal in PERSONAL.values() for _ in range(MOST_ROWS)]
    copy = PersonalCopy(tables={"all": entries}, cut=[])
    assert len(write_copy(copy, member_id=1, made_at=START, notes=copy_notes(words_for()))) < MOST_BYTES
