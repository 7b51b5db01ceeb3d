"""Reads a file of settings or of a secret as text, whatever editor saved it, or says why it cannot be read."""

import codecs
import errno
import stat
from pathlib import Path
from typing import Final

from bot.file_faults import describe_file_fault

UTF_16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Unreadable(Exception):
    """A file that cannot be read as text; the message is a sentence that says why and what to do, without its stop."""


class NotThere(Unreadable):
    """There is no such file, or none can have that name. `can_be_made`: its folder is there."""

    def __init__(self, sentence: str, *, can_be_made: bool) -> None:
        super().__init__(sentence)
        self.can_be_made = can_be_made


def read_text_file(path: Path) -> str:
    """The text of an ordinary file in UTF-8, with or without a mark at its beginning; lines end in a line feed.

    Raises Unreadable. Never waits: a pipe, from which nothing might come, is refused.
    """
    try:
        mode = path.stat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            raise Unreadable(f"{path} is a pipe or a device: name an ordinary file")
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        if path.is_symlink():
            message = f"{path} is a link to a file that isn't there: correct the link"
            raise NotThere(message, can_be_made=False) from None
        raise NotThere(describe_file_fault(error, path), can_be_made=path.parent.is_dir()) from None
    except OSError as error:
        fault = describe_file_fault(error, path)
        if error.errno == errno.ENAMETOOLONG:
            raise NotThere(fault, can_be_made=False) from error
        raise Unreadable(fault) from error
    try:
        return _decode(content).replace("\r\n", "\n").replace("\r", "\n")
    except ValueError as error:
        raise Unreadable(f"{path} {error}") from None


def _decode(content: bytes) -> str:
    """The text of `content`; raises ValueError with the reason."""
    if content.startswith(UTF_16_MARKS):
        raise ValueError("is saved as UTF-16: save it as UTF-8")
    if b"\0" in content:
        is_wide = 0 in content[:2]
        raise ValueError(
            "is saved as UTF-16: save it as UTF-8" if is_wide else "holds NUL bytes: is it the right file?"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValueError(f"isn't text in UTF-8 (line {line}): save it as UTF-8") from None
