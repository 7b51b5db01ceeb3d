"""What was installed is not installed again, until its inputs change."""

from pathlib import Path

import pytest

from tools import install


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lock files pip was asked for; nothing is really installed."""
    (tmp_path / "requirements").mkdir()
    for name in install.INCLUDED_IN:
        (tmp_path / "requirements" / f"{name}.txt").write_text(name)
    asked: list[str] = []
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "STAMPS", tmp_path / "installed.json")
    monkeypatch.setattr(install, "run", lambda *command: asked.append(Path(command[-1]).stem))
    return asked


def test_a_second_time_nothing_is_done(ran: list[str]) -> None:
    """The stamps outlive the process."""
    install.install_lock("test", install.Stamps())
    install.install_lock("test", install.Stamps())
    assert ran == ["test"]


def test_what_the_tests_need_holds_what_the_sandbox_needs(ran: list[str]) -> None:
    """`make sandbox` after `make test` installs nothing; the other way round it does."""
    install.install_lock("sandbox", install.Stamps())
    install.install_lock("test", install.Stamps())
    install.install_lock("sandbox", install.Stamps())
    assert ran == ["sandbox", "test"]


def test_a_changed_lock_file_is_installed_again(ran: list[str], tmp_path: Path) -> None:
    """A stamp is a fingerprint of the file, not a mark that it was there."""
    install.install_lock("test", install.Stamps())
    (tmp_path / "requirements" / "test.txt").write_text("other")
    install.install_lock("test", install.Stamps())
    assert ran == ["test", "test"]
