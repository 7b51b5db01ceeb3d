"""The table that compares policies: means over the days of each category."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Final

from bot.matching.reservation import ReservationParams
from bot.simulate.baselines import BASELINES, BEST_PAIR_AT_ONCE, LOAD_ADAPTIVE
from bot.simulate.day_statistics import DayStatistics, GroupStatistics
from bot.simulate.market import MINUTE_S
from bot.simulate.report import ENGINE
from tools.judge.days import BenchmarkDay

ALL: Final = "all"
TOO_FEW_SHARE: Final = 0.04  # matching this share of members fewer than `best pair at once` is too few
HEADER: Final = (
    "| days | rule | share | over load-adaptive (se) | matched | too few on | half in | 90 % in | fit | poor "
    "| rare: matched | half in | worth (se of the difference to best pair at once) |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgedDay:
    """A day's category, and its statistics by policy."""

    category: tuple[str, str]
    by_policy: Mapping[str, DayStatistics]


def judge_day(day: BenchmarkDay, params: ReservationParams) -> JudgedDay:
    """Simulate the day with every baseline, and with the engine using these parameters."""
    baselines = {name: day.run_baseline(name) for name in BASELINES}
    return JudgedDay(category=day.category, by_policy={**baselines, ENGINE: day.run_engine(params)})


def comparison_table(days: Iterable[JudgedDay]) -> Iterator[str]:
    """Markdown lines: a row for each particular category and policy, and after each general category its total."""
    categories: dict[str, dict[str, list[JudgedDay]]] = defaultdict(lambda: defaultdict(list))
    for day in days:
        general, particular = day.category
        categories[general][particular].append(day)
        categories[general][ALL].append(day)
    yield HEADER
    for general, by_particular in categories.items():
        total = by_particular.pop(ALL)
        for particular, group in (*by_particular.items(), (ALL, total)):
            name = f"{general}, {particular} ({len(group)})"
            yield from (_table_row(name, policy, group) for policy in group[0].by_policy)


def _table_row(name: str, policy: str, days: Sequence[JudgedDay]) -> str:
    results = [day.by_policy[policy] for day in days]
    at_once = [day.by_policy[BEST_PAIR_AT_ONCE] for day in days]
    adaptive = [day.by_policy[LOAD_ADAPTIVE] for day in days]
    rarest = [day.rarest_tenth for day in results]
    worth_gains = [_mean_value(a) - _mean_value(b.rarest_tenth) for a, b in zip(rarest, at_once, strict=True)]
    cells = (
        *(name, policy, f"{fmean(map(_share, results)):.4f}"),
        _mean_and_error([_share(a) - _share(b) for a, b in zip(results, adaptive, strict=True)]),
        f"{fmean(_matched_share(day.waits) for day in results):.3f}",
        f"{sum(map(_matches_too_few, results, at_once))}",
        *(_minutes(day.waits.wait_p50_s for day in results), _minutes(day.waits.wait_p90_s for day in results)),
        f"{fmean(day.mean_fit or 0.0 for day in results):.3f}",
        f"{fmean(day.poor_share or 0.0 for day in results):.3f}",
        *(f"{fmean(map(_matched_share, rarest)):.3f}", _minutes(group.wait_p50_s for group in rarest)),
        f"{fmean(map(_mean_value, rarest)):.3f} {_mean_and_error(worth_gains)}",
    )
    return f"| {' | '.join(cells)} |"


def _matches_too_few(day: DayStatistics, at_once: DayStatistics) -> bool:
    return at_once.waits.matched - day.waits.matched > TOO_FEW_SHARE * day.waits.tickets


def _share(day: DayStatistics) -> float:
    return day.share_of_optimum or 0.0


def _matched_share(group: GroupStatistics) -> float:
    return group.matched / group.tickets if group.tickets else 0.0


def _mean_value(group: GroupStatistics) -> float:
    return group.mean_value or 0.0


def _minutes(seconds: Iterable[float | None]) -> str:
    known = [each for each in seconds if each is not None]
    return f"{fmean(known) / MINUTE_S:.2f}" if known else "-"


def _mean_and_error(differences: Sequence[float]) -> str:
    error = stdev(differences) / len(differences) ** 0.5 if len(differences) > 1 else 0.0
    return f"{fmean(differences):+.4f} ({error:.4f})"
