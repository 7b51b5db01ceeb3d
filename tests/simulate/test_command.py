"""`heybuddy simulate` as people call it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.simulate.make import Plan, Shape, make
from tests.simulate.made import market, ticket

ROOT = Path(__file__).parents[2]


@pytest.fixture
def day(tmp_path: Path) -> Path:
    """A made-up day in a file."""
    path = tmp_path / "day.jsonl"
    path.write_text("\n".join(make(Plan(shape=Shape.STEADY, rate=2, people=120))))
    return path


def test_a_day_is_told(day: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What happened, by kind and beside simpler rules."""
    assert main(["simulate", str(day), "--compare"]) == 0
    told = capsys.readouterr().out
    for words in ("Hey Buddy", "load-adaptive", "decisions: p50", "subject", "languages", "level"):
        assert words in told


def test_a_day_is_written_and_drawn(day: Path) -> None:
    """The pairs with all figures as JSON, and a picture."""
    out, picture = day.with_name("out.json"), day.with_name("out.png")
    assert main(["simulate", str(day), "--json", str(out), "--plot", str(picture)]) == 0
    written = json.loads(out.read_text())
    assert len(written["pairs"]) == written["waits"]["matched"] / 2 > 20
    assert {*written["pairs"][0]} == {"a", "b", "t"}
    assert 0.7 < written["share_of_hindsight"] < 1
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in day.parent.iterdir()) == ["day.jsonl", "out.json", "out.png"]


def test_without_hindsight_it_says_so(day: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody has to guess why there is no share."""
    assert main(["simulate", str(day), "--no-hindsight"]) == 0
    assert "was not asked for" in capsys.readouterr().out


def test_a_malformed_trace_leaves_no_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 2, each line named, the file of an earlier run untouched, nothing on standard output."""
    path, out = tmp_path / "day.jsonl", tmp_path / "out.json"
    path.write_bytes(market() + ticket("m1") + ticket("m2") + ticket("m3", level=7))
    out.write_text("before")
    assert main(["simulate", str(path), "--json", str(out)]) == 2
    said = capsys.readouterr()
    assert "line 4: level must be" in said.err
    assert said.out == ""
    assert out.read_text() == "before"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["day.jsonl", "out.json"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere.jsonl"], "nowhere.jsonl: No such file"),
        (["DAY", "--json", "nowhere/out.json"], "No such file"),
        (["DAY", "--plot", "out.docx"], "--plot: out.docx must end with one of pdf, png, svg"),
        ([], "Name a TRACE, or make one"),
        (["--make", "day", "--people", "0"], "0 is not in the range"),
        (["--make", "week"], "'week' is not one of"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    day: Path, arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 2."""
    assert main(["simulate", *(str(day) if each == "DAY" else each for each in arguments)]) == 2
    said = capsys.readouterr().err
    assert told in said
    assert "Traceback" not in said


def test_a_made_up_day_can_be_piped() -> None:
    """A whole day comes out as it is made; who has read enough may close the pipe."""
    asked = [
        sys.executable,
        "-m",
        "bot",
        "simulate",
        "--make",
        "bursty",
        "--rate",
        "3",
        "--people",
        "3000",
        "--seed",
        "2",
    ]
    whole = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)
    assert whole.stdout.splitlines() == [*make(Plan(shape=Shape.BURSTY, rate=3, people=3000, seed=2))]
    with subprocess.Popen(asked, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as cut:
        assert cut.stdout
        assert cut.stderr
        cut.stdout.readline()
        cut.stdout.close()
        assert cut.stderr.read() == b""
    assert cut.returncode == 0
