"""Made-up days: members of the kind that study servers have, coming steadily, in bursts at the full hour, or in a wave.

The shares are those of the twelve markets the engine is measured on.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np

from bot.matching.fit_table import Floats, Ints

HOUR_S: Final = 3600.0
DAY_S: Final = 86_400.0
BURST_S: Final = 600.0  # so long after the full hour more come
WAVE: Final = 0.85  # how far the wave of a day goes up and down; night is at its start
BATCH: Final = 10_000  # members drawn at a time

ANY_SUBJECT: Final = 0.1
GROUPS: Final = 4
LEVELS: Final = {None: 0.2, 0: 0.27, 1: 0.27, 2: 0.26}
STYLES: Final = {"quiet": 0.38, "talk": 0.35, "any": 0.27}
CAMERAS: Final = {"on": 0.3, "off": 0.3, "any": 0.4}
LENGTHS: Final = {
    (25,): 0.17,
    (50,): 0.17,
    (75,): 0.16,
    (25, 50): 0.1,
    (25, 75): 0.1,
    (50, 75): 0.1,
    (25, 50, 75): 0.2,
}
LANGUAGES: Final = ("en", "es", "de", "fr", "pt", "it", "pl", "tr", "ru", "ja", "ko", "zh")
SECOND_LANGUAGE: Final = 0.1  # how many name two
FIRST_LANGUAGE: Final = 8.0  # how many times as many speak the first as the second
SPREAD: Final = 0.5  # of the patience, as the deviation of its logarithm
LEAVE: Final = 0.25  # how many go away silently, if their patience lasts that long
NEAR: Final = 30  # members who have to do with each other come within so many of each other
A_HUNDRED: Final = {"favourites": 5, "met": 20, "blocks": 4}  # members of a hundred have so many
MET_DAYS: Final = 60.0


class Shape(StrEnum):
    """When people come."""

    STEADY = "steady"
    BURSTY = "bursty"
    DAY = "day"


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What day to make: `rate` members a minute, `people` members, half of them with at least `patience` seconds."""

    shape: Shape
    rate: float = 1.0
    people: int = 400
    seed: int = 1
    subjects: int = 12
    languages: int = 2
    pools: int = 1
    uneven: float = 0.0
    """With 1 the second largest pool is half as large as the largest, the third a third; with 0 all are alike."""
    burst: float = 3.0
    """In bursts so many times as many come in the first ten minutes of the hour; with 6 all do."""
    patience: float = 480.0
    bonds: float = 1.0
    """So many times as many favourites, blocks and pairs who have met as usual."""


def make(plan: Plan) -> Iterator[str]:
    """The lines of a trace; the same for the same plan."""
    chance = np.random.default_rng(plan.seed)
    pools = chance.choice(plan.pools, plan.people, p=_falling(plan.pools, plan.uneven))
    yield json.dumps({"kind": "market", **_bonds(pools, plan.bonds, chance)})
    times = _times(plan, chance)
    for first in range(0, plan.people, BATCH):
        for ticket in _members(plan, first, pools[first : first + BATCH].tolist(), chance):
            yield json.dumps({"kind": "ticket", "t": round(next(times), 3), **ticket})


def _times(plan: Plan, chance: np.random.Generator) -> Iterator[float]:
    """When members come: drawn at the highest rate there is, and kept as often as the rate of the moment is of that."""
    highest, share = _share(plan)
    now = 0.0
    while True:
        gaps = chance.exponential(60 / (plan.rate * highest), BATCH)
        for gap, drawn in zip(gaps.tolist(), chance.random(BATCH).tolist(), strict=True):
            now += gap
            if drawn * highest < share(now):
                yield now


def _share(plan: Plan) -> tuple[float, Callable[[float], float]]:
    """The highest rate, and the rate at a time, as multiples of what was asked for."""
    match plan.shape:
        case Shape.STEADY:
            return 1.0, lambda _: 1.0
        case Shape.BURSTY:
            lull = (HOUR_S - BURST_S * plan.burst) / (HOUR_S - BURST_S)
            return plan.burst, lambda now: plan.burst if now % HOUR_S < BURST_S else lull
        case Shape.DAY:
            return 1 + WAVE, lambda now: 1 - WAVE * float(np.cos(2 * np.pi * now / DAY_S))


