"""What students see while LiveKit is down, and that they return to their room automatically."""

import pytest
from playwright.async_api import expect

from bot.sandbox.sandbox import Sandbox
from tests.browser.flow.two_students import TwoStudents

SHOWS_LAST_FRAME = """() => {
  const { width, height } = document.querySelector('[data-last-frame]');
  const context = document.querySelector('[data-last-frame]').getContext('2d');
  return width > 0 && context.getImageData(0, 0, width, height).data.some((part, at) => at % 4 < 3 && part > 60);
}"""
STOP_CLOCK = "() => { const now = Date.now(); Date.now = () => now; }"
"""The page does not try again by itself any more, once it has said when it would."""

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_outage_at_join(students: TwoStudents, sandbox: Sandbox) -> None:
    """When LiveKit is down at Join, the page says so and the link stays unspent; Try now joins once it is back."""
    server = sandbox.video.server
    assert server is not None
    window, _ = await students.get_links("Alice", "Bob")
    tab = await students.open_link(window)
    await server.stop()
    try:
        await tab.press("Join")
        await tab.expect_screen("problem", "video_unreachable")
        await expect(tab.page.get_by_text("Your place is kept.")).to_be_visible()
        await tab.page.evaluate(STOP_CLOCK)
        await expect(tab.page.locator("[data-retry-text]")).to_contain_text("Next try in")
    finally:
        await server.start()
    await tab.press("Try now")
    await tab.expect_screen("room")


async def test_restart_during_a_call(students: TwoStudents, sandbox: Sandbox) -> None:
    """After a restart of LiveKit during a call, both are back in their room without a click."""
    server = sandbox.video.server
    assert server is not None
    one, other = await students.meet("Noor", "Mika")
    await one.expect_picture(30)
    await server.stop()
    await expect(one.page.get_by_role("heading", name="Connection lost")).to_be_visible()
    assert await one.page.evaluate(SHOWS_LAST_FRAME), "the partner's last frame stays visible"
    await server.start()
    await one.expect_picture(30)
    await other.expect_picture(30)
