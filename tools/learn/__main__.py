"""`python -m tools.learn` searches from the constants there are and writes what is better; `--rounds 0` only judges.

A round takes ten tries on each of 24 days; with the defaults that is some twenty minutes on two cores.
"""

import argparse
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields
from functools import partial
from pathlib import Path
from statistics import fmean, stdev
from typing import Final

import numpy as np

from bot.pairing import learned as written
from bot.pairing.fits import Floats
from bot.pairing.keep import Learned
from bot.pairing.learned import CALIBRATED, LEARNED
from bot.pairing.promise import Calibration
from tools.learn.days import Day, usual, wide
from tools.learn.promise import calibrated, kept, seen
from tools.learn.search import PLAIN, merits, search

FRESH: Final = 10_000_000  # seeds from here on are never learned from
SEARCH: Final = 100_000  # so many seeds there are for a search,
DAYS: Final = 100  # and for a round
HEAD: Final = '''"""The constants of the rule and of its promise, as `python -m tools.learn` wrote them."""

from typing import Final

from bot.pairing.keep import Learned
from bot.pairing.promise import Calibration
'''


def main() -> None:
    """Search, calibrate, write, judge."""
    parser = argparse.ArgumentParser(prog="python -m tools.learn", description=__doc__)
    parser.add_argument("--rounds", type=int, default=30, help="of the search; 0 only judges (30)")
    parser.add_argument("--fresh", type=int, default=5, help="days to be judged on, of each shape at each rate (5)")
    parser.add_argument("--people", type=int, default=400, help="members a day (400)")
    parser.add_argument(
        "--plain", action="store_true", help="begin with plain numbers instead of the constants there are"
    )
    parser.add_argument("--seed", type=int, default=1, help="another seed, another search (1)")
    chosen = parser.parse_args()
    found, promise = LEARNED, CALIBRATED
    fresh = [day for number in range(chosen.fresh) for day in usual(people=chosen.people, seed=FRESH + number)]
    with ProcessPoolExecutor(os.cpu_count()) as processes:
        if chosen.rounds:
            days = partial(days_of, people=chosen.people, search=chosen.seed)
            start = PLAIN if chosen.plain else LEARNED
            better = search(
                start, days, rounds=chosen.rounds, seed=chosen.seed, over=processes.map, tell=partial(print, flush=True)
            )
            gained = np.mean(list(processes.map(partial(merits, tried=[LEARNED, better]), fresh)), axis=0)
            print(f"on fresh days {gained[1]:+.4f}, where what was there has {gained[0]:+.4f}: {better}", flush=True)
            found = better if gained[1] > gained[0] else LEARNED
            promise = calibrated(_seen(processes, days(chosen.rounds), found))
            Path(written.__file__).write_text(source(found, promise), encoding="utf-8")
        for line in (*judged(found, fresh), "", *kept(_seen(processes, fresh, found), promise)):
            print(line, flush=True)


def days_of(number: int, *, people: int, search: int) -> Sequence[Day]:
    """The days of a round: one of each kind, which no other round has."""
    seed = search * SEARCH + number * DAYS
    return [*usual(people=people, seed=seed), *wide(people=people, seed=seed)]


def _seen(processes: ProcessPoolExecutor, days: Sequence[Day], learned: Learned) -> Floats:
    return np.concatenate(list(processes.map(partial(seen, learned=learned), days)))


def source(found: Learned, promise: Calibration) -> str:
    """The module that holds these constants."""
    return f"{HEAD}\nLEARNED: Final = {_constants(found)}\n\nCALIBRATED: Final = {_constants(promise)}\n"


def _constants(found: Learned | Calibration) -> str:
    lines = (f"    {field.name}={float(f'{getattr(found, field.name):.4g}')!r},\n" for field in fields(found))
    return f"{type(found).__name__}(\n{''.join(lines)})"


def judged(learned: Learned, days: Sequence[Day]) -> Iterable[str]:
    """A table: shares of hindsight and members matched, by rate and shape, and by rate; gains with standard errors."""
    yield "| rate | shape | days | best at once | load-adaptive | ours | gain (se) | matched, at once | matched, ours |"
    yield "|---|---|---|---|---|---|---|---|---|"
    kinds: dict[tuple[float, str], list[Day]] = defaultdict(list)
    for day in days:
        kinds[day.plan.rate, day.plan.shape].append(day)
        kinds[day.plan.rate, "all"].append(day)
    for (rate, shape), some in sorted(kinds.items(), key=lambda kind: (kind[0][0], kind[0][1] == "all")):
        yield _row(f"{rate:g} | {shape}", learned, some)


def _row(kind: str, learned: Learned, days: Sequence[Day]) -> str:
    ours = [day.ours(learned) for day in days]
    gains = [score.value - day.adaptive.value for score, day in zip(ours, days, strict=True)]
    error = stdev(gains) / len(gains) ** 0.5 if len(gains) > 1 else 0.0
    shares = (fmean(day.at_once.value for day in days), fmean(day.adaptive.value for day in days))
    matched = (fmean(day.at_once.matched for day in days), fmean(score.matched for score in ours))
    return (
        f"| {kind} | {len(days)} | {shares[0]:.4f} | {shares[1]:.4f} | {fmean(score.value for score in ours):.4f} "
        f"| {fmean(gains):+.4f} ({error:.4f}) | {matched[0]:.3f} | {matched[1]:.3f} |"
    )


if __name__ == "__main__":
    main()
