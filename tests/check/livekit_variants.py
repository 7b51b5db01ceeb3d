"""Real LiveKit servers with a configuration of the test's own."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from bot.clock import SystemClock
from bot.sandbox.livekit_binary import find_or_build
from bot.sandbox.livekit_server import LiveKitPorts, LiveKitServer


class ConfiguredLiveKit(LiveKitServer):
    """A LiveKit server whose configuration has `changes`; None removes an entry."""

    changes: Mapping[str, object]

    def _config(self, ports: LiveKitPorts) -> dict[str, object]:
        changed = {**super()._config(ports), **self.changes}
        return {name: value for name, value in changed.items() if value is not None}


@asynccontextmanager
async def running_livekit(webhook_url: str, **changes: object) -> AsyncIterator[LiveKitServer]:
    """A server that runs while the context is open, and sends its webhooks to `webhook_url`."""
    binary = await find_or_build(lambda _: None)
    server = ConfiguredLiveKit(binary=binary, webhook_url=webhook_url, clock=SystemClock())
    server.changes = changes
    await server.start()
    try:
        yield server
    finally:
        await server.close()
