"""`heybuddy simulate` as called on the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.simulate.synthetic_trace import ArrivalShape, TracePlan, generate_trace
from tests.simulate.trace_lines import market_line, ticket_line

ROOT = Path(__file__).parents[2]
JSON_KEYS = {
    *("pairs", "waits", "fit", "poor", "value", "hindsight", "share_of_hindsight"),
    *("decisions", "decision_p50", "decision_p99", "decision_max"),
    *("by_subject", "by_language", "by_level", "rarest_tenth", "by_promise"),
}


@pytest.fixture
def day(tmp_path: Path) -> Path:
    """A file with a synthetic trace."""
    path = tmp_path / "day.jsonl"
    path.write_text("\n".join(generate_trace(TracePlan(shape=ArrivalShape.STEADY, rate_per_minute=2, members=120))))
    return path


def test_the_report_is_printed(day: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The report has the engine, the baselines and the groups."""
    assert main(["simulate", str(day), "--compare"]) == 0
    printed = capsys.readouterr().out
    for words in ("Hey Buddy", "load-adaptive", "decisions: p50", "subject", "languages", "level"):
        assert words in printed


@pytest.mark.parametrize("columns", ["40", "80"])
def test_no_figure_is_cut(
    day: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    """Heads and figures are whole however narrow the terminal is, and in 80 columns they also fit."""
    monkeypatch.setenv("COLUMNS", columns)
    assert main(["simulate", str(day), "--compare"]) == 0
    printed = capsys.readouterr().out
    assert "…" not in printed
    heads = "matched", "share", "half in", "90 % in", "fit", "poor"
    assert printed.splitlines()[0].split() == " ".join(heads).split()
    assert max(map(len, printed.splitlines())) <= 80


def test_json_and_picture_are_written(day: Path) -> None:
    """The JSON file has the pairs and all statistics; the picture is a PNG."""
    out, picture = day.with_name("out.json"), day.with_name("out.png")
    assert main(["simulate", str(day), "--json", str(out), "--plot", str(picture)]) == 0
    written = json.loads(out.read_text())
    assert len(written["pairs"]) == written["waits"]["matched"] / 2 > 20
    assert {*written["pairs"][0]} == {"a", "b", "t"}
    assert {*written} == JSON_KEYS
    assert {*written["waits"]} == {"tickets", "matched", "p50", "p90", "value"}
    assert {*written["hindsight"]} == {"value", "matched"}
    assert 0.7 < written["share_of_hindsight"] < 1
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in day.parent.iterdir()) == ["day.jsonl", "out.json", "out.png"]


def test_a_pipe_is_written_and_stays(day: Path) -> None:
    """As does a device such as /dev/stdout, and a link to either: no file takes their places."""
    pipe, link = day.with_name("pipe"), day.with_name("link")
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    for out in (pipe, link):
        assert main(["simulate", str(day), "--no-hindsight", "--json", str(out)]) == 0
        assert len(json.loads(os.read(reader, 1 << 20))["pairs"]) > 20
    os.close(reader)
    assert pipe.is_fifo()
    assert link.is_symlink()


def test_a_missing_optimum_is_explained(day: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The report says why it has no share of the optimum."""
    assert main(["simulate", str(day), "--no-hindsight"]) == 0
    assert "wasn't asked for" in capsys.readouterr().out


def test_a_malformed_trace_leaves_no_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 2, each malformed line named, the file of an earlier run unchanged, nothing printed."""
    path, out = tmp_path / "day.jsonl", tmp_path / "out.json"
    path.write_bytes(market_line() + ticket_line("m1") + ticket_line("m2") + ticket_line("m3", level=7))
    out.write_text("before")
    assert main(["simulate", str(path), "--json", str(out)]) == 2
    output = capsys.readouterr()
    assert "line 4: level must be" in output.err
    assert output.out == ""
    assert out.read_text() == "before"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["day.jsonl", "out.json"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere.jsonl"], "nowhere.jsonl isn't there: correct the name."),
        (["DAY", "--json", "nowhere/out.json"], "nowhere doesn't exist: make it, or correct the path."),
        (["DAY", "--plot", "out.docx"], "--plot: out.docx must end with one of pdf, png, svg"),
        ([], "Name a TRACE, or make one"),
        (["--make", "day", "--people", "0"], "0 is not in the range"),
        (["--make", "week"], "'week' is not one of"),
    ],
)
def test_an_impossible_request_is_one_sentence(
    day: Path, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 2, and no traceback."""
    assert main(["simulate", *(str(day) if each == "DAY" else each for each in arguments)]) == 2
    output = capsys.readouterr().err
    assert sentence in output
    assert "Traceback" not in output


def test_a_synthetic_day_can_be_piped() -> None:
    """The whole trace is printed; a reader may close the pipe early without an error."""
    command = [
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
    whole = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    plan = TracePlan(shape=ArrivalShape.BURSTY, rate_per_minute=3, members=3000, seed=2)
    assert whole.stdout.splitlines() == [*generate_trace(plan)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as cut:
        assert cut.stdout
        assert cut.stderr
        cut.stdout.readline()
        cut.stdout.close()
        assert cut.stderr.read() == b""
    assert cut.returncode == 0
