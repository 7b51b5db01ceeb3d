"""Structured logs, as text or JSON, without secrets."""

import json
import logging
import re
import sys
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final, TextIO

REDACTED: Final = "[secret]"

# Secrets that are recognized by their form alone: JSON web tokens, Discord's bot tokens, our cookie, a
# link's fragment, interaction tokens in a webhook's address, credentials in headers and query strings.
SECRET_FORMS: Final = re.compile(
    r"""
      eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*
    | [MNO][\w-]{22,28}\.[\w-]{6,7}\.[\w-]{27,}
    | (?<=__Host-heybuddy=)[^;\s"']+
    | (?<=/j\#)[\w-]+
    | (?<=/webhooks/)(\d+)/[\w-]{20,}
    | (?<=/interactions/)(\d+)/[\w-]{20,}
    | (?<=access_token=)[^&\s"']+
    | (?<=Authorization:\ )[^\r\n"']+
    """,
    re.VERBOSE,
)
STANDARD_FIELDS: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
LIBRARY_LEVELS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "aiohttp.access": logging.ERROR,  # access logs hold addresses, and tokens of requests to LiveKit
        "aiosqlite": logging.INFO,
        "discord": logging.WARNING,
        "discord.gateway": logging.INFO,
    }
)


class Redactor:
    """Replaces secrets in a text: the given ones, and everything that looks like a secret."""

    def __init__(self, secrets: Collection[str] = ()) -> None:
        given = sorted(filter(None, secrets), key=len, reverse=True)
        self._given = re.compile("|".join(map(re.escape, given))) if given else None

    def __call__(self, text: str) -> str:
        """Return `text` with every secret replaced by `REDACTED`."""
        without_given = self._given.sub(REDACTED, text) if self._given else text
        return SECRET_FORMS.sub(REDACTED, without_given)


class TextFormatter(logging.Formatter):
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
        """Return the whole record, traceback included, without secrets."""
        return self._redact(super().format(record))


class JsonFormatter(logging.Formatter):
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


def configure_logging(
    *, level: str, output_format: str, secrets: Collection[str] = (), stream: TextIO | None = None
) -> None:
    """Send all logs and warnings to `stream` (default: standard error), from `level` up.

    `output_format` is "text" or "json". Replaces the root logger's handlers and quiets noisy libraries.
    """
    redact = Redactor(secrets)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter(redact) if output_format == "json" else TextFormatter(redact))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.captureWarnings(capture=True)
    for name, minimum in LIBRARY_LEVELS.items():
        logging.getLogger(name).setLevel(max(minimum, root.level))


def _utc_time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _extra_fields(record: logging.LogRecord) -> Iterable[tuple[str, object]]:
    return ((name, value) for name, value in vars(record).items() if name not in STANDARD_FIELDS)
