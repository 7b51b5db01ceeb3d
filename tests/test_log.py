"""Logs in both formats contain no secrets."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_plus

import aiohttp
import discord
import pytest

from bot import log
from bot.store import StoreUnavailable

CANARY = "canary-of-a-secret-nobody-may-see"
SECRET_EXAMPLES = {
    "a JSON web token": ("joined with {}", "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl"),
    "a bot token": ("login {}", "MTAxMDEwMTAxMDEwMTAxMDEwMQ.GaBcDe.abcdefghijklmnopqrstuvwxyz01"),
    "our cookie": ("Cookie: __Host-heybuddy={}; a=b", "c29tZSByYW5kb20gYnl0ZXM"),
    "a link": ("https://study.example.org/j#{}", "dGhlIHRva2VuIG9mIGEgbGluaw"),
    "a report token": ("body {{'token': '{}'}}", f"{'A' * 22}.{'b-_' * 14}c"),
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
def output_format(request: pytest.FixtureRequest) -> str:
    """One of the formats."""
    return str(request.param)


@pytest.fixture
def stream(output_format: str) -> io.StringIO:
    """Everything logged so far, in one of the formats."""
    written = io.StringIO()
    log.configure_logging(level="info", output_format=output_format, secrets=[CANARY, ""], stream=written)
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


def test_missing_voice_is_no_news(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    """Discord's library misses two libraries for a voice that is not used here; its other warnings stay."""
    for once in ("warn_nacl", "warn_dave"):
        monkeypatch.setattr(discord.VoiceClient, once, True)
    discord.Client(intents=discord.Intents(guilds=True))
    assert not discord.VoiceClient.warn_nacl, "it has warned"
    assert stream.getvalue() == ""
    logging.getLogger("discord.client").warning("something else")
    assert "something else" in stream.getvalue()


def log_from(seconds: float, text: str, error: Exception | None = None) -> None:
    """Log a warning as if so many seconds had passed since 2026 began."""
    exc_info = (type(error), error, None) if error else None
    record = logging.LogRecord("test", logging.WARNING, "", 0, text, (), exc_info)
    record.created = 1_767_225_600 + seconds
    logging.getLogger().handle(record)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionResetError(104, "Connection reset by peer"), "Connection reset by peer"),
        (TimeoutError(), "TimeoutError"),
        (aiohttp.ServerDisconnectedError(), "Server disconnected"),
        (discord.RateLimited(40.0), "Too many requests. Retry in 40.00 seconds."),
        (StoreUnavailable("The database cannot be used: disk full."), "The database cannot be used: disk full."),
        (OSError(24, "Too many open files"), "Too many open files"),
        (FileNotFoundError(2, "No such file or directory", "/a"), "No such file or directory: '/a'"),
        (OSError(-2, "Name or service not known"), "Name or service not known"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_known_trouble_is_told_in_its_own_words(stream: io.StringIO, error: Exception, words: str) -> None:
    """What the world outside causes is one line, without traceback, error number, or the same name twice."""
    try:
        raise error
    except Exception:
        logging.getLogger("test").exception("it broke")
    assert stream.getvalue().count("\n") == 1
    line = stream.getvalue().rstrip()
    assert line.endswith(f"it broke: {words}") or json.loads(line)["error"] == words


def test_a_mistake_keeps_its_traceback(stream: io.StringIO) -> None:
    """Nothing of our own is hidden."""
    try:
        raise KeyError("wishes")
    except KeyError:
        logging.getLogger("test").exception("it broke")
    assert "Traceback" in stream.getvalue()


def test_a_web_page_in_a_refusal_is_cut(stream: io.StringIO) -> None:
    """An exception of Discord's library may contain a whole page."""
    log_from(0, "refused", OSError("<html>" + "x\n" * 100_000))
    assert len(stream.getvalue()) < 500


def test_a_thousand_equal_lines_are_two(stream: io.StringIO) -> None:
    """The first at once, and the number of the others when their minute is over."""
    for number in range(1000):
        log_from(number / 100, "the store is away", OSError("locked"))
    assert len(stream.getvalue().splitlines()) == 1
    log_from(61, "something else")
    _, counted, other = stream.getvalue().splitlines()
    assert "the store is away: locked (and 999 more like it, the last at 00:00:09)" in counted
    assert "2026-01-01T00:01:01.000Z" in counted, "the lines are in the order of their times"
    assert "something else" in other
    log_from(62, "the store is away", OSError("locked"))
    assert "more like it" not in stream.getvalue().splitlines()[-1], "a new minute begins"


def test_a_count_says_what_was_repeated(stream: io.StringIO) -> None:
    """Two lines of one text are told apart by their exceptions: the words of trouble, the type of a mistake."""
    for error in (OSError("locked"), OSError("locked"), KeyError("wishes"), KeyError("wishes")):
        log_from(0, "a command failed", error)
    logging.getLogger().handlers[0].close()
    assert "a command failed: locked (and 1 more like it" in stream.getvalue()
    assert "a command failed: KeyError (and 1 more like it" in stream.getvalue()


def test_different_lines_are_all_written(stream: io.StringIO) -> None:
    """A different text, exception or time is a different line; a line without repetition has no count."""
    for seconds, text, error in ((0, "a", None), (1, "b", None), (2, "a", KeyError("x")), (61, "a", None)):
        log_from(seconds, text, error)
    assert stream.getvalue().count("test") == 4 + stream.getvalue().count("tests/")
    assert "more like it" not in stream.getvalue()


def test_the_counts_are_written_at_the_end(stream: io.StringIO) -> None:
    """Nothing that was counted is lost when the program ends."""
    for seconds in range(3):
        log_from(seconds, "the store is away")
    logging.getLogger().handlers[0].close()
    assert "(and 2 more like it, the last at 00:00:02)" in stream.getvalue()


def test_a_clock_that_is_set_back_silences_no_line(stream: io.StringIO) -> None:
    """A line from an hour ahead does not swallow those of the next hour."""
    log_from(3600, "the store is away")
    log_from(0, "the store is away")
    assert len(stream.getvalue().splitlines()) == 2


def test_only_so_many_lines_are_remembered(stream: io.StringIO) -> None:
    """Memory is bounded, and no count is lost."""
    for number in (0, 0, *range(1, log.MAX_REMEMBERED_LINES + 1)):
        log_from(1, f"line {number}")
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, log.CollapsingHandler)
    assert len(handler._lines) == log.MAX_REMEMBERED_LINES
    assert "line 0 (and 1 more like it, the last at 00:00:01)" in stream.getvalue()


