"""Pictures are small PNGs that any text can stand in."""

import struct

import pytest

from bot.chat.statistics.charts import RankChart, charts_of
from bot.chat.statistics.pictures import draw_chart, drawable
from bot.words import words_for
from tests.chat.statistics.figures import busy_statistics

SIGNATURE = b"\x89PNG\r\n\x1a\n"
LARGEST = 200_000  # bytes


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height in pixels."""
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize("number", [0, 1, 2])
def test_each_chart_is_a_small_png(number: int) -> None:
    """Names from right to left, of 100 letters, with formulas and without letters in the font raise no warning."""
    charts = charts_of(words_for(), busy_statistics())
    assert len(charts) == 3
    png = draw_chart(charts[number])
    assert png.startswith(SIGNATURE)
    assert size_of(png) == (960, 600)
    assert len(png) < LARGEST


def test_what_the_font_lacks_is_a_square() -> None:
    """Letters, also Hebrew and Arabic, stay; emoji and Chinese signs do not, and the text has the name."""
    assert drawable("Chess 🏁 日") == "Chess □ □"
    assert drawable("Ünï מתמטיקה الفيزياء") == "Ünï מתמטיקה الفيزياء"


def test_one_bar_is_enough() -> None:
    """A chart with one bar, whose name is empty after all, is drawn too."""
    assert draw_chart(RankChart(name="a", title="", describe="", bars=(("🏁", 5),))).startswith(SIGNATURE)
