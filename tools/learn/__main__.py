"""`python -m tools.learn` searches from the constants there are and writes what is better; `tools.judge` judges it.

A round takes ten tries on each of 18 days; with the defaults that is some twenty minutes on two cores.
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

from bot.matching import parameters as written
from bot.matching.parameters import RESERVATION_PARAMS
from bot.matching.reservation import ReservationParams
from bot.matching.wait_estimate import Calibration
from tools.judge.days import FRESH, LEARNED_FROM, Day, usual, wide
from tools.judge.promise import kept, seen
from tools.learn.calibration import calibrated
from tools.learn.search import PLAIN, merits, search

SEARCH: Final = 100_000  # so many seeds there are for a search,
DAYS: Final = 100  # and for a round
HEAD: Final = '''"""The constants of the rule and of its promise, as `python -m tools.learn` wrote them."""

from typing import Final

from bot.matching.reservation import ReservationParams
from bot.matching.wait_estimate import Calibration
'''


def main() -> None:
    """Search, compare, calibrate, write."""
    parser = argparse.ArgumentParser(prog="python -m tools.learn", description=__doc__)
    parser.add_argument("--rounds", type=int, default=30, help="of the search (30)")
    parser.add_argument("--fresh", type=int, default=5, help="days to compare on, of each shape at each rate (5)")
    parser.add_argument("--people", type=int, default=400, help="members a day (400)")
    parser.add_argument("--plain", action="store_true", help="begin with plain numbers, not with those there are")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another search (1)")
    asked = parser.parse_args()
    days = partial(days_of, people=asked.people, search=asked.seed)
    start = PLAIN if asked.plain else RESERVATION_PARAMS
    with ProcessPoolExecutor(os.cpu_count()) as processes:
        better = search(
            start, days, rounds=asked.rounds, seed=asked.seed, over=processes.map, tell=partial(print, flush=True)
        )
        fresh = [day for number in range(asked.fresh) for day in usual(people=asked.people, seed=FRESH + number)]
        gained = np.mean(list(processes.map(partial(merits, tried=[RESERVATION_PARAMS, better]), fresh)), axis=0)
        print(f"on fresh days {gained[1]:+.4f}, where what was there has {gained[0]:+.4f}: {better}", flush=True)
        found = better if gained[1] > gained[0] else RESERVATION_PARAMS
        waits = partial(seen, learned=found)
        promise = calibrated(np.concatenate(list(processes.map(waits, days(asked.rounds)))))
        Path(written.__file__).write_text(source(found, promise), encoding="utf-8")
        for line in kept(np.concatenate(list(processes.map(waits, fresh))), promise):
            print(line)


def days_of(number: int, *, people: int, search: int) -> Sequence[Day]:
    """The days of a round, which no other round has: the usual ones, and one of each other kind."""
    seed = search * SEARCH + number * DAYS
    return [*usual(people=people, seed=seed), *wide(LEARNED_FROM, people=people, seed=seed, turn=number)]


def source(found: ReservationParams, promise: Calibration) -> str:
    """The module that holds these constants."""
    return (
        f"{HEAD}\nRESERVATION_PARAMS: Final = {_constants(found)}\n\nWAIT_CALIBRATION: Final = {_constants(promise)}\n"
    )


def _constants(found: ReservationParams | Calibration) -> str:
    lines = (f"    {field.name}={float(f'{getattr(found, field.name):.4g}')!r},\n" for field in fields(found))
    return f"{type(found).__name__}(\n{''.join(lines)})"


if __name__ == "__main__":
    main()
