"""Writes a first config.toml with fresh secrets, readable by its owner only; never touches one that is there."""

import os
from pathlib import Path

from bot.clock import Clock, new_id

TEMPLATE = """\
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
OWNER_ONLY = 0o600
SECRET_PARTS = 2  # of 128 bits each


def write(path: Path, clock: Clock) -> None:
    """Write a new configuration to `path`; raises FileExistsError where there is one, OSError where none can be."""
    secret = "".join(new_id(clock) for _ in range(SECRET_PARTS))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(TEMPLATE.format(session_secret=secret))
