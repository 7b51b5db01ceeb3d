"""The sandbox's stand-in for Discord, started for a test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.clock import Clock
from bot.sandbox.discord.fake_discord import FakeDiscord


@asynccontextmanager
async def started_discord(clock: Clock) -> AsyncIterator[FakeDiscord]:
    """Run it for as long as the block lasts; it accepts the bot's token `right`."""
    stand_in = FakeDiscord(clock=clock, token="right")
    await stand_in.start()
    try:
        yield stand_in
    finally:
        await stand_in.stop()
