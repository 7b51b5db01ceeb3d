"""Runs real parts as `heybuddy run` does: the bot's and the web part separately, so that the bot can be restarted."""

import asyncio
import logging
from collections.abc import Collection

from bot import assemble
from bot.clock import Clock
from bot.config import Part, Settings
from bot.process import CannotStart
from bot.service_manager import ServiceManager

BOT_PARTS = frozenset({Part.CHAT, Part.MATCHMAKER, Part.JANITOR})
WEB_PARTS = frozenset({Part.WEB})

log = logging.getLogger(__name__)


class RunningParts:
    """Parts that start and stop together. `chat_url` is where the web part's links back to Discord lead.

    `failure` says why they ended without having been stopped; None otherwise.
    """

    def __init__(self, settings: Settings, parts: Collection[Part], *, clock: Clock, chat_url: str) -> None:
        self._settings = settings
        self._parts = parts
        self._clock = clock
        self._chat_url = chat_url
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.failure: str | None = None

    @property
    def running(self) -> bool:
        """Whether they were started and have not ended."""
        return self._task is not None and not self._task.done()

    def start(self) -> None:
        """Start the parts in a task; they must not be running."""
        self.failure, self._stop = None, asyncio.Event()
        self._task = asyncio.create_task(self._serve(self._stop), name=f"sandbox: {', '.join(sorted(self._parts))}")

    async def _serve(self, stop: asyncio.Event) -> None:
        try:
            await assemble.serve(
                self._settings,
                parts=self._parts,
                clock=self._clock,
                stop=stop,
                service_manager=ServiceManager({}, self._clock),
                chat_url=self._chat_url,
            )
        except CannotStart as error:
            self.failure = str(error)
        except Exception as error:
            log.exception("the parts ended with an error")
            self.failure = f"it broke: {type(error).__name__}"

    async def stop(self) -> None:
        """Ask the parts to finish their current work, and wait for them. Idempotent."""
        self._stop.set()
        if self._task is not None:
            await asyncio.wait([self._task])
