"""What is logged, in both forms, holds no secret."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from bot import log

CANARY = "canary-of-a-secret-nobody-may-see"
LOOKS_SECRET = {
    "a JSON web token": ("joined with {}", "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl"),
    "a bot token": ("login {}", "MTAxMDEwMTAxMDEwMTAxMDEwMQ.GaBcDe.abcdefghijklmnopqrstuvwxyz01"),
    "our cookie": ("Cookie: __Host-heybuddy={}; a=b", "c29tZSByYW5kb20gYnl0ZXM"),
    "a link": ("https://study.example.org/j#{}", "dGhlIHRva2VuIG9mIGEgbGluaw"),
    "an interaction": ("POST /webhooks/1234567890/{}", "aW50ZXJhY3Rpb246dG9rZW4x/messages"),
    "a query": ("GET /rtc?access_token={}&x=1", "opaque"),
    "a header": ("Authorization: {}", "Bot something"),
}


@pytest.fixture(autouse=True)
def loggers_as_before() -> Iterator[None]:
    """The root logger is given back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(capture=False)


@pytest.fixture(params=["text", "json"])
def stream(request: pytest.FixtureRequest) -> io.StringIO:
    """What was logged so far, in one of the forms."""
    written = io.StringIO()
    log.configure_logging(level="info", output_format=request.param, secrets=[CANARY, ""], stream=written)
    return written


def test_a_told_secret_appears_nowhere(stream: io.StringIO) -> None:
    """Neither in a message, nor in a field, nor in a traceback."""
    logger = logging.getLogger("test")
    logger.info("with %s", CANARY, extra={"field": CANARY})
    try:
        raise ValueError(CANARY)
    except ValueError:
        logger.exception("it broke")
    assert "ValueError" in stream.getvalue()
    assert CANARY not in stream.getvalue()


@pytest.mark.parametrize(("line", "secret"), LOOKS_SECRET.values(), ids=LOOKS_SECRET)
def test_what_looks_like_a_secret_is_one(stream: io.StringIO, line: str, secret: str) -> None:
    """Secrets nobody told us about are known by their shape."""
    logging.getLogger("test").info(line.format(secret))
    assert log.REDACTED in stream.getvalue()
    assert secret.split("/", maxsplit=1)[0] not in stream.getvalue()


def test_ordinary_words_stay(stream: io.StringIO) -> None:
    """A log without a secret is left alone."""
    logging.getLogger("test").info("match made in pool %s", "1234567890")
    assert "match made in pool 1234567890" in stream.getvalue()


def test_a_json_line_has_its_fields() -> None:
    """Machines read time, level, logger, message and what came as extra."""
    written = io.StringIO()
    log.configure_logging(level="info", output_format="json", stream=written)
    logging.getLogger("test").warning("told %s", "twice", extra={"kind": "reminder"})
    line = json.loads(written.getvalue())
    assert line.pop("time").endswith("Z")
    assert line == {"level": "warning", "logger": "test", "message": "told twice", "kind": "reminder"}


def test_a_text_line_cannot_be_forged() -> None:
    """A name with a line's end in it makes no second line."""
    written = io.StringIO()
    log.configure_logging(level="info", output_format="text", stream=written)
    logging.getLogger("test").info("from %s", "Mallory\n2030-01-01 all is well")
    assert written.getvalue().count("\n") == 1


def test_loud_libraries_are_tamed(stream: io.StringIO) -> None:
    """An access log would hold addresses; Discord's client talks too much."""
    for name in ("aiohttp.access", "discord.client"):
        logging.getLogger(name).info("chatter")
    assert stream.getvalue() == ""
