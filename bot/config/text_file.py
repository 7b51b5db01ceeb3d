"""Reads a file of settings or of a secret as text, whatever editor saved it, or says why it cannot be read."""

import codecs
import stat
from pathlib import Path
from typing import Final

from bot.log import describe_os_error

UTF_16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Unreadable(Exception):
    """A file that cannot be read as text; the message says why and what to do, as a clause without subject."""


class NotThere(Unreadable):
    """There is no such file."""


def read_text_file(path: Path) -> str:
    """The text of an ordinary file in UTF-8, with or without a mark at its beginning; lines end in a line feed.

    Raises Unreadable. Never waits: a pipe, from which nothing might come, is refused.
    """
    _require_ordinary_file(path)
    try:
        content = path.read_bytes()
    except PermissionError:
        raise Unreadable(
            "can't be read by this user: run heybuddy as the user that owns it, or change the owner"
        ) from None
    except OSError as error:
        raise Unreadable(f"can't be read: {describe_os_error(error)}") from error
    return _decode(content).replace("\r\n", "\n").replace("\r", "\n")


def _require_ordinary_file(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise NotThere(_describe_missing(path)) from None
    except NotADirectoryError:
        raise NotThere("isn't there: what should be its folder is a file; correct the name") from None
    except PermissionError:
        raise Unreadable(
            f"can't be seen by this user: {path.absolute().parent} or a folder above it is closed to it"
        ) from None
    except OSError as error:
        raise Unreadable(f"can't be read: {describe_os_error(error)}") from error
    if stat.S_ISDIR(mode):
        raise Unreadable("is a folder: name a file")
    if not stat.S_ISREG(mode):
        raise Unreadable("is a pipe or a device: name an ordinary file")


def _describe_missing(path: Path) -> str:
    if path.is_symlink():
        return "is a link to a file that isn't there: correct the link"
    folder = path.absolute().parent
    return "isn't there: correct the name" if folder.exists() else f"isn't there: there's no folder {folder}"


def _decode(content: bytes) -> str:
    if content.startswith(UTF_16_MARKS):
        raise Unreadable("is saved as UTF-16: save it as UTF-8")
    if b"\0" in content:
        is_wide = 0 in content[:2]
        raise Unreadable(
            "is saved as UTF-16: save it as UTF-8" if is_wide else "holds NUL bytes: is it the right file?"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"isn't text in UTF-8 (line {line}): save it as UTF-8") from None
