"""Whose side a failure of LiveKit is on: a real server refuses, and stand-ins fail in every way that others fail."""

import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.clock import SystemClock
from bot.sandbox import livekit_server
from bot.sandbox.livekit_binary import find_or_build
from tests.certificates import make_certificate, server_context
from tests.web.token_times import shift_token_times
from web.livekit_rooms import LiveKitServer, connect_rooms
from web.rooms import Rooms, VideoProblem

ANOTHER_SECRET = "y" * 32
CALLS: dict[str, Callable[[Rooms], Awaitable[object]]] = {
    "CreateRoom": lambda rooms: rooms.ensure_room("R"),
    "DeleteRoom": lambda rooms: rooms.close_room("R"),
    "RemoveParticipant": lambda rooms: rooms.remove_participant("R", "seat"),
    "ListParticipants": lambda rooms: rooms.list_participants("R"),
    "ListRooms": lambda rooms: rooms.check_connection(),
}
every_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def real() -> AsyncIterator[LiveKitServer]:
    """A real LiveKit server, and the right way to it."""
    binary = await find_or_build(lambda _: None)
    server = livekit_server.LiveKitServer(binary=binary, webhook_url="http://127.0.0.1:9", clock=SystemClock())
    await server.start()
    api_url = server.url.replace("ws", "http", 1)
    yield LiveKitServer(url=server.url, api_url=api_url, api_key=server.api_key, api_secret=server.api_secret)
    await server.close()


async def find_failure(
    call: Callable[[Rooms], Awaitable[object]], server: LiveKitServer, **options: float
) -> VideoProblem | None:
    """The problem that one call runs into, if any."""
    async with aiohttp.ClientSession() as http:
        try:
            await call(connect_rooms(server, http, **options))
        except VideoProblem as problem:
            return problem
    return None


async def failure_of(
    call: Callable[[Rooms], Awaitable[object]], server: LiveKitServer, **options: float
) -> VideoProblem:
    """The problem that one call must run into."""
    problem = await find_failure(call, server, **options)
    assert problem is not None
    return problem


@pytest.mark.asyncio(loop_scope="module")
@every_call
async def test_a_real_server_does_what_it_is_asked(
    real: LiveKitServer, call: Callable[[Rooms], Awaitable[object]]
) -> None:
    """With the right key and the right time there is no problem."""
    assert await find_failure(call, real) is None


@pytest.mark.asyncio(loop_scope="module")
@every_call
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"api_key": "another"}, "LiveKit doesn't know livekit.api_key"),
        ({"api_secret": ANOTHER_SECRET}, "livekit.api_secret doesn't belong to it"),
    ],
)
async def test_a_real_server_refuses_a_wrong_key_or_secret(
    real: LiveKitServer, call: Callable[[Rooms], Awaitable[object]], changed: dict[str, str], said: str
) -> None:
    """The setting that is wrong is named."""
    problem = await failure_of(call, replace(real, **changed))
    assert problem.code == "video_refused_our_key"
    assert said in problem.reason


@pytest.mark.asyncio(loop_scope="module")
@every_call
async def test_a_clock_that_is_ahead_is_not_a_wrong_key(
    real: LiveKitServer, monkeypatch: pytest.MonkeyPatch, call: Callable[[Rooms], Awaitable[object]]
) -> None:
    """A real server refuses tokens from the future; the clocks are blamed."""
    shift_token_times(monkeypatch, timedelta(seconds=70))
    problem = await failure_of(call, real)
    assert problem.code == "video_clock_differs"
    assert "LiveKit's clock is behind this machine's" in problem.reason


