"""What the student reads and hears when a device is refused, goes or delivers nothing, before Join and in the room."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from bot.words import words_for
from tests.browser.flow.two_students import let_time_pass, wait_until
from tests.browser.screens.staged_page import StagedPage, met

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

LAB = Path(__file__).with_name("device_lab.js")
KINDS = ("microphone", "camera")
SCREENS = ("ready", "room")
FAILURES = {
    "blocked": ("NotAllowedError", "Permission denied"),
    "system": ("NotAllowedError", "Permission denied by system"),
    "closed": ("NotAllowedError", "Permission dismissed"),
    "missing": ("NotFoundError", ""),
    "busy": ("NotReadableError", "Could not start video source"),
    "unsupported": ("TypeError", ""),
}
MORE_FAILURES = {"OverconstrainedError": "missing", "AbortError": "busy", "SecurityError": "blocked"}
TOLD_WITHIN_MS = 12_000
"""By then the student would have been told of a device that delivers nothing."""


def title_of(kind: str, trouble: str) -> str:
    """The heading of what is said about a device in trouble."""
    return words_for()(f"page.trouble.{trouble}.{kind}.title")


class DevicePage:
    """One tab, on the ready screen or in the room, and its lab of devices."""

    def __init__(self, stage: StagedPage, screen: str) -> None:
        self.stage = stage
        self.page: Page = stage.page
        self.screen = screen

    @property
    def said(self) -> Locator:
        """What the student reads: the note before Join, the toast in the room."""
        return self.page.locator("[data-notes]:visible" if self.screen == "ready" else "[data-toast]")

    @property
    def spoken(self) -> Locator:
        """What screen readers were last given."""
        return self.page.locator("#announce")

    async def open(self) -> None:
        """Open the screen."""
        if self.screen == "ready":
            await self.stage.open_link()
        else:
            await self.stage.open_room(met())
        await self.stage.expect_screen(self.screen)

    async def press(self, kind: str) -> None:
        """Press the switch of a device."""
        if self.screen == "ready":
            await self.page.locator(".device .switch").nth(KINDS.index(kind)).click()
        else:
            await self.page.locator(f'[data-toggle="{kind}"]').click()

    async def expect_on(self, kind: str, *, label: str) -> None:
        """Wait until exactly this device of a kind is in use."""
        track = "audio" if kind == "microphone" else "video"

        async def labels() -> list[str]:
            found: list[str] = await self.page.evaluate("kind => lab.live(kind)", track)
            return found

        async def is_in_use() -> bool:
            return await labels() == [label]

        await wait_until(is_in_use)

    async def expect_told(self, text: str) -> None:
        """The student reads and hears it."""
        await expect(self.said).to_contain_text(text)
        await expect(self.spoken).to_contain_text(text)

    async def forget_spoken(self) -> None:
        """Empty what screen readers were given, to see what comes next."""
        await self.page.evaluate('document.querySelector("#announce").textContent = ""')


@asynccontextmanager
async def opened(browser: Browser, screen: str) -> AsyncIterator[DevicePage]:
    """A tab on this screen."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    stage = StagedPage(page=await context.new_page())
    await stage.page.add_init_script(path=LAB)
    await stage.prepare()
    tab = DevicePage(stage, screen)
    await tab.open()
    yield tab
    await context.close()


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("kind", KINDS)
async def test_every_press_in_vain_answers(browser: Browser, screen: str, kind: str) -> None:
    """Each refusal is shown and spoken with what to do, after the first press and after every later one."""
    named = {error: (error, "") for error in MORE_FAILURES}
    async with opened(browser, screen) as tab:
        for what, failure in (FAILURES | named).items():
            await tab.page.evaluate("failure => (lab.failure = failure)", failure)
            for _ in range(2):
                await tab.forget_spoken()
                await tab.press(kind)
                await tab.expect_told(title_of(kind, MORE_FAILURES.get(what, what)))
        await tab.page.evaluate("lab.failure = null")
        await tab.press(kind)
        await expect(tab.said).to_be_hidden()


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("kind", KINDS)
async def test_a_question_without_an_answer(browser: Browser, screen: str, kind: str) -> None:
    """While the browser asks, the switch is busy; after a while, and after a press, it says where to look."""
    async with opened(browser, screen) as tab:
        await tab.page.evaluate("lab.failure = 'hang'")
        await tab.press(kind)
        await expect(tab.page.locator('[aria-busy="true"]')).to_have_count(1)
        await tab.expect_told(title_of(kind, "unanswered"))
        await tab.forget_spoken()
        await tab.press(kind)
        await tab.expect_told(title_of(kind, "unanswered"))
        assert await tab.page.evaluate("lab.log") == [kind]


