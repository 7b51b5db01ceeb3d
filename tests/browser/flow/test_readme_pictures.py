"""Pictures of the sandbox with an invitation, of the room with two drawn students, and of the page after a report.

They are written to the folder HEYBUDDY_PICTURES (`HEYBUDDY_PICTURES=docs/pictures`), by default to a temporary one.
"""

import os
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from bot.sandbox.sandbox import Sandbox
from tests.browser.flow.chromium_flags import CHROMIUM_FLAGS
from tests.browser.flow.fake_camera import ALICE, BOB, DrawnStudent, write_film
from tests.browser.flow.two_students import RoomTab, TwoStudents
from tests.browser.sandbox.sandbox_page import SandboxPage
from tools import chromium

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def launch_browser(stack: AsyncExitStack, student: DrawnStudent, path: Path) -> Browser:
    """A browser whose camera shows a drawn student; `path` is where the film is written."""
    playwright = await stack.enter_async_context(async_playwright())
    flags = [*CHROMIUM_FLAGS, f"--use-file-for-fake-video-capture={write_film(student, path)}"]
    browser = await playwright.chromium.launch(executable_path=chromium.find_executable(), args=flags)
    stack.push_async_callback(browser.close)
    return browser


async def open_sharp_tab(browser: Browser, **options: object) -> Page:
    """A tab in a context of its own, in a resolution that is sharp when the picture is made smaller."""
    context = await browser.new_context(device_scale_factor=1.25, **options)  # type: ignore[arg-type]  # Playwright's own
    return await context.new_page()


async def test_readme_pictures(sandbox: Sandbox, tmp_path: Path) -> None:
    """Two students get their links and meet, and one reports the other; three pictures are taken."""
    folder = Path(os.environ.get("HEYBUDDY_PICTURES", tmp_path))
    async with AsyncExitStack() as stack:
        alices_browser = await launch_browser(stack, ALICE, tmp_path / "alice.y4m")
        bobs_browser = await launch_browser(stack, BOB, tmp_path / "bob.y4m")
        context = await alices_browser.new_context(viewport={"width": 1600, "height": 900}, color_scheme="dark")
        page = await SandboxPage.open(context, sandbox.addresses.sandbox)
        students = TwoStudents(sandbox, page)
        windows = await students.get_links("Alice", "Bob")
        await windows[1].channel("study")
        await page.page.screenshot(path=folder / "sandbox.png")
        await windows[1].direct_messages()
        tabs = [
            RoomTab(await open_sharp_tab(browser, viewport={"width": 1280, "height": 800}))
            for browser in (alices_browser, bobs_browser)
        ]
        for tab, window in zip(tabs, windows, strict=True):
            await tab.page.goto(students.link_address(window))
            await tab.join()
        for tab in tabs:
            await tab.expect_picture(30)
        await tabs[0].page.screenshot(path=folder / "room.png")
        await tabs[0].press("Leave and report")
        await tabs[0].expect_screen("report")
        await expect(tabs[0].page.locator("[data-lead]")).to_contain_text("You two won't be matched again.")
        await tabs[0].page.screenshot(path=folder / "report.png")
        await students.leave_everything()
    assert {"sandbox.png", "room.png", "report.png"} <= set(os.listdir(folder))  # noqa: PTH208 -- one look, nobody waits
