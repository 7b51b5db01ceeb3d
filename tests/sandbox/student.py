"""A student who acts in a sandbox, for tests without a browser."""

import asyncio
import re
from collections.abc import Callable, Collection, Iterator
from typing import Any, TypeVar

from bot.sandbox.discord.fake_discord import FakeDiscord
from bot.sandbox.discord.user_actions import BotResponse
from bot.sandbox.sandbox import Sandbox
from tests.polling import TIMEOUT

Json = dict[str, Any]
Found = TypeVar("Found")


class Student:
    """A member who acts in #study and reads what the bot writes there and in direct messages."""

    def __init__(self, sandbox: Sandbox, name: str) -> None:
        self._fake_discord = sandbox.fake_discord
        backend = sandbox.fake_discord.backend
        self.person = next(person for person in sandbox.fake_discord.people.values() if person.name == name)
        channels = backend.get_guild(sandbox.fake_discord.guild_id).channel_ids
        self.study = next(channel for channel in channels if backend.get_channel(channel).name == "study")

    async def command(self, path: str) -> BotResponse:
        """Call a command in #study."""
        return await self._fake_discord.call_command(self.person, self.study, path)

    async def search(self) -> None:
        """Call `/study now` in #study and, the first time, agree to the rules."""
        before = {message["id"] for message in self.here()}
        await self.command("study now")
        answer = await wait_for(
            self._fake_discord,
            lambda: next((each for each in self.here() if each["id"] not in before and each["components"]), None),
        )
        if "I agree" in str(answer):
            await self.press(answer, "I agree")

    def here(self) -> list[Json]:
        """The messages that this student sees in #study."""
        return self._fake_discord.channel_messages(self.study, self.person)

    def direct(self) -> list[Json]:
        """The messages in this student's direct messages with the bot."""
        return self._fake_discord.channel_messages(self._fake_discord.direct_channel_id(self.person), self.person)

    async def reads(self, text: str) -> Json:
        """Wait for a message in #study that contains `text` anywhere, and return the newest."""
        return await wait_for(
            self._fake_discord, lambda: next((each for each in reversed(self.here()) if text in str(each)), None)
        )

    def links(self) -> list[str]:
        """The links in this student's direct messages, oldest first."""
        return links_in(self.direct())

    async def link(self, *, other_than: Collection[str] = ()) -> str:
        """Wait for a link that is not one of these, and return it."""
        return await wait_for(
            self._fake_discord, lambda: next((link for link in self.links() if link not in other_than), None)
        )

    async def press(self, message: Json, label: str) -> BotResponse:
        """Press the message's button called `label`."""
        button = self.button(message, label)
        return await self._fake_discord.use_component(
            self.person, int(message["channel_id"]), int(message["id"]), button
        )

    async def submit(self, opened: BotResponse, values: Json) -> None:
        """Fill a form that the bot has opened, and send it."""
        assert opened.modal is not None
        await self._fake_discord.submit_modal(self.person, int(opened.modal["id"]), values)

    async def told(self, text: str) -> Json:
        """Wait for a direct message that contains `text` anywhere, and return the newest."""
        return await wait_for(
            self._fake_discord, lambda: next((each for each in reversed(self.direct()) if text in str(each)), None)
        )

    def button(self, message: Json, label: str) -> str:
        """The custom id of the message's button called `label`."""
        return next(
            str(component["custom_id"])
            for component in walk_components(message["components"])
            if component.get("label") == label
        )

    def defaults(self, form: Json) -> Json:
        """The values that a form has when it opens, by custom id."""
        fields = [component for component in walk_components(form["components"]) if "custom_id" in component]
        return {component["custom_id"]: _default_value(component) for component in fields}


def links_in(messages: list[Json]) -> list[str]:
    """The links into rooms in these messages."""
    return re.findall(r"http://localhost:\d+/j#[\w-]+", str(messages))


async def wait_for(fake_discord: FakeDiscord, find: Callable[[], Found | None]) -> Found:
    """What `find` finds, looking again after each new or changed message."""
    has_news = asyncio.Event()
    remove_listener = fake_discord.add_listener(lambda _: has_news.set())
    try:
        async with asyncio.timeout(TIMEOUT):
            while (found := find()) is None:
                has_news.clear()
                await has_news.wait()
    finally:
        remove_listener()
    return found


def walk_components(components: list[Json]) -> Iterator[Json]:
    """A message's or form's components, with those inside them."""
    for component in components:
        yield component
        children = [
            *component.get("components", ()),
            *filter(None, (component.get("component"), component.get("accessory"))),
        ]
        yield from walk_components(children)


def _default_value(field: Json) -> object:
    if "options" not in field:
        return field.get("value", "")
    chosen = [option["value"] for option in field["options"] if option.get("default")]
    is_radio_group = field["type"] == 21
    return next(iter(chosen), None) if is_radio_group else chosen
