"""A web part beside a real LiveKit server that can be killed, and clients that enter its rooms without a browser."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from signal import SIGKILL
from typing import Any

import aiohttp
from livekit import rtc

from bot.clock import SystemClock
from bot.sandbox.livekit_server import LiveKitServer
from tests.polling import TIMEOUT
from tests.ports import free_livekit_ports, free_port
from tests.store.scenario import Scenario
from tests.web.browsers import Browser, Browsers
from tests.web.conftest import make_web_part
from web.livekit_rooms import LiveKitRooms
from web.livekit_rooms import LiveKitServer as Address
from web.part import WebPart
from web.room_order_loop import SWEEP_EVERY, RoomOrderLoop
from web.webhook import WEBHOOK_PATH

ENTER_WITHIN = 2 * TIMEOUT  # a client that connects while a busy server starts tries more than once
MICROPHONE = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)  # our join tokens allow named sources


@dataclass(kw_only=True)
class RealLiveKit:
    """The running server, the web part that gets its webhooks, and the loop that carries out orders and sweeps."""

    server: LiveKitServer
    rooms: LiveKitRooms
    web_part: WebPart
    browsers: Browsers
    scenario: Scenario
    clients: list[rtc.Room] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._loop: RoomOrderLoop = self.web_part.room_order_loop(self.rooms)

    async def step(self) -> None:
        """One step of the loop of room orders."""
        await self._loop.step(await self.scenario.fence("rooms"))

    async def sweep(self) -> None:
        """Let the time until the next sweep pass, and sweep."""
        self.scenario.clock.pass_time(seconds=SWEEP_EVERY.total_seconds())
        await self.step()

    async def kill(self) -> None:
        """End the server without any notice."""
        assert self.server._process is not None
        assert self.server._exit_watcher is not None
        os.kill(self.server._process.pid, SIGKILL)
        await self.server._exit_watcher

    async def enter(self, grant: dict[str, Any]) -> rtc.Room:
        """Enter with a join grant, with a silent microphone: before that LiveKit announces nobody for seconds."""
        room = rtc.Room()
        async with asyncio.timeout(ENTER_WITHIN):
            await room.connect(grant["url"], grant["token"])
            self.clients.append(room)
            source = rtc.AudioSource(sample_rate=48_000, num_channels=1)
            silence = rtc.LocalAudioTrack.create_audio_track("silence", source)
            await room.local_participant.publish_track(silence, MICROPHONE)
        return room

    async def leave(self, room: rtc.Room) -> None:
        """Disconnect a client."""
        self.clients.remove(room)
        with suppress(TimeoutError):
            async with asyncio.timeout(ENTER_WITHIN):
                await room.disconnect()

    async def give_up(self) -> None:
        """Let all clients stop trying to come back, as after ten minutes: they would put out their successors."""
        for client in list(self.clients):
            await self.leave(client)

    async def grant(self, browser: Browser) -> dict[str, Any]:
        """A join grant for a browser that has a session."""
        answer = await browser.post("/session/join-token")
        assert answer.status == 200, answer.body
        return dict(answer.json)


@asynccontextmanager
async def running_livekit(binary: Path, scenario: Scenario) -> AsyncIterator[RealLiveKit]:
    """Run a LiveKit server and a web part over the scenario's store; the clock of the scenario is the web part's."""
    port = free_port()
    web_part = replace(make_web_part(scenario.store, scenario.clock), port=port)
    webhook_url = f"http://127.0.0.1:{port}{WEBHOOK_PATH}"
    server = LiveKitServer(binary=binary, webhook_url=webhook_url, clock=SystemClock(), ports=free_livekit_ports())
    await server.start()
    address = Address(
        url=server.url,
        api_url=server.url.replace("ws", "http", 1),
        api_key=server.api_key,
        api_secret=server.api_secret,
    )
    async with aiohttp.ClientSession() as http:
        rooms = LiveKitRooms(address, http)
        async with web_part.serve(rooms):
            browsers = Browsers(port)
            running = RealLiveKit(server=server, rooms=rooms, web_part=web_part, browsers=browsers, scenario=scenario)
            try:
                yield running
            finally:
                await running.give_up()
                await browsers.close()
                await server.close()
