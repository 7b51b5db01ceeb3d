"""Which node builds the page, and which files it is built from."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tools import page

InstallPrograms = Callable[..., None]


@pytest.fixture
def install_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> InstallPrograms:
    """Puts programs, each printing a given text, onto an otherwise empty PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def install(**outputs: str) -> None:
        for name, text in outputs.items():
            (tmp_path / name).write_text(f"#!/bin/sh\necho {text}\n")
            (tmp_path / name).chmod(0o755)

    return install


@pytest.mark.parametrize(
    ("outputs", "is_used"),
    [
        ({"node": "v20.0.0", "npm": "10"}, True),
        ({"node": "v24.19.0", "npm": "11"}, True),
        ({"node": "v18.20.4", "npm": "10"}, False),
        ({"node": "v20.0.0"}, False),
        ({"node": "nonsense", "npm": "10"}, False),
        ({}, False),
    ],
)
def test_node_on_the_path(install_programs: InstallPrograms, outputs: dict[str, str], is_used: bool) -> None:
    """Node 20 or newer is used if npm is there too."""
    install_programs(**outputs)
    assert (page.node_on_path() is not None) == is_used


def test_source_files() -> None:
    """The page is built from its own files and the texts, but not from what the build generates."""
    files = page.source_files()
    assert page.PAGE / "main.js" in files
    assert page.ROOT / "bot" / "words" / "en.json" in files
    assert not any({"dist", "node_modules"} & set(file.parts) for file in files)
