"""What every test of settings has: a folder of its own to write files into."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def change_to_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file is left in the folder in which the tests are started."""
    monkeypatch.chdir(tmp_path)
