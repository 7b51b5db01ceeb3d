"""Leave and report between two real browsers: how fast the partner sees nothing any more, and what is stored."""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from playwright.async_api import BrowserContext, Page, expect

from bot.sandbox.sandbox import Sandbox
from tests.browser.flow.two_students import RoomTab, TwoStudents, let_time_pass

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

log = logging.getLogger(__name__)

NO_FRAME_AFTER_MS = 300
WATCHED_FOR_MS = 3_000
KEPT_APART = "You two won't be matched again."
TAP = """() => {
  const at = Date.now();
  document.querySelector("[data-report]").click();
  return at;
}"""


def stored(sandbox: Sandbox) -> list[tuple[str, int, int, int]]:
    """Each report: its place, and whether its block is there, the reporter has left for good, and the match lives."""
    database = sandbox.web._settings.store.database.removeprefix("sqlite:///")
    query = """
        SELECT reports.place, blocks.blocker_id IS NOT NULL, seats.left_for_good, matches.state <> 'ended' FROM reports
        JOIN matches ON matches.id = reports.match_id
        JOIN seats ON seats.match_id = matches.id AND seats.side = reports.side
        LEFT JOIN blocks ON blocks.blocker_id = reports.reporter_id AND blocks.blocked_id = reports.reported_id
        ORDER BY reports.filed_at"""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()


async def last_frame_after(tap_at: float, page: Page) -> float:
    """How many milliseconds after the tap the page got the last frame of the partner; negative if it was before."""
    await let_time_pass(page, WATCHED_FOR_MS)
    return float(await page.evaluate("frameAt")) - tap_at


async def test_one_tap(students: TwoStudents, sandbox: Sandbox, record_property: Callable[[str, object], None]) -> None:
    """The partner gets no frame after 300 ms and sees an ordinary Leave; report, block and leave are there."""
    one, other = await students.meet("Alice", "Bob")
    await other.expect_picture(30)
    await other.watch_frames()
    tap_at = float(await one.page.evaluate(TAP))
    own_media = await one.page.evaluate(
        "new Promise((on) => setTimeout(() => on(document.querySelectorAll('video, audio').length)))"
    )
    after = await last_frame_after(tap_at, other.page)
    record_property("last_frame_ms", after)
    log.info("the partner's last frame came %.0f ms after the tap", after)
    assert after < NO_FRAME_AFTER_MS
    assert own_media == 0
    await one.expect_screen("report")
    await expect(one.page.locator("[data-lead]")).to_contain_text(KEPT_APART)
    await expect(other.page.get_by_role("heading", name="Alice has left")).to_be_visible()
    assert stored(sandbox) == [("room", 1, 1, 1)]


async def test_without_video_service(students: TwoStudents, sandbox: Sandbox) -> None:
    """With LiveKit down the shield works, and so does the help."""
    server = sandbox.video.server
    assert server is not None
    count = len(stored(sandbox))
    one, _ = await students.meet("Noor", "Mika")
    await server.stop()
    try:
        await one.press("Leave and report")
        await expect(one.page.locator("[data-lead]")).to_contain_text(KEPT_APART)
        await one.page.get_by_text("Recorded or threatened me").click()
        await expect(one.page.get_by_role("heading", name="This isn't your fault")).to_be_visible()
        await one.press("Send")
        await expect(one.page.locator("[data-lead]")).to_contain_text("Thank you.")
    finally:
        await server.start()
    assert stored(sandbox)[count:] == [("room", 1, 1, 1)]


async def test_without_network(students: TwoStudents, context: BrowserContext, sandbox: Sandbox) -> None:
    """A report made while the network is down arrives once when it is back, and only then the screen says so."""
    count = len(stored(sandbox))
    one, _ = await students.meet("Sara", "Tomas")
    await context.set_offline(True)
    await one.press("Leave and report")
    await one.expect_screen("report")
    await expect(one.page.locator("[data-lead]")).to_contain_text("I can't reach the server yet")
    await let_time_pass(one.page, WATCHED_FOR_MS)
    assert len(stored(sandbox)) == count
    await context.set_offline(False)
    await expect(one.page.locator("[data-lead]")).to_contain_text(KEPT_APART)
    assert stored(sandbox)[count:] == [("room", 1, 1, 1)]


async def test_undo(students: TwoStudents, sandbox: Sandbox) -> None:
    """Undo takes the report back and leads nowhere; the block is gone as well."""
    count = len(stored(sandbox))
    one, _ = await students.meet("Yuki", "Ines")
    await one.press("Leave and report")
    await one.press("Undo")
    await expect(one.page.get_by_role("heading", name="Your report is taken back")).to_be_visible()
    assert len(stored(sandbox)) == count
    await one.page.reload()
    await one.expect_screen("over")


async def test_report_afterwards(students: TwoStudents, sandbox: Sandbox) -> None:
    """After an ordinary Leave, Report on the over screen files one with a press."""
    count = len(stored(sandbox))
    one, other = await students.meet("Omar", "Lena")
    await other.expect_picture(30)
    await one.press("Leave")
    await one.expect_screen("over")
    await one.press("Report")
    await expect(one.page.locator("[data-lead]")).to_contain_text(KEPT_APART)
    assert stored(sandbox)[count:] == [("over", 1, 1, 1)]


async def is_seen(tab: RoomTab) -> bool:
    """Whether the page has painted a frame of the partner."""
    frames = "document.querySelector('[data-role=\"partner\"]').getVideoPlaybackQuality().totalVideoFrames"
    return bool(await tab.page.evaluate(frames))


async def test_show_video(students: TwoStudents, sandbox: Sandbox) -> None:
    """Where admins chose it, no frame is painted before the tap on Show video; a reload keeps the choice."""
    database = sandbox.web._settings.store.database.removeprefix("sqlite:///")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE servers SET hides_partner_video = 1")
    try:
        tabs = [await students.open_link(window) for window in await students.get_links("Kofi", "Ravi")]
        for tab in tabs:
            await tab.join()
        for tab in tabs:
            await expect(tab.page.get_by_role("button", name="Show video")).to_be_visible()
        one, other = tabs
        await let_time_pass(other.page, WATCHED_FOR_MS)
        assert (await is_seen(one), await is_seen(other)) == (False, False)
        await one.press("Show video")
        await one.expect_picture(10)
        await one.page.reload()
        await one.expect_screen("room")
        await one.expect_picture(10)
        assert not await is_seen(other)
    finally:
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute("UPDATE servers SET hides_partner_video = 0")
