"""Connects the client to Discord: login, the gateway's address, the number of shards, and an orderly stop."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.chat.client import HeyBuddyClient
from bot.chat.deliver import TokenRefused
from bot.clock import Clock

FIRST_PAUSE = 1.0  # seconds
LONGEST_PAUSE = 60.0
AUTHENTICATION_FAILED = 4004  # the close code with which the gateway refuses a token
DISCORD_API = "https://discord.com/api/v10"

log = logging.getLogger(__name__)


class Connection:
    """Logs in and stays connected. While Discord cannot be reached it retries, with growing pauses.

    `shard_ids` are this process's shards, None for all of them; `finish()` is awaited before the client closes.
    """

    def __init__(
        self,
        client: HeyBuddyClient,
        *,
        token: str,
        api_base: str,
        shard_ids: Sequence[int] | None,
        clock: Clock,
        finish: Callable[[], Awaitable[None]],
    ) -> None:
        self._client = client
        self._token = token
        self._api_base = api_base.rstrip("/")
        self._shard_ids = shard_ids
        self._clock = clock
        self._finish = finish

    async def run(self) -> None:
        """Run until cancelled, then finish open replies. Raises TokenRefused when Discord does not accept the token.

        Sets discord.py's API addresses to `api_base`; these are global to the process.
        """
        Route.BASE = self._api_base
        try:
            await self._retry_until_reached(self._log_in)
            await self._retry_until_reached(self._find_gateway)
            await self._client.connect()
        except discord.LoginFailure as refused:
            raise TokenRefused(TokenRefused.__doc__) from refused
        except discord.ConnectionClosed as closed:
            if closed.code == AUTHENTICATION_FAILED:
                raise TokenRefused(TokenRefused.__doc__) from closed
            raise
        finally:
            await self._finish()
            await self._client.close()

    async def _retry_until_reached(self, step: Callable[[], Awaitable[None]]) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                return await step()
            except (aiohttp.ClientError, OSError, discord.DiscordServerError, discord.GatewayNotFound) as error:
                log.warning("Discord cannot be reached (%s). Trying again in %d s.", type(error).__name__, pause)
            await self._clock.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _log_in(self) -> None:
        try:
            await self._client.login(self._token)
        except (aiohttp.ClientError, OSError, discord.DiscordServerError):
            await self._client.http.close()
            self._client.http.connector = discord.utils.MISSING  # a closed one cannot be used for the next try
            raise

    async def _find_gateway(self) -> None:
        shards, url, limit = await self._client.http.get_bot_gateway()
        if self._api_base != DISCORD_API:
            DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)
        if limit["remaining"] < 1:
            pause = timedelta(milliseconds=limit["reset_after"])
            log.warning("Discord allows no more logins today. Waiting for %s.", pause)
            await self._clock.sleep(pause.total_seconds())
        ids = self._shard_ids
        self._client.shard_count = max(shards, *(shard + 1 for shard in ids)) if ids else shards
        self._client.shard_ids = list(ids) if ids else None
