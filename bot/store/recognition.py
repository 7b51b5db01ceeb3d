"""Recognizing members who have deleted their data and are here again: what outlived the deletion gets their id back.

So a pseudonym names only who is away, and whatever concerns two members who wait can be found by their ids.
"""

from collections.abc import Sequence

from bot.domain.pseudonym import pseudonym_of
from bot.store.database import Statement
from bot.store.personal_tables import PERSONAL

IS_RECOGNIZED = "deletions.is_recognized"


def recognized(privacy_key: bytes, member_id: int) -> Statement:
    """The statement that fails if something names this member by their pseudonym still."""
    return Statement(name=IS_RECOGNIZED, values={"pseudonym": pseudonym_of(privacy_key, member_id)}, expect_rows=1)


def recognize_statements(privacy_key: bytes, member_id: int) -> Sequence[Statement]:
    """The statements that put a member's id in the place of their pseudonym, everywhere. Repeating them is harmless."""
    pseudonym = pseudonym_of(privacy_key, member_id)
    values = {"member_id": member_id, "pseudonym": pseudonym, "former_id": pseudonym, "latter_id": member_id}
    return [Statement(name=name, values=values) for table in PERSONAL.values() for name in table.recognize]
