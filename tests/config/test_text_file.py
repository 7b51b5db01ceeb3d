"""A file that cannot be read as text: missing, closed, a folder, a pipe and another encoding each have a name."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.config.text_file import NotThere, Unreadable, read_text_file
from tests.config.test_sources import another_user, open_folder

__all__ = ["open_folder"]


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
    with pytest.raises(Unreadable, match=f"^{re.escape(f'{tmp_path}/file {reason}')}$"):
        read_text_file(tmp_path / "file")


MISSING = "isn't there: correct the name"


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
        (make_loop, "is a link that leads round in a circle: name the file itself"),
    ],
)
def test_what_is_no_ordinary_file(tmp_path: Path, make: Callable[[Path], None], reason: str) -> None:
    """It is refused at once: nothing waits for what may come from a pipe."""
    make(tmp_path / "file")
    with pytest.raises(Unreadable, match=f"^{re.escape(f'{tmp_path}/file {reason}')}$"):
        read_text_file(tmp_path / "file")


def test_what_is_not_there(tmp_path: Path) -> None:
    """A wrong name, a missing folder, a file in its place and a broken link are told apart."""
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    for name, reason in {
        "other": f"{tmp_path}/other {MISSING}",
        "folder/file": f"the folder {tmp_path}/folder doesn't exist: make it, or correct the path",
        "file/file": f"{tmp_path}/file is a file, so nothing can be in it: correct the path",
        "link": f"{tmp_path}/link is a link to a file that isn't there: correct the link",
    }.items():
        with pytest.raises(NotThere, match=f"^{re.escape(reason)}$") as caught:
            read_text_file(tmp_path / name)
        assert caught.value.can_be_made is (name == "other")


def test_a_closed_folder_and_a_closed_file(open_folder: Path) -> None:
    """Somebody else may not enter the one, and not read the other."""
    file, closed = open_folder / "file", open_folder / "closed"
    file.touch(mode=0)
    closed.mkdir(mode=0)
    for path, to_blame in ((file, file), (closed / "file", closed)):
        with another_user(), pytest.raises(Unreadable, match=f"^{to_blame} may not be used by this user: "):
            read_text_file(path)
