"""A running sandbox: starts, restarts and watches the real parts, and tells the page how they are."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from aiohttp import web

from bot.process import CannotStart
from bot.sandbox.discord.world import World
from bot.sandbox.lights import Light, State
from bot.sandbox.parts import RunningParts
from bot.sandbox.site import Refusal, create_site
from bot.sandbox.site_actions import Actions
from bot.sandbox.site_feed import Event, Feed
from bot.sandbox.site_view import View
from bot.sandbox.video import Video

UP_WITHIN = 30.0  # seconds
LOOK_EVERY = 0.2
ASK_EVERY = 2.0
ANSWER_WITHIN = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Addresses:
    """Where everything listens; `livekit` is None without video."""

    sandbox: str
    web: str
    discord_api: str
    livekit: str | None


class Sandbox:
    """What runs. Tests may use its parts: `world` acts without a page, `bot` stops and starts, `video.server` too."""

    def __init__(
        self, *, world: World, video: Video, bot: RunningParts, page: RunningParts, addresses: Addresses, view: View
    ) -> None:
        self.world = world
        self.video = video
        self.bot = bot
        self.page = page
        self.addresses = addresses
        self._view = view
        self._feed = Feed(self._beginning)
        self._not_ready: frozenset[str] | None = None
        self._restarting = asyncio.Lock()
        world.listen(self._feed.tell)

    def site(self) -> web.Application:
        """The page to act with."""
        return create_site(Actions(self.world, self.restart_bot).table(), self._feed)

    def _beginning(self) -> list[Event]:
        return [{"stage": self._stage()}, {"messages": self._view.messages()}]

    def _stage(self) -> Event:
        return self._view.stage(self.lights())

    # --- starting and restarting -------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Start the parts and return when they work. Raises CannotStart."""
        self.page.start()
        self.bot.start()
        await self._until_up()

    async def stop(self) -> None:
        """Stop the parts: the bot first, then the page."""
        await self.bot.stop()
        await self.page.stop()

    async def restart_bot(self) -> None:
        """Really stop the bot and start it again; nothing that waits is lost."""
        async with self._restarting:
            await self.bot.stop()
            self.bot.start()
            try:
                await self._until_up()
            except CannotStart as cannot:
                raise Refusal(str(cannot)) from cannot

    async def _until_up(self) -> None:
        try:
            async with asyncio.timeout(UP_WITHIN):
                while any(light.state is not State.OK for light in (self._bot_light(), self._page_light())):
                    if trouble := self.bot.trouble or self.page.trouble:
                        raise CannotStart(trouble)
                    await asyncio.sleep(LOOK_EVERY / 2)
        except TimeoutError:
            raise CannotStart(f"The bot or the page was not up within {UP_WITHIN:.0f} seconds.") from None

    # --- watching ----------------------------------------------------------------------------------------------------

    async def watch(self) -> None:
        """Tell the page whatever changes but messages, which tell themselves; until cancelled."""
        told: Event = {}
        while True:
            stage = self._stage()
            if stage != told:
                self._feed.tell({"stage": stage})
                told = stage
            await asyncio.sleep(LOOK_EVERY)

    async def ask_page(self) -> None:
        """Ask the page students see how it is, again and again; until cancelled."""
        timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN)
        async with aiohttp.ClientSession(timeout=timeout) as http:
            while True:
                self._not_ready = await _not_ready(http, f"{self.addresses.web}/readyz")
                await asyncio.sleep(ASK_EVERY if self._not_ready is not None else LOOK_EVERY)

    def lights(self) -> Mapping[str, Light]:
        """How the bot, the page and the video are."""
        return {"bot": self._bot_light(), "page": self._page_light(), "video": self._video_light()}

    def _bot_light(self) -> Light:
        if self.bot.trouble:
            return Light(state=State.BAD, words=self.bot.trouble)
        if self.bot.running and self.world.gateway.connected and self.world.commands():
            return Light(state=State.OK, words="connected")
        return Light(state=State.BUSY, words="starting")

    def _page_light(self) -> Light:
        if self.page.trouble:
            return Light(state=State.BAD, words=self.page.trouble)
        if self._not_ready is None:
            return Light(state=State.BUSY, words="starting")
        return Light(state=State.OK, words="answering")

    def _video_light(self) -> Light:
        if self.video.url and self._not_ready and "video" in self._not_ready:
            return Light(state=State.BAD, words="LiveKit does not answer")
        return self.video.light


async def _not_ready(http: aiohttp.ClientSession, url: str) -> frozenset[str] | None:
    """What the page says is not ready; None where it does not answer."""
    try:
        async with http.get(url) as answer:
            text = await answer.text()
            return frozenset(text.split()) if answer.status == web.HTTPServiceUnavailable.status_code else frozenset()
    except (aiohttp.ClientError, TimeoutError):
        return None
