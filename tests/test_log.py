"""Logs in both formats contain no secrets."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from bot import log

CANARY = "canary-of-a-secret-nobody-may-see"
SECRET_EXAMPLES = {
    "a JSON web token": ("joined with {}", "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl"),
    "a bot token": ("login {}", "MTAxMDEwMTAxMDEwMTAxMDEwMQ.GaBcDe.abcdefghijklmnopqrstuvwxyz01"),
    "our cookie": ("Cookie: __Host-heybuddy={}; a=b", "c29tZSByYW5kb20gYnl0ZXM"),
    "a link": ("https://study.example.org/j#{}", "dGhlIHRva2VuIG9mIGEgbGluaw"),
    "an interaction": ("POST /webhooks/1234567890/{}", "aW50ZXJhY3Rpb246dG9rZW4x/messages"),
    "a query": ("GET /rtc?access_token={}&x=1", "opaque"),
    "a header": ("Authorization: {}", "Bot something"),
}


@pytest.fixture(autouse=True)
def restore_root_logger() -> Iterator[None]:
    """Restore the root logger after each test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(capture=False)


@pytest.fixture(params=["text", "json"])
def stream(request: pytest.FixtureRequest) -> io.StringIO:
    """Everything logged so far, in one of the formats."""
    written = io.StringIO()
    log.configure_logging(level="info", output_format=request.param, secrets=[CANARY, ""], stream=written)
    return written


def test_a_known_secret_is_never_logged(stream: io.StringIO) -> None:
    """A known secret is in no message, field or traceback."""
    logger = logging.getLogger("test")
    logger.info("with %s", CANARY, extra={"field": CANARY})
    try:
        raise ValueError(CANARY)
    except ValueError:
        logger.exception("it broke")
    assert "ValueError" in stream.getvalue()
    assert CANARY not in stream.getvalue()


@pytest.mark.parametrize(("line", "secret"), SECRET_EXAMPLES.values(), ids=SECRET_EXAMPLES)
def test_unknown_secrets_are_recognized(stream: io.StringIO, line: str, secret: str) -> None:
    """Secrets that were not given are recognized by their form."""
    logging.getLogger("test").info(line.format(secret))
    assert log.REDACTED in stream.getvalue()
    assert secret.split("/", maxsplit=1)[0] not in stream.getvalue()


def test_ordinary_text_is_unchanged(stream: io.StringIO) -> None:
    """A message without a secret is logged as it is."""
    logging.getLogger("test").info("match made in pool %s", "1234567890")
    assert "match made in pool 1234567890" in stream.getvalue()


def test_a_json_line_has_all_fields() -> None:
    """A JSON line has time, level, logger, message and the extra fields."""
    written = io.StringIO()
    log.configure_logging(level="info", output_format="json", stream=written)
    logging.getLogger("test").warning("told %s", "twice", extra={"kind": "reminder"})
    line = json.loads(written.getvalue())
    assert line.pop("time").endswith("Z")
    assert line == {"level": "warning", "logger": "test", "message": "told twice", "kind": "reminder"}


def test_a_newline_cannot_forge_a_line() -> None:
    """A newline in a message does not start another line."""
    written = io.StringIO()
    log.configure_logging(level="info", output_format="text", stream=written)
    logging.getLogger("test").info("from %s", "Mallory\n2030-01-01 all is well")
    assert written.getvalue().count("\n") == 1


def test_noisy_libraries_are_quieted(stream: io.StringIO) -> None:
    """Access logs, which contain addresses, and the Discord client's chatter are not logged."""
    for name in ("aiohttp.access", "discord.client"):
        logging.getLogger(name).info("chatter")
    assert stream.getvalue() == ""
