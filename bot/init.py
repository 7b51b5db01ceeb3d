"""Writes the first files of an installation: config.toml with a fresh secret, and compose.yaml; overwrites nothing.

Both are files of the project's folder. A wheel carries them in the package `bot`.
"""

import os
import re
from pathlib import Path
from typing import Final

from bot.clock import Clock, new_id
from bot.file_rights import OWNER_ONLY

EXAMPLE: Final = "config.example.toml"
COMPOSE: Final = "compose.yaml"
PACKAGE: Final = Path(__file__).parent
SECRET_IDS: Final = 2  # a secret is this many random ids of 128 bits


def write_config(path: Path, clock: Clock) -> None:
    """Create the file `path`: every setting with its explanation, and two random secrets, for its owner only.

    The token and the public address are left empty. Raises FileExistsError if the file exists, and OSError if it cannot
    be written.
    """
    made_up = {name: _new_secret(clock) for name in ("web.session_secret", "privacy.key")}
    values = {"discord.token": "", "web.public_url": "", **made_up}
    lines = re.compile(rf'^({"|".join(map(re.escape, values))}) = ".*"$', re.MULTILINE)
    text = lines.sub(lambda line: f'{line[1]} = "{values[line[1]]}"', _shipped_text(EXAMPLE))
    _create(path, text, mode=OWNER_ONLY)


def write_compose(folder: Path) -> bool:
    """Create compose.yaml, which runs LiveKit, in `folder`; False if it is there already.

    Raises OSError if it cannot be written.
    """
    try:
        _create(folder / COMPOSE, _shipped_text(COMPOSE), mode=0o644)
    except FileExistsError:
        return False
    return True


def _new_secret(clock: Clock) -> str:
    return "".join(new_id(clock) for _ in range(SECRET_IDS))


def _create(path: Path, text: str, *, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(text)


def _shipped_text(name: str) -> str:
    """A file's text from the wheel, or from the project's folder if there is no wheel."""
    packaged = PACKAGE / name
    return (packaged if packaged.exists() else PACKAGE.parent / name).read_text(encoding="utf-8")
