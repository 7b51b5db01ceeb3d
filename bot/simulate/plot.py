"""A day as a picture: how long people waited, how well pairs suit, and how many waited when. Needs matplotlib."""

from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bot.matching.fit_table import Floats
from bot.simulate.figures import POOR, Figures
from bot.simulate.record import Record

ENDINGS: Final = ("pdf", "png", "svg")
SIZE_INCHES: Final = (11.0, 8.5)
DOTS: Final = 150  # to an inch
STEPS: Final = 60  # of the time axis
LONGEST_SHARE: Final = 0.99  # of the waits is shown; the last would make the rest small
BINS: Final = 40
HOUR_S, MINUTE_S = 3600.0, 60.0

INK, FAINT, GRID = "#1f2430", "#6b7280", "#e5e7eb"
BLUE, PALE_BLUE, GREEN, AMBER = "#4f6bed", "#c9d3ff", "#2f9e6e", "#d9822b"
LOOK: Final[dict[Any, Any]] = {
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


def draw(path: Path, record: Record, day: Figures) -> None:
    """Write the picture, of the kind its ending says, one of `ENDINGS`. Raises OSError."""
    with mpl.rc_context(LOOK):
        figure = Figure(figsize=SIZE_INCHES, layout="constrained")
        figure.suptitle(_title(day), x=0.012, ha="left", fontsize=14, fontweight="bold")
        grid = figure.add_gridspec(3, 2, height_ratios=(1.15, 1, 1))
        _people(figure.add_subplot(grid[0, :]), record)
        _waits_over_the_day(figure.add_subplot(grid[1, 0]), record)
        _fits_over_the_day(figure.add_subplot(grid[2, 0]), record)
        _waits(figure.add_subplot(grid[1, 1]), record)
        _fits(figure.add_subplot(grid[2, 1]), record)
        for axes in figure.axes[:3]:
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        figure.savefig(path, dpi=DOTS)


def _title(day: Figures) -> str:
    waits = day.waits
    told = [f"{waits.matched:,} of {waits.tickets:,} members matched"]
    if day.share_of_hindsight is not None:
        told.append(f"{day.share_of_hindsight:.1%} of the optimum in hindsight")
    return "   ·   ".join(told)


def _people(axes: Axes, record: Record) -> None:
    axes.set_title("Who comes, who waits")
    edges = _steps(record)
    came, _ = np.histogram(np.array(record.came), edges)
    width = np.diff(edges)
    rate = came * MINUTE_S / width
    axes.bar(_hours(edges[:-1]), rate, _hours(width), align="edge", color=PALE_BLUE, label="come, a minute (left)")
    axes.set_ylabel("come, a minute")
    axes.set_xlabel("hours from the start")
    waiting = axes.twinx()
    waiting.grid(visible=False)
    at, count = np.array(record.sampled_at), np.array(record.sampled)
    waiting.plot(_hours(at), count, color=BLUE, lw=0.6, alpha=0.45)
    step = np.digitize(at, edges) - 1
    means = np.array([count[step == number].mean() if (step == number).any() else 0 for number in range(STEPS)])
    waiting.plot(_hours((edges[:-1] + edges[1:]) / 2), means, color=BLUE, lw=2, label="wait (right)")
    waiting.set_ylabel("wait")
    for each in (axes, waiting):
        each.set_ylim(bottom=0)
        each.set_xlim(*_hours(edges[[0, -1]]))
    axes.legend(handles=[*axes.containers, waiting.lines[-1]], loc="upper left", frameon=False, ncols=2)


def _waits_over_the_day(axes: Axes, record: Record) -> None:
    axes.set_title("Wait: half within the line, 90 % within the band")
    axes.set_prop_cycle(color=[BLUE])
    _band(axes, record, np.array(record.came), np.array(record.waited) / MINUTE_S, (0.5, 0.9))
    axes.set_ylabel("minutes")
    axes.set_ylim(bottom=0)


def _fits_over_the_day(axes: Axes, record: Record) -> None:
    axes.set_title("Fit: half above the line, 90 % above the band")
    axes.set_prop_cycle(color=[GREEN])
    _band(axes, record, np.array(record.paired_at), np.array(record.fits), (0.5, 0.1))
    axes.axhline(POOR, color=AMBER, lw=1, ls="--")
    axes.set_ylabel("fit")
    axes.set_ylim(0, 1.02)
    axes.set_xlabel("hours from the start")


def _band(axes: Axes, record: Record, at: Floats, values: Floats, shares: tuple[float, float]) -> None:
    """The middle as a line and the other share as the edge of a band, step by step."""
    edges = _steps(record)
    step = np.digitize(at, edges) - 1
    there = ~np.isnan(values)
    middle, other = (
        np.array([_share(values[there & (step == number)], share) for number in range(len(edges) - 1)])
        for share in shares
    )
    hours = _hours((edges[:-1] + edges[1:]) / 2)
    [line] = axes.plot(hours, middle, lw=1.6)
    axes.fill_between(hours, middle, other, color=line.get_color(), alpha=0.18, lw=0)
    axes.set_xlim(*_hours(edges[[0, -1]]))


def _waits(axes: Axes, record: Record) -> None:
    axes.set_title("How long those matched waited")
    waited = np.array(record.waited)
    minutes = waited[~np.isnan(waited)] / MINUTE_S
    if not len(minutes):
        return
    longest = max(1.0, _share(minutes, LONGEST_SHARE))
    axes.hist(minutes[minutes <= longest], BINS, color=BLUE, alpha=0.85)
    for share, words, height in ((0.5, "half", 0.98), (0.9, "90 %", 0.88)):
        at = _share(minutes, share)
        axes.axvline(at, color=INK, lw=1, ls=":")
        axes.annotate(f" {words}: {at:.1f} min", (at, height), xycoords=("data", "axes fraction"), va="top")
    axes.set_xlabel("minutes")
    axes.set_ylabel("members")


def _fits(axes: Axes, record: Record) -> None:
    axes.set_title("How well pairs suit")
    fits = np.array(record.fits)
    if not len(fits):
        return
    for color, some in ((AMBER, fits[fits < POOR]), (GREEN, fits[fits >= POOR])):
        axes.hist(some, BINS, range=(0, 1), color=color, alpha=0.85)
    axes.annotate(f"poor: {np.mean(fits < POOR):.0%}", (0.02, 0.95), xycoords="axes fraction", va="top", color=AMBER)
    axes.annotate(f"mean: {fits.mean():.2f}", (0.02, 0.84), xycoords="axes fraction", va="top", color=GREEN)
    axes.set_xlabel("fit")
    axes.set_ylabel("pairs")


def _steps(record: Record) -> Floats:
    first = record.came[0] if record.came else 0.0
    last = max([first + MINUTE_S, *record.came[-1:], *record.paired_at[-1:]])
    return np.linspace(first, last, STEPS + 1)


def _share(values: Floats, share: float) -> float:
    return float(np.quantile(values, share)) if len(values) else float("nan")


def _hours(seconds: Floats) -> Floats:
    return seconds / HOUR_S
