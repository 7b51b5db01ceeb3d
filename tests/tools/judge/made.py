"""Figures of a day as one wishes."""

from bot.simulate.figures import Fared, Figures
from bot.simulate.hindsight import Optimum


def fared(*, share: float, matched: int, worth: float = 0.5) -> Figures:
    """A day of a hundred, with this share of an optimum of 100, so many matched, and so much worth to the rarest."""
    return Figures(
        waits=Fared(tickets=100, matched=matched, p50=60.0, p90=120.0, value=share),
        fit=0.7,
        poor=0.1,
        value=100 * share,
        hindsight=Optimum(value=100.0, matched=100),
        share_of_hindsight=share,
        decisions=1,
        decision_p50=None,
        decision_p99=None,
        decision_max=None,
        by_subject={},
        by_language={},
        by_level={},
        rarest_tenth=Fared(tickets=10, matched=9, p50=None, p90=None, value=worth),
        by_promise={},
    )