def test_a_short_secret_leaves_other_words_whole() -> None:
    """It is replaced where it stands by itself, and any password in an address."""
    redact = log.Redactor(["p"])
    assert redact("with postgresql://u:p@h/d, a postgres") == "with postgresql://u:[secret]@h/d, a postgres"
    assert redact("postgresql://u:another@h") == "postgresql://u:[secret]@h"
    assert redact("the password p is wrong") == "the password [secret] is wrong"


@pytest.mark.parametrize("secret", ['a "quoted" \\ secret', "naïve/secret %+ with=signs", "two\nlines of a secret"])
@pytest.mark.parametrize("form", [str, json.dumps, repr, quote, quote_plus, lambda text: quote(text, safe="")])
def test_a_secret_is_recognized_in_every_spelling(secret: str, form: Callable[[str], str], output_format: str) -> None:
    """As JSON, as Python and addresses spell it, and as JSON in JSON."""
    written = io.StringIO()
    log.configure_logging(level="info", output_format=output_format, secrets=[secret], stream=written)
    logging.getLogger("test").info("with %s", form(secret))
    assert "secret" not in written.getvalue().replace(log.REDACTED, "")


def test_a_secret_that_begins_like_another() -> None:
    """Nothing of the longer one is left."""
    redact = log.Redactor(["abcdefgh", "abcdefgh-more"])
    assert redact("abcdefgh-more abcdefgh") == "[secret] [secret]"


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://u:{}@h/d",
        "postgresql://u:a@{}@h/d",
        "postgresql://h/d?user=u&password={}&sslmode=require",
        "host=h sslpassword={}",
    ],
)
def test_a_password_in_an_address(address: str) -> None:
    """It is recognized by its place, in the query too, and up to the last @."""
    text = log.Redactor()(address.format("hush"))
    assert "hush" not in text
    assert "[secret]" in text
