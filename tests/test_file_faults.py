"""A file that cannot be used: a missing folder, missing rights and a folder in its place are different things."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.file_faults import describe_file_fault, find_obstacle, find_output_fault, find_place_fault
from tests.config.test_sources import another_user
from tests.store.writing import without_write_rights


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter, as may be the folders above it."""
    with TemporaryDirectory() as folder:
        yield Path(folder)


def missing(folder: Path) -> Path:
    return folder / "file"


def missing_folder(folder: Path) -> Path:
    return folder / "missing" / "deeper" / "file"


def folder_in_its_place(folder: Path) -> Path:
    (folder / "file").mkdir()
    return folder / "file"


def file_in_the_place_of_its_folder(folder: Path) -> Path:
    (folder / "other").touch()
    return folder / "other" / "file"


def circle_of_links(folder: Path) -> Path:
    (folder / "file").symlink_to(folder / "file")
    return folder / "file"


def long_name(folder: Path) -> Path:
    return folder / ("f" * 300)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (missing, "FOLDER/file isn't there: correct the name"),
        (missing_folder, "the folder FOLDER/missing/deeper doesn't exist: make it, or correct the path"),
        (folder_in_its_place, "FOLDER/file is a folder: name a file"),
        (file_in_the_place_of_its_folder, "FOLDER/other is a file, so nothing can be in it: correct the path"),
        (circle_of_links, "FOLDER/file is a link that leads round in a circle: name the file itself"),
        (long_name, f"FOLDER/{'f' * 300} has too long a name: choose a shorter one"),
    ],
)
def test_each_fault_has_a_sentence_of_its_own(tmp_path: Path, make: Callable[[Path], Path], sentence: str) -> None:
    """Whether it is met by opening the file or looked for before; that it is missing is no obstacle to making it."""
    path, said = make(tmp_path), sentence.replace("FOLDER", str(tmp_path))
    with pytest.raises(OSError, match=r"Errno") as caught:
        path.open()
    assert describe_file_fault(caught.value) == said
    faults = {find_obstacle(path), find_place_fault(path), find_output_fault(path)}
    assert faults == {None if make is missing else said}


def test_missing_rights_name_the_place_that_lacks_them(open_folder: Path) -> None:
    """The folder if the file is still to be made, the file if it is there."""
    own, new = open_folder / "own", open_folder / "new"
    own.touch()
    with without_write_rights(open_folder):
        for path, place in ((new, open_folder), (own, own)):
            with pytest.raises(PermissionError) as caught:
                path.open("w")
            said = f"{place} may not be used by this user: run heybuddy as its owner, or change its owner or rights"
            assert describe_file_fault(caught.value) == said
            assert find_place_fault(path) == said
            assert find_obstacle(path) is None


def test_an_output_in_a_folder_of_somebody_else(open_folder: Path) -> None:
    """What is written in place needs no rights to its folder, as /dev/stdout and /dev/null; what is replaced does."""
    pipe, link, file = open_folder / "pipe", open_folder / "link", open_folder / "file"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    file.touch()
    open_folder.chmod(0o555)
    for rights, said in ((0o666, None), (0o444, f"{link} may not be used by this user")):
        pipe.chmod(rights)
        file.chmod(rights)
        with another_user():
            assert (find_output_fault(link) or "").startswith(said or "")
            assert (find_output_fault(pipe) is None) == (find_output_fault(link) is None) == (said is None)
            assert (find_output_fault(file) or "").endswith("or change its owner or rights")
    open_folder.chmod(0o755)


def test_a_folder_that_may_not_be_entered(open_folder: Path) -> None:
    """It is named, and not the file in it of which nothing can be known."""
    closed = open_folder / "closed"
    closed.mkdir(mode=0)
    with without_write_rights(open_folder):
        assert (find_obstacle(closed / "file") or "").startswith(f"{closed} may not be used by this user")


def test_a_file_system_that_is_read_only(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rights would not help there."""
    read_only = os.statvfs_result((4096, 4096, 1, 1, 1, 1, 1, 1, os.ST_RDONLY, 255))
    monkeypatch.setattr(os, "statvfs", lambda _: read_only)
    with without_write_rights(open_folder):
        assert (find_place_fault(open_folder / "file") or "").startswith(
            f"{open_folder} is on a file system that is read-only"
        )


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(28, "No space left on device", "a"), "a can't be written, because the disk is full: make room"),
        (OSError(5, "Input/output error", "a"), "a can't be used: Input/output error"),
        (OSError(5, "Input/output error"), "Input/output error"),
        (OSError("no number"), "no number"),
    ],
)
def test_faults_without_a_place(error: OSError, said: str) -> None:
    """What is known is said."""
    assert describe_file_fault(error) == said
