"""A LiveKit server of one's own on loopback: started with a fresh key, stopped by its process, restarted for tests."""

import asyncio
import json
import logging
import socket
import tempfile
from asyncio.subprocess import Process
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.clock import Clock

HOST = "127.0.0.1"
START_WITHIN = 15.0  # seconds
STOP_WITHIN = 3.0
PAUSE = 0.05
ANSWERS_WITHIN = aiohttp.ClientTimeout(total=1)
SETTLES = 0.2  # after its first answer; a stop that comes sooner is lost
TAKEN = "address already in use"
OK = 200

log = logging.getLogger(__name__)


class DidNotStart(Exception):
    """The LiveKit server did not start; the text says what it said last."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ports:
    """Signalling over HTTP, media over UDP. Media over TCP is off: LiveKit would listen for it on every interface."""

    http: int
    udp: int


USUAL = Ports(http=7880, udp=7882)
ANY = Ports(http=0, udp=0)


class LiveKitServer:
    """One server process. `url` is for browsers and for us; it sends webhooks to `webhook_url`.

    Its ports are LiveKit's usual ones where they are free, any others where not; a restart keeps them.
    """

    def __init__(self, *, binary: Path, webhook_url: str, clock: Clock) -> None:
        self._binary = binary
        self._webhook_url = webhook_url
        self._ports = _free(USUAL)
        self.api_key = "sandbox"
        self.api_secret = urlsafe_b64encode(clock.random_bytes(32)).decode("ascii")
        self._process: Process | None = None
        self._watching: asyncio.Task[None] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def url(self) -> str:
        """Where browsers connect, once it has started."""
        return f"ws://{HOST}:{self._ports.http}"

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start and return when it answers. Raises DidNotStart."""
        choices = [self._ports]
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="heybuddy-livekit-")
            choices.append(_free(ANY))  # another may have been quicker
        for ports in choices:
            try:
                await self._start(ports, Path(self._folder.name))
            except DidNotStart as failed:
                await self.stop()
                if TAKEN not in str(failed) or ports is choices[-1]:
                    raise
            else:
                self._ports = ports
                return

    async def _start(self, ports: Ports, folder: Path) -> None:
        config, said = folder / "livekit.yaml", folder / "livekit.log"
        config.touch(mode=0o600)
        config.write_text(json.dumps(self._config(ports)))  # every JSON text is YAML
        with said.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                str(self._binary), "--config", str(config), stdout=output, stderr=output
            )
        try:
            async with asyncio.timeout(START_WITHIN):
                while self.running:
                    if await _answers(ports):
                        break
                    await asyncio.sleep(PAUSE)
        except TimeoutError:
            raise DidNotStart(f"The LiveKit server did not answer within {START_WITHIN:.0f} seconds.") from None
        await asyncio.sleep(SETTLES)
        if not self.running:  # whoever answered was somebody else
            raise DidNotStart(f"The LiveKit server stopped at once: {_last_line(said)}")
        self._watching = asyncio.create_task(self._watch(self._process, said))

    async def _watch(self, process: Process, said: Path) -> None:
        """Say so when it ends by itself; asked by whom ever (Ctrl-C reaches it too) it ends with 0."""
        status = await process.wait()
        if status and process is self._process:
            log.error("the LiveKit server ended by itself (exit status %d): %s", status, _last_line(said))

    async def stop(self) -> None:
        """End the process; rooms and everybody in them are gone. Stopping twice is stopping once."""
        process, self._process = self._process, None
        watching, self._watching = self._watching, None
        if process is not None:
            await _end(process)
        if watching is not None:
            await watching

    async def restart(self) -> None:
        """Stop and start at the same address with the same key; LiveKit forgets its rooms."""
        await self.stop()
        await self.start()

    async def close(self) -> None:
        """Stop for good and leave nothing behind."""
        await self.stop()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _config(self, ports: Ports) -> dict[str, object]:
        return {
            "port": ports.http,
            "bind_addresses": [HOST],
            "keys": {self.api_key: self.api_secret},
            "room": {"auto_create": False},
            "webhook": {"api_key": self.api_key, "urls": [self._webhook_url]},
            "logging": {"level": "warn"},
            "rtc": {
                "node_ip": HOST,
                "use_external_ip": False,
                "enable_loopback_candidate": True,
                "tcp_port": 0,
                "udp_port": ports.udp,
                "interfaces": {"includes": ["lo"]},
            },
        }


async def _answers(ports: Ports) -> bool:
    try:
        async with (
            aiohttp.ClientSession(timeout=ANSWERS_WITHIN) as http,
            http.get(f"http://{HOST}:{ports.http}/") as answer,
        ):
            return answer.status == OK
    except (aiohttp.ClientError, TimeoutError):
        return False


async def _end(process: Process) -> None:
    """Asked once it waits until everybody has left, asked twice it does not, and then it is not asked any more."""
    try:
        async with asyncio.timeout(STOP_WITHIN):
            for _ in range(2):
                with suppress(ProcessLookupError):
                    process.terminate()
                await asyncio.sleep(PAUSE)
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _last_line(said: Path) -> str:
    lines = said.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def _free(wanted: Ports) -> Ports:
    """These ports where they are free, others where not."""
    return Ports(
        http=_first_free((wanted.http, 0), socket.SOCK_STREAM), udp=_first_free((wanted.udp, 0), socket.SOCK_DGRAM)
    )


def _first_free(ports: Iterable[int], kind: socket.SocketKind) -> int:
    for port in ports:
        with socket.socket(socket.AF_INET, kind) as probe, suppress(OSError):
            probe.bind((HOST, port))
            return int(probe.getsockname()[1])
    raise OSError("this machine has no free port")
