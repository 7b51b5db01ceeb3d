"""Accessibility of every screen: axe finds nothing, nothing is cut off, and everything works by keyboard."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.flow.two_students import RoomTab, TwoStudents

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

AXE = Path(__file__).parents[3] / "web" / "page" / "node_modules" / "axe-core" / "axe.min.js"
SIZES = ((1280, 800), (360, 640))
COLOUR_SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
REFUSE_CAMERA = """
navigator.mediaDevices.getUserMedia = async () => {
  throw new DOMException("", "NotAllowedError");
};
"""


async def find_violations(page: Page) -> list[str]:
    """The violations that axe finds, and whether anything is wider than the screen."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text())
    found: list[str] = await page.evaluate(
        "async () => (await axe.run(document, { resultTypes: ['violations'] })).violations"
        ".flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))"
    )
    is_too_wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*found, *(["something is wider than the screen"] if is_too_wide else [])]


async def find_violations_everywhere(page: Page) -> list[str]:
    """The violations in both sizes, light and dark."""
    found = []
    for width, height in SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        for scheme in COLOUR_SCHEMES:
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found += [f"{width} {scheme}: {violation}" for violation in await find_violations(page)]
    return found


async def test_every_screen(students: TwoStudents) -> None:
    """Ready, the room alone and together with its panel, over and a problem: no violation in any size or colours."""
    windows = await students.get_links("Alice", "Bob")
    tab = await students.open_link(windows[0])
    found = {"ready": await find_violations_everywhere(tab.page)}
    await tab.turn_on("camera", "microphone")
    found["ready, all on"] = await find_violations_everywhere(tab.page)
    await tab.press("Join")
    await tab.expect_screen("room")
    found["alone"] = await find_violations_everywhere(tab.page)
    other = await students.open_link(windows[1])
    await other.join()
    await tab.expect_picture(1)
    await tab.press("More")
    found["together, with the panel"] = await find_violations_everywhere(tab.page)
    await tab.press("Close")
    await tab.press("Leave")
    await tab.expect_screen("over")
    found["over"] = await find_violations_everywhere(tab.page)
    third = RoomTab(await tab.page.context.new_page())
    await third.page.goto(students.link_address(windows[0]).partition("#")[0] + "#nobody-knows-this-link")
    await third.expect_screen("problem", "link_unknown")
    found["problem"] = await find_violations_everywhere(third.page)
    assert {screen: violations for screen, violations in found.items() if violations} == {}


async def test_refused_camera(students: TwoStudents, context: BrowserContext) -> None:
    """A browser that refuses the camera leads to one note with instructions, and the student can still join."""
    window, _ = await students.get_links("Noor", "Mika")
    page = await context.new_page()
    await page.add_init_script(REFUSE_CAMERA)
    await page.goto(students.link_address(window))
    tab = RoomTab(page)
    await page.get_by_role("switch", name="Turn camera on").click()
    await expect(page.get_by_role("heading", name="Your browser is blocking your camera")).to_be_visible()
    assert await find_violations_everywhere(page) == []
    await tab.press("Join without")
    await tab.expect_screen("room")


async def test_keyboard(students: TwoStudents) -> None:
    """Everything can be reached and pressed without a mouse; the single-key shortcuts can be switched off."""
    windows = await students.get_links("Sara", "Tomas")
    tab = await students.open_link(windows[0])
    await tab.page.get_by_role("button", name="Join").focus()
    await tab.page.keyboard.press("Enter")
    await tab.expect_screen("room")
    await tab.page.keyboard.press("v")
    await expect(tab.page.get_by_role("button", name="Turn camera off")).to_be_visible()
    await tab.page.keyboard.press("?")
    shortcuts = tab.page.get_by_role("checkbox", name="Single-key shortcuts")
    await shortcuts.uncheck()
    await tab.page.keyboard.press("Escape")
    await expect(tab.page.get_by_role("button", name="More")).to_be_focused()
    await tab.page.keyboard.press("v")
    self_view = tab.page.get_by_role("group", name="Your own picture")
    await self_view.focus()
    await tab.page.keyboard.press("ArrowUp")
    await expect(self_view).to_have_attribute("data-corner", "top-end")
    await expect(tab.page.get_by_role("button", name="Turn camera off")).to_be_visible()
