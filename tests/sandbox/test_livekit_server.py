"""A LiveKit server of our own: the real one, started, asked, stopped; and what it says when it cannot."""

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from livekit import api, rtc

from bot.clock import SystemClock
from bot.sandbox.livekit_binary import find_or_build
from bot.sandbox.livekit_server import LiveKitServer, LiveKitStartError

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOON = 10  # seconds
CLOCK = SystemClock()
NOWHERE = "http://127.0.0.1:9"  # nobody hears webhooks there


@pytest.fixture(scope="module")
def binary() -> Path:
    return asyncio.run(find_or_build(lambda _: None))


class Hook:
    """Hears LiveKit's webhooks."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        self.heard.put_nowait((request.headers["Authorization"], await request.read()))
        return web.Response()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hook() -> AsyncIterator[Hook]:
    listening = Hook()
    app = web.Application()
    app.router.add_post("/livekit/webhook", listening.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    listening.url = f"http://127.0.0.1:{runner.addresses[0][1]}/livekit/webhook"
    yield listening
    await runner.cleanup()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(binary: Path, hook: Hook) -> AsyncIterator[LiveKitServer]:
    """One for all who leave it running; each uses a room of its own."""
    async with started(binary, hook.url) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def own(binary: Path) -> AsyncIterator[LiveKitServer]:
    """One for whoever stops it."""
    async with started(binary, NOWHERE) as running:
        yield running


@asynccontextmanager
async def started(binary: Path, webhook_url: str) -> AsyncIterator[LiveKitServer]:
    running = LiveKitServer(binary=binary, webhook_url=webhook_url, clock=CLOCK)
    await running.start()
    yield running
    await running.close()


def rooms(server: LiveKitServer) -> api.LiveKitAPI:
    return api.LiveKitAPI(server.url, server.api_key, server.api_secret)


def token(server: LiveKitServer, room: str, identity: str) -> str:
    grants = api.VideoGrants(room_join=True, room=room)
    return api.AccessToken(server.api_key, server.api_secret).with_identity(identity).with_grants(grants).to_jwt()


def silence() -> rtc.LocalAudioTrack:
    """A microphone nobody speaks into."""
    return rtc.LocalAudioTrack.create_audio_track("silence", rtc.AudioSource(sample_rate=48_000, num_channels=1))


def on_disk(server: LiveKitServer) -> Path:
    """Its configuration."""
    assert server._folder is not None
    return Path(server._folder.name) / "livekit.yaml"


def mode(file: Path) -> int | None:
    """Who may read it; None where it is gone."""
    return file.stat().st_mode & 0o777 if file.exists() else None


def command_line(process_id: int) -> bytes:
    return Path(f"/proc/{process_id}/cmdline").read_bytes()


def listening(process_id: int) -> list[str]:
    """The addresses at which a process listens, as the kernel writes them."""
    own = {
        link.readlink().as_posix().removeprefix("socket:[").removesuffix("]")
        for link in Path(f"/proc/{process_id}/fd").iterdir()
        if link.is_symlink()
    }
    found = []
    for kind, state in (("tcp", "0A"), ("tcp6", "0A"), ("udp", "07"), ("udp6", "07")):
        for line in Path(f"/proc/{process_id}/net/{kind}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[9] in own and fields[3] == state:
                found.append(fields[1].partition(":")[0])
    return found


# --- the real one ----------------------------------------------------------------------------------------------------


async def test_rooms_and_webhooks(server: LiveKitServer, hook: Hook) -> None:
    """Our key makes rooms, and LiveKit tells us of them, signed with it."""
    async with rooms(server) as livekit:
        await livekit.room.create_room(api.CreateRoomRequest(name="of webhooks"))
    receiver = api.WebhookReceiver(api.TokenVerifier(server.api_key, server.api_secret))
    heard: list[tuple[str, str]] = []
    async with asyncio.timeout(SOON):
        while ("room_started", "of webhooks") not in heard:
            signed, body = await hook.heard.get()
            event = receiver.receive(body.decode(), signed)
            heard.append((event.event, event.room.name))


async def test_two_meet(server: LiveKitServer) -> None:
    """Two clients in a room hear of each other, and what one sends reaches the other."""
    async with rooms(server) as livekit:
        await livekit.room.create_room(api.CreateRoomRequest(name="of two"))
    alice, bob = rtc.Room(), rtc.Room()
    arrived, received = asyncio.Event(), asyncio.Queue[bytes]()
    alice.on("participant_connected", lambda _: arrived.set())
    bob.on("data_received", lambda packet: received.put_nowait(packet.data))
    try:
        await alice.connect(server.url, token(server, "of two", "alice"))
        await bob.connect(server.url, token(server, "of two", "bob"))
        assert [other.identity for other in bob.remote_participants.values()] == ["alice"]
        async with asyncio.timeout(SOON):
            await bob.local_participant.publish_track(silence())
            await arrived.wait()  # for who publishes nothing it is up to three seconds
            await alice.local_participant.publish_data("hello")
            assert await received.get() == b"hello"
    finally:
        await asyncio.gather(alice.disconnect(), bob.disconnect())


async def test_rooms_are_made_by_us_only(server: LiveKitServer) -> None:
    """Nobody comes into a room that was not made."""
    with pytest.raises(rtc.ConnectError):
        await rtc.Room().connect(server.url, token(server, "nowhere", "alice"))


async def test_restart(own: LiveKitServer) -> None:
    """After a restart it is where it was, with the same key, and has forgotten its rooms."""
    before = own.url
    async with rooms(own) as livekit:
        await livekit.room.create_room(api.CreateRoomRequest(name="a"))
        await own.restart()
        assert own.url == before
        assert list((await livekit.room.list_rooms(api.ListRoomsRequest())).rooms) == []


async def test_two_at_once(server: LiveKitServer, binary: Path) -> None:
    """A second one takes other ports and another key."""
    async with started(binary, NOWHERE) as second:
        assert second.url != server.url
        assert second.api_secret != server.api_secret
        assert len(second.api_secret) >= 32


async def test_another_was_quicker(binary: Path) -> None:
    """A port that somebody took in between is given up for another."""
    server = LiveKitServer(binary=binary, webhook_url=NOWHERE, clock=CLOCK)
    before = server.url
    port = int(before.rpartition(":")[2])
    async with await asyncio.start_server(lambda _, caller: caller.close(), "127.0.0.1", port):
        await server.start()
    assert server.url != before
    await server.close()


async def test_leaves_nothing_behind(own: LiveKitServer) -> None:
    """Stopped it neither runs nor answers; closed it has no files. Doing either twice is doing it once."""
    assert own.running
    config = on_disk(own)
    assert mode(config) == 0o600
    began = asyncio.get_running_loop().time()
    for _ in range(2):
        await own.stop()
    assert asyncio.get_running_loop().time() - began < 2
    with pytest.raises(aiohttp.ClientConnectionError):
        async with rooms(own) as livekit:
            await livekit.room.list_rooms(api.ListRoomsRequest())
    for _ in range(2):
        await own.close()
    assert (own.running, mode(config)) == (False, None)


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="asks Linux who listens where")
async def test_listens_on_loopback_only(server: LiveKitServer) -> None:
    """Nobody but this machine reaches it, and its command line tells no secret."""
    assert server._process is not None
    loopback = socket.inet_aton("127.0.0.1")[::-1].hex().upper()
    assert set(listening(server._process.pid)) == {loopback}
    assert server.api_secret.encode() not in command_line(server._process.pid)


async def test_its_end_is_said(own: LiveKitServer, caplog: pytest.LogCaptureFixture) -> None:
    """When it ends by itself the log says so; when we stop it, it does not."""
    await own.restart()
    assert caplog.records == []
    assert own._process is not None
    assert own._exit_watcher is not None
    with caplog.at_level(logging.ERROR):
        os.kill(own._process.pid, 9)
        await own._exit_watcher
    assert "the LiveKit server ended by itself (exit status -9)" in caplog.text
    assert not own.running


# --- one that cannot -------------------------------------------------------------------------------------------------


@pytest.fixture
def pretend(tmp_path: Path) -> Callable[[str], LiveKitServer]:
    """A server that is only a shell script."""

    def make(text: str) -> LiveKitServer:
        program = tmp_path / "livekit-server"
        program.write_text(f"#!/bin/sh\n{text}")
        program.chmod(0o755)
        return LiveKitServer(binary=program, webhook_url=NOWHERE, clock=CLOCK)

    return make


async def test_stops_at_once(pretend: Callable[[str], LiveKitServer]) -> None:
    """Why it ended is what it said last."""
    server = pretend("echo starting; echo 'could not parse config' >&2; exit 1")
    with pytest.raises(LiveKitStartError, match="^The LiveKit server stopped at once: could not parse config$"):
        await server.start()
    await server.close()


async def test_never_answers(pretend: Callable[[str], LiveKitServer], monkeypatch: pytest.MonkeyPatch) -> None:
    """One that does not answer in time is not left running, even if it will not listen."""
    monkeypatch.setattr("bot.sandbox.livekit_server.START_TIMEOUT_S", 0.2)
    monkeypatch.setattr("bot.sandbox.livekit_server.STOP_TIMEOUT_S", 0.2)
    server = pretend("trap '' TERM; while :; do sleep 0.1; done")
    with pytest.raises(LiveKitStartError, match="did not answer within"):
        await server.start()
    assert not server.running
    await server.close()
