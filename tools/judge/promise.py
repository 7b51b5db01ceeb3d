"""The promise: what those who waited were told, on which features, and whether it held."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields
from statistics import median
from typing import Final

import numpy as np

from bot.matching.engine import Engine
from bot.matching.fit import Weights
from bot.matching.fit_table import Floats
from bot.matching.reservation import ReservationParams
from bot.matching.wait_estimate import Calibration, WaitEstimate, predicted_wait_s, rounded_minutes
from tools.judge.days import Day

MINUTE_S: Final = 60.0


class Overheard(Engine):
    """The engine, with the features of each outlook kept by ticket."""

    def __init__(self, learned: ReservationParams) -> None:
        super().__init__(weights=Weights(), params=learned)
        self.features: dict[str, tuple[float, ...]] = {}

    def estimate_wait(self, ticket_id: str, now: float) -> WaitEstimate | None:
        """The engine's."""
        given = super().estimate_wait(ticket_id, now)
        if given and given.features:
            self.features[ticket_id] = given.features
        return given


def seen(day: Day, learned: ReservationParams) -> Floats:
    """Of those who waited and found somebody, a row each: the features of the estimate and the seconds waited."""
    engine = Overheard(learned)
    waited = day.waits(engine)
    rows = [(*features, waited[ticket]) for ticket, features in engine.features.items() if ticket in waited]
    return np.array(rows).reshape(len(rows), len(fields(Calibration)) + 1)


def kept(rows: Floats, calibration: Calibration) -> Iterator[str]:
    """A table: what was said, how often, and the median wait of those to whom it was."""
    waits: dict[int, list[float]] = defaultdict(list)
    for *features, waited in rows.tolist():
        waits[rounded_minutes(predicted_wait_s(features, calibration))].append(waited / MINUTE_S)
    yield "| said, minutes | told | median wait |"
    yield "|---|---|---|"
    for minutes, those in sorted(waits.items()):
        yield f"| {minutes or 'under 1'} | {len(those)} | {median(those):.2f} |"
