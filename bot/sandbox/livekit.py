"""A LiveKit server of one's own on loopback: started with a fresh key, stopped by its process, restarted for tests."""

import asyncio
import json
import logging
import socket
import tempfile
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.clock import Clock

HOST = "127.0.0.1"
USUAL_PORTS = (7880, 7881, 7882)
START_WITHIN = 15.0  # seconds
STOP_WITHIN = 5.0
PAUSE = 0.05

log = logging.getLogger(__name__)


class DidNotStart(Exception):
    """The LiveKit server did not start; the text says what it said last."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ports:
    """Signalling over HTTP, media over TCP, media over UDP."""

    http: int
    tcp: int
    udp: int


class LiveKitServer:
    """One server process. `url` is for browsers and for us; it sends webhooks to `webhook_url`."""

    def __init__(self, *, binary: Path, webhook_url: str, clock: Clock) -> None:
        self._binary = binary
        self._webhook_url = webhook_url
        self._ports = _free_ports()
        self.api_key = "sandbox"
        self.api_secret = urlsafe_b64encode(clock.random_bytes(32)).decode("ascii")
        self._process: asyncio.subprocess.Process | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def url(self) -> str:
        """Where browsers connect."""
        return f"ws://{HOST}:{self._ports.http}"

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start and return when it answers. Raises DidNotStart."""
        self._folder = self._folder or tempfile.TemporaryDirectory(prefix="heybuddy-livekit-")
        config, said = Path(self._folder.name) / "livekit.yaml", Path(self._folder.name) / "livekit.log"
        config.touch(mode=0o600)
        config.write_text(json.dumps(self._config()))  # every JSON text is YAML
        with said.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                str(self._binary), "--config", str(config), stdout=output, stderr=output
            )
        try:
            async with asyncio.timeout(START_WITHIN):
                while not await self._answers():
                    self._must_run(said)
                    await asyncio.sleep(PAUSE)
        except TimeoutError:
            await self.stop()
            raise DidNotStart(f"The LiveKit server did not answer within {START_WITHIN:.0f} seconds.") from None

    def _must_run(self, said: Path) -> None:
        if not self.running:
            lines = said.read_text(errors="replace").strip().splitlines()
            raise DidNotStart(f"The LiveKit server stopped at once: {lines[-1] if lines else 'it said nothing'}")

    async def _answers(self) -> bool:
        try:
            async with aiohttp.ClientSession() as http, http.get(f"http://{HOST}:{self._ports.http}/") as answer:
                return answer.status == 200  # noqa: PLR2004 -- HTTP's
        except aiohttp.ClientError:
            return False

    async def stop(self) -> None:
        """End the process; rooms and everybody in them are gone. Stopping twice is stopping once."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(STOP_WITHIN):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def close(self) -> None:
        """Stop for good and leave nothing behind."""
        await self.stop()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _config(self) -> dict[str, object]:
        return {
            "port": self._ports.http,
            "bind_addresses": [HOST],
            "keys": {self.api_key: self.api_secret},
            "room": {"auto_create": False},
            "webhook": {"api_key": self.api_key, "urls": [self._webhook_url]},
            "logging": {"level": "warn"},
            "rtc": {
                "node_ip": HOST,
                "use_external_ip": False,
                "enable_loopback_candidate": True,
                "tcp_port": self._ports.tcp,
                "udp_port": self._ports.udp,
                "interfaces": {"includes": ["lo"]},
            },
        }


def _free_ports() -> Ports:
    """LiveKit's usual ports where they are free, any others where not."""
    kinds = (socket.SOCK_STREAM, socket.SOCK_STREAM, socket.SOCK_DGRAM)
    http, tcp, udp = (_free(port, kind) for port, kind in zip(USUAL_PORTS, kinds, strict=True))
    return Ports(http=http, tcp=tcp, udp=udp)


def _free(port: int, kind: socket.SocketKind) -> int:
    for wanted in (port, 0):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind((HOST, wanted))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("this machine has no free port")
