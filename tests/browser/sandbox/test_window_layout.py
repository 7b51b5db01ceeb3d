"""People's windows in the sandbox's page: side by side, behind tabs, switched."""

import pytest
from playwright.async_api import expect

from tests.browser.sandbox.conftest import OpenPage
from tests.browser.sandbox.scripted_sandbox import (
    ScriptedSandbox,
    direct,
)

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest.mark.parametrize(
    ("width", "side_by_side", "tabs"),
    [
        (1600, ["alice", "bob", "dana"], []),
        (1280, ["alice", "bob"], ["Bob", "Dana"]),
        (390, ["alice"], ["Alice", "Bob", "Dana"]),
    ],
)
async def test_windows_side_by_side(open_page: OpenPage, width: int, side_by_side: list[str], tabs: list[str]) -> None:
    """As many windows as fit are side by side; the others are behind tabs."""
    page = await open_page(width=width)
    shown = [key for key in ("alice", "bob", "dana") if await page.window(key).node.is_visible()]
    assert shown == side_by_side
    assert await page.page.get_by_role("tab").all_inner_texts() == tabs


async def test_tabs_by_keyboard(open_page: OpenPage) -> None:
    """The arrow keys move between tabs and open the person's window."""
    page = await open_page(width=390)
    await page.page.get_by_role("tab", name="Alice").focus()
    await page.page.keyboard.press("ArrowRight")
    await expect(page.page.get_by_role("tab", name="Bob")).to_be_focused()
    await expect(page.window("bob").node).to_be_visible()
    await expect(page.window("alice").node).to_be_hidden()


async def test_windows_are_wide_enough(open_page: OpenPage) -> None:
    """With two or three side by side no window is under 440 px wide."""
    for width in (1400, 932):
        page = await open_page(width=width)
        box = await page.window("alice").node.bounding_box()
        assert box is not None
        assert box["width"] >= 440


async def test_switch(open_page: OpenPage) -> None:
    """Another person takes over a window; one shown elsewhere changes places."""
    page = await open_page()
    noor = await page.window("bob").switch_to("Noor")
    await expect(noor.node).to_be_visible()
    await expect(page.window("bob").node).to_have_count(0)
    await noor.switch_to("Alice")
    places = page.page.locator("[data-person]")
    for place, person in enumerate(("noor", "alice", "dana")):
        await expect(places.nth(place)).to_have_attribute("data-person", person)
    await expect(places).to_have_count(3)
    await expect(page.page.locator("#getting-started [aria-current]")).to_contain_text("Noor sends /study now")


async def test_unread(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """A new message in another channel shows a dot until the channel is opened."""
    page = await open_page(width=1280)
    window = page.window("bob")
    sandbox.write_message(direct("bob"), content="You have a partner.")
    sandbox.write_message(direct("dana"), content="Somebody reported.")
    await expect(window.unread).to_have_count(1)
    await expect(page.page.get_by_role("tab", name="Dana unread")).to_be_visible()
    await window.direct_messages()
    await expect(window.unread).to_have_count(0)
