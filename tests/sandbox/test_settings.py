"""The sandbox's settings: free ports, new secrets, and the same validation as other settings."""

import socket
from pathlib import Path

from bot.clock import SystemClock
from bot.sandbox.loopback import LOOPBACK
from bot.sandbox.settings import Ports, Secrets, choose_ports, make_settings
from tests.ports import free_port


def test_wanted_ports() -> None:
    """The wanted port is used if it is free."""
    free = free_port()
    assert choose_ports(free).sandbox == free


def test_taken_port() -> None:
    """Another port is used if the wanted one is taken."""
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        assert choose_ports(taken.getsockname()[1]).sandbox != taken.getsockname()[1]


def test_any_port() -> None:
    """0 gives three different ports."""
    ports = choose_ports(0)
    assert len({ports.sandbox, ports.web, ports.discord, 0}) == 4


def test_settings(tmp_path: Path) -> None:
    """The settings are valid, list their secrets so that logs hide them, and secrets are new each time."""
    secrets = Secrets.generate(SystemClock())
    settings = make_settings(
        ports=Ports(sandbox=1, web=2, discord=3),
        secrets=secrets,
        api_base="http://127.0.0.1:3/api/v10",
        database=tmp_path / "scenario.db",
        video={},
        safety_contact=7,
    )
    assert settings.ops.safety_contact == 7
    assert settings.web.public_url == "http://localhost:2"
    assert settings.livekit is None
    assert set(settings.secrets()) == {secrets.token, secrets.session, secrets.privacy}
    assert Secrets.generate(SystemClock()) != secrets
