"""The promise: from waits that were seen, how long a wait is to be said, and whether what is said holds."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields
from statistics import median
from typing import Final

import numpy as np

from bot.pairing.engine import Engine
from bot.pairing.fit import Weights
from bot.pairing.fits import Floats
from bot.pairing.keep import Learned
from bot.pairing.promise import SOON_S, USUAL_S, Calibration, Outlook, said, wait
from tools.learn.days import Day

TURNS: Final = 60  # of the regression; more change nothing in the third digit
NEAR: Final = 0.02  # deviations below which one is as good as another, so that none weighs everything
MINUTE_S: Final = 60.0


class Overheard(Engine):
    """The engine, with the grounds of each outlook kept by ticket."""

    def __init__(self, learned: Learned) -> None:
        super().__init__(weights=Weights(), learned=learned)
        self.grounds: dict[str, tuple[float, ...]] = {}

    def outlook(self, ticket_id: str, now: float) -> Outlook | None:
        """The engine's."""
        given = super().outlook(ticket_id, now)
        if given and given.grounds:
            self.grounds[ticket_id] = given.grounds
        return given


def seen(day: Day, learned: Learned) -> Floats:
    """Of those who waited and found somebody, the grounds of what they were told, and the seconds they waited; rows."""
    engine = Overheard(learned)
    waited = day.waits(engine)
    rows = [(*grounds, waited[ticket]) for ticket, grounds in engine.grounds.items() if ticket in waited]
    return np.array(rows).reshape(len(rows), -1)


def calibrated(rows: Floats) -> Calibration:
    """The median of the waits that were seen, by their grounds: the least sum of deviations of their logarithm."""
    grounds, deviations = rows[:, :-1], np.log((rows[:, -1] + SOON_S) / USUAL_S)
    weights = np.ones(len(rows))
    parts: Floats = np.zeros(grounds.shape[1])
    for _ in range(TURNS):
        parts = np.asarray(np.linalg.lstsq(grounds * weights[:, None], deviations * weights, rcond=None)[0], np.float64)
        weights = np.maximum(np.abs(deviations - grounds @ parts), NEAR) ** -0.5
    names = (part.name for part in fields(Calibration))
    return Calibration(**dict(zip(names, parts.tolist(), strict=True)))


def kept(rows: Floats, calibration: Calibration) -> Iterator[str]:
    """A table: what was said, how often, and the median wait of those to whom it was."""
    waits: dict[int, list[float]] = defaultdict(list)
    for *grounds, waited in rows.tolist():
        waits[said(wait(grounds, calibration))].append(waited / MINUTE_S)
    yield "| said, minutes | told | median wait |"
    yield "|---|---|---|"
    for minutes, those in sorted(waits.items()):
        yield f"| {minutes or 'under 1'} | {len(those)} | {median(those):.2f} |"