def _members(plan: Plan, first: int, pools: list[int], chance: np.random.Generator) -> Iterator[Mapping[str, Any]]:
    count = len(pools)
    subjects = chance.choice(plan.subjects, count, p=_falling(plan.subjects))
    any_subject = chance.random(count) < ANY_SUBJECT
    patience = plan.patience * np.exp(SPREAD * chance.standard_normal(count))
    leaves = patience * chance.exponential(size=count)
    silently = chance.random(count) < LEAVE
    drawn = zip(
        pools,
        _drawn(LEVELS, count, chance),
        _drawn(STYLES, count, chance),
        _drawn(CAMERAS, count, chance),
        _drawn(LENGTHS, count, chance),
        _languages(plan.languages, count, chance),
        strict=True,
    )
    for at, (pool, level, style, camera, lengths, languages) in enumerate(drawn):
        subject = int(subjects[at])
        yield {
            "member": f"m{first + at}",
            "pool": f"g{pool}",
            "subject": "any" if any_subject[at] else f"s{subject}",
            "subject_group": "any" if any_subject[at] else f"k{subject % GROUPS}",
            "level": level,
            "style": style,
            "camera": camera,
            "lengths": lengths,
            "languages": languages,
            "patience_s": round(float(patience[at]), 1),
            "leaves_s": round(float(leaves[at]), 1) if silently[at] else None,
        }


def _languages(kinds: int, count: int, chance: np.random.Generator) -> list[list[str]]:
    shares = _falling(kinds - 1) if kinds > 1 else np.ones(0)
    shares = np.concatenate([[FIRST_LANGUAGE], shares]) if kinds > 1 else np.ones(1)
    first, second = (chance.choice(kinds, count, p=shares / shares.sum()) for _ in range(2))
    both = chance.random(count) < SECOND_LANGUAGE
    return [
        [_language(one), _language(other)] if two and one != other else [_language(one)]
        for one, other, two in zip(first.tolist(), second.tolist(), both.tolist(), strict=True)
    ]


def _language(number: int) -> str:
    return LANGUAGES[number] if number < len(LANGUAGES) else f"x{number}"


def _falling(kinds: int, uneven: float = 1.0) -> Floats:
    """Shares of kinds, the second half of the first, the third a third; or more even, or less."""
    shares: Floats = np.asarray(np.arange(1.0, kinds + 1) ** -uneven, np.float64)
    shares /= shares.sum()
    return shares


def _drawn(shares: Mapping[Any, float], count: int, chance: np.random.Generator) -> list[Any]:
    kinds = list(shares)
    return [kinds[kind] for kind in chance.choice(len(kinds), count, p=list(shares.values())).tolist()]


def _bonds(pools: Ints, times: float, chance: np.random.Generator) -> Mapping[str, list[list[Any]]]:
    counts = {kind: int(len(pools) * of_a_hundred * times) // 100 for kind, of_a_hundred in A_HUNDRED.items()}
    bonds = {kind: _near_pairs(pools, count, chance) for kind, count in counts.items()}
    days = chance.uniform(0, MET_DAYS, len(bonds["met"])).tolist()
    bonds["met"] = [[*pair, round(day, 1)] for pair, day in zip(bonds["met"], days, strict=True)]
    return bonds


def _near_pairs(pools: Ints, count: int, chance: np.random.Generator) -> list[list[Any]]:
    """Two of one pool each, who come near each other."""
    by_pool = np.argsort(pools, kind="stable")
    one = chance.integers(len(pools), size=count)
    other = (one + chance.integers(1, NEAR, size=len(one))) % len(pools)
    pairs = np.stack([by_pool[one], by_pool[other]], axis=1)
    pairs = pairs[(pairs[:, 0] != pairs[:, 1]) & (pools[pairs[:, 0]] == pools[pairs[:, 1]])]
    return [[f"m{a}", f"m{b}"] for a, b in pairs.tolist()]
