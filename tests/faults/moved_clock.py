"""A clock that a test moves for several processes at once: the machine's, ahead by what stands in a shared file."""

import mmap
import struct
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from bot.clock import SystemClock

AHEAD = struct.Struct("d")


class MovedClock(SystemClock):
    """The machine's clock, moved ahead by `move`, here and in every process with the same file. Sleepers sleep on."""

    def __init__(self, file: Path) -> None:
        with file.open("r+b") as opened:
            self._shared = mmap.mmap(opened.fileno(), AHEAD.size)

    @classmethod
    def create(cls, file: Path) -> Self:
        """A clock that is right, and its new file."""
        file.write_bytes(AHEAD.pack(0.0))
        return cls(file)

    @property
    def ahead(self) -> float:
        (seconds,) = AHEAD.unpack_from(self._shared)
        return float(seconds)

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.ahead)

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead

    def move(self, seconds: float) -> None:
        """Let so many seconds have passed, or be taken back."""
        AHEAD.pack_into(self._shared, 0, self.ahead + seconds)
