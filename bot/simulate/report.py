"""Reports a simulated day: tables on a terminal for people, and a JSON file for programs."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.file_faults import is_written_in_place
from bot.simulate.day_record import DayRecord
from bot.simulate.day_statistics import POOR_FIT, DayStatistics, GroupStatistics
from bot.simulate.market import MINUTE_S

NOTHING: Final = "-"
ENGINE: Final = "Hey Buddy"
"""The engine's name beside the baselines'."""
PRINTED_GROUPS: Final = 12  # the most frequent ones; the file has them all
WIDTH: Final = 200
"""Characters in which every table fits: a narrower terminal wraps its lines, and no figure is cut."""


def write_json(path: Path, record: DayRecord, by_policy: Mapping[str, DayStatistics]) -> None:
    """Write the engine's pairs and the statistics of all policies to `path`; raises OSError.

    The engine comes first in `by_policy`. An existing file is replaced only when the new one is complete.
    """
    engine, *others = by_policy.items()
    with _open_for_all_or_nothing(path) as file:
        file.write(b'{"pairs": [')
        for number, (a, b, at) in enumerate(zip(record.first, record.second, record.paired_at, strict=True)):
            file.write(b",\n" if number else b"\n")
            file.write(msgspec.json.encode({"a": a, "b": b, "t": at}))
        statistics = {
            **msgspec.to_builtins(engine[1]),
            **({"compared": {name: msgspec.to_builtins(day) for name, day in others}} if others else {}),
        }
        file.write(f"\n], {json.dumps(statistics, indent=1)[1:]}\n".encode())


@contextmanager
def _open_for_all_or_nothing(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of `path` once it is complete; a link, a device or a pipe is written as it is."""
    if is_written_in_place(path):
        with path.open("wb") as file:
            yield file
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            yield file
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def print_report(console: Console, by_policy: Mapping[str, DayStatistics], *, why_no_optimum: str | None) -> None:
    """Print the statistics of all policies, then those of the engine's groups, on a `console` as wide as WIDTH.

    `why_no_optimum` is printed if the share of the optimum is unknown.
    """
    engine = by_policy[ENGINE]
    console.print(_summary_table(by_policy))
    console.print(
        "Half in, 90 % in: how long those who were matched had waited, in minutes.\n"
        "Share: how much was reached of the best possible in hindsight.\n"
        f"Poor: pairs with a fit below {POOR_FIT}.\n"
        f"{engine.decisions:,} decisions: p50 {_milliseconds(engine.decision_p50_s)}, "
        f"p99 {_milliseconds(engine.decision_p99_s)}, longest {_milliseconds(engine.decision_max_s)}.",
        soft_wrap=True,
    )
    if why_no_optimum:
        console.print(why_no_optimum)
    rarest = {name: day.rarest_tenth for name, day in by_policy.items()}
    console.print("", _group_table("the rarest tenth", rarest), sep="\n")
    console.print(
        "The tenth whose subject, languages and level together are the least common.\n"
        "Worth: the mean fit less the cost of waiting; those left unmatched count as 0.",
        soft_wrap=True,
    )
    if engine.by_wait_estimate:
        groups = {
            f"about {minutes} min" if minutes else "under 1 min": group
            for minutes, group in engine.by_wait_estimate.items()
        }
        console.print("", _group_table("told to expect", groups), sep="\n")
    by_category = (("subject", engine.by_subject), ("languages", engine.by_language), ("level", engine.by_level))
    for title, groups_by_name in by_category:
        console.print("", _group_table(title, groups_by_name), sep="\n")


def _summary_table(by_policy: Mapping[str, DayStatistics]) -> Table:
    table = _empty_table("", "matched", "share", "half in", "90 % in", "fit", "poor")
    for name, day in by_policy.items():
        table.add_row(
            name,
            f"{day.waits.matched:,}/{day.waits.tickets:,}",
            NOTHING if day.share_of_optimum is None else f"{day.share_of_optimum:.3f}",
            _minutes(day.waits.wait_p50_s),
            _minutes(day.waits.wait_p90_s),
            _decimal(day.mean_fit),
            _percent(day.poor_share),
        )
    return table


def _group_table(title: str, groups: Mapping[str, GroupStatistics]) -> Table:
    table = _empty_table(title, "tickets", "matched", "half in", "90 % in", "worth")
    for name, group in list(groups.items())[:PRINTED_GROUPS]:
        printable = escape("".join(letter if letter.isprintable() else "?" for letter in name))
        waits = _minutes(group.wait_p50_s), _minutes(group.wait_p90_s)
        table.add_row(printable, f"{group.tickets:,}", _matched_share(group), *waits, _decimal(group.mean_value))
    if len(groups) > PRINTED_GROUPS:
        table.add_row(f"and {len(groups) - PRINTED_GROUPS:,} more")
    return table


def _empty_table(first: str, *columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(first, no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _matched_share(group: GroupStatistics) -> str:
    return _percent(group.matched / group.tickets) if group.tickets else NOTHING


def _decimal(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.2f}"


def _percent(share: float | None) -> str:
    return NOTHING if share is None else f"{share:.0%}"


def _milliseconds(seconds: float | None) -> str:
    return NOTHING if seconds is None else f"{1000 * seconds:.2f} ms"


def _minutes(seconds: float | None) -> str:
    return NOTHING if seconds is None else f"{int(seconds // MINUTE_S)}:{int(seconds % MINUTE_S):02}"
