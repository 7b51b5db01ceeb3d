"""A disk of a few megabytes for one test: an image with a file system of its own, which it can fill or break."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

SIZE: Final = 8 * 2**20
BLOCK: Final = 4096


class SmallDisk:
    """A mounted disk at `folder`."""

    def __init__(self, image: Path, folder: Path) -> None:
        self.folder = folder
        self._image = image
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Leave no free block, not even of those kept for root."""
        with self._filler.open("wb", buffering=0) as file:
            try:
                while file.write(bytes(BLOCK)):
                    pass
            except OSError:
                os.fsync(file.fileno())

    def make_room(self) -> None:
        self._filler.unlink()

    def make_read_only(self) -> None:
        """As the kernel does after an error of the disk: also for files that are open."""
        _require(_run("mount", "-o", "remount,abort", self.folder))

    def mount(self) -> None:
        _require(_run("mount", "-o", "loop", self._image, self.folder))

    def unmount(self) -> None:
        _require(_run("umount", self.folder))


@contextmanager
def small_disk(place: Path) -> Iterator[SmallDisk]:
    """A small disk whose image lies in `place`. Skips the test where nothing may be mounted."""
    image, folder = place / "disk.image", place / "disk"
    folder.mkdir()
    with image.open("wb") as file:
        file.truncate(SIZE)
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    disk = SmallDisk(image, folder)
    for made in (_run("mkfs.ext4", "-q", "-F", image), _run("mount", "-o", "loop", image, folder)):
        if made.returncode:
            pytest.skip(f"no small disk can be made here: {made.stderr.strip()}")
    try:
        yield disk
    finally:
        _run("umount", "--lazy", folder)


def _run(*command: str | Path) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as missing:
        return subprocess.CompletedProcess(command, 127, "", str(missing))


def _require(done: "subprocess.CompletedProcess[str]") -> None:
    assert done.returncode == 0, done.stderr
