"""Structured logs, in text or JSON, that let no secret through. What is worth logging is its author's business."""

import json
import logging
import re
import sys
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import TextIO

HIDDEN = "[secret]"

# What looks like a secret wherever it comes from: JSON web tokens, Discord's bot tokens, our cookie, a link's fragment,
# interaction tokens in a webhook's address, credentials in headers and query strings.
SECRETIVE = re.compile(
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
PLAIN_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
TAMED = {
    "aiohttp.access": logging.ERROR,  # an access log holds addresses and, at LiveKit's, tokens
    "aiosqlite": logging.INFO,
    "discord": logging.WARNING,
    "discord.gateway": logging.INFO,
}


class Redactor:
    """Takes secrets out of a text: those it was told, and whatever looks like one."""

    def __init__(self, secrets: Collection[str] = ()) -> None:
        told = sorted(filter(None, secrets), key=len, reverse=True)
        self._told = re.compile("|".join(map(re.escape, told))) if told else None

    def __call__(self, text: str) -> str:
        """`text` with every secret replaced."""
        without_told = self._told.sub(HIDDEN, text) if self._told else text
        return SECRETIVE.sub(HIDDEN, without_told)


class TextFormatter(logging.Formatter):
    """A line for people: time, level, logger, message, and `key=value` for what came as `extra`."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
        self._redact = redact

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 (its parent's name)
        """The record's time in UTC."""
        return _time(record)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (its parent's name)
        """The message with its fields behind it."""
        line = " ".join([super().formatMessage(record), *(f"{name}={value}" for name, value in _fields(record))])
        return line.replace("\n", "\\n")

    def format(self, record: logging.LogRecord) -> str:
        """The whole record, traceback included, without secrets."""
        return self._redact(super().format(record))


class JsonFormatter(logging.Formatter):
    """A JSON object a line: time, level, logger, message, what came as `extra`, and `error` with a traceback."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """The whole record as one line, without secrets."""
        line = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        } | dict(_fields(record))
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return self._redact(json.dumps(line, ensure_ascii=False, default=str))


def set_up(*, level: str, form: str, secrets: Collection[str] = (), stream: TextIO | None = None) -> None:
    """Send every log to `stream` (standard error), as "text" or "json", from `level` up."""
    redact = Redactor(secrets)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter(redact) if form == "json" else TextFormatter(redact))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.captureWarnings(capture=True)
    for name, least in TAMED.items():
        logging.getLogger(name).setLevel(max(least, root.level))


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _fields(record: logging.LogRecord) -> Iterable[tuple[str, object]]:
    return ((name, value) for name, value in vars(record).items() if name not in PLAIN_FIELDS)
