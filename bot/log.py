"""Structured logs, as text or JSON: no secrets, known trouble in its own words, the same line once a minute."""

import json
import logging
import math
import os
import re
import sys
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType, TracebackType
from typing import ClassVar, Final, TextIO
from urllib.parse import quote, quote_plus

from bot import exit_status

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

REDACTED: Final = "[secret]"

# Secrets that are recognized by their form alone: JSON web tokens, Discord's bot tokens, our cookie, a
# link's fragment, a page's report token, interaction tokens in a webhook's address, credentials in headers and query
# strings.
SECRET_FORMS: Final = re.compile(
    r"""
      eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*
    | [MNO][\w-]{22,28}\.[\w-]{6,7}\.[\w-]{27,}
    | (?<=__Host-heybuddy=)[^;\s"']+
    | (?<=/j\#)[\w-]+
    | (?<![\w-])[\w-]{22}\.[\w-]{43}(?![\w-])
    | (?<=/webhooks/)(\d+)/[\w-]{20,}
    | (?<=/interactions/)(\d+)/[\w-]{20,}
    | (?<=access_token=)[^&\s"']+
    | (?<=password=)[^&\s"']+
    | (?<=Authorization:\ )[^\r\n"']+
    """,
    re.VERBOSE,
)
PASSWORD_IN_ADDRESS: Final = re.compile(r"(://[^\s/:@\"']*:)[^\s\"']+(?=@)")
LONG_SECRET: Final = 8  # letters
STANDARD_FIELDS: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
LIBRARY_LEVELS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "aiohttp.access": logging.ERROR,  # access logs hold addresses, and tokens of requests to LiveKit
        "aiosqlite": logging.INFO,
        "asyncpg": logging.CRITICAL,  # its pool logs a traceback for each connection that it cannot make again
        "discord": logging.WARNING,
    }
)
UNUSED_LIBRARIES: Final = ("discord.client", "voice will NOT be supported")
"""The logger and the words with which discord.py misses libraries for voice, which is LiveKit's work here."""

# Exceptions that the world outside causes. Where in the code they arose tells nobody anything.
KNOWN_TROUBLE_MODULES: Final = frozenset({"aiohttp.client_exceptions", "discord.errors"})
LONGEST_REASON: Final = 300  # letters of such an exception; some of Discord's contain a whole web page
ERROR_NUMBER: Final = re.compile(r"\[Errno -?\d+\] ")
REPEATS_COUNTED_FOR: Final = 60.0  # seconds
MAX_REMEMBERED_LINES: Final = 1000


class ExpectedError(Exception):
    """An exception of ours that the world outside causes: its message is enough, and logs show no traceback of it."""

    status: ClassVar[int] = exit_status.NOT_DONE
    """What a command ends with because of it."""


class Redactor:
    """Replaces secrets in a text: the given ones, and everything that looks like a secret."""

    def __init__(self, secrets: Collection[str] = ()) -> None:
        forms = {form: len(secret) for secret in filter(None, secrets) for form in _spellings(secret)}
        longest_first = sorted(forms, key=len, reverse=True)
        given = "|".join(_pattern_of(form, is_long=forms[form] >= LONG_SECRET) for form in longest_first)
        self._given = re.compile(given) if given else None

    def __call__(self, text: str) -> str:
        """Return `text` with every secret replaced by `REDACTED`."""
        without_given = self._given.sub(REDACTED, text) if self._given else text
        return SECRET_FORMS.sub(REDACTED, PASSWORD_IN_ADDRESS.sub(rf"\1{REDACTED}", without_given))


def _spellings(secret: str) -> Iterable[str]:
    """The secret itself, and as JSON, Python and addresses spell it; what is logged as JSON is spelled so once more."""
    once = {
        secret,
        repr(secret)[1:-1],
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
    }
    return once | {json.dumps(form, ensure_ascii=False)[1:-1] for form in once}


def _pattern_of(secret: str, *, is_long: bool) -> str:
    """A short one counts only as a word by itself: anywhere else it would eat the words that have its letters."""
    pattern = re.escape(secret)
    return pattern if is_long else rf"(?<!\w){pattern}(?!\w)"


