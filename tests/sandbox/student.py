"""Somebody who acts in the sandbox's fake_discord, for tests without a browser."""

import asyncio
import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from bot.sandbox.sandbox import Sandbox

Json = dict[str, Any]
Found = TypeVar("Found")

WITHIN = 10.0  # seconds


class Student:
    """A member who acts in #study and reads what the bot writes there and in their direct messages."""

    def __init__(self, sandbox: Sandbox, name: str) -> None:
        self._fake_discord = sandbox.fake_discord
        backend = sandbox.fake_discord.backend
        self.person = next(person for person in sandbox.fake_discord.people.values() if person.name == name)
        channels = backend.get_guild(sandbox.fake_discord.guild_id).channel_ids
        self.study = next(channel for channel in channels if backend.get_channel(channel).name == "study")

    async def command(self, path: str) -> None:
        """Call a command in #study."""
        await self._fake_discord.call_command(self.person, self.study, path)

    def here(self) -> list[Json]:
        """What this student sees in #study."""
        return self._fake_discord.channel_messages(self.study, self.person)

    def direct(self) -> list[Json]:
        """What the bot has written to this student."""
        return self._fake_discord.channel_messages(self._fake_discord.direct_channel_id(self.person), self.person)

    async def reads(self, text: str) -> Json:
        """The newest message in #study that holds `text` somewhere, when it is there."""
        return await self._when(lambda: next((each for each in reversed(self.here()) if text in str(each)), None))

    def links(self) -> list[str]:
        """The links in this student's direct messages, oldest first."""
        return re.findall(r"http://localhost:\d+/j#[\w-]+", str(self.direct()))

    async def link(self, *, beyond: int = 0) -> str:
        """The link that comes after the first so many, when it has come."""
        return (await self._when(lambda: self.links()[beyond:] or None))[0]

    async def _when(self, find: Callable[[], Found | None]) -> Found:
        happened = asyncio.Event()
        forget = self._fake_discord.add_listener(lambda _: happened.set())
        try:
            async with asyncio.timeout(WITHIN):
                while (found := find()) is None:
                    happened.clear()
                    await happened.wait()
        finally:
            forget()
        return found

    def button(self, message: Json, label: str) -> str:
        """The id of a message's button."""
        return next(str(part["custom_id"]) for part in _parts(message["components"]) if part.get("label") == label)

    def defaults(self, form: Json) -> Json:
        """What a form is filled with when it opens, by its fields' ids."""
        fields = [part for part in _parts(form["components"]) if "custom_id" in part]
        return {part["custom_id"]: _default(part) for part in fields}


def _parts(components: list[Json]) -> Iterator[Json]:
    for part in components:
        yield part
        inside = [*part.get("components", ()), *filter(None, (part.get("component"), part.get("accessory")))]
        yield from _parts(inside)


def _default(field: Json) -> object:
    if "options" not in field:
        return field.get("value", "")
    chosen = [option["value"] for option in field["options"] if option.get("default")]
    is_radio_group = field["type"] == 21
    return next(iter(chosen), None) if is_radio_group else chosen
