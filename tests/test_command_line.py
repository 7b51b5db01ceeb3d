"""Commands that cannot do what they are asked to say why in a sentence, whatever the reason."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bot import command_line, init
from bot.__main__ import main
from bot.streams import OutputFailed, ReaderGone
from tests.signals import restoring_signals

ROOT = Path(__file__).parents[1]
COMMANDS = ("init", "check", "run", "migrate", "backup", "restore", "copy-database", "sandbox", "simulate")
WITHOUT = "import sys; sys.modules[{package!r}] = None; from bot.__main__ import main; sys.exit(main(sys.argv[1:]))"


def interrupt(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where each command is called."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def restore_signals() -> Iterator[None]:
    """Some commands change for their process what signals do."""
    with restoring_signals():
        yield


@pytest.mark.parametrize(
    ("arguments", "interrupted", "status"),
    [
        (["init"], (init, "write_config"), 2),
        (["check"], (command_line, "_read_settings"), 2),
        (["migrate"], (command_line, "_read_settings"), 2),
        (["backup", "copy.db"], (command_line, "_read_settings"), 2),
        (["restore", "copy.db"], (command_line, "_read_settings"), 2),
        (["copy-database", "sqlite:///a.db", "sqlite:///b.db"], (command_line, "_read_settings"), 2),
        (["simulate", "day.jsonl"], (command_line, "_read_settings"), 2),
        (["run"], (command_line, "_read_settings"), 0),
        (["sandbox"], (command_line, "_needing_extra"), 0),
        (["--help"], (command_line, "run_command"), 2),
    ],
)
def test_ctrl_c_ends_each_command_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    interrupted: tuple[object, str],
    status: int,
) -> None:
    """What was to be done is not done; what runs until it is stopped was stopped as asked."""
    monkeypatch.setattr(*interrupted, interrupt)
    assert main(arguments) == status
    assert capsys.readouterr().err.strip() == ("Stopped before it was done." if status else "")


@pytest.mark.parametrize(
    ("trouble", "status", "said"),
    [(ReaderGone(), 0, ""), (OutputFailed("Standard output is full."), 2, "Standard output is full.\n")],
)
def test_output_that_is_not_read_or_not_written(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    trouble: Exception,
    status: int,
    said: str,
) -> None:
    """A reader that has had enough is no failure."""

    def fail(_: Sequence[str] | None) -> int:
        raise trouble

    monkeypatch.setattr(command_line, "run_command", fail)
    assert (main([]), capsys.readouterr().err) == (status, said)


@pytest.mark.parametrize("arguments", [[], *([name] for name in COMMANDS)])
def test_help_can_be_printed_in_any_encoding(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The library that prints it takes ASCII for a mistake and writes UTF-8."""
    assert main([*arguments, "--help"]) == 0
    assert capsys.readouterr().out.isascii()


