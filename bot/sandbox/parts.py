"""The real parts, as `heybuddy run` starts them: the bot and the page each by itself, so that one can be restarted."""

import asyncio
import logging
from collections.abc import Collection

from bot import assemble
from bot.clock import Clock
from bot.config import Part, Settings
from bot.process import CannotStart

BOT = frozenset({Part.CHAT, Part.MATCHMAKER, Part.JANITOR})
PAGE = frozenset({Part.WEB})

log = logging.getLogger(__name__)


class RunningParts:
    """Some parts under one switch. `chat_url` is where the page sends people back to."""

    def __init__(self, settings: Settings, parts: Collection[Part], *, clock: Clock, chat_url: str) -> None:
        self._settings = settings
        self._parts = parts
        self._clock = clock
        self._chat_url = chat_url
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.trouble: str | None = None

    @property
    def running(self) -> bool:
        """Whether they have been started and not yet stopped."""
        return self._task is not None and not self._task.done()

    def start(self) -> None:
        """Start the parts, which must not run."""
        self.trouble, self._stop = None, asyncio.Event()
        self._task = asyncio.create_task(self._serve(self._stop), name=f"sandbox: {', '.join(sorted(self._parts))}")

    async def _serve(self, stop: asyncio.Event) -> None:
        try:
            await assemble.serve(
                self._settings, parts=self._parts, clock=self._clock, stop=stop, chat_url=self._chat_url
            )
        except CannotStart as cannot:
            self.trouble = str(cannot)
        except Exception as broken:
            log.exception("the parts ended")
            self.trouble = f"it broke: {type(broken).__name__}"

    async def stop(self) -> None:
        """Ask the parts to finish what is in hand, and wait until they have. Stopping twice is stopping once."""
        self._stop.set()
        if self._task is not None:
            await asyncio.wait([self._task])

    async def kill(self) -> None:
        """End the parts where they stand, as a power cut would as far as one process can."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
