"""Statistics of a busy server, with subjects that are hard to lay out."""

from datetime import date

from bot.domain.statistics import DAY, Batch, Period, Series, Statistics, Waits

FIRST = date(2026, 2, 2)
PERIOD = Period(read_from=FIRST, first=FIRST, end=FIRST + 28 * DAY)
SUBJECTS = {
    "any": 31,
    "Maths": 24,
    "A" + "very long subject " * 5 + "end": 17,
    "מתמטיקה": 15,
    "الفيزياء": 12,
    "日本語": 11,
    "Chess 🏁♟️": 9,
    r"$\frac{1}{0}$ **_x_** <@1>": 8,
    "\N{RIGHT-TO-LEFT OVERRIDE}Law": 6,
    "Art": 5,
}


def batch(first: int, last: int, count: int) -> Batch:
    """A batch by the numbers of its days."""
    return Batch(first=FIRST + first * DAY, last=FIRST + last * DAY, count=count)


def busy_statistics(**changes: object) -> Statistics:
    """Four weeks: most days have a number of their own, some are put together, and some have none."""
    met = [batch(day, day, 5 + day * 7 % 23) for day in range(24) if day % 7 < 5]
    values: dict[str, object] = {
        "period": PERIOD,
        "batches": {
            Series.MET: met,
            Series.NO_SHOW: [batch(week, week + 4, 7) for week in (0, 7, 14)],
            Series.CALLED_OFF: [batch(14, 16, 6)],
            Series.DIRECT: [batch(0, 0, 60)],
            Series.NOT_DIRECT: [batch(0, 1, 40)],
        },
        "unmatched": SUBJECTS,
        "waits": [
            Waits(first=each.first, last=each.last, half=2 + each.count % 3, most=6 + each.count % 7) for each in met
        ],
        "wait": Waits(first=met[0].first, last=met[-1].last, half=3, most=11),
    }
    return Statistics(**(values | changes))  # type: ignore[arg-type]  # fields by name
