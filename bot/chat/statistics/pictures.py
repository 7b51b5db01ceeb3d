"""Draws charts as PNG. Needs matplotlib, so it is imported when the first one is drawn.

A picture has a dark background of its own, so it can be read in every theme of Discord. The colours differ in lightness
as well, so nobody needs to tell hues apart, and layers also have hatches.
"""

from collections.abc import Mapping
from io import BytesIO
from types import MappingProxyType
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ticker import MaxNLocator

from bot.chat.statistics.charts import Chart, DayChart, RankChart
from bot.domain.display_name import shorten_in_middle

SIZE_INCHES: Final = (6.4, 4.0)
DOTS_PER_INCH: Final = 150
MOST_DATES: Final = 5  # on an axis, so that they do not touch
LONGEST_LABEL: Final = 24  # letters
FONT: Final = "DejaVu Sans"  # comes with matplotlib
NO_LETTER: Final = "\N{WHITE SQUARE}"  # in the place of what the font lacks

BACKGROUND, INK, GRID = "#1e1f22", "#f2f3f5", "#4e5058"
COLOURS: Final = ("#56b4e9", "#e69f00", "#f0f0f0")
HATCHES: Final = ("", "///", "...")
STYLE: Final[Mapping[Any, Any]] = MappingProxyType(
    {
        "font.family": FONT,
        "font.size": 13,
        "text.color": INK,
        "text.parse_math": False,
        "axes.facecolor": BACKGROUND,
        "axes.edgecolor": GRID,
        "axes.labelcolor": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "grid.color": GRID,
        "figure.facecolor": BACKGROUND,
        "xtick.color": INK,
        "ytick.color": INK,
        "legend.frameon": False,
        "hatch.color": BACKGROUND,
    }
)


def draw_chart(chart: Chart) -> bytes:
    """The chart as a PNG of 960 by 600 pixels. Not to be called in two threads at once: the style is the process's."""
    with mpl.rc_context(dict(STYLE)):
        figure = Figure(figsize=SIZE_INCHES, layout="constrained")
        axes = figure.add_subplot()
        figure.suptitle(drawable(chart.title), x=0.015, ha="left", fontsize=15, fontweight="bold")
        match chart:
            case DayChart():
                _draw_days(figure, axes, chart)
            case RankChart():
                _draw_ranks(axes, chart)
        png = BytesIO()
        figure.savefig(png, format="png", dpi=DOTS_PER_INCH)
    return png.getvalue()


def drawable(text: str) -> str:
    """The text with a square for every letter that the font lacks."""
    font = get_font(findfont(FontProperties(family=FONT)))
    return "".join(each if font.get_char_index(ord(each)) else NO_LETTER for each in text)


def _draw_days(figure: Figure, axes: Axes, chart: DayChart) -> None:
    places = range(len(chart.days))
    heights = [0.0] * len(chart.days)
    for (label, values), colour, hatch in zip(chart.layers, COLOURS, HATCHES, strict=False):
        bottoms = list(heights) if chart.stacked else [0.0] * len(heights)
        shown = [value or 0.0 for value in values]
        axes.bar(places, shown, 0.85, bottom=bottoms, color=colour, hatch=hatch, label=drawable(label), linewidth=0)
        heights = [max(height, bottom + value) for height, bottom, value in zip(heights, bottoms, shown, strict=True)]
    empty = [place for place in places if all(values[place] is None for _, values in chart.layers)]
    if empty:
        marks = axes.scatter(empty, [0.0] * len(empty), marker="x", color=INK, label=drawable(chart.empty_label))
        marks.set_clip_on(False)
    step = -(-len(chart.days) // MOST_DATES)
    axes.set_xticks(places[::step], [drawable(day) for day in chart.days[::step]])
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylim(bottom=0)
    axes.grid(axis="y")
    figure.legend(loc="outside lower left", ncols=2, fontsize=11)


def _draw_ranks(axes: Axes, chart: RankChart) -> None:
    labels = [shorten_in_middle(drawable(label), LONGEST_LABEL) for label, _ in chart.bars]
    bars = axes.barh(range(len(labels)), [count for _, count in chart.bars], 0.7, color=COLOURS[0])
    axes.bar_label(bars, padding=4)
    axes.set_yticks(range(len(labels)), labels)
    axes.invert_yaxis()
    axes.xaxis.set_visible(False)
    axes.margins(x=0.12)
    axes.spines["bottom"].set_visible(False)
