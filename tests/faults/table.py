"""The table of faults: every test marked `faults` is a row; prints as it goes, keeps what was done, and sums it up.

A pytest plugin that only `python -m tests.faults` registers. Records lie in pytest's own cache.
"""

import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

import pytest
from _pytest.cacheprovider import Cache
from _pytest.capture import CaptureManager
from _pytest.terminal import TerminalReporter
from rich.console import Console
from rich.table import Column, Table

from tests.faults.repetitions import RowKeeper, RowRecord

ROOT: Final = Path(__file__).parents[2]
TELL_EVERY: Final = 10.0  # seconds
FOLDER: Final = "faults"
FULL: Final = "full"
NOT_IN_NAMES: Final = re.compile(r"[^\w ]")
"""What a shell might take for its own."""
TIMES: Final = "times"
"""The property by which a test without repetitions says how often it did what it does."""


def row_name(item: pytest.Item) -> str:
    """The name of a row: that of its test in words, and what else distinguishes it."""
    name, _, parameters = item.name.removeprefix("test_").partition("[")
    ids = [each for each in parameters.removesuffix("]").split("-") if each not in {"", FULL}]
    return ":".join(NOT_IN_NAMES.sub("", each).replace("_", "-").replace(" ", "-") for each in (name, *ids))


def is_chosen(name: str, wanted: Sequence[str]) -> bool:
    """Whether a row is one of those wanted: its name has every part, between colons, of one of these."""
    parts = set(name.split(":"))
    return not wanted or any(parts.issuperset(each.split(":")) for each in wanted)


def current_commit() -> str:
    """The version of the code, with a mark if files were changed since."""
    found = subprocess.run(
        ("git", "describe", "--always", "--dirty"), cwd=ROOT, capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or "unknown"


class FaultTable:
    """Chooses rows, keeps their records, and prints them at the end.

    `wanted`: names of rows, none for all. `again`: forget what was kept of them. `only_show`: run nothing.
    """

    def __init__(self, wanted: Sequence[str], *, again: bool, only_show: bool) -> None:
        self._wanted = wanted
        self._again = again
        self._only_show = only_show
        self._commit = current_commit()
        self._what: dict[str, str] = {}
        self._records: dict[str, RowRecord] = {}
        self._not_run: dict[str, str] = {}
        self._names: dict[str, str] = {}  # by the id of pytest's

    def pytest_configure(self, config: pytest.Config) -> None:
        self._config = config
        config.stash[TABLE] = self

    # --- what is run -------------------------------------------------------------------------------------------------

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        chosen = [item for item in items if is_chosen(row_name(item), self._wanted)]
        for item in chosen:
            self._add_row(item)
        items[:] = [item for item in chosen if self._is_due(row_name(item))]

    def _add_row(self, item: pytest.Item) -> None:
        name = row_name(item)
        self._names[item.nodeid] = name
        told = item.function.__doc__ if isinstance(item, pytest.Function) else None
        self._what[name] = (told or name).strip().partition("\n")[0]
        kept = None if self._again else self._cache.get(f"{FOLDER}/{name}", None)
        self._records[name] = RowRecord(**kept) if kept else RowRecord()

    def _is_due(self, name: str) -> bool:
        return not self._only_show and not self._records[name].is_complete

    @property
    def _cache(self) -> Cache:
        found = self._config.cache
        assert found is not None
        return found

    def open_row(self, item: pytest.Item) -> tuple[RowRecord, RowKeeper]:
        """The record of a row that repeats, and what keeps it."""
        name = row_name(item)
        return self._records[name], _TableRow(self, name)

    # --- what is kept ------------------------------------------------------------------------------------------------

    def keep(self, name: str) -> None:
        """Store the record of a row."""
        record = self._records[name]
        if self._commit not in record.commits:
            record.commits.append(self._commit)
        self._cache.set(f"{FOLDER}/{name}", asdict(record))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name = self._names[report.nodeid]
        record = self._records[name]
        if report.failed:
            record.finding = f"{report.when}: {_last_line(report)}"
            self.keep(name)
        elif report.skipped:
            self._not_run[name] = _reason(report)
        elif report.when == "call":
            times = dict(report.user_properties).get(TIMES)
            if record.done == 0:
                record.done = record.planned = int(str(times or 1))
            record.finding = None if record.finding is None else f"{record.finding} (not met again)"
            self.keep(name)

    # --- what is printed ---------------------------------------------------------------------------------------------

    def tell(self, name: str) -> None:
        """Print how far a row is."""
        record = self._records[name]
        plugins = self._config.pluginmanager
        capture, reporter = plugins.get_plugin("capturemanager"), plugins.get_plugin("terminalreporter")
        assert isinstance(capture, CaptureManager)
        assert isinstance(reporter, TerminalReporter)
        with capture.global_and_fixture_disabled():
            reporter.write_line(f"{name}: {record.done} of {record.planned} {record.describe_figures()}".rstrip())

    def pytest_terminal_summary(self) -> None:
        table = Table(
            Column("row", overflow="fold"), "what was done", "how often", "what was found", title="The table of faults"
        )
        for name, what in self._what.items():
            record = self._records[name]
            often = f"{record.done} of {record.planned}" if record.done < record.planned else str(record.done)
            table.add_row(name, what, often, "\n".join(self._found(name)))
        Console(width=150).print(table)

    def _found(self, name: str) -> Iterator[str]:
        record = self._records[name]
        if record.finding:
            yield f"FOUND: {record.finding}"
        elif name in self._not_run:
            yield f"not run: {self._not_run[name]}"
        else:
            yield "nothing" if record.is_complete else "not finished" if record.done else "not run yet"
        if record.figures:
            yield record.describe_figures()
        if record.commits:
            yield f"at {', '.join(record.commits)}"

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        found = any(record.finding for record in self._records.values())
        if session.exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED} and self._records:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED if found else pytest.ExitCode.OK


TABLE: Final = pytest.StashKey[FaultTable]()


class _TableRow:
    """Keeps one row of the table, and tells of it now and then."""

    def __init__(self, table: FaultTable, name: str) -> None:
        self._table = table
        self._name = name
        self._told_at = time.monotonic()

    def keep(self, record: RowRecord) -> None:
        self._table.keep(self._name)
        if time.monotonic() - self._told_at >= TELL_EVERY or record.done == record.planned:
            self._told_at = time.monotonic()
            self._table.tell(self._name)


def _last_line(report: pytest.TestReport) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message if crash else report.longrepr).strip().partition("\n")[0]


def _reason(report: pytest.TestReport) -> str:
    told = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return told.removeprefix("Skipped: ")
