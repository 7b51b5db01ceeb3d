"""Standard output and error as the world provides them: closed, full, without a reader, or not in UTF-8."""

import codecs
import io
import os
import select
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TextIO

STANDARD_INPUT, STANDARD_OUTPUT, STANDARD_ERROR = range(3)
SPELLED_PLAINLY: Final[Mapping[str, str]] = MappingProxyType(
    {"✓": "+", "✗": "x", "–": "-", "…": "...", "’": "'", "“": '"', "”": '"', "→": "->", "·": "*"}  # noqa: RUF001 -- what we print
)
"""What takes the place of our own signs where an encoding lacks them."""
UNKNOWN_SIGN: Final = "?"
ERROR_HANDLER: Final = "heybuddy.plain"


class ReaderGone(Exception):
    """Nobody reads standard output any more, as behind `| head`. What is written from now on is dropped."""


class OutputFailed(Exception):
    """Standard output cannot be written. The message is one sentence: it says why."""


class _PatientFile(io.FileIO):
    """Waits where a descriptor that does not block, as other programs leave one behind, has no room."""

    def write(self, data: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]  # buffers are enough
        while (written := super().write(data)) is None:
            select.select([], [self], [])
        return written


class _StandardOutput(_PatientFile):
    """Raises ReaderGone and OutputFailed, which nobody mistakes for trouble with a file or a connection."""

    def write(self, data: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]  # buffers are enough
        try:
            return super().write(data)
        except BrokenPipeError:
            _drop_output(self.fileno())
            raise ReaderGone from None
        except OSError as error:
            _drop_output(self.fileno())
            raise OutputFailed(f"Standard output can't be written: {error.strerror}.") from error


class _StandardError(_PatientFile):
    """Never raises: what cannot be said is no reason to stop."""

    def write(self, data: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]  # buffers are enough
        try:
            return super().write(data)
        except BrokenPipeError:
            _drop_output(self.fileno())
        except OSError:  # a full disk may have room again
            pass
        return len(data)


def prepare_streams() -> None:
    """Put streams in the place of `sys.stdout` and `sys.stderr` that print in any encoding, and know their reader.

    The descriptors of standard streams that were closed lead nowhere from now on; otherwise the next file that is
    opened, the database for instance, would get their numbers, and what is printed would be written into it.
    """
    _occupy_closed_descriptors()
    codecs.register_error(ERROR_HANDLER, _spell_plainly)
    is_terminal = sys.stdout is not None and sys.stdout.isatty()  # None if it was closed
    sys.stdout = _open_text(_StandardOutput(STANDARD_OUTPUT, "wb", closefd=False), sys.stdout, by_line=is_terminal)
    sys.stderr = _open_text(_StandardError(STANDARD_ERROR, "wb", closefd=False), sys.stderr, by_line=True)


def _open_text(raw: io.FileIO, like: TextIO | None, *, by_line: bool) -> TextIO:
    encoding = like.encoding if like is not None else "utf-8"
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding, ERROR_HANDLER, line_buffering=by_line)


def _occupy_closed_descriptors() -> None:
    """Open /dev/null until it gets a number beyond those of the standard streams."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= STANDARD_ERROR:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)


def _drop_output(descriptor: int) -> None:
    """Let `descriptor` lead nowhere, so that what is still buffered can be written at the end of the process."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _spell_plainly(error: UnicodeError) -> tuple[str, int]:
    """An error handler of codecs: how to write the letters that the encoding lacks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(SPELLED_PLAINLY.get(letter, UNKNOWN_SIGN) for letter in lacking), error.end
