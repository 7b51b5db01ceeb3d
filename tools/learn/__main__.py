"""`python -m tools.learn` searches from the current parameters and writes better ones; `tools.judge` judges them.

A round simulates ten candidates on each of 18 days; with the defaults all takes some twenty minutes on two cores.
"""

import argparse
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from bot.matching import parameters
from bot.matching.parameters import RESERVATION_PARAMS
from bot.matching.reservation import ReservationParams
from bot.matching.wait_estimate import Calibration
from tools.judge.days import FIRST_FRESH_SEED, TRAINING_VARIANTS, BenchmarkDay, standard_days, variant_days
from tools.judge.wait_estimates import estimate_table, observe_waits
from tools.learn.calibration import fit_calibration
from tools.learn.search import UNTRAINED, measure_gains, search_parameters

SEEDS_PER_SEARCH: Final = 100_000
SEEDS_PER_ROUND: Final = 100
MODULE: Final = Path(parameters.__file__)


def main() -> None:
    """Search for better parameters, compare them on fresh days, calibrate the wait estimate, write the module."""
    parser = argparse.ArgumentParser(prog="python -m tools.learn", description=__doc__)
    parser.add_argument("--rounds", type=int, default=30, help="of the search (30)")
    parser.add_argument("--fresh", type=int, default=5, help="days to compare on, of each shape at each rate (5)")
    parser.add_argument("--people", type=int, default=400, help="members a day (400)")
    parser.add_argument("--plain", action="store_true", help="begin with untrained parameters, not the current ones")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another search (1)")
    options = parser.parse_args()
    days = partial(training_days, members=options.people, search=options.seed)
    start = UNTRAINED if options.plain else RESERVATION_PARAMS
    report = partial(print, flush=True)
    with ProcessPoolExecutor(os.cpu_count()) as processes:
        found = search_parameters(
            start, days, rounds=options.rounds, seed=options.seed, map_days=processes.map, report=report
        )
        seeds = range(FIRST_FRESH_SEED, FIRST_FRESH_SEED + options.fresh)
        fresh = [day for seed in seeds for day in standard_days(members=options.people, seed=seed)]
        gains = np.mean(
            list(processes.map(partial(measure_gains, candidates=[RESERVATION_PARAMS, found]), fresh)), axis=0
        )
        report(f"on fresh days {gains[1]:+.4f}, where what was there has {gains[0]:+.4f}: {found}")
        best = found if gains[1] > gains[0] else RESERVATION_PARAMS
        observe = partial(observe_waits, params=best)
        calibration = fit_calibration(np.concatenate(list(processes.map(observe, days(options.rounds)))))
        MODULE.write_text(module_source(best, calibration), encoding="utf-8")
        for line in estimate_table(np.concatenate(list(processes.map(observe, fresh))), calibration):
            print(line)


def training_days(number: int, *, members: int, search: int) -> Sequence[BenchmarkDay]:
    """The days of round `number` of a search, used by no other: the standard ones, and one of each variant."""
    seed = search * SEEDS_PER_SEARCH + number * SEEDS_PER_ROUND
    standard = standard_days(members=members, seed=seed)
    return [*standard, *variant_days(TRAINING_VARIANTS, members=members, seed=seed, turn=number)]


def module_source(params: ReservationParams, calibration: Calibration) -> str:
    """The source of `bot.matching.parameters` with these values, rounded to four significant digits.

    Docstring and imports are taken from the module as it is.
    """
    header, first, _ = MODULE.read_text(encoding="utf-8").partition("RESERVATION_PARAMS: Final = ")
    return f"{header}{first}{_call_source(params)}\n\nWAIT_CALIBRATION: Final = {_call_source(calibration)}\n"


def _call_source(values: ReservationParams | Calibration) -> str:
    lines = (f"    {field.name}={float(f'{getattr(values, field.name):.4g}')!r},\n" for field in fields(values))
    return f"{type(values).__name__}(\n{''.join(lines)})"


if __name__ == "__main__":
    main()
