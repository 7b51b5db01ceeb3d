"""`heybuddy simulate`: generates or reads a trace, simulates the day, and prints, writes and draws the results."""

import gc
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from bot.matching.engine import Engine
from bot.matching.fit import Weights
from bot.simulate import report
from bot.simulate.baselines import BASELINES, BatchingPolicy
from bot.simulate.day_record import DayRecord
from bot.simulate.day_statistics import DayStatistics, compute_statistics
from bot.simulate.market import Market
from bot.simulate.offline_optimum import MAX_TICKETS, OfflineOptimum, offline_optimum
from bot.simulate.simulation import MatchingPolicy, simulate_day
from bot.simulate.synthetic_trace import ArrivalShape, TracePlan, generate_trace
from bot.simulate.trace import MalformedTrace, read_trace

PROGRESS_STEP_BYTES: Final = 100_000
PROGRESS_BAR_BYTES: Final = 2_000_000  # shorter traces need no progress bar
GC_THRESHOLD: Final = 100_000  # new objects

WITHOUT_OPTIMUM: Final = "The optimum with hindsight wasn't asked for."
TOO_MANY_TICKETS: Final = f"No optimum with hindsight: for more than {MAX_TICKETS:,} tickets it would take minutes."


class NotSimulated(Exception):
    """The day cannot be simulated or drawn; the message says why."""


def print_synthetic_trace(shape: str, **plan: float) -> None:
    """Print a synthetic trace of this `ArrivalShape`; `plan` has the other fields of `TracePlan`."""
    chosen = TracePlan(shape=ArrivalShape(shape), **plan)  # type: ignore[arg-type]  # checked by click
    for line in generate_trace(chosen):
        print(line)


def simulate_trace(
    trace: Path,
    *,
    json_file: Path | None = None,
    plot_file: Path | None = None,
    compare: bool = False,
    with_hindsight: bool = True,
    weights: Weights,
) -> None:
    """Simulate the day in the file `trace`, print a report, and write the given files.

    `compare` adds the baselines, `with_hindsight` the offline optimum. Raises NotSimulated, and OSError if a file
    cannot be read or written.
    """
    draw_day = _load_plotting(plot_file) if plot_file else None
    try:
        record, by_policy, why_no_optimum = _simulate_policies(
            trace, compare=compare, with_hindsight=with_hindsight, weights=weights
        )
    except MalformedTrace as error:
        raise NotSimulated(f"{trace} isn't a trace:\n{error}") from error
    if json_file:
        report.write_json(json_file, record, by_policy)
    if plot_file and draw_day:
        draw_day(plot_file, record, by_policy[report.ENGINE])
    report.print_report(Console(highlight=False, width=report.WIDTH), by_policy, why_no_optimum=why_no_optimum)


def _load_plotting(path: Path) -> Callable[[Path, DayRecord, DayStatistics], None]:
    """The function that draws a day. Raises NotSimulated, so that no long day is simulated in vain."""
    try:
        from bot.simulate import plot  # noqa: PLC0415 (matplotlib is optional)
    except ModuleNotFoundError:
        raise NotSimulated("--plot: pictures need matplotlib; install it with: pip install 'hey-buddy[plot]'") from None
    if path.suffix.lstrip(".") not in plot.FILE_TYPES:
        raise NotSimulated(f"--plot: {path.name} must end with one of {', '.join(plot.FILE_TYPES)}")
    return plot.draw_day


def _simulate_policies(
    trace: Path, *, compare: bool, with_hindsight: bool, weights: Weights
) -> tuple[DayRecord, Mapping[str, DayStatistics], str | None]:
    """The engine's record, the statistics of each policy, and why there is no optimum, if there is none."""
    record = _simulate_policy(trace, report.ENGINE, weights, lambda market: Engine(weights=market.weights))
    optimum, why_no_optimum = None, None
    if not with_hindsight:
        why_no_optimum = WITHOUT_OPTIMUM
    elif len(record) > MAX_TICKETS:
        why_no_optimum = TOO_MANY_TICKETS
    else:
        optimum = _compute_optimum(trace, weights)
    by_policy = {report.ENGINE: compute_statistics(record, optimum)}
    for name, choose in BASELINES.items() if compare else ():
        baseline = _simulate_policy(trace, name, weights, partial(BatchingPolicy, choose=choose))
        by_policy[name] = compute_statistics(baseline, optimum)
    return record, by_policy, why_no_optimum


def _simulate_policy(
    trace: Path, name: str, weights: Weights, make_policy: Callable[[Market], MatchingPolicy]
) -> DayRecord:
    with _open_lines(trace, name) as lines, _rare_garbage_collection():
        day = read_trace(lines, weights)
        return simulate_day(day.market, day.arrivals, make_policy(day.market), time.perf_counter)


def _compute_optimum(trace: Path, weights: Weights) -> OfflineOptimum:
    with _open_lines(trace, "hindsight") as lines:
        day = read_trace(lines, weights)
        return offline_optimum(day.market, list(day.arrivals))


@contextmanager
def _rare_garbage_collection() -> Iterator[None]:
    """Collect garbage less often: a day makes many objects but no cycles, and the search takes 2.5 % of the time."""
    previous = gc.get_threshold()
    gc.set_threshold(GC_THRESHOLD)
    try:
        yield
    finally:
        gc.set_threshold(*previous)


@contextmanager
def _open_lines(trace: Path, name: str) -> Iterator[Iterable[bytes]]:
    """The lines of a file; on a terminal with a progress bar, if the file is large."""
    size = trace.stat().st_size
    with trace.open("rb") as file:
        if size < PROGRESS_BAR_BYTES or not sys.stderr.isatty():
            yield file
            return
        columns = TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn()
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            yield _report_progress(file, progress, progress.add_task(name, total=size))


def _report_progress(file: Iterable[bytes], progress: Progress, task: TaskID) -> Iterator[bytes]:
    unreported = 0
    for line in file:
        unreported += len(line)
        if unreported > PROGRESS_STEP_BYTES:
            progress.advance(task, unreported)
            unreported = 0
        yield line
