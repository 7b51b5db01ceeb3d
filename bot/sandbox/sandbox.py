"""A running sandbox: starts, restarts and watches the real parts, and publishes their status to the page."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
from aiohttp import web

from bot.domain.match import APART_FOR
from bot.process import CannotStart
from bot.sandbox.event_feed import Event, EventFeed
from bot.sandbox.page_actions import PageActions
from bot.sandbox.page_server import ActionRefused, create_page_app
from bot.sandbox.page_snapshot import PageSnapshot
from bot.sandbox.part_status import PartStatus, State
from bot.sandbox.running_parts import RunningParts
from bot.sandbox.shifted_clock import ShiftedClock
from bot.sandbox.store_watch import StoreWatch
from bot.sandbox.video import Video
from bot.sandbox.world import World

START_TIMEOUT_S = 30.0
START_POLL_S = 0.1
CHANGES_POLL_S = 0.2
READINESS_POLL_S = 2.0
READINESS_TIMEOUT_S = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Addresses:
    """Where everything listens; `livekit` is None without video."""

    sandbox: str
    web: str
    discord_api: str
    livekit: str | None


class Sandbox:
    """Tests may use its attributes: act in `world` and `fake_discord`, move `clock`, stop and start the parts."""

    def __init__(
        self,
        *,
        world: World,
        video: Video,
        bot: RunningParts,
        web: RunningParts,
        addresses: Addresses,
        snapshot: PageSnapshot,
        clock: ShiftedClock,
        store_watch: StoreWatch,
    ) -> None:
        self.world = world
        self.fake_discord = world.fake_discord
        self.video = video
        self.bot = bot
        self.web = web
        self.addresses = addresses
        self.clock = clock
        self._snapshot = snapshot
        self._store_watch = store_watch
        self._feed = EventFeed(self._initial_events)
        self._published: Event = {}
        self._not_ready: frozenset[str] | None = None  # from /readyz; None without an answer
        self._restarting = asyncio.Lock()
        self.fake_discord.add_listener(self._feed.publish)

    def create_page_app(self) -> web.Application:
        """The application that serves the page."""
        actions = PageActions(
            self.world,
            restart_bot=self.restart_bot,
            pass_an_hour=self.pass_an_hour,
            set_careful=self._store_watch.set_careful,
        )
        read_attachment = self.fake_discord.backend.attachments.read_file
        return create_page_app(actions.by_name(), self._feed, read_attachment=read_attachment)

    def _initial_events(self) -> list[Event]:
        return [{"snapshot": self._current_snapshot()}, {"messages": self._snapshot.list_messages()}]

    def _current_snapshot(self) -> Event:
        return {
            **self._snapshot.build_snapshot(self.part_statuses()),
            "ahead_ms": self.clock.ahead // timedelta(milliseconds=1),
            **self._store_watch.as_json(),
        }

    # --- starting and restarting -------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Start the parts and return when they work. Raises CannotStart."""
        self.web.start()
        self.bot.start()
        await self._wait_until_started()

    async def stop(self) -> None:
        """Stop the parts: the bot first, then the web part."""
        await self.bot.stop()
        await self.web.stop()

    async def restart_bot(self) -> None:
        """Stop the bot, start it again, and return when it works. Raises ActionRefused if it does not start."""
        async with self._restarting:
            await self.bot.stop()
            self._publish_snapshot()  # it may be back before the next look
            self.bot.start()
            try:
                await self._wait_until_started()
            except CannotStart as error:
                raise ActionRefused(str(error)) from error

    def pass_an_hour(self) -> None:
        """Move the clock ahead by as long as two are kept apart after a match of theirs came to nothing."""
        self.clock.shift(APART_FOR)

    async def _wait_until_started(self) -> None:
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                while any(status.state is not State.OK for status in (self._bot_status(), self._web_status())):
                    if failure := self.bot.failure or self.web.failure:
                        raise CannotStart(failure)
                    await asyncio.sleep(START_POLL_S)
        except TimeoutError:
            raise CannotStart(f"The bot or the page didn't start within {START_TIMEOUT_S:.0f} seconds.") from None

    # --- watching ----------------------------------------------------------------------------------------------------

    async def publish_changes(self) -> None:
        """Publish the snapshot whenever it changes, until cancelled. Messages have events of their own."""
        while True:
            if self._current_snapshot() != self._published:
                self._publish_snapshot()
            await asyncio.sleep(CHANGES_POLL_S)

    def _publish_snapshot(self) -> None:
        self._published = self._current_snapshot()
        self._feed.publish({"snapshot": self._published})

    async def watch_store(self) -> None:
        """Look in the store for what the page shows of it, until cancelled."""
        await self._store_watch.watch()

    async def poll_web_readiness(self) -> None:
        """Poll the web part's /readyz until cancelled."""
        timeout = aiohttp.ClientTimeout(total=READINESS_TIMEOUT_S)
        async with aiohttp.ClientSession(timeout=timeout) as http:
            while True:
                self._not_ready = await _fetch_not_ready(http, f"{self.addresses.web}/readyz")
                await asyncio.sleep(READINESS_POLL_S if self._not_ready is not None else CHANGES_POLL_S)

    def part_statuses(self) -> Mapping[str, PartStatus]:
        """The status of the bot, the web part and the video server."""
        return {"bot": self._bot_status(), "web": self._web_status(), "video": self._video_status()}

    def _bot_status(self) -> PartStatus:
        if self.bot.failure:
            return PartStatus(state=State.BAD, text=self.bot.failure)
        if self.bot.running and self.fake_discord.gateway.connected and self.fake_discord.registered_commands():
            return PartStatus(state=State.OK, text="connected")
        return PartStatus(state=State.BUSY, text="starting")

    def _web_status(self) -> PartStatus:
        if self.web.failure:
            return PartStatus(state=State.BAD, text=self.web.failure)
        if self._not_ready is None:
            return PartStatus(state=State.BUSY, text="starting")
        return PartStatus(state=State.OK, text="answering")

    def _video_status(self) -> PartStatus:
        if self.video.url and self._not_ready and "video" in self._not_ready:
            return PartStatus(state=State.BAD, text="LiveKit isn't answering")
        return self.video.status


async def _fetch_not_ready(http: aiohttp.ClientSession, url: str) -> frozenset[str] | None:
    """The words that /readyz answers for what is not ready; None if it does not answer."""
    try:
        async with http.get(url) as response:
            text = await response.text()
            is_unavailable = response.status == web.HTTPServiceUnavailable.status_code
            return frozenset(text.split()) if is_unavailable else frozenset()
    except (aiohttp.ClientError, TimeoutError):
        return None
