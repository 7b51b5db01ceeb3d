"""The listener for operators: `GET /metrics` for Prometheus, and nothing else. It keeps nobody from their work."""

import asyncio
import errno
import logging
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web

from bot.clock import Clock
from bot.domain.address import Address
from bot.log import describe_os_error
from bot.metrics import CONTENT_TYPE, Metrics
from bot.store import StoreError
from bot.store.outbox import Outbox

METRICS_PATH: Final = "/metrics"
READ_WITHIN: Final = 1.0  # seconds; Prometheus itself waits ten
FRESH_FOR: Final = 1.0  # seconds; so many requests one after the other cost one look into the store
KEEP_ALIVE_S: Final = 5.0  # also the limit for clients that send nothing
LINGERING_TIME_S: Final = 1.0

log = logging.getLogger(__name__)


class OldestMessage:
    """For how long the oldest message that is due has waited: read from the store when the metrics are read."""

    def __init__(self, *, outbox: Outbox, clock: Clock, metrics: Metrics) -> None:
        self._outbox = outbox
        self._clock = clock
        self._age = metrics.gauge(
            "oldest_due_message_age_seconds",
            "For how long the oldest message has waited since it was due; 0 if none waits, NaN without the database.",
        )
        self._reading = asyncio.Lock()
        self._read_at = -math.inf  # in seconds of the monotonic clock

    async def refresh(self) -> None:
        """Read it again, unless it was read less than `FRESH_FOR` ago. Takes at most `READ_WITHIN`; raises nothing."""
        try:
            async with asyncio.timeout(READ_WITHIN), self._reading:
                if self._clock.monotonic() - self._read_at >= FRESH_FOR:
                    self._age.set(await self._read())
                    self._read_at = self._clock.monotonic()
        except (StoreError, TimeoutError):
            self._age.set(math.nan)

    async def _read(self) -> float:
        now = self._clock.now()
        due_at = await self._outbox.oldest_due_at(now)
        return 0.0 if due_at is None else max(0.0, (now - due_at).total_seconds())


class OpsListener:
    """Serves the metrics at `host` and `port` (0: any free port). Whoever can connect may read them."""

    def __init__(self, *, metrics: Metrics, oldest_message: OldestMessage, host: str, port: int) -> None:
        self._metrics = metrics
        self._oldest_message = oldest_message
        self._host = host
        self._port = port

    async def run(self) -> None:
        """Serve until cancelled. If nothing can listen there, log one warning and return: all else goes on."""
        try:
            async with self.serve() as address:
                warning = "" if address.is_loopback else ", for everybody who can reach this address"
                log.info("metrics for Prometheus are at %s%s%s", address, METRICS_PATH, warning)
                await asyncio.Event().wait()
        except OSError as error:
            place = Address.listening_at(self._host, self._port)
            log.warning("nobody can read the metrics of this process: %s", _explain_failure(error, place))

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[Address]:
        """Serve while the context is open; yields the address. Raises OSError if nothing can listen there."""
        server = web.Server(
            self._answer, access_log=None, keepalive_timeout=KEEP_ALIVE_S, lingering_time=LINGERING_TIME_S
        )
        runner = web.ServerRunner(server, shutdown_timeout=READ_WITHIN)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
            yield Address.listening_at(self._host, runner.addresses[0][1])
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        if request.method != hdrs.METH_GET or request.path != METRICS_PATH:
            return web.Response(status=HTTPStatus.NOT_FOUND, text="not found\n")
        await self._oldest_message.refresh()
        return web.Response(body=self._metrics.as_text(), headers={hdrs.CONTENT_TYPE: CONTENT_TYPE})


def _explain_failure(error: OSError, place: Address) -> str:
    if error.errno == errno.EADDRINUSE:
        reason = "another program listens there"
        advice = "set ops.port to a port of its own for each process, or to 0 for no metrics"
    else:
        reason = describe_os_error(error)
        advice = "correct ops.host and ops.port, or set ops.port to 0 for no metrics"
    return f"nothing can listen at {place}: {reason}; {advice}"
