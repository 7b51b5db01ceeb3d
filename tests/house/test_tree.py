"""The shape of the code: short files, short functions, a first line that says what a file owns, imports at the top."""

import ast
import re
import subprocess
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMENTS = ("//", "/*", "--", "#!")
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
TEXTS = {".py", ".js", ".mjs", ".css", ".html", ".toml", ".md", ".sql", ".json", ".txt", ".yaml", ".yml", ".sh", ""}

# The command line loads a subcommand's module when it is called, so that `heybuddy run` needs no sandbox.
# matplotlib is loaded when something is drawn.
MAY_IMPORT_LATE = {
    "bot/__main__.py",
    "bot/command_line.py",
    "bot/simulate/command.py",
    "bot/chat/statistics/picture_drawing.py",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef

CLOCKS = {"asyncio", "time"}
MAY_SLEEP = ("tests/browser/", "tests/polling.py")

# Joined here from their parts, so that no file, this one included, contains the name of a download host.
REGISTRIES = tuple(
    "".join(parts)
    for parts in (
        ("python", "hosted"),
        ("py", "pi"),
        ("npm", "js"),
        ("proxy", ".golang"),
        ("deb", ".debian"),
        ("static", ".crates"),
    )
)
DOWNLOAD_HOST = rf"(?:{'|'.join(map(re.escape, REGISTRIES))})\.(?:org|com)"
HOME_FOLDER = r"/(?:home|Users|root)/\w"
LOCAL_NAMES = re.compile(f"{HOME_FOLDER}|{DOWNLOAD_HOST}")


def tracked() -> list[Path]:
    """Every file that is tracked or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for path in map(ROOT.joinpath, listed.stdout.splitlines()) if path.is_file() and path.suffix in TEXTS]


FILES = tracked()
PYTHON = [path for path in FILES if path.suffix == ".py"]
WRITTEN = [path for path in FILES if path.suffix in {".py", ".js", ".mjs", ".css", ".html", ".sql"}]


def name(path: Path) -> str:
    """A file's place in the tree."""
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """A Python file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes(path: Path) -> Sequence[ast.AST]:
    """The functions, imports and calls of a Python file, wherever they stand in it."""
    return [
        node for node in ast.walk(parsed(path)) if isinstance(node, Function | ast.Import | ast.ImportFrom | ast.Call)
    ]


def functions(path: Path) -> Iterator[Function]:
    """Every function in a file, methods and inner ones too."""
    return (node for node in nodes(path) if isinstance(node, Function))


def sleeps(path: Path) -> bool:
    """Whether a file sleeps on the machine's clock; a sleep of zero only yields."""
    return any(
        (isinstance(node, ast.ImportFrom) and node.module in CLOCKS and "sleep" in [each.name for each in node.names])
        or (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and (ast.unparse(node.func.value), node.func.attr) in {(clock, "sleep") for clock in CLOCKS}
            and ast.unparse(node.args[0]) != "0"
        )
        for node in nodes(path)
    )


def test_files_are_short() -> None:
    """A file of more than 400 lines is split."""
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in WRITTEN}
    assert {file: lines for file, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_functions_are_short() -> None:
    """A function has at most 60 lines."""
    spans = {
        f"{name(path)}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in PYTHON
        for node in functions(path)
    }
    assert {function: lines for function, lines in spans.items() if lines > LONGEST_FUNCTION} == {}


def test_files_say_what_they_own() -> None:
    """Python opens with a docstring, everything else with a comment."""
    silent = [name(path) for path in PYTHON if not ast.get_docstring(parsed(path))]
    others = [path for path in WRITTEN if path.suffix in {".js", ".mjs", ".css", ".sql"}]
    silent += [name(path) for path in others if not path.read_text(encoding="utf-8").lstrip().startswith(COMMENTS)]
    assert silent == []


def test_imports_are_at_the_top() -> None:
    """A reader sees at once what a file needs."""
    late = {
        name(path)
        for path in PYTHON
        for function in functions(path)
        if any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(function))
    }
    assert late <= MAY_IMPORT_LATE


def test_no_test_sleeps() -> None:
    """Time is virtual and changes have events; only tests of browsers or other processes poll."""
    awake = [path for path in PYTHON if name(path).startswith("tests/") and not name(path).startswith(MAY_SLEEP)]
    assert [name(path) for path in awake if sleeps(path)] == []


def test_nothing_names_a_machine() -> None:
    """No file contains a home folder or the download host of a package registry."""
    found = {name(path): LOCAL_NAMES.findall(path.read_text(encoding="utf-8")) for path in FILES}
    assert {file: places for file, places in found.items() if places} == {}


@pytest.mark.parametrize("text", ["/home/" + "somebody", *(f"https://{host}.org" for host in REGISTRIES)])
def test_local_names_are_recognized(text: str) -> None:
    """The pattern finds home folders and every download host."""
    assert LOCAL_NAMES.search(text)
