"""Hears what other processes announce, over a connection of its own, and connects again when that is lost."""

import asyncio
import contextlib
import logging
from typing import Final

from bot.process import raise_if_cancelled
from bot.store.database import StoreUnavailable
from bot.store.databases.postgres_connection import Connection, PostgresConnector, connected, limited
from bot.store.databases.postgres_errors import describe_failure
from bot.store.databases.postgres_writer import CHANNEL, PostgresWriter
from bot.store.databases.topics import Topics

LOOK_EVERY: Final = 10.0  # seconds after which a connection that was lost without a word is noticed
CONNECT_AGAIN_AFTER: Final = 1.0  # seconds

log = logging.getLogger(__name__)


class PostgresListener:
    """Passes announcements of other processes on to `topics`. Those of our own `writer` are known already."""

    def __init__(self, connector: PostgresConnector, topics: Topics, writer: PostgresWriter) -> None:
        self._connector = connector
        self._topics = topics
        self._writer = writer
        self._listening = asyncio.Event()
        self._trouble: StoreUnavailable | None = None

    async def wait_until_listening(self) -> None:
        """Return when `run` has begun to listen, so that nothing is missed from now on. Raises StoreUnavailable."""
        try:
            async with asyncio.timeout(self._connector.settings.connect_timeout_s):
                await self._listening.wait()
        except TimeoutError as error:
            raise self._trouble or self._connector.unavailable(describe_failure(error)) from error

    async def run(self) -> None:
        """Listen until cancelled. What was announced while nobody listened is lost, so everybody is woken then."""
        while True:
            try:
                async with connected(self._connector) as connection:
                    await self._listen(connection)
            except StoreUnavailable as unavailable:
                raise_if_cancelled()
                self._trouble = unavailable
                log.debug("nothing is heard from other processes at the moment: %s", unavailable)
            await asyncio.sleep(CONNECT_AGAIN_AFTER)

    async def _listen(self, connection: Connection) -> None:
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        with limited(connection, self._connector.settings.query_timeout_s):
            await connection.add_listener(CHANNEL, self._hear)
        self._topics.announce_all()
        self._listening.set()
        while not lost.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY):
                    await lost.wait()
            if not lost.is_set():
                with limited(connection, self._connector.settings.query_timeout_s):
                    await connection.execute("SELECT 1")

    def _hear(self, _: object, process_id: int, channel: str, topic: object) -> None:
        if process_id != self._writer.process_id:
            self._topics.announce(str(topic))
