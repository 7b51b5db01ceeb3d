"""Draws a simulated day: how long members waited, how well pairs fit, and how many waited when. Needs matplotlib."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bot.matching.fit_table import Floats
from bot.simulate.day_record import DayRecord
from bot.simulate.day_statistics import POOR_FIT, DayStatistics
from bot.simulate.market import HOUR_S, MINUTE_S

FILE_TYPES: Final = ("pdf", "png", "svg")
SIZE_INCHES: Final = (11.0, 8.5)
DOTS_PER_INCH: Final = 150
TIME_STEPS: Final = 60  # of the time axis
SHOWN_SHARE: Final = 0.99  # of the waits; the longest would squeeze all others
HISTOGRAM_BINS: Final = 40

INK, FAINT, GRID = "#1f2430", "#6b7280", "#e5e7eb"
BLUE, PALE_BLUE, GREEN, AMBER = "#4f6bed", "#c9d3ff", "#2f9e6e", "#d9822b"
STYLE: Final[Mapping[Any, Any]] = MappingProxyType(
    {
        "font.family": "DejaVu Sans",
        "font.size": 10,
        "text.color": INK,
        "axes.edgecolor": GRID,
        "axes.labelcolor": FAINT,
        "axes.titlesize": 12,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": GRID,
        "xtick.color": FAINT,
        "ytick.color": FAINT,
    }
)


def draw_day(path: Path, record: DayRecord, day: DayStatistics) -> None:
    """Write the picture to `path`, whose suffix is one of `FILE_TYPES`. Raises OSError."""
    with mpl.rc_context(dict(STYLE)):
        figure = Figure(figsize=SIZE_INCHES, layout="constrained")
        figure.suptitle(_title(day), x=0.012, ha="left", fontsize=14, fontweight="bold")
        grid = figure.add_gridspec(3, 2, height_ratios=(1.15, 1, 1))
        _plot_arrivals_and_queue(figure.add_subplot(grid[0, :]), record)
        _plot_waits_over_time(figure.add_subplot(grid[1, 0]), record)
        _plot_fits_over_time(figure.add_subplot(grid[2, 0]), record)
        _plot_wait_histogram(figure.add_subplot(grid[1, 1]), record)
        _plot_fit_histogram(figure.add_subplot(grid[2, 1]), record)
        for axes in figure.axes[:3]:
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        figure.savefig(path, dpi=DOTS_PER_INCH)


def _title(day: DayStatistics) -> str:
    waits = day.waits
    parts = [f"{waits.matched:,} of {waits.tickets:,} members matched"]
    if day.share_of_optimum is not None:
        parts.append(f"{day.share_of_optimum:.1%} of the optimum in hindsight")
    return "   ·   ".join(parts)


def _plot_arrivals_and_queue(axes: Axes, record: DayRecord) -> None:
    axes.set_title("Who comes, who waits")
    edges = _time_edges(record)
    arrivals, _ = np.histogram(np.array(record.arrived_at), edges)
    width = np.diff(edges)
    rate = arrivals * MINUTE_S / width
    axes.bar(_hours(edges[:-1]), rate, _hours(width), align="edge", color=PALE_BLUE, label="come, a minute (left)")
    axes.set_ylabel("come, a minute")
    axes.set_xlabel("hours from the start")
    waiting = axes.twinx()
    waiting.grid(visible=False)
    at, count = np.array(record.sampled_at), np.array(record.waiting_samples)
    waiting.plot(_hours(at), count, color=BLUE, lw=0.6, alpha=0.45)
    step = np.digitize(at, edges) - 1
    means = np.array([count[step == number].mean() if (step == number).any() else 0 for number in range(TIME_STEPS)])
    waiting.plot(_hours((edges[:-1] + edges[1:]) / 2), means, color=BLUE, lw=2, label="wait (right)")
    waiting.set_ylabel("wait")
    for each in (axes, waiting):
        each.set_ylim(bottom=0)
        each.set_xlim(*_hours(edges[[0, -1]]))
    axes.legend(handles=[*axes.containers, waiting.lines[-1]], loc="upper left", frameon=False, ncols=2)


def _plot_waits_over_time(axes: Axes, record: DayRecord) -> None:
    axes.set_title("Wait: half within the line, 90 % within the band")
    axes.set_prop_cycle(color=[BLUE])
    _plot_band(axes, record, np.array(record.arrived_at), np.array(record.waited_s) / MINUTE_S, (0.5, 0.9))
    axes.set_ylabel("minutes")
    axes.set_ylim(bottom=0)


def _plot_fits_over_time(axes: Axes, record: DayRecord) -> None:
    axes.set_title("Fit: half above the line, 90 % above the band")
    axes.set_prop_cycle(color=[GREEN])
    _plot_band(axes, record, np.array(record.paired_at), np.array(record.pair_fits), (0.5, 0.1))
    axes.axhline(POOR_FIT, color=AMBER, lw=1, ls="--")
    axes.set_ylabel("fit")
    axes.set_ylim(0, 1.02)
    axes.set_xlabel("hours from the start")


def _plot_band(axes: Axes, record: DayRecord, at: Floats, values: Floats, quantiles: tuple[float, float]) -> None:
    """Plot one quantile of the values over time as a line, and the other as the edge of a band."""
    edges = _time_edges(record)
    step = np.digitize(at, edges) - 1
    known = ~np.isnan(values)
    middle, other = (
        np.array([_quantile(values[known & (step == number)], share) for number in range(len(edges) - 1)])
        for share in quantiles
    )
    hours = _hours((edges[:-1] + edges[1:]) / 2)
    [line] = axes.plot(hours, middle, lw=1.6)
    axes.fill_between(hours, middle, other, color=line.get_color(), alpha=0.18, lw=0)
    axes.set_xlim(*_hours(edges[[0, -1]]))


def _plot_wait_histogram(axes: Axes, record: DayRecord) -> None:
    axes.set_title("How long those matched waited")
    waited = np.array(record.waited_s)
    minutes = waited[~np.isnan(waited)] / MINUTE_S
    if not len(minutes):
        return
    longest = max(1.0, _quantile(minutes, SHOWN_SHARE))
    axes.hist(minutes[minutes <= longest], HISTOGRAM_BINS, color=BLUE, alpha=0.85)
    for share, words, height in ((0.5, "half", 0.98), (0.9, "90 %", 0.88)):
        at = _quantile(minutes, share)
        axes.axvline(at, color=INK, lw=1, ls=":")
        axes.annotate(f" {words}: {at:.1f} min", (at, height), xycoords=("data", "axes fraction"), va="top")
    axes.set_xlabel("minutes")
    axes.set_ylabel("members")


def _plot_fit_histogram(axes: Axes, record: DayRecord) -> None:
    axes.set_title("How well pairs suit")
    fits = np.array(record.pair_fits)
    if not len(fits):
        return
    for color, group in ((AMBER, fits[fits < POOR_FIT]), (GREEN, fits[fits >= POOR_FIT])):
        axes.hist(group, HISTOGRAM_BINS, range=(0, 1), color=color, alpha=0.85)
    axes.annotate(
        f"poor: {np.mean(fits < POOR_FIT):.0%}", (0.02, 0.95), xycoords="axes fraction", va="top", color=AMBER
    )
    axes.annotate(f"mean: {fits.mean():.2f}", (0.02, 0.84), xycoords="axes fraction", va="top", color=GREEN)
    axes.set_xlabel("fit")
    axes.set_ylabel("pairs")


def _time_edges(record: DayRecord) -> Floats:
    first = record.arrived_at[0] if record.arrived_at else 0.0
    last = max([first + MINUTE_S, *record.arrived_at[-1:], *record.paired_at[-1:]])
    return np.linspace(first, last, TIME_STEPS + 1)


def _quantile(values: Floats, share: float) -> float:
    return float(np.quantile(values, share)) if len(values) else float("nan")


def _hours(seconds: Floats) -> Floats:
    return seconds / HOUR_S
