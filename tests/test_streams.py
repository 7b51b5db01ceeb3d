"""Output that is closed, full, unread or not in UTF-8: a sentence or silence, and never a traceback."""

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FULL = "/dev/full"
SLOW_FOR_S = 1.0
PREPARED = "import sys; from bot.streams import *; prepare_streams(); "


def run_script(script: str, redirection: str = "", *, stdout: int = subprocess.PIPE, **environment: str) -> list[str]:
    """Run Python code behind prepared streams, with a shell's `redirection`; returns what each stream has, decoded."""
    encoding = environment.get("PYTHONIOENCODING", "utf-8")
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" -c "$1" {redirection}', sys.executable, PREPARED + script],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment},
        stdout=stdout,
        stderr=subprocess.PIPE,
        check=True,
    )
    return [(printed or b"").decode(encoding) for printed in (done.stdout, done.stderr)]


@pytest.fixture
def unread_pipe() -> Iterator[int]:
    """The end for writing of a pipe that nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "latin-1", "koi8-r", "cp932"])
def test_every_encoding_prints_everything(encoding: str) -> None:
    """Our own signs have a plain spelling where the encoding lacks them; what else it lacks is a question mark."""
    text = "✓ ✗ \\udcff"
    for printed in run_script(f"print('{text}'); sys.stderr.write('{text}')", PYTHONIOENCODING=encoding):
        assert printed.split() == ["+", "x", "?"]


def test_utf_8_prints_what_it_is_given() -> None:
    """Half a letter, as in the name of a file, is the only thing that cannot be printed."""
    assert run_script("print('✓ ✗ … 北 \\udcff')") == ["✓ ✗ … 北 ?\n", ""]


def test_a_reader_that_has_had_enough(unread_pipe: int) -> None:
    """The writer hears of it, whatever it prints with, and the end of the process stays silent."""
    script = """
try:
    print("a" * 100_000)
except ReaderGone:
    print("nobody hears this")
    sys.stderr.write("gone")
"""
    assert run_script(script, stdout=unread_pipe) == ["", "gone"]


def test_a_full_output() -> None:
    """The reason is a sentence."""
    script = """
try:
    print("a", flush=True)
except OutputFailed as failed:
    sys.stderr.write(str(failed))
"""
    assert run_script(script, f">{FULL}") == ["", "Standard output can't be written: No space left on device."]


@pytest.mark.parametrize("redirection", [f"2>{FULL}", "2>&-"])
def test_errors_that_cannot_be_said(redirection: str) -> None:
    """Nothing fails for that."""
    assert run_script("sys.stderr.write('a' * 100_000); print('goes on')", redirection) == ["goes on\n", ""]


@pytest.mark.parametrize("redirection", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
def test_a_closed_stream_is_no_place_for_a_file(redirection: str) -> None:
    """A database that got the number of standard error would have the log in it."""
    script = f"""
import os
number = os.open({os.devnull!r}, os.O_RDONLY)
print("printed")
sys.exit(number < 3)
"""
    run_script(script, redirection)


PROCESSOR_TIME = """
before = time.process_time()
{stream}.write("a" * 1_000_000)
{stream}.flush()
os.write({report}, str(time.process_time() - before).encode())
"""


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_waiting_for_a_slow_reader_costs_no_processor_time(stream: str) -> None:
    """Also with a descriptor that another program has told not to block; everything arrives."""
    reader, writer = os.pipe()
    reported, report = os.pipe()
    os.set_blocking(writer, False)
    script = PREPARED + "import os, time" + PROCESSOR_TIME.format(stream=f"sys.{stream}", report=report)
    outputs = [writer if stream == name else subprocess.DEVNULL for name in ("stdout", "stderr")]
    with subprocess.Popen(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(ROOT)},
        pass_fds=[report],
        stdout=outputs[0],
        stderr=outputs[1],
    ) as writing:
        os.close(writer)
        os.close(report)
        select.select([reader], [], [])
        with pytest.raises(subprocess.TimeoutExpired):
            writing.wait(SLOW_FOR_S)
        with os.fdopen(reader, "rb") as pipe, os.fdopen(reported, "rb") as time_spent:
            assert len(pipe.read()) == 1_000_000
            assert float(time_spent.read()) < SLOW_FOR_S / 10
