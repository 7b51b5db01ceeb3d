"""The cards of a match."""

import pytest

from bot.chat.meeting.actions import EndedMatch
from bot.chat.meeting.cards import seat_card
from bot.words import words_for


@pytest.mark.parametrize(
    ("partner", "has_met", "title", "button"),
    [
        ("Mara", True, "Your session with Mara has ended", "Find a partner"),
        ("Mara", False, "Your match with Mara is over", "Show status"),
        ("*Mara*", False, r"Your match with \*Mara\* is over", "Show status"),
        ("", True, "Your session with your partner has ended", "Find a partner"),
        ("", False, "Your match with your partner is over", "Show status"),
    ],
)
def test_an_ended_match_names_the_partner(partner: str, has_met: bool, title: str, button: str) -> None:
    """So that several such messages can be told apart; after two weeks names are deleted.

    Who has not met the partner may be looking for another already, and finds the way there.
    """
    card = seat_card(words_for(), EndedMatch(partner=partner, has_met=has_met, server_id=1))
    assert (card.title, [button.label for button in card.buttons]) == (title, [button])
