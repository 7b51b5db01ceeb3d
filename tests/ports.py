"""Ports for processes that tests start: not taken by anybody until they listen, nor between two of their lives."""

import random
import socket
from typing import Final

from bot.sandbox.livekit_server import LiveKitPorts

HERE: Final = "127.0.0.1"
NOT_GIVEN_AWAY: Final = range(20_000, 32_768)
"""Connections of the whole machine get their ports from the kernel, above these by default."""


def free_port() -> int:
    """A port at which nothing listens, at random."""
    while True:
        port = random.choice(NOT_GIVEN_AWAY)
        with socket.socket() as probe:
            try:
                probe.bind((HERE, port))
            except OSError:
                continue
        return port


def free_livekit_ports() -> LiveKitPorts:
    """Ports for a LiveKit server that a test may stop; servers of other tests would take the usual ones by then."""
    return LiveKitPorts(http=free_port(), udp=free_port())
