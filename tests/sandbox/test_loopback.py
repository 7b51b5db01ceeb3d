"""Free ports on loopback."""

import socket

import pytest

from bot.sandbox.loopback import LOOPBACK, find_free_port
from tests.ports import free_port

KINDS = [socket.SOCK_STREAM, socket.SOCK_DGRAM]


@pytest.mark.parametrize("kind", KINDS)
def test_preferred_port(kind: socket.SocketKind) -> None:
    """The preferred port is returned while it is free, and another one while it is taken."""
    preferred = free_port()
    assert find_free_port(preferred, kind=kind) == preferred
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind((LOOPBACK, preferred))
        assert find_free_port(preferred, kind=kind) not in {preferred, 0}


def test_excluded_ports() -> None:
    """An excluded port is not returned, even if it is free and preferred."""
    port = free_port()
    assert find_free_port(port, excluded=[port]) != port


def test_no_port_left() -> None:
    """If every port is excluded, the error says that there is none."""
    with pytest.raises(OSError, match="^this machine has no free port$"):
        find_free_port(excluded=range(2**16))