async def test_refused_before_join(browser: Browser) -> None:
    """Whoever was refused before Join and presses the same switch in the room reads and hears how to allow it."""
    async with opened(browser, "ready") as tab:
        await tab.page.evaluate("lab.failure = ['NotAllowedError', '']")
        for kind in KINDS:
            await tab.press(kind)
            await tab.expect_told(title_of(kind, "blocked"))
        tab.stage.answers |= {"POST /session": met(), "POST /session/join-token": {}, "GET /session": met()}
        await tab.page.get_by_role("button", name="Join without").click()
        await tab.stage.expect_screen("room")
        tab.screen = "room"
        await expect(tab.said).to_be_hidden()
        for kind in KINDS:
            await tab.press(kind)
            await tab.expect_told(title_of(kind, "blocked"))
            await tab.expect_told(words_for()("page.how.browser.chromium"))


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize(
    ("kind", "own", "other"),
    [("microphone", "Headset", "Built-in microphone"), ("camera", "Webcam", "Built-in camera")],
)
async def test_a_device_that_goes(browser: Browser, screen: str, kind: str, own: str, other: str) -> None:
    """The notice stays though another device is there, which one press turns on; a device that is back comes first."""
    async with opened(browser, screen) as tab:
        await tab.press(kind)
        await tab.expect_on(kind, label=own)
        device = await tab.page.evaluate("own => lab.devices.find(({ label }) => label === own)", own)
        await tab.page.evaluate("own => lab.unplug(own)", own)
        await tab.expect_told(title_of(kind, "unplugged"))
        await let_time_pass(tab.page, 1_500)
        await expect(tab.said.get_by_role("button", name=f"Use {other}")).to_be_visible()
        await tab.page.evaluate("device => lab.plugIn(device)", device)
        await tab.said.get_by_role("button", name=f"Use {own}").click()
        await tab.expect_on(kind, label=own)
        await expect(tab.said).to_be_hidden()
        await tab.page.evaluate("own => lab.unplug(own)", own)
        await tab.said.get_by_role("button", name=f"Use {other}").click()
        await tab.expect_on(kind, label=other)
        await expect(tab.said).to_be_hidden()


async def test_a_dock_that_goes(browser: Browser) -> None:
    """When everything goes at once, the student is told of each, one after the other."""
    async with opened(browser, "room") as tab:
        for kind in KINDS:
            await tab.press(kind)
        await tab.expect_on("microphone", label="Headset")
        await tab.expect_on("camera", label="Webcam")
        await tab.page.get_by_role("button", name="More").click()
        await tab.page.get_by_label("Speakers").select_option(label="Headphones")
        await tab.page.evaluate("lab.unplug('Headset', 'Webcam', 'Headphones')")
        speaker_trouble = words_for()("page.speaker_trouble.unplugged")
        expected = {title_of(kind, "unplugged") for kind in KINDS} | {speaker_trouble}
        await expect(tab.page.locator("[data-toggle][data-trouble]")).to_have_count(len(KINDS))
        await expect(tab.page.locator(".speakers small")).to_have_text(speaker_trouble)
        seen, text, shown = set(), "", tab.page.locator("[data-toast-text]")
        for _ in range(len(expected)):
            await expect(shown).not_to_have_text(text)  # the next one takes the place of the one that was closed
            text = await shown.inner_text()
            seen |= {part for part in expected if part in text}
            await tab.page.locator("[data-toast-close]").click()
        assert seen == expected
        await expect(tab.said).to_be_hidden()


