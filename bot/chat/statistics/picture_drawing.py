"""Draws pictures in a thread of its own, one after another, if matplotlib is there."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from bot.chat.statistics.charts import Chart

MOST_WAITING = 3
"""For so many admins pictures are drawn or wait to be; who comes then gets the text at once."""
DRAWN_WITHIN = 20.0  # seconds; the first time, matplotlib looks for fonts

DrawChart = Callable[[Chart], bytes]

log = logging.getLogger(__name__)


def load_drawing() -> DrawChart:
    """The function that draws a chart. Raises ModuleNotFoundError without matplotlib."""
    from bot.chat.statistics import pictures  # noqa: PLC0415 (matplotlib is optional)

    return pictures.draw_chart


class PictureDrawing:
    """The only drawer of pictures in a process."""

    def __init__(self, load: Callable[[], DrawChart] = load_drawing) -> None:
        self._load = load
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")
        self._waiting = 0
        self._told = False

    async def draw(self, charts: Sequence[Chart]) -> Sequence[bytes]:
        """The charts as PNGs; empty if they cannot be drawn or not soon, which is logged where it is unexpected."""
        if self._waiting >= MOST_WAITING:
            return ()
        self._waiting += 1
        drawing = asyncio.get_running_loop().run_in_executor(self._thread, self._draw_all, charts)
        drawing.add_done_callback(self._count_done)
        try:
            async with asyncio.timeout(DRAWN_WITHIN):
                return await asyncio.shield(drawing)
        except TimeoutError:
            log.warning("Pictures of statistics took too long, so they came as text.")
        except ModuleNotFoundError:
            self._tell_once()
        except Exception:
            log.exception("Pictures of statistics could not be drawn, so they came as text.")
        return ()

    def _draw_all(self, charts: Sequence[Chart]) -> Sequence[bytes]:
        draw = self._load()
        return [draw(chart) for chart in charts]

    def _count_done(self, drawing: asyncio.Future[Sequence[bytes]]) -> None:
        self._waiting -= 1
        if not drawing.cancelled():
            drawing.exception()  # looked at, even if nobody waits for it any more

    def _tell_once(self) -> None:
        if not self._told:
            log.info("Statistics come as text; pictures need matplotlib: pip install 'hey-buddy[plot]'")
        self._told = True
