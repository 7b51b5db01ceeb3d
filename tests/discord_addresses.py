"""discord.py's two addresses are global, and a connecting bot changes them: tests put them back."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route


@contextmanager
def restored_addresses() -> Iterator[None]:
    """After the block both addresses are what they were before."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Route, "BASE", Route.BASE)
        patch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
        yield
