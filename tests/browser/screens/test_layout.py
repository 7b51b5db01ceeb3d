"""How every screen looks on a phone, held sideways too, on a laptop, and with its page or only its text made larger."""

from itertools import product

import pytest
from playwright.async_api import Browser

from tests.browser.screens.scenes import SCENES
from tests.browser.screens.staged_page import StagedPage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SIZES = ((1280, 800), (844, 390), (640, 400), (390, 844), (320, 568))
LARGE_TEXT_SIZES = ((1280, 800), (390, 844))
TEXT_SIZES = {"100 %": "", "200 %": "30px"}  # of the page's root, whose own is 15 pixels
TINY = (320, 256)
"""A laptop's screen, made four times as large: one has to scroll, but only downwards."""
FIND_FAULTS = """(isAllInView) => {
  const faults = [];
  const screen = document.querySelector(".screen:not([inert])");
  const name = (node) => node && (node.textContent.trim().slice(0, 40) || node.className || node.localName);
  const shown = (selector) => [...screen.querySelectorAll(selector)].filter((node) => {
    const { width, height } = node.getBoundingClientRect();
    return width > 1 && height > 1 && node.checkVisibility({ visibilityProperty: true });
  });
  if (document.documentElement.scrollWidth > innerWidth) faults.push("something is wider than the screen");
  if (isAllInView) for (const node of shown(".main, [data-alone-buttons] button, [data-leave]")) {
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
  if (document.getAnimations().length) faults.push("something moves, though the student wants no motion");
  const texts = document.createTreeWalker(screen, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { currentNode: text } = texts;
    if (!text.parentElement.checkVisibility({ visibilityProperty: true })) continue;
    for (const { 0: word, index } of text.data.matchAll(/[^\\s\\p{Pd}/]+/gu)) {
      const range = document.createRange();
      range.setStart(text, index);
      range.setEnd(text, index + word.length);
      const boxes = [...range.getClientRects()].filter(({ width }) => width > 1);
      const lines = new Set(boxes.map(({ top }) => Math.round(top)));
      if (lines.size > 1) faults.push(`"${word}" is broken in two`);
    }
  }
  return faults;
}"""


@pytest.mark.parametrize("scene", SCENES)
async def test_everything_can_be_read_and_pressed(browser: Browser, scene: str) -> None:
    """Nothing covers a text or button, breaks a word, moves or is wider than the screen; main buttons are in view."""
    width, height = SIZES[0]
    context = await browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    stage = StagedPage(page=await context.new_page())
    await stage.prepare()
    await SCENES[scene](stage)
    found = []
    for (width, height), text_size in (
        *product(SIZES, ["100 %"]),
        *product(LARGE_TEXT_SIZES, ["200 %"]),
        (TINY, "100 %"),
    ):
        await stage.page.set_viewport_size({"width": width, "height": height})
        await stage.page.evaluate("size => document.documentElement.style.fontSize = size", TEXT_SIZES[text_size])
        is_all_in_view = text_size == "100 %" and (width, height) != TINY
        faults = await stage.page.evaluate(FIND_FAULTS, is_all_in_view)
        found += [f"{width} x {height}, text {text_size}: {fault}" for fault in faults]
    await context.close()
    assert (found, errors) == ([], [])


async def test_switches_can_be_told_apart_in_forced_colours(browser: Browser) -> None:
    """Where the system chooses the colours, a switch that is on looks different from one that is off."""
    context = await browser.new_context(
        viewport={"width": 1280, "height": 800},
        forced_colors="active",
        reduced_motion="reduce",  # a colour that still changes would be read halfway
    )
    stage = StagedPage(page=await context.new_page())
    await stage.prepare()
    await SCENES["ready"](stage)
    off = stage.page.get_by_role("switch", name="Turn camera on")
    colours = "node => [node, node.firstElementChild].map((part) => getComputedStyle(part).backgroundColor)"
    when_off = await off.evaluate(colours)
    await off.click()
    when_on = await stage.page.get_by_role("switch", name="Turn camera off").evaluate(colours)
    await context.close()
    assert len({*when_off}) == len({*when_on}) == 2
    assert when_on[0] != when_off[0]


async def test_the_buttons_beside_the_room_are_equally_wide(browser: Browser) -> None:
    """On a phone held sideways they stand in a column, whose edges are straight."""
    context = await browser.new_context(viewport={"width": 640, "height": 360})
    stage = StagedPage(page=await context.new_page())
    await stage.prepare()
    await SCENES["together"](stage)
    edges = (
        "nodes => nodes.map((node) => [node.getBoundingClientRect().left, node.getBoundingClientRect().right].join())"
    )
    found = await stage.page.locator(".bar .control").evaluate_all(edges)
    await context.close()
    assert (len(found), len({*found})) == (5, 1)
