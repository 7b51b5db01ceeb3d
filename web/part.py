"""The page part: the browser door on its listener, with the loop that keeps LiveKit's rooms in order."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from aiohttp.web import TCPSite

from bot.clock import Clock
from bot.leader_loop import Leadership
from bot.process import CannotStart
from bot.store import Store
from web.app import Door, create_runner, room_orders
from web.health import Check
from web.livekit_rooms import LiveKitRooms, NoRooms, Rooms
from web.pages import NotBuilt, Pages
from web.problems import HttpProblem
from web.same_origin import OriginRule

VIDEO_TROUBLES = {
    "video_not_configured": "there is no video: set livekit.url, livekit.api_key and livekit.api_secret",
    "video_refused_our_key": "LiveKit refuses livekit.api_key or livekit.api_secret: nobody can enter a room",
    "video_unreachable": "LiveKit does not answer at livekit.api_url: nobody can enter a room",
}

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Video:
    """A LiveKit server: `url` for browsers, `api_url` for us."""

    url: str
    api_url: str
    api_key: str
    api_secret: str


@dataclass(frozen=True, kw_only=True)
class PagePart:
    """The page on `host` and `port`. `checks` say whether the other parts of this process are ready."""

    store: Store
    clock: Clock
    leadership: Leadership
    session_secret: bytes
    public_url: str
    host: str
    port: int
    trusted_proxies: tuple[str, ...]
    video: Video | None
    is_ours: OriginRule
    chat_url: str
    checks: Mapping[str, Check]

    async def run(self) -> None:
        """Listen until cancelled. Raises CannotStart where the page is not built or the port is not to be had."""
        async with aiohttp.ClientSession() as http:
            door = self._door(rooms(self.video, http))
            runner = create_runner(door)
            await runner.setup()
            try:
                await self._listen(TCPSite(runner, self.host, self.port))
                await _say_how_video_is(door.rooms)
                await room_orders(door, self.leadership).run()
            finally:
                await runner.cleanup()

    def _door(self, video: Rooms) -> Door:
        return Door(
            store=self.store,
            rooms=video,
            pages=_pages(),
            clock=self.clock,
            session_secret=self.session_secret,
            public_url=self.public_url,
            is_ours=self.is_ours,
            chat_url=self.chat_url,
            trusted_proxies=self.trusted_proxies,
            checks={"store": self.store.check, "video": video.check, **self.checks},
        )

    async def _listen(self, site: TCPSite) -> None:
        try:
            await site.start()
        except OSError as refused:
            reason = refused.strerror or type(refused).__name__
            said = f"web.port: nothing can listen at {self.host}:{self.port} ({reason}); free it or choose another"
            raise CannotStart(said) from refused
        log.info("the page listens at %s and is reached at %s", site.name, self.public_url)


def rooms(video: Video | None, http: aiohttp.ClientSession) -> Rooms:
    """LiveKit's rooms, or what stands in where there is no video."""
    if video is None:
        return NoRooms()
    return LiveKitRooms(
        url=video.url, api_url=video.api_url, api_key=video.api_key, api_secret=video.api_secret, http=http
    )


async def _say_how_video_is(video: Rooms) -> None:
    try:
        await video.check()
    except HttpProblem as trouble:
        log.warning(VIDEO_TROUBLES[trouble.code])


def _pages() -> Pages:
    try:
        return Pages()
    except NotBuilt as missing:
        raise CannotStart(str(missing)) from missing
