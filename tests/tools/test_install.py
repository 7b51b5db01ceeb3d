"""A finished step is not repeated until its inputs change."""

from pathlib import Path

import pytest

from tools import install


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lock files that pip was called with; nothing is really installed."""
    (tmp_path / "requirements").mkdir()
    for name in install.SATISFIED_BY:
        (tmp_path / "requirements" / f"{name}.txt").write_text(name)
    lock_files: list[str] = []
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "STAMP_FILE", tmp_path / "installed.json")
    monkeypatch.setattr(install, "run_quietly", lambda *command: lock_files.append(Path(command[-1]).stem))
    return lock_files


def test_a_second_run_installs_nothing(installed: list[str]) -> None:
    """Stamps are kept on disk between processes."""
    install.install_packages("test", install.InstallStamps())
    install.install_packages("test", install.InstallStamps())
    assert installed == ["test"]


def test_the_test_packages_include_the_sandbox_packages(installed: list[str]) -> None:
    """`make sandbox` after `make test` installs nothing; `make test` after `make sandbox` does."""
    install.install_packages("sandbox", install.InstallStamps())
    install.install_packages("test", install.InstallStamps())
    install.install_packages("sandbox", install.InstallStamps())
    assert installed == ["sandbox", "test"]


def test_a_changed_lock_file_is_installed_again(installed: list[str], tmp_path: Path) -> None:
    """A stamp is a fingerprint of the file's content."""
    install.install_packages("test", install.InstallStamps())
    (tmp_path / "requirements" / "test.txt").write_text("other")
    install.install_packages("test", install.InstallStamps())
    assert installed == ["test", "test"]
