"""The file that a member gets of their data. docs/privacy.md describes its shape."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.store.personal_data import PersonalCopy

FILE_NAME: Final = "hey-buddy-data.json"
FORMAT: Final = 1
"""Grows with each change after which a program that reads the file would have to change."""


def write_copy(copy: PersonalCopy, *, member_id: int, made_at: datetime, notes: Sequence[str]) -> bytes:
    """The file as UTF-8. `notes` are sentences about what is not in it. Takes up to a second for the largest."""
    document = {
        "format": FORMAT,
        "made_at": made_at.isoformat(timespec="seconds"),
        "member_id": str(member_id),
        "notes": list(notes),
        "cut": list(copy.cut),
        "tables": copy.tables,
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()
