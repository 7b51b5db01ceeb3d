"""The state of the stand-in: simcord's engine on our clock, telling also of edits that only one reader sees."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from simcord.backend import Backend
from simcord.backend.models import Message

from bot.clock import Clock
from bot.sandbox.discord.files import Files

MessageListener = Callable[[Message | None, int], None]


class EngineClock:
    """simcord's view of our clock; nobody moves it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.elapsed = 0.0

    def now(self) -> datetime:
        return self._clock.now()

    def advance(self, seconds: float) -> None:
        raise AssertionError("the stand-in lives in real time")


class Engine(Backend):
    """One virtual Discord. `message_listeners` hear of every message that is new, changed (itself) or gone (None)."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock=EngineClock(clock))  # type: ignore[arg-type]  # it asks for no more than these three
        self.files = self.cdn = Files()
        self.message_listeners: list[MessageListener] = []
        self.closed_to_direct_messages: set[int] = set()
        self.dismissed: set[int] = set()
        self._progress = asyncio.Event()

    def commit_message(self, message: Message, *, broadcast: bool = True) -> Message:
        committed = super().commit_message(message, broadcast=broadcast)
        self._tell(committed, committed.id)
        return committed

    def edit_message(self, channel_id: int, message_id: int, fields: dict[str, Any]) -> Message:
        edited = super().edit_message(channel_id, message_id, fields)
        self._tell(edited, edited.id)
        return edited

    def delete_message(self, channel_id: int, message_id: int) -> None:
        super().delete_message(channel_id, message_id)
        self._tell(None, message_id)

    def bulk_delete_messages(self, channel_id: int, message_ids: Iterable[int]) -> list[int]:
        deleted = super().bulk_delete_messages(channel_id, message_ids)
        for message_id in deleted:
            self._tell(None, message_id)
        return deleted

    def dismiss(self, message_id: int) -> None:
        """Out of its only reader's sight for good; the bot may go on editing it and never learns."""
        self._tell(None, message_id)
        self.dismissed.add(message_id)

    def _tell(self, message: Message | None, message_id: int) -> None:
        if message_id not in self.dismissed:
            for listener in list(self.message_listeners):
                listener(message, message_id)

    def went_on(self) -> None:
        """The bot has called: whoever waits for an answer looks again."""
        self._progress.set()
        self._progress = asyncio.Event()

    async def until(self, holds: Callable[[], bool], *, seconds: float) -> bool:
        """Wait until `holds()` after one of the bot's calls; False when `seconds` pass first."""
        try:
            async with asyncio.timeout(seconds):
                while not holds():
                    await self._progress.wait()
        except TimeoutError:
            return holds()
        return True

    def emit(self, event: str, payload: Mapping[str, Any]) -> None:
        """Announce over the gateway, keeping no record: the stand-in may run for days."""
        for listener in list(self.subscribers):
            listener(event, payload)

    def forget_calls(self) -> None:
        """Drop simcord's record of calls."""
        self.http_requests.clear()
        self.transcript.clear()
