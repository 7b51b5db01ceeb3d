"""Two students of the sandbox on their whole way: the command, the message, the link, the room."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Locator, Page, expect

from bot.sandbox.sandbox import Sandbox
from tests.browser.sandbox.sandbox_page import Column, SandboxPage

WITHIN = 20.0  # seconds
FRAMES = "document.querySelector('[data-role=\"partner\"]')?.getVideoPlaybackQuality().totalVideoFrames ?? 0"
LOUDEST = """async () => {
  const stream = document.querySelector('[data-role="partner-sound"]')?.srcObject;
  if (!stream) return 0;
  const audio = new AudioContext();
  const analyser = new AnalyserNode(audio, { fftSize: 2048 });
  audio.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let loudest = 0;
  for (const end = performance.now() + 1500; performance.now() < end; await new Promise((on) => setTimeout(on, 20))) {
    analyser.getFloatTimeDomainData(samples);
    loudest = Math.max(loudest, ...samples.map(Math.abs));
  }
  await audio.close();
  return loudest;
}"""


class Room:
    """A student's tab with the page that the link opens."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def is_at(self, state: str, code: str | None = None) -> None:
        """Wait for one of the five states, and for a problem's code."""
        body = self.page.locator("body")
        await expect(body).to_have_attribute("data-state", state, timeout=WITHIN * 1000)
        if code is not None:
            await expect(body).to_have_attribute("data-code", code, timeout=WITHIN * 1000)

    async def turn_on(self, *devices: str) -> None:
        """Turn devices on before going in."""
        for device in devices:
            await self.page.get_by_role("switch", name=f"Turn {device} on").click()
            await expect(self.page.get_by_role("switch", name=f"Turn {device} off")).to_be_visible()

    async def press(self, name: str) -> None:
        """Press a button."""
        await self.page.get_by_role("button", name=name, exact=True).click()

    async def join(self) -> None:
        """Turn everything on and go in."""
        await self.turn_on("camera", "microphone")
        await self.press("Join")
        await self.is_at("room")

    async def frames(self) -> int:
        """How many frames of the partner have been decoded and shown."""
        return int(await self.page.evaluate(FRAMES))

    async def sees(self, frames: int = 60) -> None:
        """Wait until so many more frames of the partner were decoded."""
        await self.page.bring_to_front()
        before = await self.frames()
        await until(lambda: self._reached(before + frames))

    async def _reached(self, frames: int) -> bool:
        return await self.frames() >= frames

    async def hears(self) -> None:
        """Wait until something of the partner is to be heard."""
        await until(self._hears_now)

    async def _hears_now(self) -> bool:
        return float(await self.page.evaluate(LOUDEST)) > 0.01


class Meeting:
    """Two students, each with a column in the sandbox's page."""

    def __init__(self, sandbox: Sandbox, page: SandboxPage) -> None:
        self.sandbox = sandbox
        self.page = page
        self.rooms: list[Room] = []
        self.columns: list[Column] = []

    async def invited(self, *names: str) -> tuple[Column, Column]:
        """Both type /study now and find a link in their messages."""
        first, second = names or ("Alice", "Bob")
        self.columns = [await self._column(place, name) for place, name in enumerate((first, second))]
        for column in self.columns:
            await column.direct_messages()
        links = [await self._links(column).count() for column in self.columns]
        for column in self.columns:
            await column.channel("study")
            await column.command("/study now")
        for column, before in zip(self.columns, links, strict=True):
            await column.direct_messages()
            await expect(self._links(column)).to_have_count(before + 1, timeout=WITHIN * 1000)
        one, other = self.columns
        return one, other

    def _links(self, column: Column) -> Locator:
        return column.log.get_by_role("link", name="Open the room")

    async def _column(self, place: int, name: str) -> Column:
        if await self.page.page.locator(f'[data-person="{name.lower()}"]').count():
            return self.page.column(name.lower())
        standing = await self.page.page.locator("[data-person]").nth(place).get_attribute("data-person")
        assert standing is not None
        return await self.page.column(standing).switch_to(name)

    async def opened(self, column: Column) -> Room:
        """The link, followed."""
        room = Room(await column.follow("Open the room"))
        self.rooms.append(room)
        await room.is_at("ready")
        return room

    async def met(self, *names: str) -> tuple[Room, Room]:
        """Both have gone in, with camera and microphone, and see each other."""
        one, other = [await self.opened(column) for column in await self.invited(*names)]
        await one.join()
        await other.join()
        await one.sees(1)
        await other.sees(1)
        return one, other

    async def address(self, column: Column) -> str:
        """The newest link as it stands in the message."""
        href = await column.link("Open the room").get_attribute("href")
        assert href is not None
        return href

    async def end(self) -> None:
        """Both leave whatever they are in, so that nothing of this meeting is left for the next test."""
        for column in self.columns:
            await column.channel("study")
            await column.command("/study leave")


async def until(holds: Callable[[], Awaitable[Any]]) -> None:
    """Wait until `holds()`; the page's policy forbids Playwright's own way of waiting for a function."""
    async with asyncio.timeout(WITHIN):
        while not await holds():
            await asyncio.sleep(0.1)
