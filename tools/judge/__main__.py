"""`python -m tools.judge` judges on synthetic days that nothing was learned from; with traces, on those instead.

Five days of each shape at each rate take one or two minutes on two cores.
"""

import argparse
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from bot.matching.parameters import RESERVATION_PARAMS, WAIT_CALIBRATION
from bot.simulate.trace import MalformedTrace
from tools.judge.days import FIRST_FRESH_SEED, TEST_VARIANTS, BenchmarkDay, recorded_days, standard_days, variant_days
from tools.judge.table import comparison_table, judge_day
from tools.judge.wait_estimates import estimate_table, observe_waits


def main() -> None:
    """Simulate the days on all processors, and print both tables as Markdown."""
    parser = argparse.ArgumentParser(prog="python -m tools.judge", description=__doc__)
    parser.add_argument("traces", nargs="*", type=Path, metavar="TRACE", help="recorded days")
    parser.add_argument("--days", type=int, default=5, help="of each shape at each rate, or of each variant (5)")
    parser.add_argument("--people", type=int, default=400, help="members a day (400)")
    parser.add_argument("--others", action="store_true", help="variants of the standard days")
    options = parser.parse_args()
    fresh = fresh_days(options.days, members=options.people, variants=options.others)
    days = list(recorded_days(options.traces) if options.traces else fresh)
    with ProcessPoolExecutor(os.cpu_count()) as processes:
        try:
            judged = list(processes.map(partial(judge_day, params=RESERVATION_PARAMS), days))
            waits = np.concatenate(list(processes.map(partial(observe_waits, params=RESERVATION_PARAMS), days)))
        except OSError as error:
            parser.error(f"{error.filename}: {error.strerror}")
        except MalformedTrace as error:
            parser.error(f"a trace is malformed; heybuddy simulate says which line of which: {error}")
    for line in (*comparison_table(judged), "", *estimate_table(waits, WAIT_CALIBRATION)):
        print(line)


def fresh_days(count: int, *, members: int, variants: bool) -> Iterator[BenchmarkDay]:
    """`count` days of each kind with seeds that are never learned from: standard days, or variants of them."""
    for number in range(count):
        seed = FIRST_FRESH_SEED + number
        if variants:
            yield from variant_days(TEST_VARIANTS, members=members, seed=seed, turn=number)
        else:
            yield from standard_days(members=members, seed=seed)


if __name__ == "__main__":
    main()
