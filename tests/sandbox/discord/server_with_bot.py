"""A study hall with a bot at work in it: who is there, and how to wait for what the bot says."""

import asyncio
from dataclasses import dataclass
from typing import Any

from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from tests.sandbox.discord.small_bot import SOON, SmallBot


@dataclass(frozen=True, kw_only=True, slots=True)
class Hall:
    """One channel, two students and an admin."""

    fake_discord: FakeDiscord
    bot: SmallBot
    study: int
    alice: Person
    bob: Person
    dana: Person

    def last(self, viewer: Person, channel_id: int | None = None) -> dict[str, Any]:
        """The newest message `viewer` sees, in #study unless said otherwise."""
        return self.fake_discord.channel_messages(channel_id or self.study, viewer)[-1]

    async def until(self, viewer: Person, content: str) -> dict[str, Any]:
        """The newest message in #study, once it says `content`."""
        news = asyncio.Event()
        forget = self.fake_discord.add_listener(lambda _: news.set())
        try:
            async with asyncio.timeout(SOON):
                while self.last(viewer)["content"] != content:
                    news.clear()
                    await news.wait()
        finally:
            forget()
        return self.last(viewer)

    async def modal(self, person: Person) -> int:
        """The id of a form that is open."""
        answer = await self.fake_discord.call_command(person, self.study, "study form")
        assert answer.modal is not None
        assert answer.modal["title"] == "Wishes"
        return int(answer.modal["id"])
