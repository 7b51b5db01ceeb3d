"""Which LiveKit server the sandbox uses: the one that is configured, one of its own, or none."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.clock import Clock
from bot.sandbox.lights import Light, State
from bot.sandbox.livekit import DidNotStart, LiveKitServer
from bot.sandbox.livekit_binary import NoServer, Say, find_or_build

CONFIGURED = {
    "livekit.url": "LIVEKIT_URL",
    "livekit.api_key": "LIVEKIT_API_KEY",
    "livekit.api_secret": "LIVEKIT_API_SECRET",
}

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Video:
    """`settings` are the keys of LiveKit's section; `server` is our own, where it is; `light` says it in a word."""

    light: Light
    settings: Mapping[str, str] = field(default_factory=dict)
    server: LiveKitServer | None = None

    @property
    def url(self) -> str | None:
        """Where browsers connect."""
        return self.settings.get("livekit.url")

    async def close(self) -> None:
        """Stop the server, if it is ours."""
        if self.server is not None:
            await self.server.close()


async def find_video(*, environment: Mapping[str, str], webhook_url: str, clock: Clock, say: Say) -> Video:
    """The server of LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET, else one of our own, else none and why."""
    configured = {key: environment[name] for key, name in CONFIGURED.items() if environment.get(name)}
    if len(configured) == len(CONFIGURED):
        words = f"LiveKit at {urlsplit(configured['livekit.url']).hostname}"
        return Video(light=Light(state=State.OK, words=words), settings=configured)
    try:
        return await _own(webhook_url, clock, say)
    except (NoServer, DidNotStart) as missing:
        log.warning("there is no video: %s", missing)
        return Video(light=Light(state=State.BAD, words="none, all else works"))


async def _own(webhook_url: str, clock: Clock, say: Say) -> Video:
    server = LiveKitServer(binary=await find_or_build(say), webhook_url=webhook_url, clock=clock)
    await server.start()
    settings = {"livekit.url": server.url, "livekit.api_key": server.api_key, "livekit.api_secret": server.api_secret}
    return Video(light=Light(state=State.OK, words="LiveKit on this machine"), settings=settings, server=server)
