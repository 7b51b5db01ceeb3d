"""Writes a first config.toml with fresh secrets, readable by its owner only; never overwrites a file."""

import os
from pathlib import Path
from typing import Final

from bot.clock import Clock, new_id
from bot.file_rights import OWNER_ONLY

TEMPLATE: Final = """\
# Hey Buddy. config.example.toml explains these settings and has all the others. Keep this file to yourself.

[discord]
# From the "Bot" page of your application in Discord's developer portal.
token = ""

[web]
# The address at which students reach the page, such as https://study.example.org
public_url = ""
session_secret = "{session_secret}"

[store]
database = "sqlite:///heybuddy.sqlite3"

# Without these three it runs, but without video.
# [livekit]
# url = "wss://video.example.org"
# api_key = ""
# api_secret = ""
"""
SECRET_IDS: Final = 2  # a secret is this many random ids of 128 bits


def write_config(path: Path, clock: Clock) -> None:
    """Create the file `path`, with a random session secret, readable by its owner only.

    Raises FileExistsError if it exists, and OSError if it cannot be written.
    """
    secret = "".join(new_id(clock) for _ in range(SECRET_IDS))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(TEMPLATE.format(session_secret=secret))
