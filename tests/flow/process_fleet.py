"""Several processes of one installation, as operators start them: two for chat, two for the page, two for the rest."""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.polling import until
from tests.ports import free_port
from tests.web.browsers import HERE

PARTS: Final[Mapping[str, Sequence[str]]] = {
    "chat-0": ("chat", "--shard-ids", "0"),
    "chat-1": ("chat", "--shard-ids", "1"),
    "web-0": ("web",),
    "web-1": ("web",),
    "matchmaker-0": ("matchmaker,janitor",),
    "matchmaker-1": ("matchmaker,janitor",),
}
"""By the name of each process: what it runs, as arguments after --parts."""

START_WITHIN: Final = 60.0  # seconds; many tests may run at the same time
READY: Final = "ready: this process runs"


@dataclass(kw_only=True)
class Fleet:
    """Starts and kills the processes of `PARTS`; each writes its log into `folder`."""

    environment: Mapping[str, str]
    folder: Path
    running: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    async def start(self, *names: str) -> None:
        """Start these processes, and wait until each is ready."""
        for name in names:
            await self._start_one(name)

        async def are_ready() -> bool:
            for name in names:
                assert self.running[name].returncode is None, f"{name} has ended:\n{self.log_of(name)}"
            return all(READY in self.log_of(name) for name in names)

        await until(are_ready, within=START_WITHIN)

    async def _start_one(self, name: str) -> None:
        environment = {"PATH": os.environ.get("PATH", ""), **self.environment}
        if name.startswith("web"):
            port = self.ports.setdefault(name, free_port())
            environment["HEYBUDDY_WEB__PORT"] = str(port)
        with self._log_file(name).open("wb") as log:
            self.running[name] = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "run", "--parts", *PARTS[name]), env=environment, stderr=log
            )

    def _log_file(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def log_of(self, name: str) -> str:
        """What a process has logged since its last start."""
        return self._log_file(name).read_text(encoding="utf-8")

    def name_of(self, holder: str) -> str | None:
        """The running process that calls itself `holder` in its leases; None if it was killed."""
        return next((name for name, process in self.running.items() if f" process {process.pid} on " in holder), None)

    def addresses(self) -> list[str]:
        """Where the processes with the page listen, whether or not they live."""
        return [f"http://{HERE}:{port}" for port in self.ports.values()]

    async def kill(self, name: str) -> None:
        """End a process by kill -9, if it has not ended by itself."""
        process = self.running.pop(name)
        if process.returncode is None:
            process.kill()
        await process.wait()

    async def stop(self) -> None:
        """Kill what still runs."""
        for name in list(self.running):
            await self.kill(name)
