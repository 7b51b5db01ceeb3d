"""Tells systemd, or whatever else started this process, how it is doing, by the protocol of sd_notify(3).

Nothing is sent where nobody asked: the service manager names its socket in the environment.
"""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from bot.clock import Clock

SOCKET_VARIABLE: Final = "NOTIFY_SOCKET"
WATCHDOG_VARIABLE: Final = "WATCHDOG_USEC"
WATCHED_PROCESS: Final = "WATCHDOG_PID"
IDLE_FOR: Final = 3600.0  # seconds, where no signs of life are asked for
BEATS_PER_DEADLINE: Final = 3
"""A sign of life may get lost or be late, and the process is not taken for dead."""


class ServiceManager:
    """The service manager that `environment` names, if any."""

    def __init__(self, environment: Mapping[str, str], clock: Clock) -> None:
        self._address = environment.get(SOCKET_VARIABLE, "").replace("@", "\0", 1)  # @ stands for an abstract socket
        deadline_us = _find_deadline(environment)
        self._is_watching = deadline_us > 0
        self._beat_every = deadline_us / 1e6 / BEATS_PER_DEADLINE if self._is_watching else IDLE_FOR
        self._clock = clock

    def report(self, state: str) -> None:
        """Say that the process has started, and in one line how it is doing. Repeat it when that changes."""
        self._send("READY=1", f"STATUS={state}")

    async def run(self) -> None:
        """Send signs of life, if they are asked for, until cancelled; then say that the process is stopping.

        They stop when the event loop stands still, so the service manager can restart the process.
        """
        try:
            while True:
                if self._is_watching:
                    self._send("WATCHDOG=1")
                await self._clock.sleep(self._beat_every)
        finally:
            self._send("STOPPING=1")

    def _send(self, *lines: str) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:  # it may be gone
            sender.setblocking(False)
            sender.sendto("\n".join(lines).encode(), self._address)


def _find_deadline(environment: Mapping[str, str]) -> int:
    """Within how many microseconds a sign of life is asked for; 0 if it is not, or of another process."""
    deadline = environment.get(WATCHDOG_VARIABLE, "")
    watched = environment.get(WATCHED_PROCESS) or str(os.getpid())
    return int(deadline) if deadline.isdecimal() and watched == str(os.getpid()) else 0
