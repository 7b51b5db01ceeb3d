"""The README's two pictures: the sandbox with an invitation, and the room with two drawn students.

They are written where HEYBUDDY_PICTURES says (`HEYBUDDY_PICTURES=docs/pictures`), else nowhere that lasts.
"""

import os
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright
from tests.browser.flow.drawn_student import ALICE, BOB, Student, film
from tests.browser.flow.meeting import Meeting, Room

from bot.sandbox.sandbox import Sandbox
from tests.browser.flow.conftest import FLAGS
from tests.browser.sandbox.sandbox_page import SandboxPage
from tools import chromium

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def with_camera(stack: AsyncExitStack, student: Student, path: Path) -> Browser:
    """A browser whose camera shows a drawn student."""
    playwright = await stack.enter_async_context(async_playwright())
    flags = [*FLAGS, f"--use-file-for-fake-video-capture={film(student, path)}"]
    browser = await playwright.chromium.launch(executable_path=chromium.find_executable(), args=flags)
    stack.push_async_callback(browser.close)
    return browser


async def tab(browser: Browser, **options: object) -> Page:
    """A tab of its own, at twice the usual sharpness."""
    context = await browser.new_context(device_scale_factor=1.5, **options)  # type: ignore[arg-type]  # Playwright's own
    return await context.new_page()


async def test_pictures(sandbox: Sandbox, tmp_path: Path) -> None:
    """Two students are invited and meet; both moments are kept as pictures."""
    folder = Path(os.environ.get("HEYBUDDY_PICTURES", tmp_path))
    async with AsyncExitStack() as stack:
        alices = await with_camera(stack, ALICE, tmp_path / "alice.y4m")
        bobs = await with_camera(stack, BOB, tmp_path / "bob.y4m")
        context = await alices.new_context(viewport={"width": 1600, "height": 900}, color_scheme="dark")
        page = await SandboxPage.open(context, sandbox.addresses.sandbox)
        meeting = Meeting(sandbox, page)
        columns = await meeting.invited("Alice", "Bob")
        await columns[1].channel("study")
        await page.page.screenshot(path=folder / "sandbox.png")
        await columns[1].direct_messages()
        rooms = [Room(await tab(browser, viewport={"width": 1280, "height": 800})) for browser in (alices, bobs)]
        for room, column in zip(rooms, columns, strict=True):
            await room.page.goto(await meeting.address(column))
            await room.join()
        for room in rooms:
            await room.sees(30)
        await rooms[0].page.screenshot(path=folder / "room.png")
        await meeting.end()
    assert {"sandbox.png", "room.png"} <= set(os.listdir(folder))  # noqa: PTH208 -- one look, nobody waits
