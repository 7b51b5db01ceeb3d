"""A LiveKit server of our own: the real one, and shell scripts that fail to start."""

import asyncio
import json
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
from tests.polling import TIMEOUT, until
from tests.ports import free_livekit_ports

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.dose]

CLOCK = SystemClock()
UNUSED_URL = "http://127.0.0.1:9"  # nothing listens there


@pytest.fixture(scope="module")
def binary() -> Path:
    return asyncio.run(find_or_build(lambda _: None))


class WebhookReceiver:
    """A web server that receives LiveKit's webhooks."""

    def __init__(self) -> None:
        self.received: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        self.received.put_nowait((request.headers["Authorization"], await request.read()))
        return web.Response()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def webhooks() -> AsyncIterator[WebhookReceiver]:
    receiver = WebhookReceiver()
    app = web.Application()
    app.router.add_post("/livekit/webhook", receiver.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/livekit/webhook"
    yield receiver
    await runner.cleanup()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(binary: Path, webhooks: WebhookReceiver) -> AsyncIterator[LiveKitServer]:
    """A server shared by tests that leave it running; each uses a room of its own."""
    async with running_server(binary, webhooks.url) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def own_server(binary: Path) -> AsyncIterator[LiveKitServer]:
    """A server for one test, which may stop it."""
    async with running_server(binary, UNUSED_URL) as running:
        yield running


@asynccontextmanager
async def running_server(binary: Path, webhook_url: str) -> AsyncIterator[LiveKitServer]:
    running = LiveKitServer(binary=binary, webhook_url=webhook_url, clock=CLOCK, ports=free_livekit_ports())
    await running.start()
    yield running
    await running.close()


def rooms(server: LiveKitServer) -> api.LiveKitAPI:
    return api.LiveKitAPI(server.url, server.api_key, server.api_secret)


def token(server: LiveKitServer, room: str, identity: str) -> str:
    grants = api.VideoGrants(room_join=True, room=room)
    return api.AccessToken(server.api_key, server.api_secret).with_identity(identity).with_grants(grants).to_jwt()


def silence() -> rtc.LocalAudioTrack:
    """A microphone track without sound."""
    return rtc.LocalAudioTrack.create_audio_track("silence", rtc.AudioSource(sample_rate=48_000, num_channels=1))


def config_file(server: LiveKitServer) -> Path:
    """The server's configuration file."""
    assert server._folder is not None
    return Path(server._folder.name) / "livekit.yaml"


def permissions(file: Path) -> int | None:
    """The file's permissions; None if it does not exist."""
    return file.stat().st_mode & 0o777 if file.exists() else None


def command_line(process_id: int) -> bytes:
    return Path(f"/proc/{process_id}/cmdline").read_bytes()


def listening_addresses(process_id: int) -> list[str]:
    """The addresses at which a process listens, as the kernel writes them."""
    sockets = {
        link.readlink().as_posix().removeprefix("socket:[").removesuffix("]")
        for link in Path(f"/proc/{process_id}/fd").iterdir()
        if link.is_symlink()
    }
    found = []
    for kind, state in (("tcp", "0A"), ("tcp6", "0A"), ("udp", "07"), ("udp6", "07")):
        for line in Path(f"/proc/{process_id}/net/{kind}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[9] in sockets and fields[3] == state:
                found.append(fields[1].partition(":")[0])
    return found


# --- the real server -------------------------------------------------------------------------------------------------


async def test_rooms_and_webhooks(server: LiveKitServer, webhooks: WebhookReceiver) -> None:
    """Our key creates a room, and LiveKit's webhook about it is signed with that key."""
    async with rooms(server) as livekit:
        await livekit.room.create_room(api.CreateRoomRequest(name="of webhooks"))
    receiver = api.WebhookReceiver(api.TokenVerifier(server.api_key, server.api_secret))
    received: list[tuple[str, str]] = []
    async with asyncio.timeout(TIMEOUT):
        while ("room_started", "of webhooks") not in received:
            signed, body = await webhooks.received.get()
            event = receiver.receive(body.decode(), signed)
            received.append((event.event, event.room.name))
    assert received[-1] == ("room_started", "of webhooks")


async def test_two_meet(server: LiveKitServer) -> None:
    """Two clients in a room see each other, and data sent by one reaches the other."""
    async with rooms(server) as livekit:
        await livekit.room.create_room(api.CreateRoomRequest(name="of two"))
    alice, bob = rtc.Room(), rtc.Room()
    arrived, received = asyncio.Event(), asyncio.Queue[bytes]()
    alice.on("participant_connected", lambda _: arrived.set())
    bob.on("data_received", lambda packet: received.put_nowait(packet.data))
    try:
        await alice.connect(server.url, token(server, "of two", "alice"))
        await bob.connect(server.url, token(server, "of two", "bob"))

        async def sees_alice() -> bool:
            return [other.identity for other in bob.remote_participants.values()] == ["alice"]

        await until(sees_alice)
        async with asyncio.timeout(TIMEOUT):
            await bob.local_participant.publish_track(silence())
            await arrived.wait()  # without a published track LiveKit may take three seconds to announce a participant
            await alice.local_participant.publish_data("hello")
            assert await received.get() == b"hello"
    finally:
        await asyncio.gather(alice.disconnect(), bob.disconnect())


async def test_no_automatic_rooms(server: LiveKitServer) -> None:
    """Nobody can join a room that was not created."""
    with pytest.raises(rtc.ConnectError):
        await rtc.Room().connect(server.url, token(server, "nowhere", "alice"))


async def test_restart(own_server: LiveKitServer) -> None:
    """After a restart address and key are the same, and the rooms are gone."""
    before = own_server.url
    async with rooms(own_server) as livekit:
        await livekit.room.create_room(api.CreateRoomRequest(name="a"))
        await own_server.restart()
        assert own_server.url == before
        assert list((await livekit.room.list_rooms(api.ListRoomsRequest())).rooms) == []


async def test_media_port_taken_during_a_restart(own_server: LiveKitServer) -> None:
    """If another program took the port for media while the server was stopped, it starts at the same address."""
    before = own_server.url
    await own_server.stop()
    with socket.socket(type=socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", json.loads(config_file(own_server).read_text())["rtc"]["udp_port"]))
        await own_server.start()
        assert own_server.url == before
        async with rooms(own_server) as livekit:
            assert list((await livekit.room.list_rooms(api.ListRoomsRequest())).rooms) == []


async def test_two_at_once(server: LiveKitServer, binary: Path) -> None:
    """A second server takes other ports and another key."""
    async with running_server(binary, UNUSED_URL) as second:
        assert second.url != server.url
        assert second.api_secret != server.api_secret
        assert len(second.api_secret) >= 32


async def test_port_taken_before_the_start(binary: Path) -> None:
    """If a port was taken since it was chosen, the server starts on another."""
    server = LiveKitServer(binary=binary, webhook_url=UNUSED_URL, clock=CLOCK)
    before = server.url
    port = int(before.rpartition(":")[2])
    async with await asyncio.start_server(lambda _, caller: caller.close(), "127.0.0.1", port):
        await server.start()
    assert server.url != before
    await server.close()


async def test_leaves_nothing_behind(own_server: LiveKitServer) -> None:
    """Once stopped, it neither runs nor answers; once closed, it has no files. Repeating either is safe."""
    assert own_server.running
    config = config_file(own_server)
    assert permissions(config) == 0o600
    process = own_server._process
    assert process is not None
    for _ in range(2):
        await own_server.stop()
    assert process.returncode == 0, "it ended by itself"
    with pytest.raises(aiohttp.ClientConnectionError):
        async with rooms(own_server) as livekit:
            await livekit.room.list_rooms(api.ListRoomsRequest())
    for _ in range(2):
        await own_server.close()
    assert (own_server.running, permissions(config)) == (False, None)


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads Linux's /proc")
async def test_listens_on_loopback_only(server: LiveKitServer) -> None:
    """It listens on loopback only, and its command line contains no secret."""
    assert server._process is not None
    loopback = socket.inet_aton("127.0.0.1")[::-1].hex().upper()
    assert set(listening_addresses(server._process.pid)) == {loopback}
    assert server.api_secret.encode() not in command_line(server._process.pid)


async def test_unexpected_end_is_logged(own_server: LiveKitServer, caplog: pytest.LogCaptureFixture) -> None:
    """If the process ends by itself, that is logged; a restart is not."""
    await own_server.restart()
    assert caplog.records == []
    assert own_server._process is not None
    assert own_server._exit_watcher is not None
    with caplog.at_level(logging.ERROR):
        os.kill(own_server._process.pid, 9)
        await own_server._exit_watcher
    assert "the LiveKit server ended by itself (exit status -9)" in caplog.text
    assert not own_server.running


# --- servers that fail -----------------------------------------------------------------------------------------------


@pytest.fixture
def make_scripted(tmp_path: Path) -> Callable[[str], LiveKitServer]:
    """Makes a server whose program is a shell script."""

    def make(text: str) -> LiveKitServer:
        program = tmp_path / "livekit-server"
        program.write_text(f"#!/bin/sh\n{text}")
        program.chmod(0o755)
        return LiveKitServer(binary=program, webhook_url=UNUSED_URL, clock=CLOCK)

    return make


async def test_stops_at_once(make_scripted: Callable[[str], LiveKitServer]) -> None:
    """If the process ends at once, the error has its last line of output."""
    server = make_scripted("echo starting; echo 'could not parse config' >&2; exit 1")
    with pytest.raises(LiveKitStartError, match="stopped as soon as it started: could not parse config$"):
        await server.start()
    await server.close()


async def test_never_answers(make_scripted: Callable[[str], LiveKitServer], monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that does not answer in time is ended, even if it ignores the signal."""
    monkeypatch.setattr("bot.sandbox.livekit_server.START_TIMEOUT_S", 0.2)
    monkeypatch.setattr("bot.sandbox.livekit_server.STOP_TIMEOUT_S", 0.2)
    server = make_scripted("trap '' TERM; while :; do sleep 0.1; done")
    with pytest.raises(LiveKitStartError, match="didn't answer within"):
        await server.start()
    assert not server.running
    await server.close()
