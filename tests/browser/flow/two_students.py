"""Two students of the sandbox, from the command through the message and the link into the room."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Page, expect

from bot.sandbox.sandbox import Sandbox
from tests.browser.sandbox.sandbox_page import PersonWindow, SandboxPage

TIMEOUT_S = 60.0
QUIETEST_SOUND = 0.01  # as an amplitude, 0 to 1
FRAME_COUNT = "document.querySelector('[data-role=\"partner\"]')?.getVideoPlaybackQuality().totalVideoFrames ?? 0"
WATCH_FRAMES = """() => {
  const video = document.querySelector('[data-role="partner"]');
  window.frameCount = 0;
  const note = (_, { receiveTime }) => {
    window.frameCount += 1;
    window.frameAt = performance.timeOrigin + receiveTime;
    video.requestVideoFrameCallback(note);
  };
  video.requestVideoFrameCallback(note);
}"""
FRAMES_WATCHED = 10
LOUDEST_SAMPLE = """async () => {
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


class RoomTab:
    """A student's browser tab with the page that the link opens."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def expect_screen(self, name: str, code: str | None = None) -> None:
        """Wait until one of the five screens is shown, with the code of its problem if one is given."""
        body = self.page.locator("body")
        await expect(body).to_have_attribute("data-state", name, timeout=TIMEOUT_S * 1000)
        if code is not None:
            await expect(body).to_have_attribute("data-code", code, timeout=TIMEOUT_S * 1000)

    async def turn_on(self, *devices: str) -> None:
        """Turn on "camera" or "microphone" on the ready screen."""
        for device in devices:
            await self.page.get_by_role("switch", name=f"Turn {device} on").click()
            await expect(self.page.get_by_role("switch", name=f"Turn {device} off")).to_be_visible()

    async def press(self, name: str) -> None:
        """Press the button called `name`."""
        await self.page.get_by_role("button", name=name, exact=True).click()

    async def join(self) -> None:
        """Turn everything on, press Join and wait for the room."""
        await self.turn_on("camera", "microphone")
        await self.press("Join")
        await self.expect_screen("room")

    async def expect_picture(self, frames: int = 60) -> None:
        """Wait until `frames` more frames of the partner have been decoded."""
        await self.page.bring_to_front()
        goal = await self._decoded_frames() + frames

        async def is_reached() -> bool:
            return await self._decoded_frames() >= goal

        await wait_until(is_reached)

    async def _decoded_frames(self) -> int:
        return int(await self.page.evaluate(FRAME_COUNT))

    async def watch_frames(self) -> None:
        """Keep in the page's `frameAt` when the partner's last frame came from the network; return once frames come.

        A busy machine paints a frame later, whoever has left by then.
        """
        await self.page.evaluate(WATCH_FRAMES)

        async def are_coming() -> bool:
            return int(await self.page.evaluate("frameCount")) >= FRAMES_WATCHED

        await wait_until(are_coming)

    async def expect_sound(self) -> None:
        """Wait until the partner can be heard."""
        await wait_until(self._is_sound_audible)

    async def _is_sound_audible(self) -> bool:
        return float(await self.page.evaluate(LOUDEST_SAMPLE)) > QUIETEST_SOUND


class TwoStudents:
    """Two students, each with a window in the sandbox's page."""

    def __init__(self, sandbox: Sandbox, page: SandboxPage) -> None:
        self.sandbox = sandbox
        self.page = page
        self.windows: list[PersonWindow] = []
        self._addresses: dict[PersonWindow, list[str]] = {}  # of every link seen, the newest last

    async def get_links(self, *names: str) -> tuple[PersonWindow, PersonWindow]:
        """Both type /study now and receive a link as a direct message; returns their windows."""
        first, second = names or ("Alice", "Bob")
        await expect(self.page.page.get_by_role("article").first).to_be_visible()  # messages come after the windows
        self.windows = [await self._column_of(place, name) for place, name in enumerate((first, second))]
        for window in self.windows:
            await window.direct_messages()
            self._addresses[window] = await self._shown_addresses(window)
        for window in self.windows:
            await window.channel("study")
            await window.command("/study now")
        for window in self.windows:
            await window.direct_messages()
            await self.expect_new_link(window)
        one, other = self.windows
        return one, other

    async def expect_new_link(self, window: PersonWindow) -> str:
        """Wait for a link that was not seen before, and return its address. Old messages lose their links meanwhile."""
        seen = self._addresses[window]

        async def has_arrived() -> bool:
            seen.extend(address for address in await self._shown_addresses(window) if address not in seen)
            return len(seen) > before

        before = len(seen)
        await wait_until(has_arrived)
        return seen[-1]

    async def _shown_addresses(self, window: PersonWindow) -> list[str]:
        links = window.log.get_by_role("link", name="Open the room")
        addresses: list[str] = await links.evaluate_all("links => links.map((link) => link.href)")
        return addresses

    async def _column_of(self, place: int, name: str) -> PersonWindow:
        if await self.page.page.locator(f'[data-person="{name.lower()}"]').count():
            return self.page.window(name.lower())
        present = await self.page.page.locator("[data-person]").nth(place).get_attribute("data-person")
        assert present is not None
        return await self.page.window(present).switch_to(name)

    async def open_link(self, window: PersonWindow) -> RoomTab:
        """Follow the newest link; returns the tab, which shows the ready screen."""
        tab = RoomTab(await window.follow("Open the room"))
        await tab.expect_screen("ready")
        return tab

    async def meet(self, *names: str) -> tuple[RoomTab, RoomTab]:
        """Both join with camera and microphone and see each other; returns their tabs."""
        one, other = [await self.open_link(window) for window in await self.get_links(*names)]
        await one.join()
        await other.join()
        await one.expect_picture(1)
        await other.expect_picture(1)
        return one, other

    def link_address(self, window: PersonWindow) -> str:
        """The address of the newest link that was seen, token included; its message may no longer show it."""
        return self._addresses[window][-1]

    async def leave_everything(self) -> None:
        """Both leave the queue or their match, so that the next test starts clean. Their rooms are closed first."""
        for page in self.page.page.context.pages:
            if page is not self.page.page:
                await page.close()
        for window in self.windows:
            await window.channel("study")
            async with self.page.page.expect_response("**/do/command"):  # the page is closed next
                await window.command("/study leave")


async def wait_until(condition: Callable[[], Awaitable[Any]]) -> None:
    """Poll `condition` until it holds. The page's content policy forbids Playwright's `wait_for_function`."""
    async with asyncio.timeout(TIMEOUT_S):
        while not await condition():
            await asyncio.sleep(0.1)


async def let_time_pass(page: Page, milliseconds: int) -> None:
    """Wait by a timer in the page: those of its own that end within this time have ended then, however slow it is."""
    await page.evaluate("(time) => new Promise((on) => setTimeout(on, time))", milliseconds)
