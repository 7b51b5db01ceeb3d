"""The figures as people read them, in tables; and as programs do, in a file that is there whole or not at all."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.simulate.figures import Fared, Figures
from bot.simulate.record import Record

NOTHING: Final = "-"
OURS: Final = "Hey Buddy"
KINDS: Final = 12  # the most frequent kinds that are printed; all are in the file


def write(path: Path, record: Record, days: Mapping[str, Figures]) -> None:
    """The pairs and all figures as JSON; raises OSError. A file that was there stays until the new one is whole."""
    ours, *others = days.items()
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            file.write(b'{"pairs": [')
            for number, (a, b, at) in enumerate(zip(record.first, record.second, record.paired_at, strict=True)):
                file.write(b",\n" if number else b"\n")
                file.write(msgspec.json.encode({"a": a, "b": b, "t": at}))
            figures = {
                **asdict(ours[1]),
                **({"compared": {name: asdict(day) for name, day in others}} if others else {}),
            }
            file.write(f"\n], {json.dumps(figures, indent=1)[1:]}\n".encode())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def show(console: Console, days: Mapping[str, Figures], *, without_hindsight: str | None) -> None:
    """Print what happened; `without_hindsight` says why there is no share of the optimum."""
    ours = days[OURS]
    console.print(_summary(days))
    console.print(
        "Waits are minutes of those matched; share is of the optimum in hindsight; poor is a fit below 0.5;\n"
        "rare is the tenth whose subject, languages and level together are the least common;\n"
        "worth is the fit less what the wait cost, over all, nothing where nobody was found.\n"
        f"{ours.decisions:,} decisions: p50 {_ms(ours.decision_p50)}, p99 {_ms(ours.decision_p99)}, "
        f"longest {_ms(ours.decision_max)}.",
        soft_wrap=True,
    )
    if without_hindsight:
        console.print(without_hindsight)
    if ours.by_promise:
        told = {f"about {minutes} min" if minutes else "under 1 min": some for minutes, some in ours.by_promise.items()}
        console.print("", _by_kind("who waited was told", told), sep="\n")
    for title, kinds in (("subject", ours.by_subject), ("languages", ours.by_language), ("level", ours.by_level)):
        console.print("", _by_kind(title, kinds), sep="\n")


def _summary(days: Mapping[str, Figures]) -> Table:
    columns = ("matched", "share", "half in", "90 % in", "fit", "poor", "rare", "half in", "worth")
    table = _table("", *columns)
    for name, day in days.items():
        table.add_row(
            name,
            f"{day.waits.matched:,}/{day.waits.tickets:,}",
            NOTHING if day.share_of_hindsight is None else f"{day.share_of_hindsight:.3f}",
            _time(day.waits.p50),
            _time(day.waits.p90),
            _number(day.fit),
            _percent(day.poor),
            _matched(day.rarest_tenth),
            _time(day.rarest_tenth.p50),
            _number(day.rarest_tenth.value),
        )
    return table


def _by_kind(title: str, kinds: Mapping[str, Fared]) -> Table:
    table = _table(title, "tickets", "matched", "half in", "90 % in", "worth")
    for name, some in list(kinds.items())[:KINDS]:
        printable = escape("".join(letter if letter.isprintable() else "?" for letter in name))
        times = _time(some.p50), _time(some.p90)
        table.add_row(printable, f"{some.tickets:,}", _matched(some), *times, _number(some.value))
    if len(kinds) > KINDS:
        table.add_row(f"and {len(kinds) - KINDS:,} more")
    return table


def _table(first: str, *columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(first, no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _matched(some: Fared) -> str:
    return _percent(some.matched / some.tickets) if some.tickets else NOTHING


def _number(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.2f}"


def _percent(share: float | None) -> str:
    return NOTHING if share is None else f"{share:.0%}"


def _ms(seconds: float | None) -> str:
    return NOTHING if seconds is None else f"{1000 * seconds:.2f} ms"


def _time(seconds: float | None) -> str:
    return NOTHING if seconds is None else f"{int(seconds // 60)}:{int(seconds % 60):02}"
