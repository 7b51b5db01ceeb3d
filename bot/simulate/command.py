"""`heybuddy simulate`: reads or makes a trace, runs it, prints and writes what came of it."""

import gc
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from bot.matching.engine import Engine
from bot.matching.fit import Weights
from bot.simulate import report
from bot.simulate.baselines import BASELINES, Baseline
from bot.simulate.figures import Figures, figures
from bot.simulate.hindsight import LARGEST, Optimum, hindsight
from bot.simulate.make import Plan, Shape, make
from bot.simulate.market import Market
from bot.simulate.record import Record
from bot.simulate.run import Decider, run
from bot.simulate.trace import Malformed, read

TELL_B: Final = 100_000  # how often the bar moves
DONE, CANNOT = 0, 2
MANY_OBJECTS: Final = 100_000  # so many new ones, and the collector looks
LONG_B: Final = 2_000_000  # a trace of so many bytes is worth a progress bar


def make_trace(shape: str, **plan: float) -> int:
    """Print a made-up trace, by the fields of `Plan`; the exit status."""
    try:
        for line in make(Plan(shape=Shape(shape), **plan)):  # type: ignore[arg-type]  # the command line has seen to it
            print(line)
    except BrokenPipeError:
        # Whoever read it has enough, as `head` has; nothing more can be said on this output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return DONE


def simulate(
    trace: Path,
    *,
    json: Path | None = None,
    plot: Path | None = None,
    compare: bool = False,
    with_hindsight: bool = True,
    weights: Weights,
) -> int:
    """Run a trace, print what came of it, write what was asked for; the exit status."""
    try:
        draw = _drawing(plot) if plot else None
        record, days, why = _run(trace, compare=compare, with_hindsight=with_hindsight, weights=weights)
        if json:
            report.write(json, record, days)
        if plot and draw:
            draw(plot, record, days[report.OURS])
    except Malformed as malformed:
        return _refuse(f"{trace} is no trace:\n{malformed}")
    except CannotDraw as cannot:
        return _refuse(f"--plot: {cannot}")
    except OSError as error:
        return _refuse(f"{error.filename or trace}: {error.strerror}.")
    report.show(Console(highlight=False), days, without_hindsight=why)
    return DONE


def _refuse(sentence: str) -> int:
    click.echo(sentence, err=True)
    return CANNOT


class CannotDraw(Exception):
    """The picture that was asked for cannot be drawn; the message says why."""


def _drawing(path: Path) -> Callable[[Path, Record, Figures], None]:
    """How to draw, found out before a long day is run for it."""
    try:
        from bot.simulate import plot  # noqa: PLC0415 (matplotlib is there for pictures only)
    except ImportError:
        raise CannotDraw("pictures need matplotlib; install it with: pip install 'hey-buddy[plot]'") from None
    if path.suffix.lstrip(".") not in plot.ENDINGS:
        raise CannotDraw(f"{path.name} must end with one of {', '.join(plot.ENDINGS)}")
    return plot.draw


def _run(
    trace: Path, *, compare: bool, with_hindsight: bool, weights: Weights
) -> tuple[Record, Mapping[str, Figures], str | None]:
    """Our record, everybody's figures, and why there is no hindsight if there is none."""
    record = _day(trace, report.OURS, weights, lambda market: Engine(weights=market.weights))
    optimum, why = None, None
    if not with_hindsight:
        why = "The optimum with hindsight was not asked for."
    elif len(record) > LARGEST:
        why = f"No optimum with hindsight: for more than {LARGEST:,} tickets it would take minutes."
    else:
        optimum = _optimum(trace, weights)
    days = {report.OURS: figures(record, optimum)}
    for name, choose in BASELINES.items() if compare else ():
        days[name] = figures(_day(trace, name, weights, partial(Baseline, choose=choose)), optimum)
    return record, days, why


def _day(trace: Path, name: str, weights: Weights, decider: Callable[[Market], Decider]) -> Record:
    with _lines(trace, name) as lines, _few_collections():
        opened = read(lines, weights)
        return run(opened.market, opened.arrivals, decider(opened.market), time.perf_counter)


def _optimum(trace: Path, weights: Weights) -> Optimum:
    with _lines(trace, "hindsight") as lines:
        opened = read(lines, weights)
        return hindsight(opened.market, list(opened.arrivals))


@contextmanager
def _few_collections() -> Iterator[None]:
    """A day makes many objects and no circles of them: looking for those takes a fortieth of its time."""
    usual = gc.get_threshold()
    gc.set_threshold(MANY_OBJECTS)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@contextmanager
def _lines(trace: Path, name: str) -> Iterator[Iterable[bytes]]:
    """The lines of a file; with a bar on a terminal where there are many."""
    size = trace.stat().st_size
    with trace.open("rb") as file:
        if size < LONG_B or not sys.stderr.isatty():
            yield file
            return
        columns = TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn()
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            yield _told(file, progress, progress.add_task(name, total=size))


def _told(file: Iterable[bytes], progress: Progress, task: TaskID) -> Iterator[bytes]:
    seen = 0
    for line in file:
        seen += len(line)
        if seen > TELL_B:
            progress.advance(task, seen)
            seen = 0
        yield line
