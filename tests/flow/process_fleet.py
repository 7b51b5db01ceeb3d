"""Several processes of one installation, as operators start them: two for chat, two for the page, two for the rest."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

from tests.faults.bots import BotProcess, start_bot
from tests.faults.moved_clock import MovedClock
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
    """Starts and kills the processes of `PARTS`, which share a clock and write their logs into `folder`."""

    environment: Mapping[str, str]
    folder: Path
    running: dict[str, BotProcess] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    starts: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.clock = MovedClock.create(self._clock_file)

    @property
    def _clock_file(self) -> Path:
        return self.folder / "clock"

    async def start(self, *names: str) -> None:
        """Start these processes, and wait until each is ready."""
        self.running |= {name: self._start_one(name) for name in names}

        async def are_ready() -> bool:
            for name in names:
                assert self.running[name].process.is_alive(), self.running[name].describe()
            return all(READY in self.running[name].log.read_text(encoding="utf-8") for name in names)

        await until(are_ready, within=START_WITHIN)

    def _start_one(self, name: str) -> BotProcess:
        environment = {"PATH": os.environ.get("PATH", ""), **self.environment}
        if name.startswith("web"):
            environment["HEYBUDDY_WEB__PORT"] = str(self.ports.setdefault(name, free_port()))
        log = self.folder / f"{name}-{next(self.starts)}.log"
        return start_bot(environment, ("--parts", *PARTS[name]), log=log, clock=self._clock_file)

    def name_of(self, holder: str) -> str | None:
        """The running process that calls itself `holder` in its leases; None if it was killed."""
        return next((name for name, bot in self.running.items() if f" process {bot.pid} on " in holder), None)

    def addresses(self) -> list[str]:
        """Where the processes with the page listen, whether or not they live."""
        return [f"http://{HERE}:{port}" for port in self.ports.values()]

    def kill(self, name: str) -> None:
        """End a process by kill -9, if it has not ended by itself."""
        process = self.running.pop(name).process
        process.kill()
        process.join()

    def stop(self) -> None:
        """Kill what still runs."""
        for name in list(self.running):
            self.kill(name)