class PlainFormatter(logging.Formatter):
    """Formats an exception as its traceback, or in its own words if it is known trouble."""

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802 (its parent's name)
        """Return the traceback; for known trouble what `describe_error` says."""
        error = ei[1]
        return describe_error(error) if error and is_known_trouble(error) else super().formatException(ei)


class TextFormatter(PlainFormatter):
    """One line for people: time, level, logger, message, and `key=value` for each field passed as `extra`."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
        self._redact = redact

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 (its parent's name)
        """Return the record's time in UTC, in ISO 8601 with milliseconds; ignores `datefmt`."""
        return _utc_time(record)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (its parent's name)
        """Return the message followed by its fields, on one line."""
        line = " ".join([super().formatMessage(record), *(f"{name}={value}" for name, value in _extra_fields(record))])
        return line.replace("\n", "\\n")

    def format(self, record: logging.LogRecord) -> str:
        """Return the whole record, traceback included, without secrets; known trouble is on the same line."""
        text = super().format(record)
        error = record.exc_info[1] if record.exc_info else None
        return self._redact(": ".join(text.splitlines()) if error and is_known_trouble(error) else text)


class JsonFormatter(PlainFormatter):
    """One JSON object per line: time, level, logger, message, what is passed as `extra`, and `error`, a traceback."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """Return the whole record as one line, without secrets."""
        line = {
            "time": _utc_time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        } | dict(_extra_fields(record))
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return self._redact(json.dumps(line, ensure_ascii=False, default=str))


@dataclass(slots=True)
class _Line:
    """A line that was written, how often it came again, and when it last did, in seconds since 1970."""

    record: logging.LogRecord
    repeats: int = 0
    last: float = 0.0


class CollapsingHandler(logging.StreamHandler[TextIO]):
    """Writes a line once a minute. What came again meanwhile is counted, and the count is written afterwards.

    Two records are the same line if logger, level, message and kind of exception are.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._lines: dict[Hashable, _Line] = {}  # the oldest first

    def emit(self, record: logging.LogRecord) -> None:
        """Write `record`, or count it if it is a repetition; first write the counts that are due."""
        self._write_counts(before=record.created - REPEATS_COUNTED_FOR, now=record.created)
        error = record.exc_info[1] if record.exc_info else None
        key = (record.name, record.levelno, record.getMessage(), type(error))
        if key in self._lines:
            self._lines[key].repeats += 1
            self._lines[key].last = record.created
            return
        if len(self._lines) >= MAX_REMEMBERED_LINES:
            self._write_count(self._lines.pop(next(iter(self._lines))), now=record.created)
        self._lines[key] = _Line(record=record)
        super().emit(record)

    def close(self) -> None:
        """Write all counts."""
        self._write_counts(before=math.inf, now=None)
        super().close()

    def _write_counts(self, *, before: float, now: float | None) -> None:
        """Forget the lines first written `before` that time, or after a clock that was set back, and write counts.

        They carry the time `now`; None, at the end, stands for that of the last repetition.
        """
        while self._lines:
            key, line = next(iter(self._lines.items()))
            if before <= line.record.created <= before + REPEATS_COUNTED_FOR:
                return
            del self._lines[key]
            self._write_count(line, now=now)

    def _write_count(self, line: _Line, *, now: float | None) -> None:
        if not line.repeats:
            return
        counted = logging.makeLogRecord(vars(line.record) | {"exc_info": None, "exc_text": None, "args": None})
        counted.created = line.last if now is None else now
        last = datetime.fromtimestamp(line.last, UTC)
        counted.msg = f"{_with_reason(line.record)} (and {line.repeats} more like it, the last at {last:%H:%M:%S})"
        super().emit(counted)


def _with_reason(record: logging.LogRecord) -> str:
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return record.getMessage()
    return f"{record.getMessage()}: {describe_briefly(error)}"


def describe_error(error: BaseException) -> str:
    """What an exception says, on one line and cut, without error numbers; its type's name if it says nothing."""
    text = " ".join(ERROR_NUMBER.sub("", str(error)).split())[:LONGEST_REASON]
    return text or type(error).__name__


def describe_briefly(error: BaseException) -> str:
    """What known trouble says; of a mistake of ours its type: its traceback was logged before."""
    return describe_error(error) if is_known_trouble(error) else type(error).__name__


def describe_os_error(error: OSError) -> str:
    """The system's words for an error's number, without the file, address or library that they are about."""
    return os.strerror(error.errno) if error.errno and error.errno > 0 else describe_error(error)


def is_known_trouble(error: BaseException) -> bool:
    """Whether an exception comes from the world outside: the network, Discord, the disk, or a time that has run out."""
    return isinstance(error, OSError | ExpectedError) or type(error).__module__ in KNOWN_TROUBLE_MODULES


def configure_logging(
    *, level: str, output_format: str, secrets: Collection[str] = (), stream: TextIO | None = None
) -> None:
    """Send all logs and warnings to `stream` (default: standard error), from `level` up.

    `output_format` is "text" or "json". Replaces the root logger's handlers and quiets noisy libraries.
    """
    redact = Redactor(secrets)
    handler = CollapsingHandler(stream or sys.stderr)
    handler.addFilter(_is_wanted)
    handler.setFormatter(JsonFormatter(redact) if output_format == "json" else TextFormatter(redact))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.captureWarnings(capture=True)
    for name, minimum in LIBRARY_LEVELS.items():
        logging.getLogger(name).setLevel(max(minimum, root.level))


def _is_wanted(record: logging.LogRecord) -> bool:
    name, words = UNUSED_LIBRARIES
    return record.name != name or words not in record.getMessage()


def _utc_time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _extra_fields(record: logging.LogRecord) -> Iterable[tuple[str, object]]:
    return ((name, value) for name, value in vars(record).items() if name not in STANDARD_FIELDS)
