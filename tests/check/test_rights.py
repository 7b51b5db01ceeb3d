"""Files that hold secrets or members' data and that others can read are named, with the command that mends it."""

import os
import pwd
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.check.rights import check_metrics_readers, check_rights
from bot.store.databases.sqlite_files import make_private

SECRET_NAMES = ("DISCORD_TOKEN_FILE", "SESSION_SECRET_FILE", "LIVEKIT_API_SECRET_FILE", "HEYBUDDY_DISCORD__TOKEN_FILE")
UNKNOWN_USER = 54_321
DATABASE_FILES = ("buddy.db", "buddy.db-wal", "buddy.db-shm", "buddy.db.before-0005", "buddy.db.backup")


def found_in(folder: Path) -> list[str]:
    """What is found in an installation whose files all lie in one folder."""
    environment = {name: str(folder / name) for name in SECRET_NAMES}
    findings = check_rights(folder / "config.toml", folder / "buddy.db", environment)
    assert not any(finding.ok for finding in findings)
    return [f"{finding.subject}: {finding.message}" for finding in findings]


@pytest.mark.parametrize("name", ["config.toml", *SECRET_NAMES])
@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602, 0o601])
def test_a_secret_that_others_can_read(tmp_path: Path, name: str, mode: int) -> None:
    """The settings' file and every file that a variable ending in _FILE names."""
    file = tmp_path / name
    file.touch()
    file.chmod(mode)
    assert found_in(tmp_path) == [
        f"settings: others on this machine can read secrets: chmod 600 {file}",
    ]


@pytest.mark.parametrize("name", DATABASE_FILES)
def test_data_that_others_can_read(tmp_path: Path, name: str) -> None:
    """The database, SQLite's companions and every copy beside it."""
    file = tmp_path / name
    file.touch()
    file.chmod(0o644)
    assert found_in(tmp_path) == [
        f"store.database: others on this machine can read members' data: chmod 600 {file}",
    ]


def test_one_command_mends_all(tmp_path: Path) -> None:
    """Several files are named together; a name that a shell would split is quoted."""
    folder = tmp_path / "my bot"
    folder.mkdir()
    for name in ("buddy.db", "buddy.db-wal", "buddy.db2"):
        (folder / name).touch()
        (folder / name).chmod(0o644)
    [found] = found_in(folder)
    assert found.endswith(f"chmod 600 '{folder / 'buddy.db'}' '{folder / 'buddy.db-wal'}'")


@pytest.fixture
def stranger(monkeypatch: pytest.MonkeyPatch) -> str:
    """Somebody else than the owner of all files here runs the check; the name."""
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + UNKNOWN_USER)
    return str(os.getuid() + UNKNOWN_USER)


def test_files_of_another_user(tmp_path: Path, stranger: str) -> None:
    """Their rights are not ours to change, and the bot could not read them with fewer: it takes another owner."""
    for name in ("config.toml", "buddy.db"):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o644)
    owner = pwd.getpwuid(os.getuid()).pw_name
    settings, database = found_in(tmp_path)
    file = tmp_path / "config.toml"
    assert settings.endswith(f"they belong to {owner}; as root: `chown {stranger} {file}`, then `chmod 600 {file}`")
    assert database.startswith(f"store.database: others on this machine can read members' data: they belong to {owner}")


def test_files_that_nobody_can_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As secrets that a container is given: the rights come from outside."""
    monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_flag=os.ST_RDONLY))
    file = tmp_path / "config.toml"
    file.touch(mode=0o644)
    [found] = found_in(tmp_path)
    assert found.endswith(f"{file} can't be changed here (read-only); change the rights where it is mounted from")


def test_each_kind_of_file_has_its_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret that is mounted read-only beside a file of our own: two things to do."""
    for name in ("config.toml", SECRET_NAMES[0]):
        (tmp_path / name).touch(mode=0o644)
    flags = {tmp_path / SECRET_NAMES[0]: os.ST_RDONLY}
    monkeypatch.setattr(os, "statvfs", lambda file: SimpleNamespace(f_flag=flags.get(file, 0)))
    own, mounted = found_in(tmp_path)
    assert own.endswith(f"chmod 600 {tmp_path / 'config.toml'}")
    assert "where it is mounted from" in mounted


def test_files_of_the_owner_and_the_group(tmp_path: Path) -> None:
    """The group may read secrets, which a service needs; members' data it may not, as the store sees to."""
    for name in ("config.toml", "buddy.db"):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o640)
    [found] = found_in(tmp_path)
    assert found.startswith("store.database: ")
    make_private(tmp_path / "buddy.db")
    assert found_in(tmp_path) == []
    assert found_in(tmp_path / "nowhere") == []


def make_folder(path: Path) -> None:
    path.mkdir(mode=0o755)


def make_foreign(path: Path) -> None:
    """A database of another program."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (address TEXT)")
    path.chmod(0o644)


@pytest.mark.parametrize("make", [make_folder, make_foreign])
def test_the_rights_of_others_are_not_our_business(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """What is in the place of the database and not ours is told by the check of the database."""
    make(tmp_path / "buddy.db")
    assert check_rights(tmp_path / "config.toml", tmp_path / "buddy.db", {}) == []


@pytest.mark.parametrize(
    ("host", "port", "notes"),
    [
        ("127.0.0.1", 9464, []),
        ("::1", 9464, []),
        ("localhost", 9464, []),
        ("0.0.0.0", 0, []),  # noqa: S104 -- nothing listens
        ("0.0.0.0", 9464, ["http://0.0.0.0:9464"]),  # noqa: S104
        ("::", 9465, ["http://[::]:9465"]),
        ("10.0.0.5", 9464, ["http://10.0.0.5:9464"]),
        ("metrics.internal", 9464, ["http://metrics.internal:9464"]),
    ],
)
def test_metrics_that_other_machines_may_read_are_a_note(host: str, port: int, notes: list[str]) -> None:
    """It may be meant so, as in a container: no fault, but worth knowing."""
    found = check_metrics_readers(host, port)
    assert [(each.subject, each.ok, each.is_note, each.message) for each in found] == [
        ("ops.host", True, True, f"everybody who can reach {place} can read the metrics: keep it inside your network")
        for place in notes
    ]
