"""Keeps the commands that Discord has equal to ours: reads them, writes them where they differ, never gives up."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

import discord
from discord import app_commands
from discord.http import Route

from bot.chat.discord_trouble import (
    describe_next_try,
    describe_trouble,
    is_token_refused,
    reading_answers,
    retry_after,
)
from bot.clock import Clock
from bot.process import raise_if_cancelled
from bot.readiness import COMMANDS_NOT_READ, NotYet

READ_AGAIN_EVERY = 300.0  # seconds; Discord does not tell when another program overwrites them, and a GET costs little
FIRST_PAUSE = 5.0  # seconds
LONGEST_PAUSE = READ_AGAIN_EVERY
TRY_WITHIN = 60.0  # seconds; the library waits in silence for some limits

SET_BY_DISCORD: Final = frozenset(
    {
        "id",
        "application_id",
        "version",
        "guild_id",
        "dm_permission",
        "name_localized",
        "description_localized",
        "handler",
    }
)
DEFAULTS: Final = (
    ("type", 1),
    ("nsfw", False),
    ("required", False),
    ("autocomplete", False),
    ("integration_types", [0]),
)
SETS: Final = frozenset({"contexts", "integration_types", "channel_types"})

Payload = Mapping[str, Any]

log = logging.getLogger(__name__)


class CommandRegistration:
    """Compares at each start and now and then, writes where something differs, and repeats what failed."""

    def __init__(self, client: discord.Client, tree: app_commands.CommandTree[Any], clock: Clock) -> None:
        self._client = client
        self._tree = tree
        self._clock = clock
        self._next_pause = FIRST_PAUSE
        self._suspected = asyncio.Event()
        self.problem: str | None = NotYet(COMMANDS_NOT_READ)

    def compare_soon(self) -> None:
        """Compare again at once: an interaction came for a command that we do not have."""
        self._suspected.set()

    async def run(self) -> None:
        """Keep them equal until cancelled. The client must be logged in. No failure ends it."""
        while True:
            await self._pause(await self.register())

    async def register(self) -> float:
        """Compare and write once; returns the seconds until the next time. Logs loss and recovery once each."""
        try:
            async with asyncio.timeout(TRY_WITHIN):
                differing = await self._write_where_different()
        except Exception as error:  # noqa: BLE001  # whatever it is, the bot goes on and tries again
            raise_if_cancelled()
            return self._note_failure(error)
        if differing:
            names = ", ".join(f"/{name}" for name in differing)
            log.info("Discord did not have this version's commands and has been given them: %s", names)
        if self.problem not in {None, COMMANDS_NOT_READ}:
            log.info("The commands are registered again.")
        self._next_pause, self.problem = FIRST_PAUSE, None
        return READ_AGAIN_EVERY

    async def _write_where_different(self) -> Sequence[str]:
        with reading_answers():
            ours = await command_payloads(self._tree)
            differing = differing_commands(ours, await self._request("GET", params={"with_localizations": "true"}))
            if differing:
                written = await self._request("PUT", json=list(ours))
                if {each["name"] for each in written} != {each["name"] for each in ours}:
                    raise LookupError("Discord has other commands than those that were written")
        return differing

    async def _request(self, method: str, **options: Any) -> Sequence[Payload]:  # noqa: ANN401 -- the library's own
        route = Route(method, "/applications/{application_id}/commands", application_id=self._client.application_id)
        answer = await self._client.http.request(route, **options)
        if not isinstance(answer, list):
            raise TypeError("Discord's answer is not a list of commands")
        return cast("Sequence[Payload]", answer)

    def _note_failure(self, error: Exception) -> float:
        known = describe_trouble(error)
        reason = known or f"something unexpected happened ({type(error).__name__})"
        problem = f"The commands cannot be registered: {reason}."
        pause, self._next_pause = self._next_pause, min(2 * self._next_pause, LONGEST_PAUSE)
        pause = max(pause, retry_after(error) or 0.0)
        if problem != self.problem and not is_token_refused(error):  # the process ends, and says so
            again = describe_next_try(pause, self._clock.now())
            log.warning("%s %s", problem, again, exc_info=None if known else error)
        self.problem = problem
        return pause

    async def _pause(self, seconds: float) -> None:
        waiting = {asyncio.ensure_future(each) for each in (self._clock.sleep(seconds), self._suspected.wait())}
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()
        self._suspected.clear()


async def command_payloads(tree: app_commands.CommandTree[Any]) -> Sequence[Payload]:
    """The commands of `tree` in every language, as they are sent to Discord."""
    translator = tree.translator
    if translator is None:
        raise RuntimeError("The translator must be set before the commands are written.")
    return [await command.get_translated_payload(tree, translator) for command in tree.get_commands()]


def differing_commands(ours: Sequence[Payload], theirs: Sequence[Payload]) -> Sequence[str]:
    """The names of the commands that are missing at Discord, differ there, or are there and not ours; sorted.

    `theirs` is Discord's answer with localizations.
    """
    here, there = ({_identify(each): _comparable(each) for each in commands} for commands in (ours, theirs))
    return sorted({key[1] for key in here.keys() | there.keys() if here.get(key) != there.get(key)})


def _identify(command: Payload) -> tuple[int, str]:
    return command.get("type", 1), command["name"]


def _comparable(value: Any) -> Any:  # noqa: ANN401 -- any JSON
    """The value without what Discord adds and what equals a default."""
    if isinstance(value, list):
        return [_comparable(each) for each in value]
    if not isinstance(value, dict):
        return value
    kept = {key: sorted(each) if key in SETS and each else each for key, each in value.items()}
    if kept.get("default_member_permissions") is not None:
        kept["default_member_permissions"] = str(kept["default_member_permissions"])
    return {
        key: _comparable(each)
        for key, each in kept.items()
        if key not in SET_BY_DISCORD and each not in (None, [], {}) and not _is_default(key, each)
    }


def _is_default(key: str, value: object) -> bool:
    return any(key == name and type(value) is type(default) and value == default for name, default in DEFAULTS)
