"""The table of wishes that are chosen from a list."""

import pytest

from bot.chat.search.options import CHOICE_OPTIONS, chosen_codes
from bot.domain.ticket import Camera, Level, Style, Wishes
from bot.words import words_for


def test_codes_and_choices_belong_together() -> None:
    """Every code is read as the choice that it was made from."""
    for option in CHOICE_OPTIONS:
        assert [option.choice_of(code) for code in option.codes] == list(option.choices)
        assert option.codes[-1] == "any"


def test_wishes_have_a_field_for_every_option() -> None:
    """The default of each field is no preference."""
    assert {option.code_in(Wishes()) for option in CHOICE_OPTIONS} == {"any"}
    chosen = Wishes(style=Style.TALK, camera=Camera.OFF, level=Level.ADVANCED)
    assert [option.code_in(chosen) for option in CHOICE_OPTIONS[:3]] == ["talk", "off", "advanced"]


def test_every_choice_has_its_texts() -> None:
    """As a choice to select, and as a part of the card's line if it is a preference."""
    words = words_for()
    for option in CHOICE_OPTIONS:
        assert all(f"chat.choices.{option.name}.{code}" in words for code in option.codes)
        assert all(f"chat.{option.name}.{code}" in words for code in option.codes[:-1])


def test_an_unknown_code_raises() -> None:
    """Discord sends only codes that it was given."""
    with pytest.raises(ValueError, match="loud"):
        CHOICE_OPTIONS[0].choice_of("loud")


def test_only_given_choices_are_kept() -> None:
    """Options that were left out, and those that are not chosen from a list, are dropped."""
    assert chosen_codes({"style": "quiet", "camera": None, "subject": "Maths"}) == {"style": "quiet"}
