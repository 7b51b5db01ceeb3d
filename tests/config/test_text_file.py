"""A file that cannot be read as text: missing, closed, a folder, a pipe and another encoding each have a name."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.config.text_file import NotThere, Unreadable, read_text_file
from tests.config.test_sources import another_user


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"a\xc3\xa9", "aé"),
        (b"\xef\xbb\xbfa\r\nb\rc\n", "a\nb\nc\n"),
        (b"", ""),
    ],
)
def test_text(tmp_path: Path, content: bytes, text: str) -> None:
    """A mark at the beginning is left out, and every line ends in a line feed."""
    (tmp_path / "file").write_bytes(content)
    assert read_text_file(tmp_path / "file") == text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("a".encode("utf-16"), "is saved as UTF-16: save it as UTF-8"),
        ("\ufeffa".encode("utf-16-be"), "is saved as UTF-16: save it as UTF-8"),
        ("a = 1".encode("utf-16-le"), "is saved as UTF-16: save it as UTF-8"),
        ("a = 1".encode("utf-16-be"), "is saved as UTF-16: save it as UTF-8"),
        (b"SQLite format 3\0\xff", "holds NUL bytes: is it the right file?"),
        (b"# caf\xe9\n", "isn't text in UTF-8 (line 1): save it as UTF-8"),
        (b"one\ntwo\n\x93three\x94\n", "isn't text in UTF-8 (line 3): save it as UTF-8"),
    ],
)
def test_another_encoding(tmp_path: Path, content: bytes, reason: str) -> None:
    """It is named, with the line if only one letter is wrong."""
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(Unreadable, match=f"^{re.escape(reason)}$"):
        read_text_file(tmp_path / "file")


def make_device(path: Path) -> None:
    """Something that can be read without end."""
    path.symlink_to("/dev/zero")


def make_loop(path: Path) -> None:
    """A link to itself."""
    path.symlink_to(path)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (os.mkfifo, "is a pipe or a device: name an ordinary file"),
        (make_device, "is a pipe or a device: name an ordinary file"),
        (Path.mkdir, "is a folder: name a file"),
        (make_loop, "can't be read: Too many levels of symbolic links"),
    ],
)
def test_what_is_no_ordinary_file(tmp_path: Path, make: Callable[[Path], None], reason: str) -> None:
    """It is refused at once: nothing waits for what may come from a pipe."""
    make(tmp_path / "file")
    with pytest.raises(Unreadable, match=f"^{re.escape(reason)}$"):
        read_text_file(tmp_path / "file")


def test_what_is_not_there(tmp_path: Path) -> None:
    """A wrong name, a missing folder, a file in its place and a broken link are told apart."""
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    for name, reason in {
        "other": "isn't there: correct the name",
        "folder/file": f"isn't there: there's no folder {tmp_path / 'folder'}",
        "file/file": "isn't there: what should be its folder is a file; correct the name",
        "link": "is a link to a file that isn't there: correct the link",
    }.items():
        with pytest.raises(NotThere, match=f"^{re.escape(reason)}$"):
            read_text_file(tmp_path / name)


def test_a_closed_folder_and_a_closed_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else may not see the one, and not read the other."""
    monkeypatch.chdir(tmp_path)
    tmp_path.chmod(0o755)
    Path("open").mkdir(mode=0o755)
    Path("open/file").touch(mode=0)
    Path("closed").mkdir(mode=0)
    with another_user(), pytest.raises(Unreadable, match="^can't be read by this user: run heybuddy as the user"):
        read_text_file(Path("open/file"))
    seen = f"^can't be seen by this user: {tmp_path / 'closed'} or a folder above it is closed to it$"
    with another_user(), pytest.raises(Unreadable, match=seen):
        read_text_file(Path("closed/file"))
