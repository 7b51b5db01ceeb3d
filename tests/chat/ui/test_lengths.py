"""Reading lengths of meetings as people type them."""

import pytest

from bot.chat.ui.lengths import read_lengths
from bot.domain.ticket import LENGTHS

READ = {
    (25,): ["25", " 25 ", "25min", "25 min.", "25m", "25 minutes", "25 Minutes", "25'", "25,",
            "25,25", "-25", "~25", "0:25",
            "２５", "٢٥", "۲۵", "२५", "২৫", "25分", "２５分钟", "25 мин", "25 Minuten", "25 minutos", "20-30", "25."],
    (25, 50): ["25 and 50", "25,50", "50, 25", "25/50", "25 or 50", "25 & 50", "25+50", "25;50",
               "25|50", "25\t50", "25 50",
               "25、50", "25，50", "25، 50", "٢٥ و ٥٠", "25 und 50 Minuten", "25 ou 50", "25 y 50",
               "25min and 50min",
               "25m, 50m", "25 minutes or 50 minutes", "25-50", "25 - 50", "25–50", "50-25",
               "25 to 50", "20 to 60",
               "25 min - 50 min", "25\n50"],
    (75,): ["75", "1:15", "1h15", "1h 15min", "1 h 15", "1 hour 15 minutes", "1.25h", "1.25 hours", "75 mins"],
    (50, 75): ["50+", "50 +", "50-90", "50min to 1h15"],
    LENGTHS: ["any", "Any length", "ANY.", "all", "whatever", "25, any", "25 or any", "25-75",
              "25+", "25, 50, 75"],
}  # fmt: skip


@pytest.mark.parametrize(("lengths", "typed"), [(lengths, each) for lengths, every in READ.items() for each in every])
def test_lengths_are_read_as_people_write_them(lengths: tuple[int, ...], typed: str) -> None:
    """Alone, in lists and ranges, with units, as hours, in the digits of any script."""
    assert read_lengths(typed, LENGTHS) == lengths


@pytest.mark.parametrize(
    "typed",
    ["", " ", ",", "30", "1h", "1 hour", "30-40", "26", "soon", "25x", "25 pages", "²5", "25²",
    "25 not 50", "minutes",
     "1,25h", "2500", "025000", "25:00", "9" * 5000, "half an hour", "about 25", "25.5"],
)  # fmt: skip
def test_what_is_not_offered_or_not_understood_is_not_guessed(typed: str) -> None:
    """One such part spoils the whole, so that nobody gets another length than the one that was typed."""
    assert read_lengths(typed, LENGTHS) is None


def test_a_range_means_what_is_offered_in_it() -> None:
    """In a server without the length in its middle, or at its end."""
    assert read_lengths("25-75", (25, 75)) == (25, 75)
    assert read_lengths("25 to 75", (25, 50)) == (25, 50)
    assert read_lengths("any", (50,)) == (50,)
