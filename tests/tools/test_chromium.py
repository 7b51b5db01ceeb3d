"""Which Chromium the browser tests use."""

from pathlib import Path

import pytest

from tools import chromium


def test_the_named_chromium_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HEYBUDDY_CHROMIUM wins over a program on the PATH."""
    (tmp_path / "chromium").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("HEYBUDDY_CHROMIUM", raising=False)
    assert chromium.find_executable() == str(tmp_path / "chromium")
    monkeypatch.setenv("HEYBUDDY_CHROMIUM", "/opt/mine")
    assert chromium.find_executable() == "/opt/mine"
