"""A crowd of connections waits for a place instead of using up the process's file descriptors."""

import asyncio
import errno
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot.process import CannotStart
from tests.polling import TIMEOUT
from tests.web.conftest import PUBLIC_URL
from web import bounded_site
from web.bounded_site import BoundedSite
from web.http_server import serve_http
from web.security_headers import SecurityHeaders

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
PERSISTENT = REQUEST.replace(b"close", b"keep-alive")
PLACES = 3


class Crowded:
    """An application that holds its visitors until told otherwise, and counts them."""

    def __init__(self) -> None:
        self.inside, self.most, self.served = 0, 0, 0
        self.full, self.go_on = asyncio.Event(), asyncio.Event()

    async def handle(self, _: web.Request) -> web.Response:
        self.inside += 1
        self.most = max(self.most, self.inside)
        if self.inside == PLACES:
            self.full.set()
        await self.go_on.wait()
        self.inside -= 1
        self.served += 1
        return web.Response()


@asynccontextmanager
async def crowded_site(crowded: Crowded, *, port: int = 0, host: str = "127.0.0.1") -> AsyncIterator[BoundedSite]:
    app = web.Application()
    app.router.add_get("/", crowded.handle)
    headers = SecurityHeaders(public_url=PUBLIC_URL, livekit_url="ws://127.0.0.1:7880")
    async with asyncio.timeout(TIMEOUT):
        async with serve_http(app, security_headers=headers, host=host, port=port, max_connections=PLACES) as site:
            yield site


async def visit(port: int, sent: bytes = REQUEST) -> bytes:
    """Connect, send, and read until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    received = await reader.read()
    writer.close()
    await writer.wait_closed()
    return received


async def test_more_visitors_than_places_wait_and_are_served() -> None:
    """Never more at a time than there are places; nobody is turned away."""
    crowded = Crowded()
    async with crowded_site(crowded) as site:
        visits = [asyncio.create_task(visit(site.port)) for _ in range(10 * PLACES)]
        await crowded.full.wait()
        crowded.go_on.set()
        answers = await asyncio.gather(*visits)
    assert crowded.most == PLACES
    assert all(answer.startswith(b"HTTP/1.1 200") for answer in answers)
    assert crowded.served == 10 * PLACES


async def test_while_others_wait_nobody_keeps_a_place() -> None:
    """A browser would keep its connection for the next request; with nobody waiting it still does."""
    crowded = Crowded()
    async with crowded_site(crowded) as site:
        visits = [asyncio.create_task(visit(site.port, PERSISTENT)) for _ in range(PLACES)]
        await crowded.full.wait()
        crowded.go_on.set()
        answers = await asyncio.gather(*visits)
        assert b"Connection: close" in answers[0]
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        writer.write(PERSISTENT)
        assert b"Connection: close" not in await reader.readuntil(b"\r\n\r\n")
        writer.transport.abort()


async def test_a_connection_that_breaks_gives_its_place_back() -> None:
    """Also one on which nothing was ever sent."""
    crowded = Crowded()
    crowded.go_on.set()
    async with crowded_site(crowded) as site:
        for _ in range(5 * PLACES):
            _, writer = await asyncio.open_connection("127.0.0.1", site.port)
            writer.transport.abort()
        assert (await visit(site.port)).startswith(b"HTTP/1.1 200")


async def test_without_descriptors_it_waits_and_says_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Another part of the process may have used them up; those who wait are served afterwards."""
    monkeypatch.setattr(bounded_site, "ACCEPT_AGAIN_AFTER", 0)
    crowded = Crowded()
    crowded.go_on.set()
    accept, refusals = socket.socket.accept, [OSError(errno.EMFILE, "Too many open files")] * 5

    def refuse_first(listening: socket.socket) -> tuple[socket.socket, object]:
        if refusals:
            raise refusals.pop()
        return accept(listening)

    monkeypatch.setattr(socket.socket, "accept", refuse_first)
    with caplog.at_level(logging.WARNING):
        async with crowded_site(crowded) as site:
            answers = await asyncio.gather(*(visit(site.port) for _ in range(2 * PLACES)))
    assert all(answer.startswith(b"HTTP/1.1 200") for answer in answers)
    assert set(caplog.messages) == {"A connection cannot be opened: Too many open files. Trying again."}
    assert all(record.exc_info is None for record in caplog.records)


async def test_a_visitor_who_comes_at_the_end_makes_no_trouble() -> None:
    """Whoever comes in the moment in which the site stops is not let in; accepting would lose the connection."""
    troubles: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: troubles.append(context))
    async with crowded_site(Crowded()) as site:
        for _ in range(5):  # until it waits for visitors
            await asyncio.sleep(0)
        visitor = socket.create_connection(("127.0.0.1", site.port))
        await asyncio.sleep(0)  # the loop learns of the visitor right after this task, which stops the site
    visitor.close()
    assert troubles == []


async def test_a_taken_port_cannot_be_used() -> None:
    """As before, with what to do."""
    async with crowded_site(Crowded()) as site:
        with pytest.raises(CannotStart, match=f"nothing can listen at 127.0.0.1:{site.port}"):
            async with crowded_site(Crowded(), port=site.port):
                pass
        assert site.name == f"http://127.0.0.1:{site.port}"


async def test_after_the_end_nobody_is_let_in() -> None:
    """The port is free again."""
    async with crowded_site(Crowded()) as site:
        port = site.port
    with pytest.raises(OSError):  # noqa: PT011 -- whichever the machine gives
        await visit(port)
    async with crowded_site(Crowded(), port=port):
        pass
