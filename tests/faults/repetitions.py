"""A row of the table of faults: a test that repeats what it does, goes on where it was cut off, and keeps figures."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import pytest


@dataclass(kw_only=True)
class RowRecord:
    """What is known of a row: `done` repetitions without a finding, and the largest value of each figure.

    `finding` is what was found, `commits` are the versions of the code that were tried.
    """

    done: int = 0
    planned: int = 1
    figures: dict[str, float] = field(default_factory=dict)
    finding: str | None = None
    commits: list[str] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        return self.done >= self.planned and self.finding is None

    def describe_figures(self) -> str:
        return ", ".join(f"{name} {value:.4g}" for name, value in self.figures.items())


class RowKeeper(Protocol):
    """Keeps the record of one row."""

    def keep(self, record: RowRecord) -> None: ...


class NothingKept:
    """Where a row is only a dose."""

    def keep(self, record: RowRecord) -> None:
        del record


class Repetitions:
    """The numbers of the repetitions that are still to be done, from 0; each counts once its body has ended."""

    def __init__(self, size: "RowSize", record: RowRecord, keeper: RowKeeper) -> None:
        self.planned = planned = size.count
        self.on_postgres = size.on_postgres
        self._record = record
        self._keeper = keeper
        record.planned = planned

    def __iter__(self) -> Iterator[int]:
        for number in range(self._record.done, self.planned):
            yield number
            self._record.done = number + 1
            self._keeper.keep(self._record)

    def note(self, figure: str, value: float) -> None:
        """Keep the largest value of a figure, such as "seconds to take over"."""
        self._record.figures[figure] = max(value, self._record.figures.get(figure, value))


@dataclass(frozen=True, kw_only=True, slots=True)
class RowSize:
    """How often a row does what it does, and over which database."""

    count: int
    on_postgres: bool = False


def row(*, full: int, dose: int, on_postgres: tuple[int, int] | None = None) -> pytest.MarkDecorator:
    """A row of the table: so many repetitions in `make test-faults`, and so many, in five seconds, in `make test`.

    `on_postgres`: the same two numbers for PostgreSQL, if it is tried as well.
    """
    faults, small = pytest.mark.faults, pytest.mark.dose
    sizes = [
        pytest.param(RowSize(count=dose), marks=small, id="dose"),
        pytest.param(RowSize(count=full), marks=faults, id="full"),
    ]
    if on_postgres is not None:
        many, few = (RowSize(count=count, on_postgres=True) for count in on_postgres)
        sizes.append(pytest.param(few, marks=(small, pytest.mark.postgres), id="postgres dose"))
        sizes.append(pytest.param(many, marks=(faults, pytest.mark.postgres), id="postgres"))
    return pytest.mark.parametrize("repetitions", sizes, indirect=True)
