"""The sandbox's settings: made in memory, read by the same rules as everybody's; its secrets last as long as it."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.clock import Clock
from bot.config import Settings, load_settings

HOST = "127.0.0.1"
USUAL_PORT = 8765


@dataclass(frozen=True, kw_only=True, slots=True)
class Ports:
    """Where the sandbox's page, the page students see and the stand-in for Discord listen."""

    sandbox: int
    web: int
    discord: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Secrets:
    """What the bot logs in with, and what every other secret is derived from."""

    token: str
    session: str

    @classmethod
    def fresh(cls, clock: Clock) -> "Secrets":
        """New ones, which nobody has seen."""
        return cls(token=clock.random_bytes(32).hex(), session=clock.random_bytes(32).hex())


def choose_ports(wanted: int | None) -> Ports:
    """`wanted` (by default 8765) and the two after it; any free one for each that is taken, and for all where 0."""
    first = USUAL_PORT if wanted is None else wanted
    found: list[int] = []
    for distance in range(3):
        found.append(_free(first + distance if first else 0, found))
    return Ports(sandbox=found[0], web=found[1], discord=found[2])


def _free(port: int, taken: list[int]) -> int:
    for candidate in (port, 0, 0, 0):
        with socket.socket() as probe:
            try:
                probe.bind((HOST, candidate))
            except OSError:
                continue
            found = int(probe.getsockname()[1])
        if found not in taken:
            return found
    raise OSError("this machine has no free port")


def make_settings(
    *, ports: Ports, secrets: Secrets, api_base: str, database: Path, video: Mapping[str, str]
) -> Settings:
    """Settings as `heybuddy run` reads them; `video` holds the keys of LiveKit's section."""
    values = {
        "discord.token": secrets.token,
        "discord.api_base": api_base,
        "web.public_url": f"http://localhost:{ports.web}",
        "web.host": HOST,
        "web.port": str(ports.web),
        "web.session_secret": secrets.session,
        "store.database": f"sqlite:///{database}",
        **video,
    }
    return load_settings(
        environment={f"HEYBUDDY_{key.replace('.', '__')}".upper(): value for key, value in values.items()}
    )
