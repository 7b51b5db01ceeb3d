"""The statistics of a simulated day, computed from its record; printed and written as JSON alike."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
import numpy as np

from bot.matching.fit_table import Flags, Floats
from bot.simulate.day_record import CategoryColumn, DayRecord
from bot.simulate.market import match_value
from bot.simulate.offline_optimum import OfflineOptimum

POOR_FIT: Final = 0.5  # a fit below this is poor
RAREST_SHARE: Final = 0.1


class GroupStatistics(
    msgspec.Struct, frozen=True, kw_only=True, rename={"wait_p50_s": "p50", "wait_p90_s": "p90", "mean_value": "value"}
):
    """The results of a group of tickets: how many there are, how many were matched, and the seconds those waited."""

    tickets: int
    matched: int
    wait_p50_s: float | None
    wait_p90_s: float | None
    mean_value: float | None
    """The mean value per ticket: the fit less the cost of the wait, 0 for an unmatched ticket."""


class DayStatistics(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename={
        "mean_fit": "fit",
        "poor_share": "poor",
        "optimum": "hindsight",
        "share_of_optimum": "share_of_hindsight",
        "decision_p50_s": "decision_p50",
        "decision_p99_s": "decision_p99",
        "decision_max_s": "decision_max",
        "by_wait_estimate": "by_promise",
    },
):
    """The results of a day. Shares are in [0, 1]; None if there was nothing to count.

    The names in JSON are older than those of the fields, and stay for the programs that read them.
    """

    waits: GroupStatistics
    mean_fit: float | None
    poor_share: float | None
    value: float
    optimum: OfflineOptimum | None
    share_of_optimum: float | None
    decisions: int
    decision_p50_s: float | None
    decision_p99_s: float | None
    decision_max_s: float | None
    by_subject: Mapping[str, GroupStatistics]
    by_language: Mapping[str, GroupStatistics]
    by_level: Mapping[str, GroupStatistics]
    rarest_tenth: GroupStatistics
    by_wait_estimate: Mapping[int, GroupStatistics]
    """By the estimated minutes that waiting members were given; 0 means less than one."""


def compute_statistics(record: DayRecord, optimum: OfflineOptimum | None) -> DayStatistics:
    """Summarize `record`, in comparison with `optimum` if that is known."""
    waited = np.array(record.waited_s)
    outcomes = np.stack([waited, match_value(np.array(record.partner_fits) / 2, waited)])
    fits = np.array(record.pair_fits)
    decision_s = np.array(record.decision_s)
    return DayStatistics(
        waits=_group_statistics(outcomes),
        mean_fit=float(fits.mean()) if len(fits) else None,
        poor_share=float((fits < POOR_FIT).mean()) if len(fits) else None,
        value=record.value,
        optimum=optimum,
        share_of_optimum=record.value / optimum.value if optimum and optimum.value else None,
        decisions=len(decision_s),
        decision_p50_s=_quantile(decision_s, 0.5),
        decision_p99_s=_quantile(decision_s, 0.99),
        decision_max_s=_quantile(decision_s, 1.0),
        by_subject=_by_category(record.subjects, str, outcomes),
        by_language=_by_category(record.languages, " ".join, outcomes),
        by_level=_by_category(record.levels, _level_name, outcomes),
        rarest_tenth=_group_statistics(outcomes[:, _rarest_tickets(record)]),
        by_wait_estimate=_by_wait_estimate(record, outcomes),
    )


def _group_statistics(outcomes: Floats) -> GroupStatistics:
    """`outcomes` has the seconds waited and the value of each ticket; shape (2, tickets), NaN if unmatched."""
    count = outcomes.shape[1]
    waited, values = outcomes[:, ~np.isnan(outcomes[0])]
    return GroupStatistics(
        tickets=count,
        matched=len(waited),
        wait_p50_s=_quantile(waited, 0.5),
        wait_p90_s=_quantile(waited, 0.9),
        mean_value=float(values.sum()) / count if count else None,
    )


def _quantile(values: Floats, share: float) -> float | None:
    """The value with `share` of the others below it, without interpolation; None of no values."""
    ranked = np.sort(values)
    return float(ranked[min(len(ranked) - 1, int(share * len(ranked)))]) if len(ranked) else None


def _level_name(level: int | None) -> str:
    return "none" if level is None else str(int(level))


def _by_category(
    categories: CategoryColumn, name: Callable[[Any], str], outcomes: Floats
) -> Mapping[str, GroupStatistics]:
    """The statistics of each category, the most frequent first."""
    column = np.array(categories.column)
    groups = {
        name(category): _group_statistics(outcomes[:, column == number])
        for category, number in categories.numbers.items()
    }
    return dict(sorted(groups.items(), key=lambda group: -group[1].tickets))


def _by_wait_estimate(record: DayRecord, outcomes: Floats) -> Mapping[int, GroupStatistics]:
    positions = np.array(list(record.estimated_minutes), np.int64)
    minutes = np.array(list(record.estimated_minutes.values()), np.int64)
    return {int(each): _group_statistics(outcomes[:, positions[minutes == each]]) for each in np.unique(minutes)}


def _rarest_tickets(record: DayRecord) -> Flags:
    """Mark the tenth of the tickets whose combination of subject, languages and level is the least common."""
    commonness = np.ones(len(record))
    for categories in (record.subjects, record.languages, record.levels):
        column = np.array(categories.column, dtype=np.int64)
        commonness *= np.bincount(column, minlength=1)[column]
    rarest = np.zeros(len(record), np.bool_)
    rarest[np.argsort(commonness, kind="stable")[: int(RAREST_SHARE * len(record))]] = True
    return rarest
