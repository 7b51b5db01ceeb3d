"""The address on which everything in the sandbox listens, and how free ports are found there."""

import socket
from collections.abc import Collection

LOOPBACK = "127.0.0.1"
ATTEMPTS_AT_ANY = 3  # the kernel may offer an excluded port


def find_free_port(
    preferred: int = 0, *, kind: socket.SocketKind = socket.SOCK_STREAM, excluded: Collection[int] = ()
) -> int:
    """Return `preferred` if that port is free, else (and for 0) any free one not in `excluded`. Raises OSError."""
    for candidate in (preferred, *(ATTEMPTS_AT_ANY * (0,))):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind((LOOPBACK, candidate))
            except OSError:
                continue
            port = int(probe.getsockname()[1])
        if port not in excluded:
            return port
    raise OSError("this machine has no free port")
