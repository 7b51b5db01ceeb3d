"""The table of faults itself: it goes on where it was cut off, keeps what was found, and never calls a row done."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.table import is_chosen

ROOT = Path(__file__).parents[2]
CONFTEST = "from tests.faults.conftest import repetitions\n"
SETTINGS = "[pytest]\nmarkers =\n  faults\n  dose\n"
ROWS = '''
import os
import pytest
from tests.faults.repetitions import row

@row(full=5, dose=1)
def test_break_it(repetitions):
    """What is broken."""
    for number in repetitions:
        print(f"number {number}")
        repetitions.note("seconds", number / 10)
        assert number != int(os.environ.get("FAILS_AT", -1)), "it broke"

@pytest.mark.faults
def test_of_another_kind(record_property):
    """What another does."""
    record_property("times", 300)

@pytest.mark.faults
def test_not_here():
    """What cannot be done."""
    pytest.skip("no such machine")

def test_ordinary():
    assert False
'''
PROGRAM = """
import sys
import pytest
from tests.faults.table import FaultTable
table = FaultTable(sys.argv[3:], again=sys.argv[1] == "again", only_show=sys.argv[2] == "show")
sys.exit(pytest.main(["-m", "faults", "-q", "-s"], plugins=[table]))
"""


class Tables:
    """Runs tables over the rows in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name, text in (("conftest.py", CONFTEST), ("pytest.ini", SETTINGS), ("test_rows.py", ROWS)):
            (folder / name).write_text(text, encoding="utf-8")

    def run(self, *rows: str, again: bool = False, show: bool = False, fails_at: int = -1) -> tuple[int, str]:
        """The exit status and what was printed."""
        words = ("again" if again else "-", "show" if show else "-", *rows)
        environment = os.environ | {
            "PYTHONPATH": str(ROOT),
            "FAILS_AT": str(fails_at),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        }
        done = subprocess.run(
            (sys.executable, "-c", PROGRAM, *words),
            cwd=self._folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    return Tables(tmp_path)


def line_of(row: str, printed: str) -> str:
    """The line of a row in the table."""
    return next(line for line in printed.splitlines() if line.startswith(f"│ {row} "))


@pytest.mark.dose
def test_a_table(tables: Tables) -> None:
    """Every test marked `faults` is a row: it goes on where it was cut off, and no trouble is passed over.

    What cannot run is never called done, and what was found stays until the row is begun again.
    """
    status, printed = tables.run(fails_at=2)
    assert status == 1
    assert "number 1\n" in printed
    assert all(
        words in line_of("break-it", printed) for words in ("What is broken.", "│ 2 of 5 ", "FOUND: ", "it broke")
    )
    assert all(words in line_of("of-another-kind", printed) for words in ("What another does.", "│ 300 ", "nothing"))
    assert all(words in line_of("not-here", printed) for words in ("│ 0 of 1 ", "not run: no such machine"))
    assert "ordinary" not in printed

    status, printed = tables.run("break-it", "of-another-kind")
    assert status == 1
    assert "number 1\n" not in printed
    assert "break-it: 5 of 5 seconds 0.4" in printed
    assert all(words in line_of("break-it", printed) for words in ("│ 5 ", "FOUND: "))
    assert "│ 300 " in line_of("of-another-kind", printed)

    status, printed = tables.run("break-it", again=True)
    assert status == 0
    assert "number 1\n" in printed
    assert "FOUND" not in printed

    status, printed = tables.run("break-it", show=True)
    assert status == 0
    assert "number" not in printed
    assert all(words in line_of("break-it", printed) for words in ("│ 5 ", "nothing"))


@pytest.mark.parametrize(
    ("wanted", "is_wanted"),
    [
        ("", True),
        ("kill", True),
        ("kill:late", True),
        ("kill:postgres", True),
        ("postgres", True),
        ("freeze kill", True),
        ("kil", False),
        ("kill:early", False),
        ("freeze:late", False),
    ],
)
def test_rows_are_chosen_by_parts_of_their_names(wanted: str, *, is_wanted: bool) -> None:
    """Of one name all parts must fit, of several names one."""
    assert is_chosen("kill:late:postgres", wanted.split()) is is_wanted
