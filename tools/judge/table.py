"""The table: what each rule makes of days, as means over the days of a kind."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Final

from bot.matching.reservation import ReservationParams
from bot.simulate.baselines import BASELINES, BEST_AT_ONCE, LOAD_ADAPTIVE
from bot.simulate.figures import Fared, Figures
from bot.simulate.report import OURS
from tools.judge.days import Day

ALL: Final = "all"
FEWER: Final = 0.04  # members matched than by the best pair at once are too few
HEAD: Final = (
    "| days | rule | share | over load-adaptive (se) | matched | too few on | half in | 90 % in | fit | poor "
    "| rare: matched | half in | worth (se of the difference to best pair at once) |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """A day's kind and figures, by rule."""

    kind: tuple[str, str]
    rules: Mapping[str, Figures]


def judge(day: Day, learned: ReservationParams) -> Judged:
    """What every rule makes of a day."""
    return Judged(kind=day.kind, rules={**{name: day.simple(name) for name in BASELINES}, OURS: day.ours(learned)})


def table(days: Iterable[Judged]) -> Iterator[str]:
    """Lines: a kind of days each, and after the last of a general kind all of them together."""
    kinds: dict[str, dict[str, list[Judged]]] = defaultdict(lambda: defaultdict(list))
    for day in days:
        general, particular = day.kind
        kinds[general][particular].append(day)
        kinds[general][ALL].append(day)
    yield HEAD
    for general, some in kinds.items():
        together = some.pop(ALL)
        for particular, of_kind in (*some.items(), (ALL, together)):
            name = f"{general}, {particular} ({len(of_kind)})"
            yield from (_row(name, rule, of_kind) for rule in of_kind[0].rules)


def _row(name: str, rule: str, days: Sequence[Judged]) -> str:
    ours = [day.rules[rule] for day in days]
    at_once = [day.rules[BEST_AT_ONCE] for day in days]
    adaptive = [day.rules[LOAD_ADAPTIVE] for day in days]
    rare = [each.rarest_tenth for each in ours]
    fewer = [b.waits.matched - a.waits.matched > FEWER * a.waits.tickets for a, b in zip(ours, at_once, strict=True)]
    cells = (
        *(name, rule, f"{fmean(map(_share, ours)):.4f}"),
        _difference([_share(a) - _share(b) for a, b in zip(ours, adaptive, strict=True)]),
        *(f"{fmean(_matched(each.waits) for each in ours):.3f}", f"{sum(fewer)}"),
        *(_minutes(each.waits.p50 for each in ours), _minutes(each.waits.p90 for each in ours)),
        *(f"{fmean(each.fit or 0.0 for each in ours):.3f}", f"{fmean(each.poor or 0.0 for each in ours):.3f}"),
        *(f"{fmean(map(_matched, rare)):.3f}", _minutes(each.p50 for each in rare)),
        f"{fmean(map(_worth, rare)):.3f} "
        + _difference([_worth(a) - _worth(b.rarest_tenth) for a, b in zip(rare, at_once, strict=True)]),
    )
    return f"| {' | '.join(cells)} |"


def _share(day: Figures) -> float:
    return day.share_of_hindsight or 0.0


def _matched(some: Fared) -> float:
    return some.matched / some.tickets if some.tickets else 0.0


def _worth(some: Fared) -> float:
    return some.value or 0.0


def _minutes(seconds: Iterable[float | None]) -> str:
    known = [each for each in seconds if each is not None]
    return f"{fmean(known) / 60:.2f}" if known else "-"


def _difference(differences: Sequence[float]) -> str:
    error = stdev(differences) / len(differences) ** 0.5 if len(differences) > 1 else 0.0
    return f"{fmean(differences):+.4f} ({error:.4f})"
