"""The sandbox's settings: built in memory and validated like any others. Its secrets are new each time."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from bot.clock import Clock
from bot.config import Settings, load_settings
from bot.sandbox.loopback import LOOPBACK, find_free_port

DEFAULT_PORT = 8765
SECRET_BYTES = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class Ports:
    """Where the sandbox's page, the web part and the stand-in for Discord listen."""

    sandbox: int
    web: int
    discord: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Secrets:
    """The bot's token, the secret from which the others are derived, and the key that names members."""

    token: str
    session: str
    privacy: str

    @classmethod
    def generate(cls, clock: Clock) -> "Secrets":
        """New random secrets."""
        return cls(**{each.name: clock.random_bytes(SECRET_BYTES).hex() for each in fields(cls)})


def choose_ports(wanted: int | None) -> Ports:
    """Choose `wanted` (None: DEFAULT_PORT) and the two ports after it; any free one instead of each that is taken.

    With 0, all three are any free ports.
    """
    first = DEFAULT_PORT if wanted is None else wanted
    chosen: list[int] = []
    for offset in range(3):
        chosen.append(find_free_port(first + offset if first else 0, excluded=chosen))
    return Ports(sandbox=chosen[0], web=chosen[1], discord=chosen[2])


def make_settings(
    *,
    ports: Ports,
    secrets: Secrets,
    api_base: str,
    database: Path,
    video: Mapping[str, str],
    safety_contact: int,
) -> Settings:
    """Settings as `heybuddy run` would read them; `video` holds keys of the section [livekit], such as livekit.url."""
    values = {
        "discord.token": secrets.token,
        "discord.api_base": api_base,
        "web.public_url": f"http://localhost:{ports.web}",
        "web.host": LOOPBACK,
        "web.port": str(ports.web),
        "web.session_secret": secrets.session,
        "privacy.key": secrets.privacy,
        "store.database": f"sqlite:///{database}",
        "ops.port": "0",
        "ops.safety_contact": str(safety_contact),
        **video,
    }
    return load_settings(
        environment={f"HEYBUDDY_{key.replace('.', '__')}".upper(): value for key, value in values.items()}
    )
