"""Generates synthetic days: members typical of study servers, arriving steadily, in hourly bursts or in a daily wave.

The shares are those of the twelve markets on which the engine is measured.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from bot.matching.fit_table import Floats, Ints
from bot.simulate.market import DAY_S, HOUR_S, MINUTE_S

BURST_S: Final = 600.0  # from the full hour on
WAVE_AMPLITUDE: Final = 0.85  # relative to the mean rate; the day starts at its lowest point
BATCH_SIZE: Final = 10_000  # members drawn at a time

ANY_SUBJECT_SHARE: Final = 0.1
SUBJECT_GROUPS: Final = 4
LEVEL_SHARES: Final[Mapping[int | None, float]] = MappingProxyType({None: 0.2, 0: 0.27, 1: 0.27, 2: 0.26})
STYLE_SHARES: Final[Mapping[str, float]] = MappingProxyType({"quiet": 0.38, "talk": 0.35, "any": 0.27})
CAMERA_SHARES: Final[Mapping[str, float]] = MappingProxyType({"on": 0.3, "off": 0.3, "any": 0.4})
LENGTH_SHARES: Final[Mapping[tuple[int, ...], float]] = MappingProxyType(
    {
        (25,): 0.17,
        (50,): 0.17,
        (75,): 0.16,
        (25, 50): 0.1,
        (25, 75): 0.1,
        (50, 75): 0.1,
        (25, 50, 75): 0.2,
    }
)
LANGUAGES: Final = ("en", "es", "de", "fr", "pt", "it", "pl", "tr", "ru", "ja", "ko", "zh")
SECOND_LANGUAGE_SHARE: Final = 0.1  # of the members name two
FIRST_LANGUAGE_WEIGHT: Final = 8.0  # relative to the second most common language
PATIENCE_DEVIATION: Final = 0.5  # standard deviation of the logarithm of the patience
LEAVING_SHARE: Final = 0.25  # of the members leave silently, unless their ticket expires first
RELATED_DISTANCE: Final = 30  # related members arrive within this many members of their pool
RELATIONS_PER_HUNDRED: Final[Mapping[str, int]] = MappingProxyType({"favourites": 5, "met": 20, "blocks": 4})
MAX_DAYS_SINCE_MEETING: Final = 60.0


class ArrivalShape(StrEnum):
    """How arrivals are spread over the day."""

    STEADY = "steady"
    BURSTY = "bursty"
    DAY = "day"


@dataclass(frozen=True, kw_only=True, slots=True)
class TracePlan:
    """Which day to generate: how many members arrive in all, at which mean rate, and how long they wait."""

    shape: ArrivalShape
    rate_per_minute: float = 1.0
    members: int = 400
    seed: int = 1
    subjects: int = 12
    languages: int = 2
    pools: int = 1
    size_exponent: float = 0.0
    """Pool sizes follow a power law: with 1 they fall as 1, 1/2, 1/3; with 0 all are equal."""
    burst_factor: float = 3.0
    """For bursty days: the rate in the first ten minutes of each hour, as a multiple of the mean; 6 is the maximum."""
    median_patience_s: float = 480.0
    relations_factor: float = 1.0
    """The number of favourites, blocks and earlier meetings, as a multiple of the usual one."""


def generate_trace(plan: TracePlan) -> Iterator[str]:
    """Yield the lines of a trace, without line ends; the same lines for the same plan."""
    rng = np.random.default_rng(plan.seed)
    pools = rng.choice(plan.pools, plan.members, p=_power_law_shares(plan.pools, plan.size_exponent))
    yield json.dumps({"kind": "market", **_draw_relations(pools, plan.relations_factor, rng)})
    times = _arrival_times(plan, rng)
    for first in range(0, plan.members, BATCH_SIZE):
        for ticket in _draw_members(plan, first, pools[first : first + BATCH_SIZE].tolist(), rng):
            yield json.dumps({"kind": "ticket", "t": round(next(times), 3), **ticket})


def _arrival_times(plan: TracePlan, rng: np.random.Generator) -> Iterator[float]:
    """Seconds of a Poisson process whose rate changes, by thinning one that has the highest rate throughout."""
    highest, relative_rate = _relative_rate(plan)
    now = 0.0
    while True:
        gaps = rng.exponential(MINUTE_S / (plan.rate_per_minute * highest), BATCH_SIZE)
        for gap, uniform in zip(gaps.tolist(), rng.random(BATCH_SIZE).tolist(), strict=True):
            now += gap
            if uniform * highest < relative_rate(now):
                yield now


def _relative_rate(plan: TracePlan) -> tuple[float, Callable[[float], float]]:
    """The highest rate, and the rate at a time in seconds, as multiples of the mean rate."""
    match plan.shape:
        case ArrivalShape.STEADY:
            return 1.0, lambda _: 1.0
        case ArrivalShape.BURSTY:
            burst = plan.burst_factor
            lull = (HOUR_S - BURST_S * burst) / (HOUR_S - BURST_S)
            return burst, lambda now: burst if now % HOUR_S < BURST_S else lull
        case ArrivalShape.DAY:
            return 1 + WAVE_AMPLITUDE, lambda now: 1 - WAVE_AMPLITUDE * float(np.cos(2 * np.pi * now / DAY_S))


def _draw_members(
    plan: TracePlan, first: int, pools: list[int], rng: np.random.Generator
) -> Iterator[Mapping[str, Any]]:
    count = len(pools)
    subjects = rng.choice(plan.subjects, count, p=_power_law_shares(plan.subjects))
    any_subject = rng.random(count) < ANY_SUBJECT_SHARE
    patience = plan.median_patience_s * np.exp(PATIENCE_DEVIATION * rng.standard_normal(count))
    leaves = patience * rng.exponential(size=count)
    leaves_silently = rng.random(count) < LEAVING_SHARE
    drawn = zip(
        pools,
        _draw_categories(LEVEL_SHARES, count, rng),
        _draw_categories(STYLE_SHARES, count, rng),
        _draw_categories(CAMERA_SHARES, count, rng),
        _draw_categories(LENGTH_SHARES, count, rng),
        _draw_languages(plan.languages, count, rng),
        strict=True,
    )
    for at, (pool, level, style, camera, lengths, languages) in enumerate(drawn):
        subject = int(subjects[at])
        yield {
            "member": f"m{first + at}",
            "pool": f"g{pool}",
            "subject": "any" if any_subject[at] else f"s{subject}",
            "subject_group": "any" if any_subject[at] else f"k{subject % SUBJECT_GROUPS}",
            "level": level,
            "style": style,
            "camera": camera,
            "lengths": lengths,
            "languages": languages,
            "patience_s": round(float(patience[at]), 1),
            "leaves_s": round(float(leaves[at]), 1) if leaves_silently[at] else None,
        }


def _draw_languages(kinds: int, count: int, rng: np.random.Generator) -> list[list[str]]:
    shares = _power_law_shares(kinds - 1) if kinds > 1 else np.ones(0)
    shares = np.concatenate([[FIRST_LANGUAGE_WEIGHT], shares]) if kinds > 1 else np.ones(1)
    first, second = (rng.choice(kinds, count, p=shares / shares.sum()) for _ in range(2))
    has_second = rng.random(count) < SECOND_LANGUAGE_SHARE
    return [
        [_language_code(one), _language_code(other)] if both and one != other else [_language_code(one)]
        for one, other, both in zip(first.tolist(), second.tolist(), has_second.tolist(), strict=True)
    ]


def _language_code(number: int) -> str:
    return LANGUAGES[number] if number < len(LANGUAGES) else f"x{number}"


def _power_law_shares(kinds: int, exponent: float = 1.0) -> Floats:
    """Shares that add up to 1, of which the n-th is proportional to n to the power of -exponent."""
    shares: Floats = np.asarray(np.arange(1.0, kinds + 1) ** -exponent, np.float64)
    shares /= shares.sum()
    return shares


def _draw_categories(shares: Mapping[Any, float], count: int, rng: np.random.Generator) -> list[Any]:
    categories = list(shares)
    numbers = rng.choice(len(categories), count, p=list(shares.values())).tolist()
    return [categories[number] for number in numbers]


def _draw_relations(pools: Ints, factor: float, rng: np.random.Generator) -> Mapping[str, list[list[Any]]]:
    counts = {name: int(len(pools) * usual * factor) // 100 for name, usual in RELATIONS_PER_HUNDRED.items()}
    relations = {name: _draw_near_pairs(pools, count, rng) for name, count in counts.items()}
    days = rng.uniform(0, MAX_DAYS_SINCE_MEETING, len(relations["met"])).tolist()
    relations["met"] = [[*pair, round(day, 1)] for pair, day in zip(relations["met"], days, strict=True)]
    return relations


def _draw_near_pairs(pools: Ints, count: int, rng: np.random.Generator) -> list[list[Any]]:
    """Up to `count` pairs of members of one pool who arrive soon after each other."""
    by_pool = np.argsort(pools, kind="stable")
    one = rng.integers(len(pools), size=count)
    other = (one + rng.integers(1, RELATED_DISTANCE, size=len(one))) % len(pools)
    pairs = np.stack([by_pool[one], by_pool[other]], axis=1)
    pairs = pairs[(pairs[:, 0] != pairs[:, 1]) & (pools[pairs[:, 0]] == pools[pairs[:, 1]])]
    return [[f"m{a}", f"m{b}"] for a, b in pairs.tolist()]
