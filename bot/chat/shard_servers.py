"""Which servers a shard has: the gateway tells when the shard identifies, and the library does not pass it on.

Its cache cannot say it: it keeps a server from which the bot was removed while the shard was away. And its event
`ready` waits for all shards, so it does not come when one of several identifies again.
"""

from collections.abc import Mapping
from typing import Any, Final

import discord

EVENT: Final = "shard_servers"
"""The client's `on_shard_servers` gets the shard's id and the ids of its servers."""


def announce_shard_servers(client: discord.AutoShardedClient) -> None:
    """Let `client` dispatch EVENT whenever one of its shards has identified. The only use of the library's parsers."""
    parsers = client._connection.parsers  # noqa: SLF001
    parse_ready = parsers["READY"]

    def parse_and_announce(data: Mapping[str, Any]) -> None:
        parse_ready(data)
        client.dispatch(EVENT, data["shard"][0], [int(guild["id"]) for guild in data["guilds"]])

    parsers["READY"] = parse_and_announce
