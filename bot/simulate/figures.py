"""The figures of a day, from its record: one value, of plain lists and numbers, that is printed and written alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from bot.matching.fit_table import Flags, Floats
from bot.simulate.hindsight import Optimum
from bot.simulate.market import value
from bot.simulate.record import Kinds, Record

POOR: Final = 0.5  # a fit below this is poor
RAREST: Final = 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class Fared:
    """How some tickets fared: how many there were, how many were matched, and the seconds those waited."""

    tickets: int
    matched: int
    p50: float | None
    p90: float | None
    value: float | None
    """What the day was worth to one of them: the fit less what the wait cost, nothing where nobody was found."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """How a day went. Shares are in [0, 1], times in seconds; None where there was nothing to count."""

    waits: Fared
    fit: float | None
    poor: float | None
    value: float
    hindsight: Optimum | None
    share_of_hindsight: float | None
    decisions: int
    decision_p50: float | None
    decision_p99: float | None
    decision_max: float | None
    by_subject: Mapping[str, Fared]
    by_language: Mapping[str, Fared]
    by_level: Mapping[str, Fared]
    rarest_tenth: Fared
    by_promise: Mapping[int, Fared]
    """By the minutes that were said to those who had to wait; 0 is less than one."""


def figures(record: Record, optimum: Optimum | None) -> Figures:
    """What the record comes to, beside the optimum if that is known."""
    tickets = np.stack([record.waited, value(np.array(record.suited) / 2, np.array(record.waited))])
    fits = np.array(record.fits)
    took = np.array(record.took)
    return Figures(
        waits=_fared(tickets),
        fit=float(fits.mean()) if len(fits) else None,
        poor=float((fits < POOR).mean()) if len(fits) else None,
        value=record.value,
        hindsight=optimum,
        share_of_hindsight=record.value / optimum.value if optimum and optimum.value else None,
        decisions=len(took),
        decision_p50=_quantile(took, 0.5),
        decision_p99=_quantile(took, 0.99),
        decision_max=_quantile(took, 1.0),
        by_subject=_by(record.subjects, str, tickets),
        by_language=_by(record.languages, " ".join, tickets),
        by_level=_by(record.levels, lambda level: "none" if level is None else str(int(level)), tickets),
        rarest_tenth=_fared(tickets[:, _rarest(record)]),
        by_promise=_by_promise(record, tickets),
    )


def _fared(tickets: Floats) -> Fared:
    """By the seconds each waited and what that was worth; shape (2, tickets), NaN for those who found nobody."""
    count = tickets.shape[1]
    waited, worth = tickets[:, ~np.isnan(tickets[0])]
    return Fared(
        tickets=count,
        matched=len(waited),
        p50=_quantile(waited, 0.5),
        p90=_quantile(waited, 0.9),
        value=float(worth.sum()) / count if count else None,
    )


def _quantile(values: Floats, share: float) -> float | None:
    """The value with so many of the others below it, as the judge of the markets counts."""
    ranked = np.sort(values)
    return float(ranked[min(len(ranked) - 1, int(share * len(ranked)))]) if len(ranked) else None


def _by(kinds: Kinds, name: Callable[[Any], str], tickets: Floats) -> Mapping[str, Fared]:
    """How each kind fared, the most frequent first."""
    column = np.array(kinds.column)
    found = {name(kind): _fared(tickets[:, column == number]) for kind, number in kinds.names.items()}
    return dict(sorted(found.items(), key=lambda each: -each[1].tickets))


def _by_promise(record: Record, tickets: Floats) -> Mapping[int, Fared]:
    places = np.array(list(record.promised), np.int64)
    said = np.array(list(record.promised.values()), np.int64)
    return {int(minutes): _fared(tickets[:, places[said == minutes]]) for minutes in np.unique(said)}


def _rarest(record: Record) -> Flags:
    """The tenth of the tickets whose subject, languages and level together are the least common."""
    common = np.ones(len(record))
    for kinds in (record.subjects, record.languages, record.levels):
        column = np.array(kinds.column, dtype=np.int64)
        common *= np.bincount(column, minlength=1)[column]
    rare = np.zeros(len(record), np.bool_)
    rare[np.argsort(common, kind="stable")[: int(RAREST * len(record))]] = True
    return rare
