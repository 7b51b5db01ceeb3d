"""The web server of the sandbox's page: whose requests it accepts, and what it serves."""

from collections.abc import AsyncIterator
from io import BytesIO
from types import MappingProxyType

import pytest
from aiohttp import ClientSession, WSServerHandshakeError, web
from aiohttp.test_utils import TestServer

from bot.sandbox.event_feed import EventFeed
from bot.sandbox.page_server import MAX_BODY_BYTES, ActionRefused, create_page_app
from tests.polling import until

Json = dict[str, object]

PNG, PAGE = b"\x89PNG\r\n\x1a\nand so on", b"<script>alert(1)</script>"
ATTACHMENTS = MappingProxyType({"/attachments/1/2/bars.png": PNG, "/attachments/1/3/bars.png": PAGE})


class Recorder:
    """An action that records its requests, refuses the text "no", and raises KeyError without a text."""

    def __init__(self) -> None:
        self.asked: list[Json] = []

    async def __call__(self, body: Json) -> Json:
        self.asked.append(body)
        if body["text"] == "no":
            raise ActionRefused("Not like this.")
        return {"said": body["text"]}


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def feed() -> EventFeed:
    return EventFeed(lambda: [{"snapshot": {"server": "Study Hall"}}, {"messages": []}])


@pytest.fixture
async def server(recorder: Recorder, feed: EventFeed) -> AsyncIterator[TestServer]:
    server = TestServer(create_page_app({"say": recorder}, feed, read_attachment=ATTACHMENTS.get))
    await server.start_server()
    yield server
    await server.close()


@pytest.fixture
async def browser() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


def origin_of(server: TestServer) -> str:
    return f"http://{server.host}:{server.port}"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html"),
        ("/main.js", "text/javascript"),
        ("/styles/tokens.css", "text/css"),
        ("/logo.svg", "image/svg+xml"),
    ],
)
async def test_page(server: TestServer, browser: ClientSession, path: str, kind: str) -> None:
    """The page's files have their content types and a policy that allows nothing from elsewhere."""
    async with browser.get(server.make_url(path)) as answer:
        assert answer.status == 200
        assert answer.content_type == kind
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/server.py",
        "/../server.py",
        "/%2e%2e/server.py",
        "/styles",
        "/nothing.js",
        "/styles/../../command.py",
    ],
)
async def test_other_paths(server: TestServer, browser: ClientSession, path: str) -> None:
    """Anything that is not a file of the page is not found."""
    async with browser.get(server.make_url("/").with_path(path, encoded=True)) as answer:
        assert answer.status == 404


@pytest.mark.parametrize("host", ["evil.example:8765", "evil.example", "localhost.evil.example:8765", "127.0.0.1"])
async def test_host(server: TestServer, browser: ClientSession, host: str) -> None:
    """A foreign host name that resolves to this machine is refused."""
    async with browser.get(server.make_url("/"), headers={"Host": host}) as answer:
        assert answer.status == 403


@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "http://alice.localhost:{port}", "https://{host}:{port}"]
)
async def test_origin(server: TestServer, browser: ClientSession, recorder: Recorder, origin: str | None) -> None:
    """An action requested by another page is refused and not done."""
    headers = {"Origin": origin.format(host=server.host, port=server.port)} if origin else {}
    async with browser.post(server.make_url("/do/say"), json={"text": "hello"}, headers=headers) as answer:
        assert answer.status == 403
    assert recorder.asked == []


async def test_action(server: TestServer, browser: ClientSession, recorder: Recorder) -> None:
    """A request of the page runs the action and returns its answer."""
    async with browser.post(
        server.make_url("/do/say"), json={"text": "hello"}, headers={"Origin": origin_of(server)}
    ) as answer:
        assert (answer.status, await answer.json()) == (200, {"said": "hello"})
    assert recorder.asked == [{"text": "hello"}]


@pytest.mark.parametrize(
    ("body", "status", "failed"),
    [({"text": "no"}, 200, "Not like this."), ({}, 400, "This request can't be understood: KeyError('text').")],
)
async def test_refusal(server: TestServer, browser: ClientSession, body: Json, status: int, failed: str) -> None:
    """A refused or malformed action returns the reason as text."""
    async with browser.post(server.make_url("/do/say"), json=body, headers={"Origin": origin_of(server)}) as answer:
        assert (answer.status, await answer.json()) == (status, {"failed": failed})


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'"' + b"a" * MAX_BODY_BYTES + b'"', "application/json", 413),
    ],
)
async def test_body(server: TestServer, browser: ClientSession, body: bytes, kind: str, status: int) -> None:
    """Only a JSON object of limited size is accepted."""
    headers = {"Origin": origin_of(server), "Content-Type": kind}
    async with browser.post(server.make_url("/do/say"), data=BytesIO(body), headers=headers) as answer:
        assert answer.status == status


async def test_unknown_action(server: TestServer, browser: ClientSession) -> None:
    """An unknown action is not found."""
    async with browser.post(server.make_url("/do/dance"), json={}, headers={"Origin": origin_of(server)}) as answer:
        assert answer.status == 404


async def test_feed(server: TestServer, browser: ClientSession, feed: EventFeed) -> None:
    """A subscriber gets the initial events, then published ones, in order."""
    async with browser.ws_connect(server.make_url("/live"), origin=origin_of(server)) as live:
        beginning = [await live.receive_json(), await live.receive_json()]
        feed.publish({"gone": "1"})
        feed.publish({"gone": "2"})
        assert beginning == [{"snapshot": {"server": "Study Hall"}}, {"messages": []}]
        assert [await live.receive_json(), await live.receive_json()] == [{"gone": "1"}, {"gone": "2"}]


async def test_feed_of_another_page(server: TestServer, browser: ClientSession) -> None:
    """Another page may not subscribe."""
    with pytest.raises(WSServerHandshakeError) as refused:
        await browser.ws_connect(server.make_url("/live"), origin="http://evil.example")
    assert refused.value.status == web.HTTPForbidden.status_code


async def test_feed_drops_closed_pages(server: TestServer, browser: ClientSession, feed: EventFeed) -> None:
    """A page that has disconnected has no queue any more."""
    async with browser.ws_connect(server.make_url("/live"), origin=origin_of(server)) as live:
        await live.receive_json()
        assert len(feed._queues) == 1

    async def are_all_dropped() -> bool:
        return not feed._queues

    await until(are_all_dropped)


@pytest.mark.parametrize(
    ("number", "kind", "disposition", "body"),
    [(2, "image/png", None, PNG), (3, "application/octet-stream", "attachment", PAGE)],
)
async def test_attachments(
    server: TestServer, browser: ClientSession, number: int, kind: str, disposition: str | None, body: bytes
) -> None:
    """A picture is served as one by its content; anything else, whatever its name, can only be saved."""
    async with browser.get(f"{origin_of(server)}/attachments/1/{number}/bars.png") as response:
        assert (response.content_type, await response.read()) == (kind, body)
        assert response.headers.get("Content-Disposition") == disposition
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    async with browser.get(f"{origin_of(server)}/attachments/1/4/bars.png") as response:
        assert response.status == 404