@pytest.mark.parametrize(
    ("arguments", "package", "said"),
    [
        (["sandbox"], "simcord", "needs simcord; install it with: pip install 'hey-buddy[sandbox]'"),
        (["sandbox"], "platformdirs", "needs platformdirs; install it with: pip install 'hey-buddy[sandbox]'"),
        (["simulate", "day", "--plot", "day.png"], "matplotlib", "install it with: pip install 'hey-buddy[plot]'"),
    ],
)
def test_a_missing_extra_is_named(empty_folder: Path, arguments: list[str], package: str, said: str) -> None:
    """With the command that installs it."""
    (empty_folder / "day").touch()
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT.format(package=package), *arguments],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.strip().endswith(said), done.stderr.count("\n")) == (2, True, 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ["sandbox", "--port", "65536"],
        ["sandbox", "--port", "-1"],
        ["simulate", "--make", "day", "--rate", "nan"],
        ["simulate", "--make", "day", "--patience", "nan"],
        ["simulate", "--make", "day", "--people", "3", "day.jsonl"],
        ["run", "--shard-ids", "-1"],
    ],
)
def test_numbers_that_make_no_sense(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """They are refused with the command's usage, before anything is done."""
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("Usage: heybuddy")


def test_shards_without_chat(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing else connects to Discord."""
    for name, value in (("DISCORD_TOKEN", "a" * 70), ("SESSION_SECRET", "s" * 32), ("HEYBUDDY_PRIVACY__KEY", "k" * 32)):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HEYBUDDY_WEB__PUBLIC_URL", "https://study.example.org")
    assert main(["run", "--parts", "matchmaker", "--shard-ids", "0"]) == 2
    assert capsys.readouterr().err.startswith("--shard-ids: only chat connects shards")


def test_a_shard_that_does_not_exist(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """With the number of shards set, they are numbered from 0 on."""
    for name, value in (("DISCORD_TOKEN", "a" * 70), ("SESSION_SECRET", "s" * 32), ("HEYBUDDY_PRIVACY__KEY", "k" * 32)):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HEYBUDDY_WEB__PUBLIC_URL", "https://study.example.org")
    shards = ["--shard-ids", "0,2", "--set", "discord.shard_count=2"]
    assert main(["run", "--parts", "chat", *shards]) == 2
    assert capsys.readouterr().err == "--shard-ids: there's no shard 2: discord.shard_count is 2, from 0 on.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["migrate", "--set", "store.database=sqlite:///no/a.db"], "the folder HERE/no doesn't exist"),
        (["migrate", "--set", "store.database=sqlite:///folder"], "HERE/folder is a folder: name a file"),
        (["migrate", "--set", "store.database=sqlite:///text/a.db"], "HERE/text is a file, so nothing can be in it"),
        (
            ["migrate", "--set", "store.database=sqlite:///text"],
            "The database HERE/text can't be written: it isn't an SQL",
        ),
        (["migrate", "--set", "store.database=sqlite:///circle"], "HERE/circle is a link that leads round in a circle"),
        (["backup", "no/copy.db"], "Nothing can be written to no: the folder HERE/no doesn't exist"),
        (["backup", "n" * 300], f"{'n' * 300} has too long a name"),
        (["backup", "a.db", "--set", "store.database=sqlite:///folder"], "HERE/folder is a folder: name a file"),
        (["backup", "a.db", "--set", "store.database=sqlite:///no.db"], "There's no database at HERE/no.db."),
        (["restore", "no/copy.db"], "the folder HERE/no doesn't exist"),
        (["restore", "folder"], "folder is a folder. Name the file in it"),
        (["restore", "text", "--set", "store.database=sqlite:///no/a.db"], "the folder HERE/no doesn't exist"),
        (["restore", "text", "--set", "store.database=sqlite:///text/a.db"], "HERE/text is a file, so nothing can"),
        (["restore", "n" * 300], f"{'n' * 300} has too long a name"),
        (["simulate", "folder"], "folder is a folder: name a file"),
        (["simulate", "no/day"], "the folder HERE/no doesn't exist"),
        (["simulate", "text", "--json", "no/out.json"], "the folder HERE/no doesn't exist"),
        (["simulate", "text", "--json", "folder"], "folder is a folder: name a file"),
        (["simulate", "text", "--plot", "no/out.png"], "the folder HERE/no doesn't exist"),
        (["init", "--config", "no/config.toml"], "the folder HERE/no doesn't exist"),
        (["init", "--config", "text/config.toml"], "HERE/text is a file, so nothing can be in it"),
    ],
)
def test_a_place_that_cannot_be_used_is_explained(
    empty_folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    """Status 2 and a sentence, which has the whole path where only a relative one was given."""
    (empty_folder / "folder").mkdir()
    (empty_folder / "text").write_text("Shopping list: milk\n" * 100)
    (empty_folder / "circle").symlink_to("circle")
    assert main(["migrate"]) == 0
    capsys.readouterr()
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith(said.replace("HERE", str(empty_folder)))


def test_a_new_database_is_said_to_be_new(empty_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With its whole path: it may be another one than that of yesterday, in another folder."""
    assert (main(["migrate"]), main(["migrate"])) == (0, 0)
    place = empty_folder / "heybuddy.sqlite3"
    assert capsys.readouterr().out == f"Made the new database {place}.\n{place} was up to date.\n"


def test_an_existing_settings_file_is_named_and_kept(empty_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The sentence is about the file that was asked for, and says what to do. A compose.yaml is no obstacle."""
    (empty_folder / "mine.toml").write_text("mine")
    (empty_folder / "compose.yaml").write_text("mine")
    assert main(["init", "--config", "mine.toml"]) == 2
    said = "mine.toml already exists and was left as it is; move it away to get a new one.\n"
    assert capsys.readouterr() == ("", said)
    assert (main(["init"]), (empty_folder / "compose.yaml").read_text()) == (0, "mine")


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        ([], "heybuddy check"),
        (["--config", "config.toml"], "heybuddy check"),
        (["--config", "my own.toml"], "heybuddy check --config 'my own.toml'"),
    ],
)
def test_the_next_step_reads_the_file_that_was_written(
    capsys: pytest.CaptureFixture[str], arguments: list[str], command: str
) -> None:
    """It can be copied into a shell."""
    assert main(["init", *arguments]) == 0
    assert capsys.readouterr().out.endswith(f", then try: {command}\n")
