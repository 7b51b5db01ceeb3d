"""How every screen looks on a phone, held sideways too, on a laptop, and on one whose page is made twice as large."""

import pytest
from playwright.async_api import Browser

from tests.browser.screens.scenes import SCENES
from tests.browser.screens.staged_page import StagedPage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SIZES = ((1280, 800), (844, 390), (640, 400), (390, 844), (320, 568))
FIND_FAULTS = """() => {
  const faults = [];
  const screen = document.querySelector(".screen:not([inert])");
  const name = (node) => node && (node.textContent.trim().slice(0, 40) || node.className || node.localName);
  const shown = (selector) => [...screen.querySelectorAll(selector)].filter((node) => {
    const { width, height } = node.getBoundingClientRect();
    return width > 1 && height > 1 && node.checkVisibility({ visibilityProperty: true });
  });
  if (document.documentElement.scrollWidth > innerWidth) faults.push("something is wider than the screen");
  for (const node of shown(".main, [data-alone-buttons] button, [data-leave]")) {
    const { top, bottom } = node.getBoundingClientRect();
    const isInView = top >= 0 && bottom <= innerHeight;
    if (!isInView) faults.push(`one has to scroll to "${name(node)}"`);
  }
  for (const node of shown("button, a, select, input, h1, h2, p, li, small, time")) {
    node.scrollIntoView({ block: "center" });
    const { left, top, width, height } = node.getBoundingClientRect();
    const hit = document.elementFromPoint(left + width / 2, top + height / 2);
    const isOnTop = hit && (node.contains(hit) || hit.contains(node));
    if (!isOnTop) faults.push(`"${name(node)}" is covered by "${name(hit)}"`);
  }
  return faults;
}"""


@pytest.mark.parametrize("scene", SCENES)
async def test_everything_can_be_read_and_pressed(browser: Browser, scene: str) -> None:
    """Nothing covers a text or a button, nothing is wider than the screen, and no main button is out of view."""
    width, height = SIZES[0]
    context = await browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    stage = StagedPage(page=await context.new_page())
    await stage.prepare()
    await SCENES[scene](stage)
    found = {}
    for width, height in SIZES:
        await stage.page.set_viewport_size({"width": width, "height": height})
        found[width, height] = await stage.page.evaluate(FIND_FAULTS)
    await context.close()
    assert ({size: faults for size, faults in found.items() if faults}, errors) == ({}, [])
