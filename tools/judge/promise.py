"""The promise: what those who waited were told, on which grounds, and whether it held."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields
from statistics import median
from typing import Final

import numpy as np

from bot.matching.engine import Engine
from bot.matching.fit import Weights
from bot.matching.fit_table import Floats
from bot.matching.reservation import Learned
from bot.matching.wait_estimate import Calibration, Outlook, said, wait
from tools.judge.days import Day

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
    return np.array(rows).reshape(len(rows), len(fields(Calibration)) + 1)


def kept(rows: Floats, calibration: Calibration) -> Iterator[str]:
    """A table: what was said, how often, and the median wait of those to whom it was."""
    waits: dict[int, list[float]] = defaultdict(list)
    for *grounds, waited in rows.tolist():
        waits[said(wait(grounds, calibration))].append(waited / MINUTE_S)
    yield "| said, minutes | told | median wait |"
    yield "|---|---|---|"
    for minutes, those in sorted(waits.items()):
        yield f"| {minutes or 'under 1'} | {len(those)} | {median(those):.2f} |"
