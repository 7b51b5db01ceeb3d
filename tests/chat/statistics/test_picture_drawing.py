"""Pictures are drawn one at a time and never keep anybody from the text."""

import asyncio
import threading

import pytest

from bot.chat.statistics import picture_drawing
from bot.chat.statistics.charts import Chart, RankChart
from bot.chat.statistics.picture_drawing import MOST_WAITING, DrawChart, PictureDrawing, load_drawing
from bot.chat.statistics.pictures import draw_chart

CHART = RankChart(name="a.png", title="a", describe="a", bars=(("a", 5),))


class SlowDrawing:
    """Draws when it is let, and notes how many are drawn at once, and where."""

    def __init__(self) -> None:
        self.may_go_on = threading.Event()
        self.at_once = self.most_at_once = self.drawn = 0
        self.threads: set[int] = set()

    def load(self) -> DrawChart:
        return self._draw

    def _draw(self, _: Chart) -> bytes:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.threads.add(threading.get_ident())
        assert self.may_go_on.wait(10)
        self.at_once -= 1
        self.drawn += 1
        return b"picture"


async def test_one_at_a_time_and_few_wait() -> None:
    """Off the event loop, each after the other; who comes when enough wait gets no picture, at once."""
    slow = SlowDrawing()
    drawing = PictureDrawing(slow.load)
    waiting = [asyncio.create_task(drawing.draw([CHART])) for _ in range(MOST_WAITING)]
    await asyncio.sleep(0)
    assert await drawing.draw([CHART]) == ()
    slow.may_go_on.set()
    assert await asyncio.gather(*waiting) == [[b"picture"]] * MOST_WAITING
    assert slow.most_at_once == 1
    assert threading.get_ident() not in slow.threads
    assert await drawing.draw([CHART]) == [b"picture"]


async def test_what_takes_too_long_counts_until_it_ends(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody waits for it, but it still takes its place: nothing is drawn beside it."""
    monkeypatch.setattr(picture_drawing, "DRAWN_WITHIN", 0.0)
    slow = SlowDrawing()
    drawing = PictureDrawing(slow.load)
    for _ in range(MOST_WAITING + 2):
        assert await drawing.draw([CHART]) == ()
    slow.may_go_on.set()
    assert "took too long" in caplog.text
    drawing._thread.shutdown(cancel_futures=True)
    assert slow.drawn <= MOST_WAITING


async def test_without_matplotlib_there_is_text(caplog: pytest.LogCaptureFixture) -> None:
    """It is said once in the log how to get pictures."""

    def load() -> DrawChart:
        raise ModuleNotFoundError("No module named 'matplotlib'")

    caplog.set_level("INFO")
    drawing = PictureDrawing(load)
    assert [await drawing.draw([CHART]) for _ in range(2)] == [(), ()]
    assert [record.getMessage() for record in caplog.records if "hey-buddy[plot]" in record.getMessage()] == [
        "Statistics come as text; pictures need matplotlib: pip install 'hey-buddy[plot]'"
    ]


async def test_what_cannot_be_drawn_is_text(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever goes wrong in drawing is logged."""

    def load() -> DrawChart:
        raise ZeroDivisionError

    assert await PictureDrawing(load).draw([CHART]) == ()
    assert "could not be drawn" in caplog.text
    assert load_drawing() is draw_chart
