"""What students see while LiveKit is down, and that they come back by themselves."""

import pytest
from playwright.async_api import expect

from bot.sandbox.sandbox import Sandbox
from tests.browser.flow.meeting import Meeting

STILL_SHOWS = """() => {
  const { width, height } = document.querySelector('[data-still]');
  const context = document.querySelector('[data-still]').getContext('2d');
  return width > 0 && context.getImageData(0, 0, width, height).data.some((part, at) => at % 4 < 3 && part > 60);
}"""

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_down_at_join(meeting: Meeting, sandbox: Sandbox) -> None:
    """LiveKit down at Join shows its own words and leaves the link unspent; Try now goes in once it is back."""
    server = sandbox.video.server
    assert server is not None
    column, _ = await meeting.invited("Alice", "Bob")
    room = await meeting.opened(column)
    await server.stop()
    try:
        await room.press("Join")
        await room.is_at("problem", "video_unreachable")
        await expect(room.page.get_by_text("your link still works")).to_be_visible()
    finally:
        await server.start()
    await room.press("Try now")
    await room.is_at("room")


async def test_restarted_in_mid_call(meeting: Meeting, sandbox: Sandbox) -> None:
    """A restart of LiveKit in mid-call ends with both back in their room, without a click."""
    server = sandbox.video.server
    assert server is not None
    one, other = await meeting.met("Noor", "Mika")
    await one.sees(30)
    await server.stop()
    await expect(one.page.get_by_role("heading", name="The connection is gone")).to_be_visible(timeout=20_000)
    assert await one.page.evaluate(STILL_SHOWS), "the partner's last moment stays on the stage"
    await server.start()
    await one.sees(30)
    await other.sees(30)
