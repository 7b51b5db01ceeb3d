"""The page's public address is opened as a browser would, and whoever answers in its place is told apart."""

import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.check.clocks import ClockComparison
from bot.check.finding import Finding
from bot.check.local_page import look_at_place
from bot.check.public_page import PublicPage
from bot.check.receiver import Receiver
from tests.certificates import make_certificate, server_context
from tests.check.installation import CLOCK, Place, receiving
from tests.check.proxies import Handler, proxy_without_upgrade
from tests.polling import TIMEOUT
from tests.web.scripted_rooms import ScriptedRooms
from web.part import WebPart

LIVEKIT_URL = "wss://video.example.org"


@pytest.fixture
def place() -> Place:
    return Place()


@pytest.fixture
async def receiver(place: Place) -> AsyncIterator[Receiver]:
    """Nothing else runs where the page would be."""
    async with receiving(place, None) as listening:
        yield listening


async def open_page(
    url: str, receiver: Receiver, livekit_url: str = LIVEKIT_URL, trusted: Path | None = None
) -> Finding:
    """What is found at this address by a browser that trusts this certificate."""
    clocks = ClockComparison(CLOCK)
    connector = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=trusted))
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT), connector=connector) as http:
        local = await look_at_place(receiver, http, clocks)
        page = PublicPage(url=url, livekit_url=livekit_url, nonce=receiver.nonce, local=local)
        return (await page.open(http, clocks)).finding


async def test_the_way_is_tried_before_the_page_runs(place: Place, receiver: Receiver) -> None:
    """A newcomer checks before the first run: name, certificate and proxy are known to work then."""
    finding = await open_page(place.public_url, receiver)
    assert (finding.ok, finding.message) == (True, "leads here; the page itself isn't running")


@pytest.fixture
async def running(web_part: WebPart, rooms: ScriptedRooms, place: Place) -> AsyncIterator[str]:
    """The address of a running page."""
    rooms.url = LIVEKIT_URL
    async with replace(
        web_part, port=place.port, public_url=place.public_url, is_own_origin=place.public_url.__eq__
    ).serve(rooms):
        yield place.public_url


async def test_the_page_is_recognized(running: str, place: Place) -> None:
    """Its bytes and its headers are those of this version with these settings."""
    async with receiving(place, None) as receiver:
        finding = await open_page(running, receiver)
    assert (receiver.listens, finding.ok, finding.message) == (False, True, "opens the page")


async def test_a_page_with_other_settings(running: str, place: Place) -> None:
    """After a change of livekit.url the running page still forbids browsers to go there; the proxy is not to blame."""
    async with receiving(place, None) as receiver:
        finding = await open_page(running, receiver, "wss://elsewhere.example.org")
    assert not finding.ok
    said = "the settings have changed since `heybuddy run` started (Content-Security-Policy shows it): restart it"
    assert finding.message == said


def answer_with(status: int, body: str = "", **headers: str) -> Handler:
    """A proxy that answers by itself."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: web.Response(status=status, text=body, headers=named, content_type="text/html")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (answer_with(502, "Bad gateway"), "the proxy answers (status 502), but doesn't reach 127.0.0.1"),
        (answer_with(503, "Unavailable"), "the proxy answers (status 503)"),
        (answer_with(504), "the proxy answers (status 504)"),
        (answer_with(200, "<title>Welcome to nginx!</title>"), "another site answers"),
        (answer_with(404, "Not Found"), "another site answers"),
        (answer_with(401, "Password", WWW_Authenticate="Basic"), "asks for a password (status 401): remove it"),
        (answer_with(403, "Forbidden"), "refuses visitors (status 403): look at the rules of the proxy"),
        (answer_with(302, Location="/login?next=/room"), "sends visitors on to /login"),
        (answer_with(301, Location="https://www.example.org/room"), "sends visitors on to https://www.example.org"),
        (
            answer_with(301, Location="https://WWW.Example.org:443/room"),
            "sends visitors on to https://www.example.org: set",
        ),
        (answer_with(301, Location="https://[broken/room"), "sends visitors on to something that isn't an address"),
        (answer_with(200, "<title>Hey Buddy</title>"), "without its header"),
        (answer_with(200, "x" * 3_000_000), "another site answers"),
    ],
)
async def test_whoever_else_answers(place: Place, receiver: Receiver, answer: Handler, said: str) -> None:
    """A proxy's error, another site, a password, a login page and a redirect each have a sentence."""
    async with proxy_without_upgrade(place.public_url, answer_first=answer) as proxy:
        finding = await open_page(proxy, receiver)
    assert not finding.ok
    assert said in finding.message


