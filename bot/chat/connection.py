"""Connects the client to Discord and keeps it connected: login, the gateway's address, shards, and an orderly stop.

Only a refused token ends it. After anything else that Discord, the network or the library does, it connects anew.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypedDict

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.chat.client import HeyBuddyClient
from bot.chat.discord_trouble import (
    TokenRefused,
    describe_next_try,
    describe_trouble,
    is_mistake,
    is_token_refused,
    reading_answers,
    retry_after,
)
from bot.clock import Clock
from bot.process import raise_if_cancelled
from bot.readiness import CONNECTING, NotYet

FIRST_PAUSE = 1.0  # seconds
LONGEST_PAUSE = 120.0  # each try may be one of the thousand logins that Discord allows in a day
WORKED_FOR = 300.0  # seconds; a connection that lasted this long was a good one: pauses start anew
PAUSE_AFTER_MISTAKE = 900.0
STEP_WITHIN = 120.0  # seconds; the library waits in silence for some limits
DISCORD_API = "https://discord.com/api/v10"

log = logging.getLogger(__name__)


class SessionStartLimit(TypedDict):
    """How many logins are left, and the milliseconds until there are more."""

    remaining: int
    reset_after: float


class Connection:
    """Logs in and stays connected. While Discord cannot be reached it retries, with growing pauses.

    `shard_ids` are this process's shards, None for all of them. If `client` is not made for a number of shards, there
    are as many as Discord recommends. `finish()` is awaited before the client closes.
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
        self._shard_count = client.shard_count
        self.own_shards: Sequence[int] = ()
        """The shards that this process connects; none before it is known how many there are."""
        self._warned_of_shards = False
        self._clock = clock
        self._finish = finish
        self._trouble: str | None = None
        self._next_try = ""
        self._pause = FIRST_PAUSE

    @property
    def problem(self) -> str | None:
        """Why no events arrive at present, as one sentence; None while they do."""
        if self._client.connected.is_set():
            return None
        if self._trouble is None:
            return NotYet(CONNECTING)
        return f"There is no connection to Discord: {self._trouble}. {self._next_try}"

    async def run(self) -> None:
        """Run until cancelled, then finish open replies. Raises TokenRefused when Discord does not accept the token.

        Sets discord.py's API addresses to `api_base`; these are global to the process.
        """
        Route.BASE = self._api_base
        try:
            while True:
                await self._clock.sleep(await self._connect_once())
                await self._client.reopen()
        finally:
            await self._finish()
            await self._client.close()

    async def _connect_once(self) -> float:
        """Connect, and stay connected as long as possible. Returns the seconds to wait before the next time."""
        began = self._clock.monotonic()
        try:
            await self._log_in()
            await self._serve()
        except Exception as error:
            raise_if_cancelled()
            if is_token_refused(error):
                raise TokenRefused(TokenRefused.__doc__) from error
            asked = PAUSE_AFTER_MISTAKE if self._is_mistake(error) else retry_after(error) or 0.0
            pause = max(self._next_pause(began), asked)
            self._note_trouble(error, pause)
            return pause
        log.warning("Discord ended the connection. Connecting again.")
        return self._next_pause(began)

    def _is_mistake(self, error: Exception) -> bool:
        return is_mistake(error, shard_count_is_set=self._shard_count is not None)

    def _next_pause(self, began: float) -> float:
        """The seconds until the next try, more after each that did not last; `began` is when the last one did."""
        if self._clock.monotonic() - began > WORKED_FOR:
            self._pause = FIRST_PAUSE
        pause, self._pause = self._pause, min(2 * self._pause, LONGEST_PAUSE)
        return pause

    async def _log_in(self) -> None:
        self._client.use_new_connector()
        async with asyncio.timeout(STEP_WITHIN):
            with reading_answers():
                await self._client.login(self._token)

    async def _serve(self) -> None:
        """Be connected, and keep the commands registered meanwhile."""
        beside = [asyncio.create_task(work()) for work in (self._client.registration.run, self._note_connected)]
        try:
            await self._wait_for_logins(await self._find_gateway())
            await self._client.connect()
        finally:
            for task in beside:
                task.cancel()
            await asyncio.wait(beside)

    async def _find_gateway(self) -> SessionStartLimit:
        """Learn the gateway's address and how many shards there are; returns how many logins are left."""
        async with asyncio.timeout(STEP_WITHIN):
            with reading_answers():
                shards, url, limit = await self._client.http.get_bot_gateway()
                if self._api_base != DISCORD_API:
                    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)
                ids = self._shard_ids
                counted = max(shards, *(shard + 1 for shard in ids)) if ids else shards
                self._client.shard_count = self._shard_count or counted
                self._client.shard_ids = list(ids) if ids else None
                self.own_shards = ids or range(self._client.shard_count)
                self._warn_of_shards(recommended=shards)
                return {"remaining": int(limit["remaining"]), "reset_after": float(limit["reset_after"])}

    def _warn_of_shards(self, *, recommended: int) -> None:
        """Warn once if the processes may come to disagree on the number of shards, or Discord recommends more."""
        warned, self._warned_of_shards = self._warned_of_shards, True
        if warned:
            return
        if self._shard_ids and not self._shard_count:
            log.warning(
                "discord.shard_count isn't set. Discord recommends %d shards now and more as the bot grows, and "
                "processes that disagree leave out servers: set it to the number of all shards.",
                recommended,
            )
        elif self._shard_count and self._shard_count < recommended:
            log.warning(
                "Discord recommends %d shards by now, and discord.shard_count is %d.", recommended, self._shard_count
            )

    async def _wait_for_logins(self, limit: SessionStartLimit) -> None:
        """Wait until Discord allows as many logins as we have shards; beyond its limit it resets the token."""
        needed = len(self._client.shard_ids or range(self._client.shard_count or 1))
        if limit["remaining"] < needed:
            pause = limit["reset_after"] / 1000
            self._trouble = "Discord allows no more logins today"
            self._next_try = describe_next_try(pause, self._clock.now())
            log.warning("No connection to Discord: %s. %s", self._trouble, self._next_try)
            await self._clock.sleep(pause)

    async def _note_connected(self) -> None:
        await self._client.connected.wait()
        self._trouble = None

    def _note_trouble(self, error: Exception, pause: float) -> None:
        """Remember what is wrong, and log it if it is news; `pause` is in seconds until the next try."""
        known = describe_trouble(error)
        trouble = known or f"something unexpected happened ({type(error).__name__})"
        self._next_try = describe_next_try(pause, self._clock.now())
        if trouble != self._trouble:
            level = logging.WARNING if known and not self._is_mistake(error) else logging.ERROR
            exc_info = None if known else error
            log.log(level, "No connection to Discord: %s. %s", trouble, self._next_try, exc_info=exc_info)
        self._trouble = trouble
