"""`python -m tools.judge` judges on made-up days that nothing was learned from; with traces, on those instead.

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
from bot.simulate.trace import Malformed
from tools.judge.days import FRESH, JUDGED_ON, Day, recorded, usual, wide
from tools.judge.promise import kept, seen
from tools.judge.table import judge, table


def main() -> None:
    """Judge and print."""
    parser = argparse.ArgumentParser(prog="python -m tools.judge", description=__doc__)
    parser.add_argument("traces", nargs="*", type=Path, metavar="TRACE", help="days of others")
    parser.add_argument("--days", type=int, default=5, help="of each shape at each rate, or of each other kind (5)")
    parser.add_argument("--people", type=int, default=400, help="members a day (400)")
    parser.add_argument("--others", action="store_true", help="other kinds of days than the usual")
    asked = parser.parse_args()
    made_up = made(asked.days, people=asked.people, others=asked.others)
    days = list(recorded(asked.traces) if asked.traces else made_up)
    with ProcessPoolExecutor(os.cpu_count()) as processes:
        try:
            judged = list(processes.map(partial(judge, learned=RESERVATION_PARAMS), days))
            waits = np.concatenate(list(processes.map(partial(seen, learned=RESERVATION_PARAMS), days)))
        except OSError as error:
            parser.error(f"{error.filename}: {error.strerror}")
        except Malformed as malformed:
            parser.error(f"a trace is none; heybuddy simulate says which line of which: {malformed}")
    for line in (*table(judged), "", *kept(waits, WAIT_CALIBRATION)):
        print(line)


def made(count: int, *, people: int, others: bool) -> Iterator[Day]:
    """So many days of each kind."""
    for number in range(count):
        seed = FRESH + number
        yield from wide(JUDGED_ON, people=people, seed=seed, turn=number) if others else usual(people=people, seed=seed)


if __name__ == "__main__":
    main()
