"""Listens for HTTP connections and lets only so many in at a time; more wait in the kernel's queue.

Without a bound, a crowd uses up the file descriptors of the process, and then neither the database nor Discord can be
reached.
"""

import asyncio
import logging
import socket

from aiohttp import hdrs, web
from aiohttp.web_protocol import RequestHandler

from bot.process import raise_if_cancelled

BACKLOG = 1024  # connections that wait in the kernel's queue
ACCEPT_AGAIN_AFTER = 1.0  # seconds, if the machine cannot open another connection

log = logging.getLogger(__name__)


class Places:
    """The places for connections. While all are taken, no visitor keeps one after the answer."""

    def __init__(self, count: int) -> None:
        self._free = asyncio.Semaphore(count)

    async def take(self) -> None:
        """Wait for a place, and take it."""
        await self._free.acquire()

    def give_back(self) -> None:
        """Let the next one in."""
        self._free.release()

    async def on_response_prepare(self, _: web.Request, response: web.StreamResponse) -> None:
        """Called by aiohttp before each answer."""
        if self._free.locked():
            response.force_close()
            response.headers[hdrs.CONNECTION] = "close"


class BoundedSite(web.BaseSite):
    """Like aiohttp's TCPSite, but each connection takes one of `places`; the server gives it back once it is lost."""

    def __init__(self, runner: web.ServerRunner, host: str, port: int, places: Places) -> None:
        super().__init__(runner)
        self._host = host
        self._port = port
        self._places = places
        self._sockets: list[socket.socket] = []
        self._accepting: list[asyncio.Task[None]] = []

    @property
    def name(self) -> str:
        """The address, as TCPSite gives it."""
        return f"http://{self._host}:{self.port}"

    @property
    def port(self) -> int:
        """The port that it listens at, also if any free one was asked for."""
        return int(self._sockets[0].getsockname()[1]) if self._sockets else self._port

    async def start(self) -> None:
        """Listen at every address of the host. Raises OSError if one of them cannot be used."""
        await super().start()
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, address in dict.fromkeys((each[0], each[4]) for each in found):
            listening = socket.create_server(address[:2], family=family, backlog=BACKLOG)
            self._sockets.append(listening)
            listening.setblocking(False)
            self._accepting.append(asyncio.create_task(self._accept_all(listening), name=f"accept at {self.name}"))

    async def stop(self) -> None:
        """Accept no more connections; those that are open stay."""
        for task in self._accepting:
            task.cancel()
        if self._accepting:
            await asyncio.wait(self._accepting)
        for listening in self._sockets:
            listening.close()
        await super().stop()

    async def _accept_all(self, listening: socket.socket) -> None:
        while True:
            await self._places.take()
            try:
                await _wait_for_connection(listening)
                await self._accept(listening)
            except BlockingIOError:  # the visitor has gone again
                self._places.give_back()
            except OSError as error:
                self._places.give_back()
                raise_if_cancelled()
                log.warning("A connection cannot be opened: %s. Trying again.", error.strerror)
                await asyncio.sleep(ACCEPT_AGAIN_AFTER)
            except BaseException:
                self._places.give_back()
                raise

    async def _accept(self, listening: socket.socket) -> None:
        connection, _ = listening.accept()
        try:
            await asyncio.get_running_loop().connect_accepted_socket(self._new_connection, connection)
        except BaseException:
            connection.close()
            raise

    def _new_connection(self) -> RequestHandler:
        if self._runner.server is None:
            raise ConnectionError("the server has stopped")
        return self._runner.server()


async def _wait_for_connection(listening: socket.socket) -> None:
    """Return when somebody waits there. asyncio's `sock_accept` loses a connection that comes while it is cancelled."""
    loop = asyncio.get_running_loop()
    waiting = asyncio.Event()
    loop.add_reader(listening, waiting.set)
    try:
        await waiting.wait()
    finally:
        loop.remove_reader(listening)
