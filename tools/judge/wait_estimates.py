"""Judges the wait estimates: what waiting members were given, the features, and how long they waited."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields
from statistics import median

import numpy as np

from bot.matching.engine import Engine
from bot.matching.fit import Weights
from bot.matching.fit_table import Floats
from bot.matching.reservation import ReservationParams
from bot.matching.wait_estimate import Calibration, WaitEstimate, predicted_wait_s, rounded_minutes
from bot.simulate.market import MINUTE_S
from tools.judge.days import BenchmarkDay


class FeatureRecorder(Engine):
    """The engine; keeps the features of each wait estimate by ticket."""

    def __init__(self, params: ReservationParams) -> None:
        super().__init__(weights=Weights(), params=params)
        self.features: dict[str, tuple[float, ...]] = {}

    def estimate_wait(self, ticket_id: str, now: float) -> WaitEstimate | None:
        """Return the engine's estimate and remember its features."""
        estimate = super().estimate_wait(ticket_id, now)
        if estimate and estimate.features:
            self.features[ticket_id] = estimate.features
        return estimate


def observe_waits(day: BenchmarkDay, params: ReservationParams) -> Floats:
    """Simulate the day. One row for each matched ticket that got an estimate: its features, then the seconds waited."""
    engine = FeatureRecorder(params)
    waited = day.waits_by_ticket(engine)
    rows = [(*features, waited[ticket]) for ticket, features in engine.features.items() if ticket in waited]
    return np.array(rows).reshape(len(rows), len(fields(Calibration)) + 1)


def estimate_table(rows: Floats, calibration: Calibration) -> Iterator[str]:
    """A Markdown table: for each estimate, how often it was given and the median wait that followed.

    `rows` are those of `observe_waits`.
    """
    waits: dict[int, list[float]] = defaultdict(list)
    for *features, waited in rows.tolist():
        waits[rounded_minutes(predicted_wait_s(features, calibration))].append(waited / MINUTE_S)
    yield "| said, minutes | told | median wait |"
    yield "|---|---|---|"
    for minutes, group in sorted(waits.items()):
        yield f"| {minutes or 'under 1'} | {len(group)} | {median(group):.2f} |"
