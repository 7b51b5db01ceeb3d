"""An installation to check: the page's place on this machine, LiveKit, and the trials that go there."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp

from bot.check.clocks import ClockComparison, Patience
from bot.check.finding import Finding
from bot.check.receiver import Receiver
from bot.check.video import try_livekit
from bot.check.way_in import WayIn
from bot.check.webhook import WebhookTrial
from bot.clock import SystemClock
from bot.sandbox.livekit_server import LiveKitServer
from bot.sandbox.loopback import LOOPBACK
from tests.ports import free_port
from web.livekit_rooms import LiveKitRooms
from web.livekit_rooms import LiveKitServer as Address

CLOCK = SystemClock()
USUAL = Patience()
SHORT_WAIT = Patience(event_s=2.0)
"""For where an event may come, to somewhere else or signed otherwise than it should."""
NOTHING_COMES = Patience(event_s=0.2)
"""For where no event is on its way to where the check looks."""


async def no_note() -> str | None:
    """No service runs, so nothing has been noted."""
    return None


def address_of(server: LiveKitServer) -> Address:
    """The right way to a server."""
    api_url = server.url.replace("ws", "http", 1)
    return Address(url=server.url, api_url=api_url, api_key=server.api_key, api_secret=server.api_secret)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the page is; `public_url` may lead there by way of something else."""

    port: int = field(default_factory=free_port)

    @property
    def public_url(self) -> str:
        """The page's address on this machine."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def webhook_url(self) -> str:
        """Where LiveKit should send its events."""
        return f"{self.public_url}/livekit/webhook"


@asynccontextmanager
async def receiving(place: Place, rooms: LiveKitRooms | None) -> AsyncIterator[Receiver]:
    """The check's own receiver at this place, if nothing else listens there."""
    receiver = Receiver(host=LOOPBACK, port=place.port, nonce="nonce", rooms=rooms)
    async with receiver.listening():
        yield receiver


async def try_video(
    place: Place,
    livekit: Address,
    *,
    public_url: str | None = None,
    patience: Patience = USUAL,
    read_note: Callable[[], Awaitable[str | None]] = no_note,
) -> Sequence[Finding]:
    """Everything that a check tries at LiveKit."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=4)) as http:
        rooms = LiveKitRooms(livekit, http)
        page = public_url or place.public_url
        async with receiving(place, rooms) as receiver:
            way_in = WayIn(
                public_url=page,
                rooms=rooms,
                http=http,
                clocks=ClockComparison(CLOCK),
                greeting_within_s=patience.greeting_s,
            )
            webhook = WebhookTrial(
                public_url=page,
                rooms=rooms,
                http=http,
                receiver=receiver,
                patience=patience,
                read_note=read_note,
            )
            return await try_livekit(way_in, webhook, CLOCK)


def faults(findings: Sequence[Finding]) -> dict[str, str]:
    """The sentences of what is not as it should be, by subject."""
    return {finding.subject: finding.message for finding in findings if not finding.ok}