@pytest.mark.parametrize(
    ("path", "said"), [("/room", "in circles"), ("/login?next=/room", "sends visitors on to /login")]
)
async def test_a_redirect_to_another_spelling_of_the_page(
    place: Place, receiver: Receiver, path: str, said: str
) -> None:
    """It leads to the page's own address: that is not advised as another one."""
    sent: dict[str, str] = {}

    def redirect(_: web.Request) -> web.Response:
        return web.Response(status=301, headers=sent)

    async with proxy_without_upgrade(place.public_url, answer_first=redirect) as proxy:
        sent["Location"] = proxy.replace("http", "HTTP") + path
        finding = await open_page(proxy, receiver)
    assert said in finding.message


async def test_an_old_page(running: str, place: Place) -> None:
    """A cached or older page has our headers, but other bytes."""

    async def old(request: web.Request) -> web.Response:
        async with aiohttp.ClientSession() as http, http.get(f"{running}{request.path}") as answer:
            headers = {name: value for name, value in answer.headers.items() if not name.startswith("Content-T")}
            headers.pop("Content-Length", None)
            headers.pop("Content-Encoding", None)
        return web.Response(text="<title>Hey Buddy</title>", headers=headers, content_type="text/html")

    app = web.Application()
    app.router.add_get("/room", old)
    async with TestServer(app) as server, receiving(place, None) as receiver:
        finding = await open_page(f"http://127.0.0.1:{server.port}", receiver)
    assert "a cache before it, changes the page or keeps an old one" in finding.message


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1:1", "can't be opened: nothing listens there"),
        ("https://nowhere.invalid", "DNS doesn't"),
    ],
)
async def test_nobody_answers(receiver: Receiver, url: str, said: str) -> None:
    """A wrong port and a name without an address are told apart."""
    finding = await open_page(url, receiver)
    assert not finding.ok
    assert said in finding.message


@pytest.mark.parametrize(
    ("name", "lasts", "is_trusted", "said"),
    [
        ("localhost", timedelta(days=-1), True, "can't be opened: its certificate has expired; renew it"),
        ("elsewhere.example.org", timedelta(days=1), True, "can't be opened: its certificate is for another name"),
        ("localhost", timedelta(days=1), False, "can't be opened: its certificate is self-signed"),
        ("localhost", timedelta(days=1), True, "another site answers"),
    ],
)
async def test_certificates(
    receiver: Receiver, tmp_path: Path, name: str, lasts: timedelta, *, is_trusted: bool, said: str
) -> None:
    """Browsers refuse certificates for a reason, which is said."""
    certificate = make_certificate(tmp_path, name=name, lasts=lasts)
    server = TestServer(web.Application(), scheme="https")
    await server.start_server(ssl=server_context(certificate))
    address = f"https://localhost:{server.port}"
    finding = await open_page(address, receiver, trusted=certificate if is_trusted else None)
    await server.close()
    assert said in finding.message


async def test_plain_http_where_tls_is_expected(place: Place, receiver: Receiver) -> None:
    """The port of the page itself is no HTTPS port."""
    finding = await open_page(place.public_url.replace("http", "https", 1), receiver)
    assert "doesn't speak TLS" in finding.message
