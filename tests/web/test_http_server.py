"""What the HTTP server's parser refuses, and how it treats slow clients."""

import asyncio
import inspect
import json
import logging
from collections.abc import AsyncIterator, Mapping
from html import escape

import pytest
from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from bot.words import words_for
from tests.polling import TIMEOUT
from tests.web.browsers import Browser, Browsers, exchange
from tests.web.conftest import PUBLIC_URL
from tests.web.scripted_rooms import ScriptedRooms
from web import http_server, request_body
from web.http_server import serve_http
from web.part import WebPart
from web.problems import TEXT_PARTS
from web.security_headers import SecurityHeaders

CANARY = b"canary-7f3a"
GOOD = b"Host: x\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/json\r\n"
REFUSED = {
    "no request line": CANARY + b"\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + CANARY + b"\r\n\r\n",
    "an unknown version": b"GET /j HTTP/9.9\r\nHost: x\r\n\r\n",
    "many headers": b"GET /j HTTP/1.1\r\nHost: x\r\n" + b"X-A: canary-7f3a\r\n" * 200 + b"\r\n",
    "a header without a colon": b"GET /j HTTP/1.1\r\nHost: x\r\n" + CANARY + b"\r\n\r\n",
    "a space before the colon": b"GET /j HTTP/1.1\r\nHost: x\r\nX-A : " + CANARY + b"\r\n\r\n",
    "a folded header": b"GET /j HTTP/1.1\r\nHost: x\r\nX-A: b\r\n " + CANARY + b"\r\n\r\n",
    "a null": b"GET /j HTTP/1.1\r\nHost: x\r\nX-A: \x00" + CANARY + b"\r\n\r\n",
    "two lengths": b"POST /session HTTP/1.1\r\n" + GOOD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
    "a length and chunks": (
        b"POST /session HTTP/1.1\r\n" + GOOD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    "a length that is no number": b"POST /session HTTP/1.1\r\n" + GOOD + b"Content-Length: canary-7f3a\r\n\r\n{}",
    "a negative length": b"POST /session HTTP/1.1\r\n" + GOOD + b"Content-Length: -1\r\n\r\n{}",
    "an unknown transfer encoding": b"POST /session HTTP/1.1\r\n" + GOOD + b"Transfer-Encoding: canary-7f3a\r\n\r\n{}",
    "a bad chunk": b"POST /session HTTP/1.1\r\n" + GOOD + b"Transfer-Encoding: chunked\r\n\r\ncanary-7f3a\r\n{}\r\n",
}


@pytest.mark.parametrize("sent", REFUSED.values(), ids=REFUSED.keys())
async def test_refused_by_the_parser(browsers: Browsers, sent: bytes) -> None:
    """One problem with status 400 and all headers, then the connection closes; nothing that was sent comes back."""
    received = await exchange(browsers.port, sent)
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert status.partition(" ")[2] == "400 Bad Request"
    assert json.loads(body)["code"] == "bad_request"
    assert_complete(received, headers)


def assert_complete(received: bytes, headers: Mapping[str, str]) -> None:
    """One answer with all headers, which repeats nothing that was sent."""
    assert received.count(b"HTTP/1.") == 1
    assert headers["Server"] == "Hey Buddy"
    assert headers["Cache-Control"] == "no-store"
    expected = SecurityHeaders(public_url=PUBLIC_URL, livekit_url="ws://127.0.0.1:7880")
    complete = web.Response()
    expected.add_to(complete)
    assert {name: headers.get(name) for name in complete.headers} | {"Content-Type": "", "Content-Length": ""} == {
        **complete.headers,
        "Content-Type": "",
        "Content-Length": "",
    }
    assert CANARY not in received.lower()
    assert b"aiohttp" not in received.lower()


TOO_LARGE = {
    "a header": b"GET /j HTTP/1.1\r\nHost: x\r\nX-A: " + CANARY * 2000 + b"\r\n\r\n",
    "the name of a header": b"GET /j HTTP/1.1\r\nHost: x\r\n" + CANARY * 2000 + b": b\r\n\r\n",
    "cookies": b"GET /j HTTP/1.1\r\nHost: x\r\nCookie: " + b"canary-7f3a=1; " * 2000 + b"\r\n\r\n",
}


@pytest.mark.parametrize("sent", TOO_LARGE.values(), ids=TOO_LARGE.keys())
async def test_too_large_to_be_read(browsers: Browsers, sent: bytes) -> None:
    """A person with more cookies than we take sees a page with a sentence and what to do."""
    await assert_told_on_a_page(browsers, sent, 431, "headers_too_large")


@pytest.mark.parametrize("length", [8 * 1024 + 1, 20_000])
async def test_an_address_too_long_to_be_read(browsers: Browsers, length: int) -> None:
    """Nothing is said about cookies then."""
    address = (CANARY * length)[:length]
    await assert_told_on_a_page(browsers, b"GET /" + address + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414, "address_too_long")


async def assert_told_on_a_page(browsers: Browsers, sent: bytes, expected_status: int, code: str) -> None:
    """The answer to `sent` is a page with the texts of this problem, and repeats nothing of it."""
    received = await exchange(browsers.port, sent)
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert (status.split()[1], headers["Content-Type"]) == (str(expected_status), "text/html; charset=utf-8")
    words = words_for()
    for part in TEXT_PARTS:
        assert escape(words(f"problems.{code}.{part}")) in body.decode()
    assert_complete(received, headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": "theirs=" + "x" * 8192},
        {"Cookie": "; ".join(f"theirs{number}={'x' * 1000}" for number in range(15))},
        {"Referer": "https://x.test/" + "x" * 16_000},
        {"Authorization": "Basic " + "x" * 12_000},
        {f"X-Forwarded-{number}": "x" * 8000 for number in range(20)},
    ],
    ids=lambda headers: f"{next(iter(headers))} of {len(next(iter(headers.values())))} bytes",
)
async def test_large_headers(browser: Browser, headers: Mapping[str, str]) -> None:
    """What other sites of a domain, proxies and logins add to a request keeps nobody out."""
    assert (await browser.request("GET", "/j", headers=headers)).status == 200


