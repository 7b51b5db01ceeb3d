"""Names that are written from right to left, inside sentences that are written from left to right."""

import pytest

from bot.words import Words
from bot.words.direction import FIRST_STRONG_ISOLATE, POP_DIRECTIONAL_ISOLATE, isolated

WORDS = Words(language="en", texts={"left": "{partner} has left. You have {minutes} minutes."})


@pytest.mark.parametrize("name", ["דנה", "مريم (2)", "ߛߟߏߡߣߊ", "𞤀𞤣𞤤𞤢𞤥", "Mara مريم", "٣"])
def test_a_right_to_left_name_has_a_direction_of_its_own(name: str) -> None:
    """It neither turns the sentence nor draws the punctuation after it to its side."""
    assert isolated(name) == f"{FIRST_STRONG_ISOLATE}{name}{POP_DIRECTIONAL_ISOLATE}"
    assert WORDS("left", partner=name, minutes=25) == f"\u2068{name}\u2069 has left. You have 25 minutes."


@pytest.mark.parametrize("name", ["Mara", "Ольга", "王小明", "ณัฐ", "42", ""])
def test_other_names_stay_as_they_are(name: str) -> None:
    """They can be copied out of a message without anything invisible."""
    assert isolated(name) == name
    assert WORDS("left", partner=name, minutes=25) == f"{name} has left. You have 25 minutes."
