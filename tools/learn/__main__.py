"""`python -m tools.learn` searches from the constants there are and writes what it found; `--rounds 0` only judges.

A round takes ten tries on each day it learns from; with the defaults that is some eight minutes on one core.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path
from statistics import fmean, stdev
from typing import Final

from bot.pairing import learned as written
from bot.pairing.keep import Learned
from bot.pairing.learned import LEARNED
from tools.learn.days import Day, usual, wide
from tools.learn.search import search

FIRST_FRESH: Final = 10_000  # seeds from here on are never learned from


def main() -> None:
    """Search, write, judge."""
    parser = argparse.ArgumentParser(prog="python -m tools.learn", description=__doc__)
    parser.add_argument("--rounds", type=int, default=30, help="of the search; 0 only judges (30)")
    parser.add_argument("--days", type=int, default=2, help="to learn from, of each kind (2)")
    parser.add_argument("--fresh", type=int, default=5, help="to be judged on, of each shape at each rate (5)")
    parser.add_argument("--people", type=int, default=400, help="members a day (400)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another search (1)")
    chosen = parser.parse_args()
    found = LEARNED
    if chosen.rounds:
        seeds = range(chosen.seed, chosen.seed + chosen.days)
        kinds = [kind(people=chosen.people, seed=100 * seed) for seed in seeds for kind in (usual, wide)]
        days = [day for kind in kinds for day in kind]
        found = search(LEARNED, days, rounds=chosen.rounds, seed=chosen.seed, tell=print)
        Path(written.__file__).write_text(source(found), encoding="utf-8")
    fresh = [usual(people=chosen.people, seed=FIRST_FRESH + number) for number in range(chosen.fresh)]
    for line in judged(found, [day for days in fresh for day in days]):
        print(line, flush=True)


def source(found: Learned) -> str:
    """The module that holds these constants."""
    values = {field.name: float(f"{getattr(found, field.name):.4g}") for field in fields(found)}
    constants = "\n".join(f"    {name}={value!r}," for name, value in values.items())
    head = '"""The constants of the rule, as `python -m tools.learn` wrote them."""'
    return (
        f"{head}\n\nfrom typing import Final\n\nfrom bot.pairing.keep import Learned\n\n"
        f"LEARNED: Final = Learned(\n{constants}\n)\n"
    )


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
