"""Chooses the LiveKit server that the sandbox uses: the configured one, one of its own, or none."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from bot.clock import Clock
from bot.sandbox.livekit_binary import LiveKitUnavailable, ReportProgress, find_or_build
from bot.sandbox.livekit_server import LiveKitPorts, LiveKitServer, LiveKitStartError
from bot.sandbox.part_status import PartStatus, State

ENVIRONMENT_NAMES = MappingProxyType(
    {
        "livekit.url": "LIVEKIT_URL",
        "livekit.api_key": "LIVEKIT_API_KEY",
        "livekit.api_secret": "LIVEKIT_API_SECRET",
    }
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Video:
    """`settings`: the keys of the section [livekit]. `server`: the sandbox's own server, if it runs one."""

    status: PartStatus
    settings: Mapping[str, str] = field(default_factory=dict)
    server: LiveKitServer | None = None

    @property
    def url(self) -> str | None:
        """Where browsers connect; None without video."""
        return self.settings.get("livekit.url")

    async def close(self) -> None:
        """Stop the server if it is the sandbox's own."""
        if self.server is not None:
            await self.server.close()


async def choose_video(
    *,
    environment: Mapping[str, str],
    webhook_url: str,
    clock: Clock,
    report_progress: ReportProgress,
    ports: LiveKitPorts,
) -> Video:
    """Use the server of LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET, else start one, else go without.

    `ports` are for one that is started; it may be built first. Without video the log warns, and the status says so.
    """
    configured = {key: environment[name] for key, name in ENVIRONMENT_NAMES.items() if environment.get(name)}
    if len(configured) == len(ENVIRONMENT_NAMES):
        text = f"LiveKit at {configured['livekit.url']}"
        return Video(status=PartStatus(state=State.OK, text=text), settings=configured)
    try:
        return await _start_own_server(webhook_url, clock, report_progress, ports)
    except (LiveKitUnavailable, LiveKitStartError) as error:
        log.warning("there's no video: %s", error)
        return Video(status=PartStatus(state=State.BAD, text="none, but everything else works"))


async def _start_own_server(
    webhook_url: str, clock: Clock, report_progress: ReportProgress, ports: LiveKitPorts
) -> Video:
    binary = await find_or_build(report_progress)
    server = LiveKitServer(binary=binary, webhook_url=webhook_url, clock=clock, ports=ports)
    await server.start()
    settings = {"livekit.url": server.url, "livekit.api_key": server.api_key, "livekit.api_secret": server.api_secret}
    status = PartStatus(state=State.OK, text="LiveKit on this machine")
    return Video(status=status, settings=settings, server=server)
