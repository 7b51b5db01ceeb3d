"""Statistics of a day with chosen values."""

from bot.simulate.day_statistics import DayStatistics, GroupStatistics
from bot.simulate.offline_optimum import OfflineOptimum


def fake_statistics(*, share: float, matched: int, rarest_value: float = 0.5) -> DayStatistics:
    """A day of 100 tickets and an optimum of 100; `rarest_value` is the mean value of the rarest tenth."""
    return DayStatistics(
        waits=GroupStatistics(tickets=100, matched=matched, wait_p50_s=60.0, wait_p90_s=120.0, mean_value=share),
        mean_fit=0.7,
        poor_share=0.1,
        value=100 * share,
        optimum=OfflineOptimum(value=100.0, matched=100),
        share_of_optimum=share,
        decisions=1,
        decision_p50_s=None,
        decision_p99_s=None,
        decision_max_s=None,
        by_subject={},
        by_language={},
        by_level={},
        rarest_tenth=GroupStatistics(tickets=10, matched=9, wait_p50_s=None, wait_p90_s=None, mean_value=rarest_value),
        by_wait_estimate={},
    )
