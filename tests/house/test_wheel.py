"""The wheel has all that a server needs: the page, and the files that `heybuddy init` writes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def unpacked_wheel() -> Iterator[Path]:
    """The folder with what the wheel installs."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        [wheel] = Path(folder).glob("*.whl")
        installed = Path(folder) / "installed"
        ZipFile(wheel).extractall(installed)
        yield installed


def test_init_works_where_only_the_wheel_is(unpacked_wheel: Path, tmp_path: Path) -> None:
    """It writes what it writes from the project's folder, for both have one source."""
    subprocess.run(
        [sys.executable, "-m", "bot", "init"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(unpacked_wheel)},
        check=True,
        capture_output=True,
    )
    example = (ROOT / "config.example.toml").read_text(encoding="utf-8")
    assert (unpacked_wheel / "bot" / "config.example.toml").read_text(encoding="utf-8") == example
    written = (tmp_path / "config.toml").read_text(encoding="utf-8")
    assert (tmp_path / "compose.yaml").read_bytes() == (ROOT / "compose.yaml").read_bytes()
    assert len(written.splitlines()) == len(example.splitlines())


def test_the_page_is_in_the_wheel(unpacked_wheel: Path) -> None:
    """Built, and without its sources."""
    page = unpacked_wheel / "web" / "page"
    assert [folder.name for folder in page.iterdir()] == ["dist"]
    assert (page / "dist" / "manifest.json").exists()


def test_the_command_is_the_edge_of_the_process(unpacked_wheel: Path) -> None:
    """What is installed as `heybuddy` prepares its streams before it does anything."""
    [entry_points] = unpacked_wheel.glob("*.dist-info/entry_points.txt")
    assert "heybuddy = bot.__main__:start" in entry_points.read_text(encoding="utf-8")