async def test_smuggled_request(browsers: Browsers) -> None:
    """What follows a refused request on the same connection is never read as another request."""
    inner = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    received = await exchange(browsers.port, REFUSED["a length and chunks"] + inner)
    assert received.count(b"HTTP/1.") == 1


@pytest.fixture
async def impatient_port(
    web_part: WebPart, rooms: ScriptedRooms, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[int]:
    """The port of a web part whose timeouts are a hundred times shorter."""
    monkeypatch.setattr(request_body, "BODY_TIMEOUT_S", request_body.BODY_TIMEOUT_S / 100)
    monkeypatch.setattr(http_server, "KEEP_ALIVE_S", http_server.KEEP_ALIVE_S / 100)
    monkeypatch.setattr(http_server, "LINGERING_TIME_S", http_server.LINGERING_TIME_S / 100)
    async with web_part.serve(rooms) as site:
        yield site.port


def test_timeouts() -> None:
    """A client that is silent, slow or sends byte by byte is disconnected within ten seconds."""
    body, lingering, keep_alive = request_body.BODY_TIMEOUT_S, http_server.LINGERING_TIME_S, http_server.KEEP_ALIVE_S
    assert body + lingering + keep_alive <= 15
    assert max(body + lingering, keep_alive) < 10


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /j HT",
        b"GET /j HTTP/1.1\r\nHost: x\r\nX-A: ",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
async def test_silent_client(impatient_port: int, sent: bytes) -> None:
    """A connection on which nothing more arrives is closed."""
    received = await exchange(impatient_port, sent)
    assert received.startswith(b"HTTP/1.1 200") is (b"healthz" in sent)


@pytest.mark.parametrize("framing", [b"Content-Length: 100", b"Transfer-Encoding: chunked"])
async def test_missing_body(impatient_port: int, framing: bytes) -> None:
    """After a timeout the answer is 400, and the connection is closed."""
    received = await exchange(impatient_port, b"POST /session HTTP/1.1\r\n" + GOOD + framing + b"\r\n\r\n")
    assert received.startswith(b"HTTP/1.1 400")
    assert received.count(b"HTTP/1.") == 1


async def test_body_byte_by_byte(impatient_port: int) -> None:
    """Sending a byte now and then does not buy more time."""
    reader, writer = await asyncio.open_connection("127.0.0.1", impatient_port)
    writer.write(b"POST /session HTTP/1.1\r\n" + GOOD + b"Content-Length: 10000\r\n\r\n")
    received = asyncio.create_task(reader.read())
    try:
        async with asyncio.timeout(TIMEOUT):
            while not received.done():
                writer.write(b" ")
                await asyncio.wait([received], timeout=0.01)
        assert (await received).startswith(b"HTTP/1.1 400")
    except ConnectionError:
        assert received.done()
    finally:
        writer.close()


async def test_slow_clients_do_not_block_others(browsers: Browsers) -> None:
    """With two hundred slow connections another client is still answered at once."""
    slow = [await asyncio.open_connection("127.0.0.1", browsers.port) for _ in range(200)]
    for _, writer in slow:
        writer.write(b"POST /session HTTP/1.1\r\n" + GOOD + b"Content-Length: 100\r\n\r\n{")
    async with asyncio.timeout(TIMEOUT):
        assert (await browsers.open().get("/healthz")).status == 200
    for _, writer in slow:
        writer.close()


async def test_failure_outside_the_application(caplog: pytest.LogCaptureFixture) -> None:
    """A failure outside every handler is a logged problem with status 500 and all headers."""

    class FailingHeaders(SecurityHeaders):
        """Headers that fail when aiohttp asks for them."""

        async def on_response_prepare(self, _request: web.Request, response: web.StreamResponse) -> None:
            if response.status == 404:
                raise RuntimeError("a bug")

    security = FailingHeaders(public_url=PUBLIC_URL, livekit_url="")
    app = web.Application()

    async def broken(_request: web.Request) -> web.Response:
        raise RuntimeError("a bug")

    app.router.add_get("/", broken)
    async with serve_http(app, security_headers=security, host="127.0.0.1", port=0, max_connections=100) as site:
        received = await exchange(site.port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert received.startswith(b"HTTP/1.1 500")
    assert b"Content-Security-Policy" in received
    assert b'"internal"' in received
    assert b"a bug" not in received
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


async def test_aiohttp_still_calls_what_we_override() -> None:
    """An upgrade of aiohttp that changes what we override or read fails here, and says where to look."""
    explanation = "aiohttp has changed: adapt web/http_server.py"
    parameters = list(inspect.signature(RequestHandler.handle_error).parameters)
    assert parameters == ["self", "request", "status", "exc", "message"], explanation
    options = inspect.signature(RequestHandler.__init__).parameters.keys()
    assert {"loop", "keepalive_timeout", "lingering_time", "max_field_size", "access_log"} <= options, explanation
    runner = web.AppRunner(web.Application())
    await runner.setup()
    server = runner.server
    assert server is not None, explanation
    assert callable(server.request_handler), explanation
    assert callable(server.request_factory), explanation
    assert isinstance(server(), RequestHandler), explanation
    await runner.cleanup()
