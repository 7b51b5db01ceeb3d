"""The cards as values: what they say in each case, and that the words fit the numbers."""

from datetime import UTC, datetime

import pytest

from bot.chat import cards
from bot.chat.answers import Waiting
from bot.domain.ticket import Camera, Level, Style, Wishes
from bot.matching.wait_estimate import WaitEstimate
from bot.words import load

UNTIL = datetime(2026, 5, 4, 18, 40, tzinfo=UTC)
WORDS = load()


@pytest.mark.parametrize(
    ("wait_estimate", "said"),
    [
        (WaitEstimate(seconds=300, chance=0.9), "At this hour it usually takes about 5 minutes."),
        (WaitEstimate(seconds=60, chance=0.9), "At this hour it usually takes about a minute."),
        (WaitEstimate(seconds=0, chance=1), "At this hour it usually takes less than a minute."),
        (WaitEstimate(seconds=300, chance=0.4), "Few people are here at this hour."),
        (None, f"Few people are here at this hour. I keep looking until <t:{int(UNTIL.timestamp())}:t>."),
    ],
)
def test_the_wait_is_honest(wait_estimate: WaitEstimate | None, said: str) -> None:
    """A time where somebody is likely to come, otherwise until when the search goes on; never a position."""
    waiting = Waiting(wishes=Wishes(), server_id=1, expires_at=UNTIL, wait_estimate=wait_estimate)
    assert said in cards.of(WORDS, waiting).sentences()


@pytest.mark.parametrize(
    ("wishes", "line"),
    [
        (Wishes(lengths=(50,)), "Any subject, 50 minutes."),
        (Wishes(subject="Physics", lengths=(25, 50, 75)), "Physics, 25, 50 or 75 minutes."),
        (
            Wishes(subject="C++", style=Style.TALK, camera=Camera.ON, level=Level.BEGINNER),
            "C++, 25 or 50 minutes, talking, camera on, beginner.",
        ),
        (Wishes(lengths=(25,), languages=("de",)), "Any subject, 25 minutes, Deutsch."),
        (Wishes(lengths=(25,), languages=("en", "xx")), "Any subject, 25 minutes, English or xx."),
        (Wishes(subject="**x**", lengths=(25,)), r"\*\*x\*\*, 25 minutes."),
    ],
)
def test_wishes_in_one_line(wishes: Wishes, line: str) -> None:
    """Only what was wished; the reader's own language goes without saying."""
    assert cards.wish_line(WORDS, wishes) == line