@pytest.mark.parametrize("screen", SCREENS)
async def test_devices_that_deliver_nothing(browser: Browser, screen: str) -> None:
    """Perfect silence, black and no frames at all are noticed, and the notice goes by itself when they are over."""

    async def try_silence() -> None:
        async with opened(browser, screen) as tab:
            await tab.page.evaluate("lab.loudness = 0")
            await tab.press("microphone")
            await tab.expect_told(title_of("microphone", "no_signal"))
            await tab.page.evaluate("lab.gain.gain.value = 0.002")
            await expect(tab.said).to_be_hidden()

    async def try_picture(picture: str) -> None:
        async with opened(browser, screen) as tab:
            await tab.page.evaluate("picture => (lab.picture = picture)", picture)
            await tab.press("camera")
            await tab.expect_told(title_of("camera", "no_signal"))
            await tab.page.evaluate("lab.picture = 'test card'")
            if picture == "none":  # its track never delivers anything: the other camera does
                await tab.said.get_by_role("button", name="Use Built-in camera").click()
            await expect(tab.said).to_be_hidden()

    await asyncio.gather(try_silence(), try_picture("black"), try_picture("none"))


@pytest.mark.parametrize("screen", SCREENS)
async def test_quiet_and_dark(browser: Browser, screen: str) -> None:
    """A student who is quiet, in a dark room, is told nothing, and the meter and the picture are what they are."""
    async with opened(browser, screen) as tab:
        await tab.page.evaluate("lab.loudness = 0.0002; lab.picture = 'dark room'")
        for kind in KINDS:
            await tab.press(kind)
        await let_time_pass(tab.page, TOLD_WITHIN_MS)
        await expect(tab.said).to_be_hidden()


@pytest.mark.parametrize("screen", SCREENS)
async def test_speakers(browser: Browser, screen: str) -> None:
    """Choosing speakers in vain and testing the sound both answer; a test says what to do if nothing is heard."""
    words = words_for()
    async with opened(browser, screen) as tab:
        await tab.press("microphone")
        if screen == "room":
            await tab.page.get_by_role("button", name="More").click()
        speakers = tab.page.get_by_label("Speakers")
        await speakers.select_option(label="Loudspeakers")
        await tab.page.evaluate("lab.brokenSpeakers = 'Headphones'")
        await speakers.select_option(label="Headphones")
        await expect(tab.spoken).to_have_text(words("page.speaker_trouble.failed"))
        await expect(tab.page.locator(".speakers small")).to_have_text(words("page.speaker_trouble.failed"))
        await expect(speakers).to_have_value("Loudspeakers")
        await speakers.select_option(label="Loudspeakers")
        await tab.page.get_by_role("button", name="Play a sound").click()
        await expect(tab.spoken).to_have_text(words("page.devices.sound_played"))
        refuse = "HTMLMediaElement.prototype.play = () => Promise.reject(new DOMException('', 'NotAllowedError'))"
        for hinder in (refuse, "HTMLMediaElement.prototype.play = () => new Promise(() => {})"):
            await tab.forget_spoken()
            await tab.page.evaluate(f"() => {{ {hinder} }}")
            await tab.page.get_by_role("button", name="Play a sound").click()
            await expect(tab.spoken).to_have_text(words("page.devices.sound_failed"))
            await expect(tab.page.locator(".speakers small")).to_have_text(words("page.devices.sound_failed"))


@pytest.mark.parametrize("screen", SCREENS)
async def test_controls_are_aligned(browser: Browser, screen: str) -> None:
    """The switches, the lists and *Play a sound* end at the same line, and the buttons of a card begin at the same."""
    async with opened(browser, screen) as tab:
        if screen == "room":
            await tab.page.get_by_role("button", name="More").click()
        for kind in KINDS:
            await tab.press(kind)
            await tab.expect_on(kind, label="Headset" if kind == "microphone" else "Webcam")
        await expect(tab.page.locator(".device .field:visible")).to_have_count(len(KINDS) + 1)  # the speakers' as well
        right = "nodes => nodes.map((node) => Math.round(node.getBoundingClientRect().right))"
        for width, height in ((1280, 800), (390, 844)):
            await tab.page.set_viewport_size({"width": width, "height": height})
            edges = await tab.page.locator(".device .switch, .device .field, [data-test-sound]").evaluate_all(right)
            assert len({edges[-1], *edges[2:4]}) == 1, (width, edges)
