"""The page in every state, for everybody: axe finds nothing, nothing is cut off, keys do what buttons do."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.flow.meeting import Meeting, Room

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

AXE = Path(__file__).parents[3] / "web" / "page" / "node_modules" / "axe-core" / "axe.min.js"
SIZES = ((1280, 800), (360, 640))
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
NO_CAMERA = """
navigator.mediaDevices.getUserMedia = async () => {
  throw new DOMException("", "NotAllowedError");
};
"""


async def findings(page: Page) -> list[str]:
    """What axe has to say, and whether anything is wider than the screen."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text())
    found: list[str] = await page.evaluate(
        "async () => (await axe.run(document, { resultTypes: ['violations'] })).violations"
        ".flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))"
    )
    wider = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*found, *(["something is wider than the screen"] if wider else [])]


async def all_looks(page: Page) -> list[str]:
    """The findings in both sizes, light and dark."""
    found = []
    for width, height in SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found += [f"{width} {scheme}: {finding}" for finding in await findings(page)]
    return found


async def test_every_state(meeting: Meeting) -> None:
    """Ready, the room alone and together with its panel, over and a problem: no finding in any look."""
    columns = await meeting.invited("Alice", "Bob")
    room = await meeting.opened(columns[0])
    found = {"ready": await all_looks(room.page)}
    await room.turn_on("camera", "microphone")
    found["ready, all on"] = await all_looks(room.page)
    await room.press("Join")
    await room.is_at("room")
    found["alone"] = await all_looks(room.page)
    other = await meeting.opened(columns[1])
    await other.join()
    await room.sees(1)
    await room.press("More")
    found["together, with the panel"] = await all_looks(room.page)
    await room.press("Close")
    await room.press("Leave")
    await room.is_at("over")
    found["over"] = await all_looks(room.page)
    third = Room(await room.page.context.new_page())
    await third.page.goto((await meeting.address(columns[0])).partition("#")[0] + "#nobody-knows-this-link")
    await third.press("Join")
    await third.is_at("problem")
    found["problem"] = await all_looks(third.page)
    assert {state: findings for state, findings in found.items() if findings} == {}


async def test_refused_camera(meeting: Meeting, context: BrowserContext) -> None:
    """A browser that refuses the camera: one note with what to do, and the way in stays open."""
    column, _ = await meeting.invited("Noor", "Mika")
    page = await context.new_page()
    await page.add_init_script(NO_CAMERA)
    await page.goto(await meeting.address(column))
    room = Room(page)
    await page.get_by_role("switch", name="Turn camera on").click()
    await expect(page.get_by_role("heading", name="The browser does not let us use your camera")).to_be_visible()
    assert await all_looks(page) == []
    await room.press("Go in without")
    await room.is_at("room")


async def test_keys(meeting: Meeting) -> None:
    """Everything can be reached and pressed without a mouse; M and V can be switched off."""
    columns = await meeting.invited("Alice", "Bob")
    room = await meeting.opened(columns[0])
    await room.page.get_by_role("button", name="Join").focus()
    await room.page.keyboard.press("Enter")
    await room.is_at("room")
    await room.page.keyboard.press("v")
    await expect(room.page.get_by_role("button", name="Turn camera off")).to_be_visible()
    await room.page.keyboard.press("?")
    switch = room.page.get_by_role("checkbox", name="Single-key shortcuts")
    await switch.uncheck()
    await room.page.keyboard.press("Escape")
    await expect(room.page.get_by_role("button", name="More")).to_be_focused()
    await room.page.keyboard.press("v")
    await expect(room.page.get_by_role("button", name="Turn camera off")).to_be_visible()
    tile = room.page.get_by_role("group", name="Your own picture")
    await tile.focus()
    await room.page.keyboard.press("ArrowUp")
    await expect(tile).to_have_attribute("data-corner", "top-end")
