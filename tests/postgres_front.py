"""A relay in front of the tests' PostgreSQL: it adds TLS, cuts and freezes connections, and plays a pooler."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final
from urllib.parse import parse_qs, urlsplit

SSL_REQUEST: Final = (8).to_bytes(4) + (80877103).to_bytes(4)
"""What a client sends first if it wants TLS; https://www.postgresql.org/docs/18/protocol-message-formats.html"""
BACKEND_KEY_DATA: Final = b"K" + (12).to_bytes(4)
"""The start of the message with the number of the server's process."""
CHUNK: Final = 65536


class PostgresFront:
    """Listens on loopback and relays to the server at `url`. `tls`: the context with its certificate, if any."""

    def __init__(self, url: str, *, tls: ssl.SSLContext | None = None, poses_as_pooler: bool = False) -> None:
        self._socket = f"{parse_qs(urlsplit(url).query)['host'][0]}/.s.PGSQL.5432"
        self._database = urlsplit(url).path
        self._tls = tls
        self._poses_as_pooler = poses_as_pooler
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._held = asyncio.Semaphore(0)
        self._freezing_words: bytes | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.port = 0
        self.encrypted = 0  # connections that asked for TLS and got it

    def url(self, *, host: str = "127.0.0.1", options: str = "sslmode=disable") -> str:
        return f"postgresql://postgres@{host}:{self.port}{self._database}?{options}"

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        server = await asyncio.start_server(self._relay, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            server.close()
            self.thaw()
            self.cut()
            await server.wait_closed()

    def cut(self) -> None:
        """End all connections at once."""
        for writer in self._open:
            writer.transport.abort()

    def freeze(self) -> None:
        """Pass nothing on from now on, in either direction, and accept connections all the same."""
        self._flowing.clear()

    def freeze_at(self, words: bytes) -> None:
        """Freeze as soon as these words are to be passed on, in either direction."""
        self._freezing_words = words

    async def holds(self, questions: int) -> None:
        """Return when so many questions have come since it was frozen."""
        for _ in range(questions):
            await self._held.acquire()

    def thaw(self) -> None:
        self._freezing_words = None
        self._flowing.set()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            first = await reader.readexactly(len(SSL_REQUEST))
            if first == SSL_REQUEST:
                writer.write(b"S" if self._tls else b"N")
                if self._tls:
                    await writer.start_tls(self._tls)
                    self.encrypted += 1
                first = b""
            server_reader, server_writer = await asyncio.open_unix_connection(self._socket)
            self._open |= {writer, server_writer}
            server_writer.write(first)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._pass_on(reader, server_writer))
                tasks.create_task(self._pass_on(server_reader, writer))
        writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await reader.read(CHUNK):
                if self._freezing_words and self._freezing_words in chunk:
                    self.freeze()
                if not self._flowing.is_set():
                    self._held.release()
                await self._flowing.wait()
                writer.write(self._as_pooler(chunk) if self._poses_as_pooler else chunk)
                await writer.drain()
        writer.close()

    def _as_pooler(self, chunk: bytes) -> bytes:
        """A pooler has numbers of its own for the processes that it connects to."""
        at = chunk.find(BACKEND_KEY_DATA) + len(BACKEND_KEY_DATA)
        return chunk if at < len(BACKEND_KEY_DATA) else chunk[:at] + b"\x00\x00\x00\x01" + chunk[at + 4 :]
