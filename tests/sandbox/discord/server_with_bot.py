"""A server of the stand-in with people and a small bot, and how to wait for what the bot writes."""

import asyncio
from dataclasses import dataclass
from typing import Any

from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from tests.polling import TIMEOUT
from tests.sandbox.discord.small_bot import SmallBot


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerWithBot:
    """One channel, #study, with two students, an admin and the bot."""

    fake_discord: FakeDiscord
    bot: SmallBot
    study: int
    alice: Person
    bob: Person
    dana: Person

    def newest_message(self, viewer: Person, channel_id: int | None = None) -> dict[str, Any]:
        """The newest message that `viewer` sees, by default in #study."""
        return self.fake_discord.channel_messages(channel_id or self.study, viewer)[-1]

    async def wait_for_content(self, viewer: Person, content: str) -> dict[str, Any]:
        """Wait until the newest message that `viewer` sees in #study has this content, and return it."""
        news = asyncio.Event()
        remove_listener = self.fake_discord.add_listener(lambda _: news.set())
        try:
            async with asyncio.timeout(TIMEOUT):
                while self.newest_message(viewer)["content"] != content:
                    news.clear()
                    await news.wait()
        finally:
            remove_listener()
        return self.newest_message(viewer)

    async def open_form(self, person: Person) -> int:
        """Open the form of /study form and return its id."""
        answer = await self.fake_discord.call_command(person, self.study, "study form")
        assert answer.modal is not None
        assert answer.modal["title"] == "Wishes"
        return int(answer.modal["id"])
