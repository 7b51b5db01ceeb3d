"""The shape of the code: short files, short functions, a first line that says what a file owns, imports at the top."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
TEXTS = {".py", ".js", ".mjs", ".css", ".html", ".toml", ".md", ".sql", ".json", ".txt", ".yaml", ".yml", ".sh", ""}

# The command line loads a subcommand's module when it is called, so that `heybuddy run` needs no sandbox.
MAY_IMPORT_LATE = {"bot/__main__.py"}

# A path of somebody's machine, and the hosts packages are downloaded from.
LOCAL = re.compile(
    r"/(?:home|Users|root)/\w|(?:files\.pythonhosted|pypi|registry\.npmjs|npmjs|proxy\.golang|deb\.debian|static\.crates)\.(?:org|com)"
)


def tracked() -> list[Path]:
    """Every file the repository holds or is about to."""
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


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function in a file, methods and inner ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("path", WRITTEN, ids=name)
def test_a_file_is_short(path: Path) -> None:
    """At 400 lines it is two files."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_a_function_is_short(path: Path) -> None:
    """Nobody reads 61 lines at a time."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    spans = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions(tree)}
    assert {function: lines for function, lines in spans.items() if lines > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_a_file_says_what_it_owns(path: Path) -> None:
    """It opens with a docstring of one to a few lines."""
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert said
    assert len(said.splitlines()[0]) > len("a word")


@pytest.mark.parametrize("path", [path for path in WRITTEN if path.suffix in {".js", ".mjs", ".css", ".sql"}], ids=name)
def test_other_files_say_it_too(path: Path) -> None:
    """They open with a comment."""
    assert path.read_text(encoding="utf-8").lstrip().startswith(("//", "/*", "--", "#!"))


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_imports_stand_at_the_top(path: Path) -> None:
    """What a file needs is seen at once."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    late = [
        node.lineno
        for inner in functions(tree)
        for node in ast.walk(inner)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not late or name(path) in MAY_IMPORT_LATE


@pytest.mark.parametrize("path", FILES, ids=name)
def test_nothing_names_a_machine(path: Path) -> None:
    """No folder of somebody's machine and no download host of a package registry."""
    if path == Path(__file__):
        return
    assert LOCAL.findall(path.read_text(encoding="utf-8")) == []
