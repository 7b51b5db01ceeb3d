"""Which Chromium drives the tests."""

from pathlib import Path

import pytest

from tools import chromium


def test_one_that_was_named_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HEYBUDDY_CHROMIUM beats what lies on the PATH."""
    (tmp_path / "chromium").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("HEYBUDDY_CHROMIUM", raising=False)
    assert chromium.find() == str(tmp_path / "chromium")
    monkeypatch.setenv("HEYBUDDY_CHROMIUM", "/opt/mine")
    assert chromium.find() == "/opt/mine"
