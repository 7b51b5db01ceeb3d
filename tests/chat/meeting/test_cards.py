"""The cards of a match."""

import pytest

from bot.chat.meeting.actions import EndedMatch
from bot.chat.meeting.cards import seat_card
from bot.words import words_for


@pytest.mark.parametrize(
    ("partner", "has_met", "title"),
    [
        ("Mara", True, "Your session with Mara has ended"),
        ("Mara", False, "Your match with Mara is over"),
        ("*Mara*", False, r"Your match with \*Mara\* is over"),
        ("", True, "Your session with your partner has ended"),
        ("", False, "Your match with your partner is over"),
    ],
)
def test_an_ended_match_names_the_partner(partner: str, has_met: bool, title: str) -> None:
    """So that several such messages can be told apart; after two weeks names are deleted."""
    card = seat_card(words_for(), EndedMatch(partner=partner, has_met=has_met, server_id=1))
    assert (card.title, [button.label for button in card.buttons]) == (title, ["Find a partner"])