@pytest.mark.asyncio(loop_scope="module")
async def test_a_clock_that_is_behind_is_noticed_although_the_api_works(
    real: LiveKitServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A join token from the past has expired when it is issued, while a token for the API still has hours."""
    shift_token_times(monkeypatch, timedelta(minutes=-12))
    async with aiohttp.ClientSession() as http:
        assert await connect_rooms(real, http).ensure_room("R") == 0
    problem = await failure_of(CALLS["ListRooms"], real)
    assert problem.code == "video_clock_differs"
    assert "LiveKit's clock is ahead of this machine's" in problem.reason


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("seconds", [45, -45])
async def test_livekit_forgives_most_of_a_minute(
    real: LiveKitServer, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    """Clocks that are less than a minute apart do no harm."""
    shift_token_times(monkeypatch, timedelta(seconds=seconds))
    assert await find_failure(CALLS["ListRooms"], real) is None


@asynccontextmanager
async def answering(
    status: int, body: str, content_type: str, validates: tuple[int, str] = (404, "<h1>no</h1>")
) -> AsyncIterator[str]:
    """Something that answers every request in this way, and the page's test of a token with `validates`."""

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/rtc/validate":
            return web.Response(status=validates[0], text=validates[1])
        return web.Response(status=status, text=body, content_type=content_type)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server:
        yield f"http://127.0.0.1:{server.port}"


def at(api_url: str) -> LiveKitServer:
    """A LiveKit server supposed to be at this address."""
    return LiveKitServer(url="ws://127.0.0.1:1", api_url=api_url, api_key="key", api_secret="s" * 32)


@every_call
@pytest.mark.parametrize(
    ("status", "body", "content_type", "said"),
    [
        (200, "<html>Welcome to the campus network</html>", "text/html", "something other than LiveKit answers"),
        (200, '{"error": "no"}', "application/json", "something other than LiveKit answers"),
        (400, '["an", "array"]', "application/json", "something other than LiveKit answers"),
        (401, "<h1>Password required</h1>", "text/html", "something other than LiveKit answers"),
        (403, "<h1>Forbidden</h1>", "text/html", "something other than LiveKit answers"),
        (404, "<h1>nginx</h1>", "text/html", "something other than LiveKit answers"),
        (404, '{"code":"bad_route","msg":"no handler"}', "application/json", "something other than LiveKit answers"),
        (405, "", "text/plain", "something other than LiveKit answers"),
        (429, "slow down", "text/plain", "something other than LiveKit answers"),
        (502, "<h1>Bad gateway</h1>", "text/html", "doesn't reach LiveKit"),
        (503, "", "text/plain", "doesn't reach LiveKit"),
        (504, "", "text/plain", "doesn't reach LiveKit"),
        (500, '{"code":"internal","msg":"oops"}', "application/json", "see its log"),
        (429, '{"code":"resource_exhausted","msg":"quota"}', "application/json", "see its log"),
    ],
)
async def test_answers_of_others_are_not_livekits(
    call: Callable[[Rooms], Awaitable[object]], status: int, body: str, content_type: str, said: str
) -> None:
    """A proxy, a login page or another program is told from LiveKit, which is told from our key."""
    async with answering(status, body, content_type) as address:
        problem = await failure_of(call, at(address))
    assert problem.code == "video_unreachable"
    assert said in problem.reason


async def test_an_empty_answer_creates_no_room() -> None:
    """Whatever answers 200 with nothing has not made the room."""
    async with answering(200, "", "application/protobuf") as address:
        problem = await failure_of(CALLS["CreateRoom"], at(address))
    assert problem.code == "video_unreachable"


@every_call
@pytest.mark.parametrize(
    ("status", "code"), [(401, "unauthenticated"), (403, "permission_denied")], ids=["unauthenticated", "denied"]
)
async def test_a_key_without_rights(call: Callable[[Rooms], Awaitable[object]], status: int, code: str) -> None:
    """A key that may enter rooms, but not manage them, is not called wrong."""
    body = json.dumps({"code": code, "msg": "permissions denied"})
    async with answering(status, body, "application/json", validates=(404, "requested room does not exist")) as address:
        problem = await failure_of(call, at(address))
    assert (problem.code, "give the key all rights" in problem.reason) == ("video_refused_our_key", True)


@pytest.mark.parametrize("text", ["invalid token: eyJ0.eyJ1.sig, error: token signature is invalid", "eyJ0.eyJ1.sig"])
async def test_a_reason_never_holds_a_token(text: str) -> None:
    """LiveKit repeats the token that it refuses; we do not."""
    async with answering(401, text, "text/plain", validates=(401, text)) as address:
        problem = await failure_of(CALLS["ListRooms"], at(address))
    assert "eyJ" not in f"{problem.reason}{problem!r}"


@pytest.mark.parametrize(
    ("url", "setting"), [("ws://127.0.0.1:1", "livekit.url"), ("ws://127.0.0.1:2", "livekit.api_url")]
)
async def test_nothing_listens(url: str, setting: str) -> None:
    """A refused connection is said as such; livekit.api_url is named only if it differs from livekit.url."""
    there = at("http://127.0.0.1:1")
    problem = await failure_of(CALLS["ListRooms"], replace(there, url=url))
    said = f"LiveKit can't be reached at {setting}: nothing listens there; is it running, and is the address right?"
    assert (problem.code, problem.setting, problem.reason) == ("video_unreachable", setting, said)


async def test_an_unknown_certificate(tmp_path: Path) -> None:
    """A certificate that nobody trusts is said as such, and no token is sent."""
    app = web.Application()
    server = TestServer(app, scheme="https")
    await server.start_server(ssl=server_context(make_certificate(tmp_path, name="localhost")))
    problem = await failure_of(CALLS["ListRooms"], at(f"https://localhost:{server.port}"))
    await server.close()
    assert "self-signed" in problem.reason


@every_call
async def test_a_silent_server(call: Callable[[Rooms], Awaitable[object]]) -> None:
    """A server that accepts connections and says nothing is given up."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        problem = await failure_of(call, at(f"http://127.0.0.1:{silent.getsockname()[1]}"), answer_within_s=0.05)
    assert "accepts the connection and then says nothing" in problem.reason
