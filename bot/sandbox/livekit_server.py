"""A LiveKit server of our own on loopback: started with a new key, stopped with the sandbox, restartable for tests."""

import asyncio
import json
import logging
import socket
import tempfile
from asyncio.subprocess import Process
from base64 import urlsafe_b64encode
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp
from aiohttp import web

from bot.clock import Clock
from bot.file_rights import OWNER_ONLY
from bot.sandbox.loopback import LOOPBACK, find_free_port

START_TIMEOUT_S = 15.0
STOP_TIMEOUT_S = 3.0
POLL_S = 0.05
ANSWER_TIMEOUT_S = 1.0
SETTLE_S = 0.2  # LiveKit ignores a stop signal that follows its first answer sooner than this
SECRET_BYTES = 32
PORT_TAKEN = "address already in use"  # in LiveKit's last line of output

log = logging.getLogger(__name__)


class LiveKitStartError(Exception):
    """The LiveKit server did not start; the text holds its last line of output."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveKitPorts:
    """Ports for signalling (HTTP) and media (UDP). Media over TCP is off: LiveKit would listen on every interface."""

    http: int
    udp: int


DEFAULT_PORTS = LiveKitPorts(http=7880, udp=7882)
ANY_PORTS = LiveKitPorts(http=0, udp=0)


class LiveKitServer:
    """One server process, which sends its webhooks to `webhook_url`.

    It uses `ports`, by default LiveKit's own, if they are free, otherwise any others. A restart keeps the address, and
    the port for media if it is still free.
    """

    def __init__(self, *, binary: Path, webhook_url: str, clock: Clock, ports: LiveKitPorts = DEFAULT_PORTS) -> None:
        self._binary = binary
        self._webhook_url = webhook_url
        self._ports = _choose_free(ports)
        self.api_key = "sandbox"
        self.api_secret = urlsafe_b64encode(clock.random_bytes(SECRET_BYTES)).decode("ascii")
        self._process: Process | None = None
        self._exit_watcher: asyncio.Task[None] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def url(self) -> str:
        """Where browsers and API clients connect, once it has started."""
        return f"ws://{LOOPBACK}:{self._ports.http}"

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start the process and return when it answers. Raises LiveKitStartError."""
        others = _choose_free(ANY_PORTS)  # the first ports may have been taken since they were chosen, or since a stop
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="heybuddy-livekit-")
        else:
            others = replace(others, http=self._ports.http)
        choices = [self._ports, others]
        for ports in choices:
            try:
                await self._start_on(ports, Path(self._folder.name))
            except LiveKitStartError as error:
                await self.stop()
                if PORT_TAKEN not in str(error) or ports is choices[-1]:
                    raise
            else:
                self._ports = ports
                return

    async def _start_on(self, ports: LiveKitPorts, folder: Path) -> None:
        config_file, log_file = folder / "livekit.yaml", folder / "livekit.log"
        config_file.touch(mode=OWNER_ONLY)
        config_file.write_text(json.dumps(self._config(ports)))  # JSON is valid YAML
        with log_file.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                str(self._binary), "--config", str(config_file), stdout=output, stderr=output
            )
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                while self.running:
                    if await _answers(ports):
                        break
                    await asyncio.sleep(POLL_S)
        except TimeoutError:
            text = f"The LiveKit server didn't answer within {START_TIMEOUT_S:.0f} seconds."
            raise LiveKitStartError(text) from None
        await asyncio.sleep(SETTLE_S)
        if not self.running:  # the answer may have come from another program on this port
            raise LiveKitStartError(f"The LiveKit server stopped as soon as it started: {_last_line(log_file)}")
        self._exit_watcher = asyncio.create_task(self._watch_exit(self._process, log_file))

    async def _watch_exit(self, process: Process, log_file: Path) -> None:
        """Log an error if the process ends by itself. After a stop signal, including Ctrl-C, its status is 0."""
        status = await process.wait()
        if status and process is self._process:
            log.error("the LiveKit server ended by itself (exit status %d): %s", status, _last_line(log_file))

    async def stop(self) -> None:
        """End the process and with it all rooms. Idempotent."""
        process, self._process = self._process, None
        watcher, self._exit_watcher = self._exit_watcher, None
        if process is not None:
            await _end_process(process)
        if watcher is not None:
            await watcher

    async def restart(self) -> None:
        """Stop and start at the same address with the same key; LiveKit forgets its rooms."""
        await self.stop()
        await self.start()

    async def close(self) -> None:
        """Stop and remove the server's files."""
        await self.stop()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _config(self, ports: LiveKitPorts) -> dict[str, object]:
        return {
            "port": ports.http,
            "bind_addresses": [LOOPBACK],
            "keys": {self.api_key: self.api_secret},
            "room": {"auto_create": False},
            "webhook": {"api_key": self.api_key, "urls": [self._webhook_url]},
            "logging": {"level": "warn"},
            "rtc": {
                "node_ip": LOOPBACK,
                "use_external_ip": False,
                "enable_loopback_candidate": True,
                "tcp_port": 0,
                "udp_port": ports.udp,
                "interfaces": {"includes": ["lo"]},
            },
        }


async def _answers(ports: LiveKitPorts) -> bool:
    timeout = aiohttp.ClientTimeout(total=ANSWER_TIMEOUT_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as http,
            http.get(f"http://{LOOPBACK}:{ports.http}/") as response,
        ):
            return response.status == web.HTTPOk.status_code
    except (aiohttp.ClientError, TimeoutError):
        return False


async def _end_process(process: Process) -> None:
    """Terminate twice: after the first signal LiveKit waits for participants to leave, after the second it does not.

    Kill the process if it has not ended after STOP_TIMEOUT_S.
    """
    try:
        async with asyncio.timeout(STOP_TIMEOUT_S):
            for _ in range(2):
                with suppress(ProcessLookupError):
                    process.terminate()
                await asyncio.sleep(POLL_S)
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _last_line(log_file: Path) -> str:
    lines = log_file.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def _choose_free(preferred: LiveKitPorts) -> LiveKitPorts:
    return LiveKitPorts(
        http=find_free_port(preferred.http, kind=socket.SOCK_STREAM),
        udp=find_free_port(preferred.udp, kind=socket.SOCK_DGRAM),
    )
