"""The waiting card: the expected wait and the wishes in words."""

from datetime import UTC, datetime

import pytest

from bot.chat.search.answers import Waiting
from bot.chat.search.cards import waiting_card, wish_line
from bot.domain.ticket import Camera, Level, Style, Wishes
from bot.matching.wait_estimate import WaitEstimate
from bot.words import words_for

UNTIL = datetime(2026, 5, 4, 18, 40, tzinfo=UTC)
WORDS = words_for()


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        (WaitEstimate(seconds=300, chance=0.9), "It'll probably take about 5 minutes."),
        (WaitEstimate(seconds=60, chance=0.9), "It'll probably take about a minute."),
        (WaitEstimate(seconds=0, chance=1), "It'll probably take less than a minute."),
        (WaitEstimate(seconds=300, chance=0.4), "I'll keep looking until"),
        (None, f"I'll keep looking until <t:{int(UNTIL.timestamp())}:t>."),
    ],
)
def test_the_expected_wait_is_shown_only_where_a_match_is_likely(estimate: WaitEstimate | None, text: str) -> None:
    """Otherwise the card says until when the search goes on; it never shows a position."""
    waiting = Waiting(wishes=Wishes(), server_id=1, expires_at=UNTIL, estimate=estimate)
    assert text in waiting_card(WORDS, waiting).text


@pytest.mark.parametrize(
    ("wishes", "line"),
    [
        (Wishes(lengths=(50,)), "Any subject · 50 minutes"),
        (Wishes(subject="Physics", lengths=(25, 50, 75)), "Physics · 25, 50 or 75 minutes"),
        (
            Wishes(subject="C++", style=Style.TALK, camera=Camera.ON, level=Level.BEGINNER),
            "C++ · 25 or 50 minutes · talking · camera on · beginner",
        ),
        (Wishes(lengths=(25,), languages=("de",)), "Any subject · 25 minutes · Deutsch"),
        (Wishes(lengths=(25,), languages=("en", "xx")), "Any subject · 25 minutes · English or xx"),
        (Wishes(subject="**x**", lengths=(25,)), r"\*\*x\*\* · 25 minutes"),
    ],
)
def test_the_wish_line_names_preferences_only(wishes: Wishes, line: str) -> None:
    """The reader's own language is left out."""
    assert wish_line(WORDS, wishes) == line
